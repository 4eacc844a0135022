"""Real functions with a known minimum of 0: the first things to try a search on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evo.phenotype import Reals
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.scores import Score
from evo.settings import Settings as BaseSettings


def sphere(x: Floats) -> Floats:
    """The sphere: the sum of squares, a round bowl with its minimum of 0 at the origin.

    Args:
        x: `(n, d)` points.

    Returns:
        `(n,)` costs.

    Source: K. A. De Jong, An Analysis of the Behavior of a Class of Genetic Adaptive Systems
    (1975), function F1.
    """
    return np.square(x).sum(axis=1)


def rosenbrock(x: Floats) -> Floats:
    """Rosenbrock's function: a bent, narrow valley of little slope, with 0 at (1, …, 1).

    It takes at least two variables.

    Args:
        x: `(n, d)` points.

    Returns:
        `(n,)` costs.

    Source: H. H. Rosenbrock, An Automatic Method for Finding the Greatest or Least Value of a
    Function, Computer Journal 3 (1960); domain of De Jong (1975), function F2; sum over
    neighbouring pairs.
    """
    left, right = x[:, :-1], x[:, 1:]
    return (100.0 * np.square(right - np.square(left)) + np.square(1.0 - left)).sum(axis=1)


def rastrigin(x: Floats) -> Floats:
    """Rastrigin's function: a bowl with a grid of local minima, and 0 at the origin.

    Args:
        x: `(n, d)` points.

    Returns:
        `(n,)` costs.

    Source: H. Mühlenbein, M. Schomisch, J. Born, The Parallel Genetic Algorithm as Function
    Optimizer, Parallel Computing 17 (1991), section 5, function F6 (A = 10), with 10 - 10 cos 2πx
    written as 20 sin² πx, which is exact near the minimum.
    """
    ripples = np.sin(np.pi * x)
    return (np.square(x) + 20.0 * np.square(ripples)).sum(axis=1)


def ackley(x: Floats) -> Floats:
    """Ackley's function: a plain of small ripples around one deep hole, with 0 at the origin.

    Args:
        x: `(n, d)` points.

    Returns:
        `(n,)` costs.

    Source: T. Bäck, Evolutionary Algorithms in Theory and Practice (1996), section 3.3 (a = 20, b =
    0.2, c = 2π).
    """
    slope = -20.0 * np.exp(-0.2 * np.sqrt(np.square(x).mean(axis=1)))
    ripples = -np.exp(np.cos(2.0 * np.pi * x).mean(axis=1))
    return np.maximum(slope + ripples + 20.0 + np.e, 0.0)


@dataclass(frozen=True)
class Benchmark:
    """A function of real vectors, to be minimised.

    Attributes:
        formula: the costs `(n,)` of points `(n, d)`.
        lower, upper: the bounds of the region where searches start, in every dimension.
        minimum: the coordinate of its minimum, in every dimension.
    """

    formula: Callable[[Floats], Floats]
    lower: float
    upper: float
    minimum: float


BENCHMARKS = {
    "sphere": Benchmark(sphere, -5.12, 5.12, 0.0),
    "rosenbrock": Benchmark(rosenbrock, -2.048, 2.048, 1.0),
    "rastrigin": Benchmark(rastrigin, -5.12, 5.12, 0.0),
    "ackley": Benchmark(ackley, -32.768, 32.768, 0.0),
}


class Function(Problem):
    """It has any number of variables, and is minimised.

    A search starts within the function's customary domain and is not kept in it.
    """

    class Settings(BaseSettings):
        """Which function, in how many dimensions."""

        function: Literal["sphere", "rosenbrock", "rastrigin", "ackley"] = Field(
            "sphere", description="which function"
        )
        dimensions: int = Field(
            10, ge=1, le=1_000_000, description="number of variables; rosenbrock needs at least 2"
        )
        target: float = Field(
            1e-8,
            ge=0,
            description="cost at which it counts as solved; the precision of BBOB (COCO) for "
            "'solved'",
        )

        @model_validator(mode="after")
        def _pairs(self) -> Self:
            if self.function == "rosenbrock" and self.dimensions < 2:
                raise ValueError(
                    "rosenbrock is a sum over pairs of neighbours; dimensions must be at least 2"
                )
            return self

    settings: Settings

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.benchmark = BENCHMARKS[self.settings.function]
        self.needs = Reals(self.settings.dimensions, self.benchmark.lower, self.benchmark.upper)
        self.scores = (Score("cost", minimise=True, target=self.settings.target),)

    def evaluate(self, phenotypes: Floats, seeds: NDArray[np.uint64]) -> Evaluation:
        """Fitness of `(n, dimensions)` points; one whose cost is not finite has failed."""
        with np.errstate(over="ignore", invalid="ignore"):
            return Evaluation(-self.benchmark.formula(phenotypes))
