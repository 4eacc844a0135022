"""A lost limb: what is left of body and brain, for each kind of brain that grows in bodies.

Seen when planted: parents that keep their old numbers; neurons whose sources are not renumbered;
values that still come from what is gone; drivers of axes that are not there.
"""

import numpy as np
import pytest
from evo_envs.creatures.body import CLOCK, UP

from evo.errors import UsageError
from evo.genomes.bodies.circuits import Origin, neurons, source
from evo.genomes.bodies.creatures import Creature, oscillators
from evo.genomes.bodies.develop import develop
from evo.genomes.bodies.genomes import BodyGenomes
from evo.genomes.bodies.loss import without
from evo.genomes.bodies.representation import Bodies
from evo.networks.brains.kernels import think, wake
from evo.networks.brains.neurons import Function
from tests.genomes.bodies.graphs import drawn
from tests.genomes.bodies.test_circuits import graph_of, neuron

SHARED = CLOCK + UP


def developed(kind, lost, graphs):
    representation = Bodies(Creature(kind), Bodies.Operators(lost=lost))
    return representation.development()(BodyGenomes(tuple(graphs)))


def outputs(brain, signals, decisions=5):
    """`(decisions, axes)` what a brain tells actuators where it senses `signals`."""
    parts, told = brain.parts(), np.zeros((decisions, brain.actuators))
    wake(parts)
    for now in range(decisions):
        parts.signals[: brain.senses] = signals
        think(parts, 0.02 * now, 0.02, now, False, told[now])
    return told


# parts: root 0, limbs 1 and 2 with 2 axes each, feet 3 (on 1) and 4 (on 2) with 1; axes 0 1 of
# limb 1, 2 3 of limb 2, 4 and 5 of the feet
WITHOUT_LIMB = [2, 3, 5]
"""Axes that are left without limb 1."""


@pytest.mark.parametrize("kind", ["sine", "cpg", "neurons", "none"])
def test_mass_joints_and_senses_shrink_with_what_hangs_on_the_part(kind):
    graph = graph_of([neuron()], [neuron()])
    (whole,), (less,) = (developed(kind, lost, [graph]).growths for lost in (None, 1))
    assert [part.parent for part in less.body.parts] == [-1, 0, 1]
    assert [copy.parent for copy in less.copies] == [-1, 0, 1]
    assert [copy.node for copy in less.copies] == [0, 1, 2]
    assert [copy.mirrored for copy in less.copies] == [False, True, True]
    gone = 1000 * (whole.body.parts[1].volume + whole.body.parts[3].volume)
    assert less.body.mass == pytest.approx(whole.body.mass - gone)
    assert less.body.degrees_of_freedom == whole.body.degrees_of_freedom - 3
    brain = developed(kind, 1, [graph]).brains[0]
    if kind == "none":
        assert brain is None
        return
    assert (brain.senses, brain.actuators) == (less.body.senses(0), 3)


def test_a_body_with_fewer_parts_loses_the_last_and_a_root_alone_nothing():
    graph = graph_of([], paired=False)
    (whole,), (less,) = (developed("sine", lost, [graph]).growths for lost in (None, 60))
    assert less.body.parts == whole.body.parts[:-1]
    alone = graph.__class__(graph.nodes[:1], (), 1.0, 1.0)
    assert len(developed("sine", 3, [alone]).growths[0].body.parts) == 1


@pytest.mark.parametrize("coupled", [False, True])
def test_oscillators_of_the_rest_swing_as_before(coupled):
    for graph in drawn(20, 3):
        growth = develop(graph, 10)
        whole = oscillators(graph, growth, 0, coupled)
        left, brain = without(1, graph, growth, whole, 0)
        assert brain.oscillators._fields == whole.oscillators._fields
        again = oscillators(graph, left, 0, coupled).oscillators
        for name in again._fields:
            assert np.array_equal(getattr(brain.oscillators, name), getattr(again, name)), name


def test_neurons_of_the_rest_sense_and_move_as_before():
    """Where nothing is taken from the limb, actuators are told the same."""
    sensor = [source(Origin.SENSOR, k) for k in range(5)]
    limb = [
        neuron(sources=(sensor[0], sensor[3], source(Origin.CHILD, 0))),
        neuron(Function.SIGMOID, (source(Origin.OWN, 0), sensor[4], source(Origin.CENTRAL, 0))),
    ]
    foot = [neuron(sources=(source(Origin.PARENT, 1), sensor[2], source(Origin.ROOT, 3)))]
    central = [neuron(sources=tuple(source(Origin.ROOT, k) for k in range(3)))]
    drivers = (source(Origin.OWN, 0), source(Origin.OWN, 1), source(Origin.CENTRAL, 0))
    graph = graph_of(limb, foot, [neuron()], central, drivers, (0.1, 0.2, 0.3))
    growth = develop(graph, 10)
    brain = neurons(graph, growth, 0)
    left, severed = without(1, graph, growth, brain, 0)
    signals = np.linspace(-0.5, 0.7, brain.senses)
    angles = [SHARED + 2 * axis + k for axis in WITHOUT_LIMB for k in range(2)]
    kept = [*range(SHARED), *angles, *(SHARED + 12 + part for part in (0, 2, 4))]
    assert len(kept) == left.body.senses(0)
    before, after = outputs(brain, signals), outputs(severed, signals[kept])
    assert np.array_equal(before[:, WITHOUT_LIMB], after)
    assert np.ptp(after) > 0


def test_what_was_taken_from_the_lost_limb_is_0():
    codes = (source(Origin.CHILD, 0), source(Origin.CHILD, 8), 0)
    root = [neuron(sources=codes), neuron(sources=(source(Origin.CHILD, 1), 0, 0))]
    graph = graph_of([neuron(), neuron()], [neuron()], root)
    growth = develop(graph, 10)
    _, brain = without(1, graph, growth, neurons(graph, growth, 0), 0)
    # the root's first neuron had one input from each limb; limb 2 begins with neuron 2 now
    assert brain.circuit.sources[0, :2].tolist() == [0, -1 - 2]
    assert brain.circuit.weights[0, :2].tolist() == [0.0, 2.0]
    assert brain.circuit.weights[1, 0] == 0.0
    assert len(brain.circuit.function) == 2 + 2 + 1


def test_the_root_cannot_be_lost():
    with pytest.raises(UsageError, match="lost"):
        Bodies(Creature("sine"), {"lost": 0})
