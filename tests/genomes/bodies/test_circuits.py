"""Neurons of graphs: what they are wired to in a body, and how they vary."""

import json
from dataclasses import replace

import numpy as np
import pytest

from evo.genomes.bodies.circuits import SPAN, Origin, described, neurons, source
from evo.genomes.bodies.creatures import Creature
from evo.genomes.bodies.crossover import crossed, grafted
from evo.genomes.bodies.develop import develop
from evo.genomes.bodies.genomes import BodyGenomes
from evo.genomes.bodies.graph import SOURCES, Graph, Link, Neuron, Node
from evo.genomes.bodies.mutation import mutate
from evo.genomes.bodies.neuron_mutation import (
    CENTRAL,
    MOST,
    OF_NEURONS,
    add_neuron,
    remove_neuron,
    rewired,
)
from evo.genomes.bodies.representation import Bodies
from evo.networks.brains.columns import NEURONS
from evo.networks.brains.kernels import think
from evo.networks.brains.neurons import Function, inputs_of

ZERO = (0.0, 0.0, 0.0)
HINGE, UNIVERSAL = 1, 3


def node(identity, joint, owned, drivers=(0, 0, 0), gains=ZERO):
    return Node(
        identity,
        0,
        (0.2, 0.1, 0.1),
        joint,
        (1.0, 1.0, 1.0),
        1.0,
        1,
        *([ZERO] * 5),
        neurons=tuple(owned),
        drivers=drivers,
        gains=gains,
    )


def neuron(function=Function.SUM, sources=(0, 0, 0), weights=(1.0, 2.0, 3.0), constants=(0.0, 0.0)):
    return Neuron(int(function), constants, sources, weights)


def link(identity, source, target, face, paired=False, lag=0.0):
    place, turn = (0.0, 0.0), ZERO
    return Link(identity, source, target, face, place, turn, 1.0, False, paired, True, False, lag)


def graph_of(limb, foot=(), root=(), central=(), drivers=(0, 0, 0), gains=ZERO, paired=True):
    """A root, a limb to the left and its mirror image, and a foot on each limb."""
    nodes = (node(1, 0, root), node(2, UNIVERSAL, limb, drivers, gains), node(3, HINGE, foot))
    links = (link(1, 1, 2, 2, paired, 0.5), link(2, 2, 3, 0))
    return Graph(nodes, links, 1.5, 1.0, tuple(central))


def circuit_of(graph, targets=0):
    """The circuit, and the senses and joint axes of the creature."""
    growth = develop(graph, 10)
    brain = neurons(graph, growth, targets)
    assert brain.kind == NEURONS
    assert brain.senses == growth.body.senses(targets)
    assert brain.actuators == growth.body.degrees_of_freedom == len(brain.circuit.driver)
    return brain.circuit


# parts: root 0, limbs 1 and 2 with 2 axes each, feet 3 and 4 with 1; signals: clock 0 1, up 2 3 4,
# axes 5 … 16, touch 17 … 21
LIMBS, FEET = (1, 2), (3, 4)


def test_the_body_of_these_tests():
    growth = develop(graph_of([]), 10)
    assert [copy.node for copy in growth.copies] == [0, 1, 1, 2, 2]
    assert [copy.parent for copy in growth.copies] == [-1, 0, 0, 1, 2]
    assert [copy.mirrored for copy in growth.copies] == [False, False, True, False, True]


def test_each_copy_takes_from_sensors_of_its_own_part():
    codes = [source(Origin.SENSOR, k) for k in range(6)]
    limb = [neuron(sources=tuple(codes[:3])), neuron(sources=tuple(codes[3:]))]
    circuit = circuit_of(graph_of(limb))
    # angle and speed of both axes, touch; what is beyond wraps around
    assert circuit.sources.tolist() == [[5, 6, 7], [8, 18, 5], [9, 10, 11], [12, 19, 9]]
    assert circuit.weights.tolist() == [[1.0, 2.0, 3.0]] * 4


def test_each_copy_takes_from_neurons_of_its_own_parts():
    limb = [
        neuron(sources=(source(Origin.OWN, 1), source(Origin.OWN, 2), source(Origin.PARENT, 3))),
        neuron(
            sources=(source(Origin.CHILD, 0), source(Origin.CHILD, 9), source(Origin.CENTRAL, 0))
        ),
    ]
    foot = [neuron(sources=(source(Origin.PARENT, 0), source(Origin.PARENT, 1), 0)), neuron()]
    circuit = circuit_of(graph_of(limb, foot, [neuron()], [neuron()]))
    # neurons: root 0; limbs 1 2 and 3 4; feet 5 6 and 7 8; central 9
    assert circuit.sources[1:5].tolist() == [
        [-1 - 2, -1 - 1, -1 - 0],
        [-1 - 5, -1 - 6, -1 - 9],
        [-1 - 4, -1 - 3, -1 - 0],
        [-1 - 7, -1 - 8, -1 - 9],
    ]
    assert circuit.sources[[5, 7], :2].tolist() == [[-1 - 1, -1 - 2], [-1 - 3, -1 - 4]]


