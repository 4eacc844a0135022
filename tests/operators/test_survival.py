"""Survivor selection."""

import numpy as np
import pytest

from evo.operators.survival import Comma, Generational, Plus, RoundRobin
from evo.population import Population


def population(*fitness: float, first: int = 0) -> Population:
    ids = np.arange(first, first + len(fitness))
    return Population(ids[:, None].astype(float), np.array(fitness, float), {"id": ids})


def ids(survivors: Population) -> list[int]:
    assert survivors.genomes[:, 0].tolist() == survivors.columns["id"].tolist()
    return survivors.columns["id"].tolist()


OLD = population(5, 1, 7, np.nan)
NEW = population(2, 6, np.nan, 7, first=10)
NOBODY = OLD.take(np.empty(0, np.intp))
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("elites", "survivors"),
    [(0, [10, 11, 12, 13]), (1, [2, 10, 11, 12, 13]), (2, [2, 0, 10, 11, 12, 13])],
)
def test_generational_keeps_offspring_and_elites(elites: int, survivors: list[int]) -> None:
    assert ids(Generational(elites)(OLD, NEW, RNG)) == survivors


@pytest.mark.parametrize(
    ("size", "survivors"),
    [(1, [13]), (3, [13, 2, 11]), (6, [13, 2, 11, 0, 10, 1]), (99, [13, 2, 11, 0, 10, 1, 12, 3])],
)
def test_plus_keeps_the_best_of_both_and_prefers_offspring(size: int, survivors: list[int]) -> None:
    assert ids(Plus(size)(OLD, NEW, RNG)) == survivors


@pytest.mark.parametrize(
    ("size", "survivors"), [(1, [13]), (3, [13, 11, 10]), (4, [13, 11, 10, 12])]
)
def test_comma_forgets_the_old(size: int, survivors: list[int]) -> None:
    assert ids(Comma(size)(OLD, NEW, RNG)) == survivors


@pytest.mark.parametrize("survival", [Generational(2), Plus(4), Comma(4), RoundRobin(4)], ids=str)
def test_the_first_offspring_have_no_population_to_meet(survival) -> None:
    assert sorted(ids(survival(NOBODY, NEW, np.random.default_rng(0)))) == [10, 11, 12, 13]


def test_round_robin_keeps_winners_and_almost_never_losers() -> None:
    old = population(*range(50))
    new = population(*(np.arange(50) + 0.5), first=100)
    kept = RoundRobin(50, opponents=10)(old, new, np.random.default_rng(1))
    assert len(kept) == 50
    assert {49, 149} <= set(ids(kept))
    assert not {0, 1, 2, 100, 101, 102} & set(ids(kept))
    assert kept.fitness.mean() > 32
    few = RoundRobin(50, opponents=1)(old, new, np.random.default_rng(1))
    assert few.fitness.mean() < kept.fitness.mean()


def test_round_robin_drops_failures_first() -> None:
    kept = RoundRobin(6, opponents=200)(OLD, NEW, np.random.default_rng(0))
    assert not {12, 3} & set(ids(kept))
