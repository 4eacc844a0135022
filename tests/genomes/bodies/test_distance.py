"""How far apart graphs are.

Seen when planted: identities among the numbers that are compared, unmatched links left out, the
difference taken of one graph only.
"""

from dataclasses import replace

import numpy as np
import pytest

from evo.genomes.bodies.creatures import Creature
from evo.genomes.bodies.distance import UNMATCHED, distance
from evo.genomes.bodies.genomes import BodyGenomes
from evo.genomes.bodies.mutation import OF_BODIES, add_node, mutate
from evo.genomes.bodies.representation import Bodies
from tests.genomes.bodies.graphs import drawn

GRAPHS = drawn(20, 9)


def test_a_distance_is_none_to_itself_and_the_same_in_both_directions():
    for first in GRAPHS:
        assert distance(first, first) == 0.0
        for second in GRAPHS:
            assert distance(first, second) == distance(second, first)
            assert (distance(first, second) > 0.0) == (first is not second)


def test_strangers_are_as_far_apart_as_all_that_they_have():
    for first, second in zip(GRAPHS[:10], GRAPHS[10:], strict=True):
        sizes = [len(each.nodes) + len(each.links) for each in (first, second)]
        assert distance(first, second) == UNMATCHED * sum(sizes)


def test_a_larger_difference_is_a_larger_distance():
    start = GRAPHS[0]
    far = []
    for half in (0.3, 0.4, 0.8):
        root = replace(start.nodes[0], half=(half, 0.1, 0.1))
        nearest = replace(start.nodes[0], half=(0.25, 0.1, 0.1))
        far.append(
            distance(
                replace(start, nodes=(nearest, *start.nodes[1:])),
                replace(start, nodes=(root, *start.nodes[1:])),
            )
        )
    assert 0.0 < far[0] < far[1] < far[2] < UNMATCHED


def test_a_new_node_with_its_link_adds_two():
    for seed, each in enumerate(GRAPHS):
        grown = add_node(each, np.random.default_rng(seed))
        assert distance(each, grown) == pytest.approx(2 * UNMATCHED)


def test_relatives_drift_apart():
    far = np.zeros((20, 3))
    for row, each in enumerate(GRAPHS):
        after, rng = each, np.random.default_rng(row)
        for column in range(3):
            for _ in range(10):
                after = mutate(after, OF_BODIES, 2.0, rng)
            far[row, column] = distance(each, after)
    assert (np.diff(far.mean(axis=0)) > 0).all()


def test_distances_of_many_are_those_of_pairs():
    genomes = BodyGenomes(tuple(GRAPHS))
    representation = Bodies(Creature())
    table = representation.distance(genomes.take(slice(0, 4)), genomes.take(slice(2, 5)))
    assert table.tolist() == [[distance(a, b) for b in GRAPHS[2:5]] for a in GRAPHS[:4]]
    assert representation.distance(genomes.take([]), genomes).shape == (0, 20)