def test_the_root_knows_its_children_apart():
    codes = tuple(source(Origin.CHILD, 8 * child) for child in range(3))
    circuit = circuit_of(graph_of([neuron()], root=[neuron(sources=codes)]))
    assert circuit.sources[0].tolist() == [-1 - 1, -1 - 2, -1 - 1]


def test_what_is_not_there_counts_nothing():
    codes = (source(Origin.PARENT, 0), source(Origin.CENTRAL, 4), source(Origin.CHILD, 0))
    circuit = circuit_of(graph_of([neuron(sources=codes)]))
    assert circuit.weights.tolist() == [[0.0] * 3] * 2
    # so does an input beyond those of a function
    circuit = circuit_of(graph_of([neuron(Function.SIN), neuron(Function.PRODUCT)]))
    assert circuit.weights[:2].tolist() == [[1.0, 0.0, 0.0], [1.0, 2.0, 0.0]]


def test_central_neurons_take_from_the_root_and_from_each_other():
    first = neuron(
        sources=(source(Origin.SENSOR, 4), source(Origin.OWN, 1), source(Origin.ROOT, 2))
    )
    second = neuron(
        sources=(source(Origin.CENTRAL, 0), source(Origin.PARENT, 0), source(Origin.CHILD, 0))
    )
    circuit = circuit_of(graph_of([neuron()], central=[first, second]))
    assert circuit.sources[2:].tolist() == [[4, -1 - 3, 2], [-1 - 2, 0, 0]]
    assert circuit.weights[3].tolist() == [1.0, 0.0, 0.0]


def test_mirrored_parts_sense_left_the_other_way_around():
    codes = [source(Origin.ROOT, k) for k in range(9)]
    limb = [neuron(sources=tuple(codes[k : k + 3])) for k in (0, 3, 6)]
    circuit = circuit_of(graph_of(limb), targets=1)
    plain, mirrored = circuit.sources[:3], circuit.sources[3:]
    assert plain.ravel().tolist() == mirrored.ravel().tolist() == [*range(8), 0]
    ratio = (circuit.weights[3:] / circuit.weights[:3]).ravel()
    # up to the left is signal 3, the target to the left signal 6
    assert ratio.tolist() == [1, 1, 1, -1, 1, 1, -1, 1, 1]


def test_joints_are_driven_by_their_own_copy():
    drivers = (source(Origin.OWN, 0), source(Origin.ROOT, 6), source(Origin.OWN, 1))
    graph = graph_of([neuron(), neuron()], drivers=drivers, gains=(0.5, -0.25, 1.0))
    circuit = circuit_of(graph, targets=1)
    # two axes of each limb, then the feet, which nothing drives
    assert circuit.driver[:4].tolist() == [-1, 6, -3, 6]
    assert circuit.gain.tolist() == [0.5, -0.25, 0.5, 0.25, 0.0, 0.0]


def test_constants_of_neurons():
    limb = [
        neuron(Function.OSCILLATE_WAVE, constants=(1.0, 0.5)),
        neuron(Function.SMOOTH, constants=(-1.0, 0.0)),
        neuron(Function.INTEGRATE, constants=(-1.0, 0.0)),
        neuron(Function.SUM_THRESHOLD, constants=(0.3, 7.0)),
    ]
    constants = circuit_of(graph_of(limb)).constants
    # the link says 0.5 rad late, and that the second limb is late by half a turn
    late = 0.5 / (2 * np.pi)
    assert constants[0] == pytest.approx((3.0, 0.25 - late))
    assert constants[4] == pytest.approx((3.0, 0.25 - late - 0.5))
    assert constants[1, 0] == pytest.approx(1.0)
    assert constants[2:4].tolist() == [[0.0, 0.0], [0.3, 1.0]]


def creatures_of(count, targets=0, seed=0, steps=0):
    bodies = Bodies(Creature("neurons", targets))
    rng = np.random.default_rng(seed)
    genomes = bodies.start(count, rng)
    for _ in range(steps):
        genomes = bodies.mutate(genomes, rng)
    return bodies, genomes


