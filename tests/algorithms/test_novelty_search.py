"""Novelty search.

Seen when planted: an individual that is its own neighbour, an archive that grows without end,
selection by fitness, descriptors that are not scaled by their ranges.
"""

import numpy as np
import pytest

import evo
from evo.algorithms.novelty_search import NOVELTY, novelty
from evo.errors import UsageError
from evo.population import Evaluation
from evo.problems.base import Problem
from evo.scores import Descriptor


def started(problem="arm", seed=1, generations=40, **settings):
    settings = {"population": 30, **settings}
    return evo.evolution(
        "novelty-search", problem, seed=seed, generations=generations, settings=settings
    )


def test_novelty_is_the_mean_distance_to_the_nearest_others():
    rng = np.random.default_rng(3)
    behaviours, past = rng.random((20, 2)), rng.random((11, 2))
    behaviours[4] = np.nan
    new = novelty(behaviours, past, 5)
    assert new[4] == -np.inf
    for row in np.delete(np.arange(20), 4):
        others = np.concatenate([np.delete(behaviours, [4, row], axis=0), past])
        nearest = np.sort(np.linalg.norm(others - behaviours[row], axis=1))[:5]
        assert new[row] == pytest.approx(nearest.mean())


def test_who_is_alone_is_not_new():
    assert novelty(np.zeros((1, 2)), np.empty((0, 2)), 5).tolist() == [0.0]


def test_the_newest_survive_and_some_children_are_remembered():
    evolution = started(archived=4, archive=10)
    sizes = []
    for _ in evolution:
        population = evolution.population
        assert (np.diff(population.columns[NOVELTY]) <= 0).all()
        sizes.append(len(population.memory.behaviours))
    assert sizes[:4] == [4, 8, 10, 10]
    assert len(set(sizes[3:])) == 1


class Unequal(Problem):
    """Two descriptors, one with a range a thousand times as wide; fitness is against both."""

    needs = evo.Reals(2, -1.0, 1.0)
    descriptors = (Descriptor("a", -1.0, 1.0), Descriptor("b", -1000.0, 1000.0))

    def evaluate(self, phenotypes, seeds):
        a, b = phenotypes.T
        return Evaluation(-np.abs(a) - np.abs(b), {"a": a, "b": 1000.0 * b})


def test_the_search_spreads_in_all_descriptors_however_little_it_is_worth():
    evolution = started(Unequal(), generations=60)
    records = list(evolution)
    spread = np.ptp(evolution.population.genomes, axis=0)
    assert (spread > 1.0).all()
    assert spread.max() > 3.0
    assert records[-1].best_so_far >= records[0].best_so_far
    assert records[-1].mean < records[0].mean


def test_descriptors_that_are_not_finite_are_told():
    class Nowhere(Unequal):
        def evaluate(self, phenotypes, seeds):
            nowhere = np.full(len(seeds), np.nan)
            return Evaluation(np.zeros(len(seeds)), {"a": nowhere, "b": nowhere})

    with pytest.raises(UsageError, match="nobody is new"):
        started(Nowhere()).step()


def test_behaviours_are_shares_of_the_descriptors_ranges():
    evolution = started(Unequal(), archived=1000)
    evolution.step()
    genomes = evolution.population.genomes
    expected = 0.5 + 0.5 * genomes
    past = evolution.population.memory.behaviours
    assert np.allclose(np.sort(past, axis=0), np.sort(expected, axis=0))
