"""Function problems: known minima, known values, rows that do not depend on their batch."""

import numpy as np
import pytest

import evo
from evo.errors import ConfigError
from evo.phenotype import Reals
from evo.problems.functions import BENCHMARKS
from evo.scores import Score

NAMES = sorted(BENCHMARKS)
NO_SEEDS = np.zeros(0, np.uint64)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dimensions", [2, 10, 101])
def test_the_minimum_is_zero_at_the_known_point(name: str, dimensions: int) -> None:
    problem = evo.problem(name, dimensions=dimensions)
    at = np.full((1, dimensions), BENCHMARKS[name].minimum)
    assert abs(problem.evaluate(at, NO_SEEDS).fitness[0]) < 1e-12
    near = at + np.random.default_rng(0).normal(0, 0.1, (50, dimensions))
    assert (problem.evaluate(near, NO_SEEDS).fitness < 0).all()


@pytest.mark.parametrize(
    ("name", "point", "cost"),
    [
        ("sphere", [1.0, -2.0, 3.0], 14.0),
        ("rosenbrock", [0.0, 0.0, 0.0], 2.0),
        ("rosenbrock", [-1.2, 1.0], 24.2),
        ("rastrigin", [1.0, 0.5], 1.0 + 20.25),
        ("ackley", [1.0, 1.0], 20.0 - 20.0 * np.exp(-0.2)),
    ],
)
def test_known_values(name: str, point: list[float], cost: float) -> None:
    problem = evo.problem(name, dimensions=len(point))
    fitness = problem.evaluate(np.array([point]), NO_SEEDS).fitness
    assert problem.goal.figures_of(fitness[0]) == pytest.approx(cost, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_has_the_same_cost_alone_and_in_a_batch(name: str) -> None:
    problem = evo.problem(name, dimensions=37)
    x = np.random.default_rng(3).uniform(-5, 5, (23, 37))
    whole = problem.evaluate(x, NO_SEEDS).fitness
    for i in range(23):
        assert problem.evaluate(x[i : i + 1], NO_SEEDS).fitness[0] == whole[i]
    assert np.array_equal(problem.evaluate(x[5:12], NO_SEEDS).fitness, whole[5:12])


def test_what_it_declares() -> None:
    problem = evo.problem("ackley", dimensions=4)
    assert problem.needs == Reals(4, -32.768, 32.768, bounded=False)
    assert problem.scores == (Score("cost", minimise=True, target=1e-8),)
    assert problem.scores[0].figure(1e-8) == -1e-8


def test_rosenbrock_in_one_dimension_is_refused() -> None:
    with pytest.raises(ConfigError, match="dimensions must be at least 2"):
        evo.problem("rosenbrock", dimensions=1)


def test_overflow_is_a_failed_evaluation_not_a_warning() -> None:
    x = np.full((1, 10), 1e200)
    assert not np.isfinite(evo.problem("rosenbrock").evaluate(x, NO_SEEDS).fitness[0])


def test_onemax_counts_ones() -> None:
    problem = evo.problem("onemax", length=5)
    bits = np.array([[0, 0, 0, 0, 0], [1, 0, 1, 0, 1], [1, 1, 1, 1, 1]], bool)
    assert problem.evaluate(bits, NO_SEEDS).fitness.tolist() == [0, 3, 5]
    assert problem.scores == (Score("ones", target=5.0),)