@pytest.mark.parametrize("steps", [0, 12])
def test_random_and_mutated_circuits_are_wired_to_what_is_there(steps):
    bodies, genomes = creatures_of(150, 1, steps=steps)
    creatures = bodies.development()(genomes)
    rng = np.random.default_rng(2)
    for graph, growth, brain in zip(
        genomes.graphs, creatures.growths, creatures.brains, strict=True
    ):
        graph.check()
        assert len(graph.neurons) <= MOST
        assert all(len(each.neurons) <= MOST for each in graph.nodes)
        circuit = brain.circuit
        count, senses = len(circuit.function), growth.body.senses(1)
        taken = np.concatenate([circuit.sources.ravel(), circuit.driver])
        assert len(taken) == 0 or (taken.min() >= -count and taken.max() < senses)
        parts, control = brain.parts(), np.zeros(len(circuit.driver))
        for tick in range(20):
            parts.signals[:senses] = rng.uniform(-1.0, 1.0, senses)
            think(parts, 0.02 * tick, 0.02, tick, True, control)
            assert np.isfinite(parts.memory).all()
            assert np.isfinite(control).all()


def test_random_creatures_move_rhythmically_and_most_kinds_of_parts_are_driven():
    bodies, genomes = creatures_of(200)
    waving, turning = 0, 0
    for brain in bodies.development()(genomes).brains:
        parts, control, told = brain.parts(), np.zeros(brain.actuators), []
        for tick in range(250):
            think(parts, 0.02 * tick, 0.02, tick, False, control)
            told.append(control.copy())
        late = np.array(told)[50:]
        waving += bool((np.ptp(late, axis=0) > 0.3).any()) if late.size else 0
        turning += any(function == Function.OSCILLATE_WAVE for function in brain.circuit.function)
    assert waving > 120
    assert turning > 150


def test_new_kinds_of_parts_get_neurons():
    _, genomes = creatures_of(100, steps=20)
    silent = [n for g in genomes.graphs for n in g.nodes if not n.neurons and not any(n.gains)]
    assert not silent
    assert max(len(graph.nodes) for graph in genomes.graphs) > 3


def test_mutation_of_neurons_leaves_the_body_and_reaches_everything():
    _, genomes = creatures_of(40)
    changed = set()
    for number, graph in enumerate(genomes.graphs):
        rng = np.random.default_rng(number)
        for _ in range(20):
            mutant = mutate(graph, OF_NEURONS, 1.0, rng)
            mutant.check()
            assert develop(mutant, 10).body == develop(graph, 10).body
            for mine, other in zip((*graph.nodes, graph), (*mutant.nodes, mutant), strict=True):
                if len(mine.neurons) != len(other.neurons):
                    changed.add("more" if len(other.neurons) > len(mine.neurons) else "fewer")
                    continue
                for a, b in zip(mine.neurons, other.neurons, strict=True):
                    names = ("function", "constants", "sources", "weights")
                    changed |= {name for name in names if getattr(a, name) != getattr(b, name)}
            for a, b in zip(graph.nodes, mutant.nodes, strict=True):
                changed |= {name for name in ("drivers", "gains") if vars(a)[name] != vars(b)[name]}
    assert changed == {
        "more",
        "fewer",
        "function",
        "constants",
        "sources",
        "weights",
        "drivers",
        "gains",
    }


def test_neurons_that_go_are_replaced_and_others_keep_their_connections():
    own = [source(Origin.OWN, k) for k in range(3)]
    limb = [neuron(sources=tuple(own)), neuron(Function.SIN), neuron(Function.COS)]
    graph = graph_of(limb, drivers=tuple(own))
    seen = set()
    for seed in range(60):
        mutant = remove_neuron(graph, np.random.default_rng(seed))
        kept = mutant.nodes[1].neurons
        assert len(kept) == 2
        functions = [Function(each.function) for each in kept]
        seen.add(tuple(functions))
        drivers = [functions[code - SPAN * Origin.OWN] for code in mutant.nodes[1].drivers]
        for before, after in zip((Function.SUM, Function.SIN, Function.COS), drivers, strict=True):
            assert after == before or before not in functions
    assert len(seen) == 3


def test_central_neurons_that_go_are_renamed_everywhere():
    central = [neuron(), neuron(Function.SIN), neuron(Function.COS)]
    code = source(Origin.CENTRAL, 2)
    graph = graph_of([neuron(sources=(code, code, 0))], central=central, drivers=(code, 0, 0))
    graph = rewired(graph, CENTRAL, [1, 0, 0])
    limb = graph.nodes[1]
    assert limb.drivers[0] == limb.neurons[0].sources[0] == source(Origin.CENTRAL, 0)


def test_a_new_neuron_leaves_what_wraps_around_as_it_is():
    wrapped = source(Origin.OWN, 5)
    graph = graph_of([neuron(sources=(0, wrapped, 0)), neuron()])
    for seed in range(40):
        grown = add_neuron(graph, np.random.default_rng(seed)).nodes[1]
        if len(grown.neurons) == 3:
            assert grown.neurons[0].sources[1] == source(Origin.OWN, 1)


