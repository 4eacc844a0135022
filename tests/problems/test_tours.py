"""The travelling salesman."""

from pathlib import Path

import numpy as np
import pytest

import evo
from evo.errors import UsageError
from evo.problems.tours import TSP
from evo.reports.views import draw

NO_SEEDS = np.zeros(0, np.uint64)


def test_the_best_tour_of_a_circle_is_the_target() -> None:
    problem = TSP(TSP.Settings(cities=12))
    angle = np.arctan2(problem.cities[:, 1], problem.cities[:, 0])
    around = np.argsort(angle)
    lengths = -problem.evaluate(np.array([around, np.arange(12)]), NO_SEEDS).fitness
    (score,) = problem.scores
    assert score.target == pytest.approx(2 * 12 * np.sin(np.pi / 12))
    assert lengths[0] <= score.target < lengths[1]
    assert (around != np.arange(12)).any(), "the numbers of the cities give the tour away"


def test_a_tour_is_as_long_wherever_it_begins_and_in_both_directions() -> None:
    problem = TSP(TSP.Settings(layout="scattered", cities=9))
    tour = np.random.default_rng(0).permutation(9)
    same = np.array([tour, np.roll(tour, 4), tour[::-1]])
    lengths = problem.evaluate(same, NO_SEEDS).fitness
    assert np.allclose(lengths, lengths[0])
    slow = sum(
        np.linalg.norm(problem.cities[a] - problem.cities[b])
        for a, b in zip(tour, [*tour[1:], tour[0]], strict=True)
    )
    assert -lengths[0] == pytest.approx(slow)


def test_the_seed_decides_where_scattered_cities_are() -> None:
    first, again, other = (
        TSP(TSP.Settings(layout="scattered", seed=seed)).cities for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.isin(first, other).any()


def test_a_genetic_algorithm_goes_around_the_circle() -> None:
    evolution = evo.evolution("ga", "tsp", seed=1, generations=300)
    best = evolution.run()
    assert evolution.evaluator is not None
    assert evo.problem("tsp").goal.reached(best.fitness).all()


def test_cities_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "square.tsp"
    path.write_text(
        "NAME: square\nDIMENSION: 4\nNODE_COORD_SECTION\n1 0 0\n2 0 2\n3 2.0e0 2\n4 2 0\nEOF\n"
    )
    problem = evo.problem("tsp", file=str(path))
    assert problem.needs.length == 4
    assert problem.evaluate(np.array([[0, 1, 2, 3]]), NO_SEEDS).fitness.tolist() == [-8.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has 0 cities"),
        ("NODE_COORD_SECTION\n1 0 0\n2 0 nan\n3 1 1\n", "3 cities"),
        ("NODE_COORD_SECTION\n1 a b\n", "is no city"),
    ],
)
def test_files_that_are_none_are_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.tsp"
    path.write_text(text)
    with pytest.raises(UsageError, match=words):
        TSP(TSP.Settings(file=str(path)))
    with pytest.raises(UsageError, match="cannot read"):
        TSP(TSP.Settings(file=str(tmp_path / "missing.tsp")))


def test_a_tour_says_where_it_goes() -> None:
    problem = TSP(TSP.Settings(cities=4))
    told = problem.describe(np.array([[0, 1, 2, 3], [3, 1, 2, 0]]), 1)
    assert told["kind"] == "tour"
    assert told["order"] == [3, 1, 2, 0]
    assert np.allclose(told["cities"], problem.cities)


def test_a_tour_is_drawn() -> None:
    problem = TSP(TSP.Settings(cities=5))
    told = problem.describe(np.arange(5)[None])
    assert (draw(told) or "").count("<circle") == 5
    assert draw({**told, "order": [0, 1, 2, 3, 3]}) is None
