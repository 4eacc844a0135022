"""What mutation does to graphs.

Seen when planted: bounds left out of a step, a flag that is never flipped, a new node that nothing
leads to, changes of brains in the table of bodies, a mean number of changes that is one too high.
"""

from dataclasses import fields

import numpy as np
import pytest

from evo.genomes.bodies import mutation
from evo.genomes.bodies.creatures import Creature
from evo.genomes.bodies.develop import develop
from evo.genomes.bodies.genomes import BodyGenomes, _check
from evo.genomes.bodies.mutation import OF_BODIES, OF_OSCILLATORS, OF_STEERING, mutate
from evo.genomes.bodies.representation import Bodies
from evo.genomes.bodies.start import (
    COUPLING,
    FREQUENCY,
    HALF,
    LIMIT,
    MOST_REPEATS,
    SCALE,
    STRENGTH,
)
from tests.genomes.bodies.graphs import drawn, graph, link, node
from tests.genomes.bodies.test_mating import reachable

TABLES = {"bodies": OF_BODIES, "oscillators": OF_OSCILLATORS, "steering": OF_STEERING}
CHANGES = [
    pytest.param(change, id=f"{table}-{place}")
    for table, changes in TABLES.items()
    for place, (change, _) in enumerate(changes)
]
OF_BRAINS = {"amplitude", "phase", "offset", "left", "upwards", "lag", "frequency", "coupling"}
"""Fields of nodes, links and graphs that bodies do not depend on."""
GRAPHS = drawn(300, 8)


def rng(seed=0):
    return np.random.default_rng(seed)


def within(bounds, *values):
    return all(bounds[0] <= value <= bounds[1] for value in values)


def check(each):
    """A graph is one that can be drawn."""
    _check(each)
    assert within(FREQUENCY, each.frequency)
    assert within(COUPLING, each.coupling)
    for one in each.nodes:
        assert within(HALF, *one.half)
        assert within(LIMIT, *one.limits)
        assert within(STRENGTH, one.strength)
        assert within((1, MOST_REPEATS), one.repeats)
        assert within((0.0, 1.0), *one.amplitude)
        assert within((0.0, 2.0 * np.pi), *one.phase)
        assert within((-1.0, 1.0), *one.offset)
        assert within((-2.0, 2.0), *one.left, *one.upwards)
    for one in each.links:
        assert within(SCALE, one.scale)
        assert within((-1.0, 1.0), *one.place)
        assert within((-np.pi, np.pi), *(float(np.clip(a, -np.pi, np.pi)) for a in one.turn))
        assert within((0.0, 2.0 * np.pi), one.lag)


def changed(before, after):
    """The names of fields in which two graphs differ, and "nodes" or "links" for their numbers."""
    names = set()
    for mine, theirs in ((before.nodes, after.nodes), (before.links, after.links)):
        old = {each.identity: each for each in mine}
        if old.keys() != {each.identity for each in theirs}:
            names.add("nodes" if mine is before.nodes else "links")
        for each in theirs:
            other = old.get(each.identity, each)
            names |= {
                field.name
                for field in fields(each)
                if getattr(each, field.name) != getattr(other, field.name)
            }
    names |= {
        name for name in ("frequency", "coupling") if getattr(before, name) != getattr(after, name)
    }
    return names


def test_first_graphs_are_connected_and_within_bounds():
    for each in GRAPHS:
        check(each)
        assert reachable(each)
        assert 2 <= len(each.nodes) <= 6


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_makes_graphs_that_develop(change):
    different = 0
    for seed, each in enumerate(GRAPHS):
        before = repr(each)
        after = mutate(each, ((change, 1.0),), 1.0, rng(seed))
        check(after)
        assert reachable(after)
        assert repr(each) == before
        different += bool(changed(each, after))
        develop(after, 10)
    assert different > 100, "a change that changes nothing"


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_takes_the_smallest_graph(change):
    alone = graph([node(1, (0.2, 0.1, 0.1))], [])
    for seed in range(20):
        check(mutate(alone, ((change, 1.0),), 1.0, rng(seed)))


def test_changes_of_brains_leave_bodies_alone_and_the_other_way_around():
    seen = {"bodies": set(), "brains": set()}
    for seed, each in enumerate(GRAPHS):
        for name, table in (("bodies", OF_BODIES), ("brains", OF_OSCILLATORS + OF_STEERING)):
            names = changed(each, mutate(each, table, 3.0, rng(seed)))
            # a graph without links gets one from changes of links
            seen[name] |= names if each.links else set()
    assert seen["brains"] == OF_BRAINS
    assert seen["bodies"] & OF_BRAINS == set()
    wanted = {"half", "shape", "joint", "limits", "strength", "repeats", "place", "face", "turn"}
    wanted |= {"scale", "mirrored", "paired", "opposed", "terminal", "target", "nodes", "links"}
    assert seen["bodies"] == wanted


@pytest.mark.parametrize(("brain", "targets"), [("sine", 0), ("cpg", 1)])
@pytest.mark.parametrize("evolve", ["both", "body", "brain"])
def test_what_evolves_can_be_chosen(evolve, brain, targets):
    representation = Bodies(Creature(brain, targets), Bodies.Operators(evolve=evolve, changes=3.0))
    genomes = BodyGenomes(tuple(GRAPHS[:150]))
    after = representation.mutate(genomes, rng())
    names = set()
    for mine, theirs in zip(genomes.graphs, after.graphs, strict=True):
        names |= changed(mine, theirs)
    of_brains = OF_BRAINS if targets else OF_BRAINS - {"left", "upwards"}
    assert names & OF_BRAINS == (set() if evolve == "body" else of_brains)
    assert bool(names - OF_BRAINS) == (evolve != "brain")


@pytest.mark.parametrize("mean", [1.0, 2.0, 5.0])
def test_the_mean_number_of_changes_is_as_set(mean):
    count = 0

    def counted(graph, rng):
        nonlocal count
        count += 1
        return graph

    for seed in range(2000):
        mutate(GRAPHS[0], ((counted, 1.0),), mean, rng(seed))
    assert count / 2000 == pytest.approx(mean, abs=0.2 if mean > 1 else 0.0)


def test_changes_happen_as_often_as_their_weights_say():
    seen = []
    table = tuple((lambda graph, _, k=k: seen.append(k) or graph, w) for k, w in enumerate((1, 3)))
    for seed in range(2000):
        mutate(GRAPHS[0], table, 1.0, rng(seed))
    assert seen.count(1) / len(seen) == pytest.approx(0.75, abs=0.04)


def test_removing_a_link_removes_what_it_led_to():
    pair = graph([node(1), node(2), node(3)], [link(1, 1, 2), link(2, 2, 3)])
    sizes = {
        len(mutate(pair, ((mutation.remove_link, 1.0),), 1.0, rng(seed)).nodes)
        for seed in range(20)
    }
    assert sizes == {1, 2}