def test_mating_carries_neurons_and_central_ones_come_from_the_first():
    _, genomes = creatures_of(30, seed=4)
    of_nodes = {n.neurons for graph in genomes.graphs for n in graph.nodes}
    rng = np.random.default_rng(5)
    for first, second in zip(genomes.graphs[:15], genomes.graphs[15:], strict=True):
        for child in (crossed(first, second, rng), grafted(first, second, rng)):
            child.check()
            assert {each.neurons for each in child.nodes} <= of_nodes
            assert child.neurons == first.neurons


def test_neurons_are_written_and_read():
    _, genomes = creatures_of(10, steps=5)
    assert BodyGenomes.from_arrays(genomes.to_arrays()).graphs == genomes.graphs


@pytest.mark.parametrize(
    "wrong",
    [
        neuron(sources=(SOURCES, 0, 0)),
        neuron(sources=(0, -1, 0)),
        replace(neuron(), function=len(Function)),
        replace(neuron(), function=-1),
    ],
)
def test_neurons_that_cannot_be_are_refused(wrong):
    for graph in (graph_of([wrong]), graph_of([], central=[wrong])):
        with pytest.raises(ValueError, match="a neuron"):
            graph.check()
        with pytest.raises(ValueError, match="a neuron"):
            BodyGenomes.from_arrays(BodyGenomes((graph,)).to_arrays())
    with pytest.raises(ValueError, match="takes from a source"):
        graph_of([], drivers=(SOURCES, 0, 0)).check()


def test_distance_counts_neurons_and_not_the_size_of_codes():
    bodies = Bodies(Creature("neurons"))
    base = graph_of([neuron(), neuron()], central=[neuron()])
    limb = base.nodes[1]

    def distance_to(**changes):
        other = replace(base, nodes=(base.nodes[0], replace(limb, **changes), base.nodes[2]))
        return bodies.distance(BodyGenomes((base,)), BodyGenomes((other,)))[0, 0]

    assert distance_to() == 0.0
    assert distance_to(neurons=limb.neurons[:1]) == pytest.approx(1.0)
    assert distance_to(neurons=(neuron(Function.SIN), neuron())) == pytest.approx(1.0)
    for code in (1, SOURCES - 1):
        assert distance_to(drivers=(code, 0, 0)) == pytest.approx(0.1)
        assert distance_to(neurons=(neuron(sources=(code, 0, 0)), neuron())) == pytest.approx(0.1)
    heavier = (neuron(weights=(1.5, 2.0, 3.0)), neuron())
    assert distance_to(neurons=heavier) == pytest.approx(0.5 / 5 / 3)


def test_a_circuit_is_described():
    graph = graph_of([neuron(Function.OSCILLATE_WAVE)], drivers=(source(Origin.OWN, 0), 0, 0))
    told = described(circuit_of(graph))
    assert [each["function"] for each in told["neurons"]] == ["oscillate-wave"] * 2
    assert len(told["neurons"][0]["weights"]) == inputs_of(Function.OSCILLATE_WAVE) == 2
    assert told["drivers"] == [-1, 5, -2, 9, 13, 15]
    assert told["gains"] == [0.0] * 6


def test_evolving_the_brain_alone_keeps_bodies():
    bodies = Bodies(Creature("neurons"), Bodies.Operators(evolve="brain"))
    rng = np.random.default_rng(0)
    genomes = bodies.start(20, rng)
    mutants = bodies.mutate(genomes, rng)
    for before, after in zip(genomes.graphs, mutants.graphs, strict=True):
        assert develop(before, 10).body == develop(after, 10).body
    assert any(a != b for a, b in zip(genomes.graphs, mutants.graphs, strict=True))


def test_descendants_of_an_ancestor_without_neurons_get_some(tmp_path):
    arrays = BodyGenomes((graph_of([]),)).to_arrays()
    kept = {
        name: {"values": each.ravel().tolist(), "dtype": str(each.dtype), "shape": each.shape}
        for name, each in arrays.items()
    }
    file = tmp_path / "champion.json"
    file.write_text(json.dumps({"individuals": [{"genome": {"kind": "bodies", "arrays": kept}}]}))
    bodies = Bodies(Creature("neurons"), Bodies.Operators(ancestor=str(file)))
    first, *others = bodies.start(5, np.random.default_rng(0)).graphs
    assert develop(first, 10).body == develop(graph_of([]), 10).body
    assert all(node.neurons for node in first.nodes)
    assert all(node.neurons or any(node.gains) for graph in others for node in graph.nodes)
