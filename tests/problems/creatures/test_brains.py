"""Brains in bodies: what each kind is wired to, and that it lives the same life twice."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from evo_envs.creatures.body import Body, Part

import evo.compose
from evo.genomes.bodies.circuits import Origin, source
from evo.genomes.bodies.creatures import Creature, Creatures
from evo.genomes.bodies.develop import develop
from evo.genomes.bodies.graph import Graph, Link, Neuron, Node
from evo.genomes.bodies.neuron_mutation import equipped, with_central
from evo.genomes.bodies.representation import Bodies, Grow
from evo.genomes.topology.representation import Topology
from evo.networks.brains.kernels import think, wake
from evo.networks.brains.neurons import Function
from evo.phenotype import Network, Parts, Reals
from evo.problems.creatures.brains import (
    FASTEST,
    SLOWEST,
    chosen,
    needed,
    of_vector,
    wired_copies,
    wired_whole,
)
from evo.problems.creatures.modules import MODULE_OUTPUTS, module_inputs, wiring

GROWN, NETWORKS = ("sine", "cpg", "neurons"), ("neat", "ctrnn")
SEEDS = np.array([3], np.uint64)


def graph(seed=0):
    """A box with a pair of jointed legs, which stands and does not tumble."""
    rng = np.random.default_rng(seed)
    nodes = tuple(
        Node(
            number + 1,
            0,
            half,
            joint,
            (0.5, 0.5, 0.5),
            0.5,
            1,
            (0.4, 0.4, 0.4),
            tuple(rng.uniform(0.0, 6.0, 3).tolist()),
            (0.0, 0.1, 0.0),
            (0.3, 0.3, 0.3),
            (0.0, 0.0, 0.0),
        )
        for number, (half, joint) in enumerate(
            [((0.3, 0.2, 0.08), 0), ((0.2, 0.06, 0.06), 3), ((0.15, 0.05, 0.05), 1)]
        )
    )
    links = (
        Link(1, 1, 2, 2, (0.0, 0.4), (0.0, 0.0, 0.0), 1.0, False, True, True, False, 0.4),
        Link(2, 2, 3, 0, (0.0, 0.0), (0.0, 0.0, 0.0), 1.0, False, False, False, False, 1.0),
    )
    bare = Graph(nodes, links, 1.2, 2.0)
    return with_central(equipped(bare, rng), rng)


BODY = develop(graph(), 10).body


def creatures(problem, seed=0):
    """A batch of one for a problem whose bodies evolve: always the same body."""
    need = problem.needs
    if isinstance(need, Creature):
        genomes = Bodies.Genomes((graph(seed),))
        return Grow(need, 10)(genomes)
    assert isinstance(need, Parts)
    parts = dict(need.parts)
    return {
        "body": Grow(parts["body"], 10)(Bodies.Genomes((graph(seed),))),
        "brain": networks(parts["brain"], seed),
    }


def networks(need, seed=0, settings=None):
    """A batch of one network, after some mutations."""
    topology = Topology(need, settings or Topology.Settings(add_node=0.5, add_connection=0.5))
    rng = np.random.default_rng(seed)
    genomes = topology.start(1, rng)
    for _ in range(5):
        genomes = topology.mutate(genomes, rng)
    return topology.development()(genomes)


@pytest.mark.parametrize("task", ["walk", "follow"])
@pytest.mark.parametrize("kind", [*GROWN, *NETWORKS])
def test_every_brain_moves_the_same_body_and_scores_twice_to_the_bit(task, kind):
    problem = evo.compose.problem(task, brain={"kind": kind}, guards="none", seconds=2.0)
    body, brain = problem.creature(creatures(problem), 0)
    assert body == BODY
    assert brain.actuators == body.degrees_of_freedom == 6
    scores = []
    for _ in range(2):
        done = problem.evaluate(creatures(problem), SEEDS)
        assert np.isfinite(done.fitness).all()
        assert done.results["power"][0] > 0.0
        scores.append((done.fitness.tobytes(), done.results["power"].tobytes()))
    assert scores[0] == scores[1]
    if task == "walk":
        kick, targets = problem.start(3, body)
        lives = problem.lives(body, brain)
        # the same arrays of a model live again as new ones do
        tracks = [lives.live(2.0, kick, targets).track.tobytes() for _ in range(2)]
        assert tracks[0] == tracks[1]


def test_kinds_of_brains_score_differently():
    found = set()
    for kind in ("sine", "neurons", *NETWORKS):
        problem = evo.compose.problem("walk", brain={"kind": kind}, guards="none", seconds=2.0)
        found.add(float(problem.evaluate(creatures(problem), SEEDS).fitness[0]))
    assert len(found) == 4


@pytest.mark.parametrize("kind", ["sine", "cpg", *NETWORKS])
def test_brains_of_a_given_body(kind, tmp_path):
    file = tmp_path / "body.json"
    file.write_text(json.dumps(BODY.describe()))
    problem = evo.compose.problem(
        "walk", brain={"kind": kind}, body={"file": str(file)}, guards="none", seconds=1.0
    )
    if kind in NETWORKS:
        phenotypes = networks(problem.needs)
    else:
        assert isinstance(problem.needs, Reals)
        phenotypes = np.random.default_rng(0).uniform(-1, 1, (1, problem.needs.dimensions))
    scores = [problem.evaluate(phenotypes, SEEDS).fitness.tobytes() for _ in range(2)]
    assert scores[0] == scores[1]
    assert np.isfinite(problem.evaluate(phenotypes, SEEDS).fitness).all()


def test_which_brain_is_meant():
    assert [chosen("auto", fixed, targets) for fixed in (False, True) for targets in (0, 1)] == [
        "sine",
        "cpg",
        "neat",
        "neat",
    ]
    assert chosen("neurons", False, 1) == "neurons"
    assert needed("neurons", None, 1) == Creature("neurons", 1)
    assert needed("sine", BODY, 0).dimensions == 2 + 5 * 6
    assert needed("neat", BODY, 1) == Network(BODY.senses(1), 6)
    for kind, traits in (("neat", ()), ("ctrnn", ("pace",))):
        parts = dict(needed(kind, None, 1).parts)
        assert parts["body"] == Creature("none", 1)
        brain = parts["brain"]
        assert (brain.inputs, brain.outputs) == (module_inputs(1), MODULE_OUTPUTS)
        assert tuple(brain.traits.node) == traits


def branched():
    """A root; a ball joint with a hinge on it; a rigid part with a mirrored twist on it.

    And one more hinge, on the first.
    """
    part = Part(0, "box", (0.1, 0.05, 0.05))
    return Body(
        (
            Part(-1, "box", (0.2, 0.2, 0.1)),
            replace(part, joint="ball", anchor=(0.2, 0.0, 0.0)),
            replace(part, parent=1, joint="hinge", anchor=(0.1, 0.0, 0.0)),
            replace(part, joint="rigid", anchor=(-0.2, 0.0, 0.0), rotation=(0.0, 0.0, 0.0, 1.0)),
            replace(part, parent=3, joint="twist", anchor=(0.1, 0.0, 0.0), mirrored=True),
            replace(part, parent=2, joint="hinge", anchor=(0.0, 0.0, 0.05)),
        )
    )


@pytest.mark.parametrize("targets", [0, 1])
def test_each_copy_gets_the_signals_of_its_own_part(targets):
    body = branched()
    inputs, outputs, constants = wiring(body, targets)
    shared = 5 + 3 * targets
    # what each signal is, in words
    names = [f"all {k}" for k in range(shared)]
    axes = [(1, "z"), (1, "y"), (1, "x"), (2, "y"), (4, "x"), (5, "y")]
    names += [f"{what} of {part}{axis}" for part, axis in axes for what in ("angle", "speed")]
    names += [f"touch of {part}" for part in range(6)]
    assert len(names) == body.senses(targets)
    names += [f"told {part}{axis}" for part, axis in axes]
    names += [f"place {k} of {part}" for part in range(6) for k in range(4)]
    assert len(names) == body.senses(targets) + 6 + len(constants)

    def copy(part, own, above):
        wanted = names[:shared]
        wanted += [f"{w} of {part}{axis}" for axis in own for w in ("angle", "speed")]
        wanted += [None] * (6 - 2 * len(own)) + [f"touch of {part}"]
        wanted += [f"told {part}{axis}" for axis in own] + [None] * (3 - len(own))
        wanted += [f"told {each}" for each in above] + [None] * (3 - len(above))
        return wanted + [f"place {k} of {part}" for k in range(4)]

    found = [[names[k] if k >= 0 else None for k in row] for row in inputs]
    assert found == [
        copy(1, "zyx", []),
        copy(2, "y", ["1z", "1y", "1x"]),
        copy(4, "x", []),
        copy(5, "y", ["2y"]),
    ]
    assert inputs.shape[1] == module_inputs(targets)
    assert outputs.tolist() == [[0, 1, 2], [3, -1, -1], [4, -1, -1], [5, -1, -1]]
    # places relative to the farthest coordinate, 0.6 m to the front, and whether mirrored
    places = constants.reshape(6, 4)
    assert places[:, 0] * 0.6 == pytest.approx([0.0, 0.3, 0.5, -0.3, -0.5, 0.6])
    assert places[:, 2] * 0.6 == pytest.approx([0.0, 0.0, 0.0, 0.0, 0.0, 0.05])
    assert places[:, 3].tolist() == [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]


def test_copies_of_a_network_act_on_what_their_own_part_feels():
    body = branched()
    network = networks(Network(module_inputs(0), MODULE_OUTPUTS))
    parts = wired_copies(network, body, 0).parts()
    control = np.zeros(6)

    def told(signal=None):
        wake(parts)
        if signal is not None:
            parts.signals[signal] = 0.7
        think(parts, 0.0, 0.02, 0, False, control)
        return control.copy()

    rest = told()
    # axes 0 to 2 are of part 1, 3 of part 2, 4 of part 4, 5 of part 5; touch of p is signal 17 + p
    for signal, moved in ((5, {0, 1, 2}), (11, {3}), (14, {4}), (18, {0, 1, 2}), (22, {5})):
        changed = np.flatnonzero(told(signal) != rest)
        assert len(changed) > 0
        assert set(changed) <= moved
    assert not np.flatnonzero(told(17) != rest).size
    assert len(np.flatnonzero(told(0) != rest)) >= 3


def test_paces_are_time_constants_from_two_seconds_to_one_decision():
    need = Network(module_inputs(0), MODULE_OUTPUTS, traits=needed("ctrnn", BODY, 0).traits)
    network = networks(need)
    pace = np.linspace(-1.0, 1.0, len(network.bias))
    network = replace(network, traits=network.traits._replace(node=pace[:, None]))
    for brain in (
        wired_copies(network, BODY, 0),
        wired_whole(networks(needed("ctrnn", BODY, 0)), BODY, 0),
    ):
        assert brain.network.recurrent
        assert len(brain.wiring.rates) == len(brain.network.bias)
    rates = wired_copies(network, BODY, 0).wiring.rates
    assert (rates[0], rates[-1]) == pytest.approx((0.02 / SLOWEST, 1.0))
    assert (SLOWEST, FASTEST) == (2.0, 0.02)
    assert np.diff(np.log(rates)) == pytest.approx(
        np.full(len(rates) - 1, np.log(100) / (len(rates) - 1))
    )


def test_nodes_take_their_time_in_a_network_without_cycles():
    need = needed("ctrnn", BODY, 0)
    network = networks(need, settings=Topology.Settings(add_node=0, add_connection=0))
    assert not network.recurrent
    slow = replace(
        network, traits=network.traits._replace(node=np.full((len(network.bias), 1), -0.5))
    )
    parts, control, told = wired_whole(slow, BODY, 0).parts(), np.zeros(6), []
    for count in range(3):
        parts.signals[: BODY.senses(0)] = 0.1
        think(parts, 0.02 * count, 0.02, count, False, control)
        told.append(control.copy())
    rate = 0.02 / (SLOWEST * (FASTEST / SLOWEST) ** 0.25)
    # towards what the nodes would be at once, a share of the rest of the way at each decision
    goal = told[0] / rate
    assert told[1] == pytest.approx(goal * (1 - (1 - rate) ** 2))
    assert told[2] == pytest.approx(goal * (1 - (1 - rate) ** 3))


def test_vectors_stand_for_oscillators():
    vector = np.linspace(-1.5, 1.5, 2 + 5 * 6)
    brain = of_vector(vector, BODY, 1, "cpg")
    numbers, raw = brain.oscillators.numbers, vector[2:].reshape(6, 5)
    assert numbers[:, 0] == pytest.approx(np.clip(raw[:, 0], -1, 1))
    assert numbers[:, 2] == pytest.approx(raw[:, 2] * math.pi)
    assert numbers[:, [1, 3, 4]] == pytest.approx(raw[:, [1, 3, 4]])
    assert brain.oscillators.rhythm == pytest.approx([2.0**-1.5, 2.0 ** (1 + vector[1])])
    assert of_vector(vector, BODY, 1, "sine").oscillators.rhythm[1] == 0.0
    # limbs 1 and 2 with two axes each, feet on them
    assert brain.oscillators.upstream.tolist() == [-1, 0, -1, 2, 1, 3]


def steered():
    """The body with a wave in each leg, to which the direction to the light is added."""
    own, left = source(Origin.OWN, 0), source(Origin.ROOT, 6)
    wave = Neuron(int(Function.OSCILLATE_WAVE), (0.0, 0.0), (0, 0, 0), (0.0, 0.0, 0.0))
    joined = Neuron(int(Function.SUM), (0.0, 0.0), (own, left, 0), (0.5, 0.4, 0.0))
    driver = source(Origin.OWN, 1)
    base = graph()
    legs = [
        replace(
            node, neurons=(wave, joined), drivers=(driver, driver, driver), gains=(1.0, 0.5, 0.0)
        )
        for node in base.nodes[1:]
    ]
    links = tuple(replace(link, opposed=False, lag=0.0) for link in base.links)
    return replace(base, nodes=(replace(base.nodes[0], neurons=()), *legs), links=links, neurons=())


def test_neurons_steer_where_the_light_is():
    problem = evo.compose.problem("follow", brain={"kind": "neurons"}, guards="none")
    made = Grow(problem.needs, 10)(Bodies.Genomes((steered(),)))
    body, brain = problem.creature(made, 0)
    told = {}
    for side in (1.0, -1.0, 0.0):
        parts, control = brain.parts(), np.zeros(6)
        for count in range(3):
            parts.signals[6] = side
            think(parts, 0.02 * count, 0.02, count, True, control)
        told[side] = control.copy()
    # axes: two of the left leg, two of the right one, the left foot, the right foot
    swapped = [2, 3, 0, 1, 5, 4]
    assert told[0.0] == pytest.approx(told[0.0][swapped])
    assert np.abs(told[1.0] - told[0.0]).min() > 0.1
    assert told[1.0] == pytest.approx(told[-1.0][swapped])
    lives = problem.lives(body, brain)
    ends = [
        lives.live(3.0, np.zeros(6), np.array([[0.0, side, 0.3]])).track[-1, :2]
        for side in (4.0, -4.0)
    ]
    # the light on the other side makes the life that a mirror shows
    assert ends[0] == pytest.approx(ends[1] * (1.0, -1.0), abs=1e-6)
    assert abs(ends[0][1]) > 1e-3


def test_creatures_tell_of_their_brains():
    for kind, key in (("sine", "oscillators"), ("cpg", "oscillators"), ("neurons", "circuit")):
        problem = evo.compose.problem("walk", brain={"kind": kind})
        made = creatures(problem)
        assert isinstance(made, Creatures)
        told = problem.describe(made)
        assert key in told
        json.dumps(told)
