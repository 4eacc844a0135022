"""Symbolic regression: an expression that goes through given points."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.genomes.trees.genomes import TreeGenomes
from evo.genomes.trees.representation import Program
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.rng import Role, Streams
from evo.scores import Score
from evo.settings import Settings as BaseSettings

WORST = 1e12
"""Programs that are further off, or overflow, count as being off by so much."""

ARITHMETIC = Program(1, ("add", "subtract", "multiply", "divide"), -1.0, 1.0)


def quartic(x: Floats) -> Floats:
    """Symbolic regression of x^4 + x^3 + x^2 + x, with Koza's eight functions and no constants."""
    return x**4 + x**3 + x**2 + x


def quintic(x: Floats) -> Floats:
    """Symbolic regression of x^5 - 2 x^3 + x, with arithmetic and constants."""
    return x**5 - 2.0 * x**3 + x


def sextic(x: Floats) -> Floats:
    """Symbolic regression of x^6 - 2 x^4 + x^2, with arithmetic and constants."""
    return x**6 - 2.0 * x**4 + x**2


FORMULAS: dict[str, tuple[Callable[[Floats], Floats], Program]] = {
    "quartic": (quartic, Program(1)),
    "quintic": (quintic, ARITHMETIC),
    "sextic": (sextic, ARITHMETIC),
}
"""The expressions, and what programs may use: for the last two arithmetic and constants."""


class SymbolicRegression(Problem):
    """The expression is to be found from points of it; the error is the sum over all points.

    The target is an error below 0.01 in all, which makes every point a hit in Koza's sense.

    Source: J. R. Koza, Genetic Programming (1992), section 7.3 (quartic); Koza, Genetic Programming
    II (1994), chapter 5 (quintic and sextic).
    """

    class Settings(BaseSettings):
        """Which expression, and at how many points it is given."""

        formula: Literal["quartic", "quintic", "sextic"] = Field(
            "quartic", description="the expression to be found"
        )
        points: int = Field(20, ge=2, le=1_000_000, description="points between -1 and 1 (Koza)")
        seed: int = Field(0, ge=0, description="which points")

    settings: Settings
    scores = (Score("error", minimise=True, target=0.01),)
    compiled = True

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        rng = Streams(self.settings.seed).generator(0, Role.DATA)
        self.inputs = np.sort(rng.uniform(-1.0, 1.0, (self.settings.points, 1)), axis=0)
        formula, self.needs = FORMULAS[self.settings.formula]
        self.answers = formula(self.inputs[:, 0])

    def evaluate(self, phenotypes: TreeGenomes, seeds: NDArray[np.uint64]) -> Evaluation:
        """Fitness of n programs."""
        with np.errstate(over="ignore", invalid="ignore"):
            error = np.abs(phenotypes.outputs(self.inputs) - self.answers).sum(axis=1)
        return Evaluation(-np.where(error < WORST, error, WORST))
