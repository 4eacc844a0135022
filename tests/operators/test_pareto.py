"""Several scores at once, held against slow references."""

import numpy as np
import pytest

from evo.operators.pareto import crowded_first, crowding, hypervolume, ranks


def slow_ranks(fitness: np.ndarray) -> list[int]:
    """Fronts, peeled off one by one, as in section III-A."""
    left, out, front = set(range(len(fitness))), [0] * len(fitness), 0
    while left:
        free = [
            i
            for i in left
            if not any(
                (fitness[j] >= fitness[i]).all() and (fitness[j] > fitness[i]).any() for j in left
            )
        ]
        for i in free:
            out[i] = front
        left -= set(free)
        front += 1
    return out


@pytest.mark.parametrize("scores", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_ranks_are_those_of_fronts_that_are_peeled_off(scores: int, seed: int) -> None:
    # Small whole numbers have many ties and duplicates.
    fitness = np.random.default_rng(seed).integers(0, 5, (60, scores)).astype(float)
    assert ranks(fitness).tolist() == slow_ranks(fitness)


def test_failures_are_behind_the_last_front() -> None:
    fitness = np.array([[1.0, 2.0], [np.nan, 9.0], [0.0, 1.0], [2.0, 1.0]])
    assert ranks(fitness).tolist() == [0, 2, 1, 0]
    assert ranks(np.full((3, 2), np.nan)).tolist() == [0, 0, 0]


def slow_crowding(fitness: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Section III-B, crowding-distance-assignment, for each front."""
    out = np.zeros(len(fitness))
    for front in np.unique(rank):
        members = np.flatnonzero(rank == front)
        for column in fitness[members].T:
            order = members[np.argsort(column, kind="stable")]
            values = np.sort(column)
            out[order[0]] = out[order[-1]] = np.inf
            for k in range(1, len(order) - 1):
                if values[-1] > values[0]:
                    out[order[k]] += (values[k + 1] - values[k - 1]) / (values[-1] - values[0])
    return out


@pytest.mark.parametrize("seed", range(5))
def test_crowding_is_that_of_the_paper(seed: int) -> None:
    fitness = np.random.default_rng(seed).random((80, 3))
    rank = ranks(fitness)
    assert rank.max() > 1
    assert np.allclose(crowding(fitness, rank), slow_crowding(fitness, rank))


def test_a_front_of_equals_is_crowded_but_for_its_ends() -> None:
    distance = crowding(np.ones((5, 2)), np.zeros(5, np.int64))
    assert np.isinf(distance[[0, 4]]).all()
    assert (distance[1:4] == 0).all()


def test_lower_fronts_come_first_and_lonely_ones_within_a_front() -> None:
    rank, distance = np.array([1, 0, 0, 1, 0]), np.array([9.0, 1.0, np.inf, 2.0, 1.0])
    assert crowded_first(rank, distance).tolist() == [2, 1, 4, 0, 3]


def test_hypervolume_is_the_area_above_the_reference() -> None:
    front = np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])
    assert hypervolume(front, np.zeros(2)) == 6.0
    assert hypervolume(front, np.array([1.5, 1.5])) == 0.25
    assert hypervolume(front, np.full(2, 5.0)) == 0.0
    assert hypervolume(np.full((2, 2), np.nan), np.zeros(2)) == 0.0
