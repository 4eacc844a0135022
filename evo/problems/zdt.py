"""Two costs that cannot both be small: the problems of Zitzler, Deb and Thiele on real vectors.

Source: E. Zitzler, K. Deb, L. Thiele, Comparison of Multiobjective Evolutionary Algorithms:
Empirical Results, Evolutionary Computation 8 (2000), section 4. All variables lie between 0 and 1
here; the formula of zdt4 stretches its own to -5 … 5.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.phenotype import Reals
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.scores import Score
from evo.settings import Settings as BaseSettings

Costs = tuple[Floats, Floats]


def _linear(x: Floats) -> Floats:
    """`(n,)` distances from the front: 1 on it, where all variables but the first are 0."""
    return 1.0 + 9.0 * x[:, 1:].mean(axis=1)


def zdt1(x: Floats) -> Costs:
    """ZDT1: two costs at odds, whose front is convex."""
    g = _linear(x)
    return x[:, 0], g * (1.0 - np.sqrt(x[:, 0] / g))


def zdt2(x: Floats) -> Costs:
    """ZDT2: two costs at odds, whose front is not convex."""
    g = _linear(x)
    return x[:, 0], g * (1.0 - np.square(x[:, 0] / g))


def zdt3(x: Floats) -> Costs:
    """ZDT3: two costs at odds, whose front is in five pieces."""
    g = _linear(x)
    share = x[:, 0] / g
    return x[:, 0], g * (1.0 - np.sqrt(share) - share * np.sin(10.0 * np.pi * x[:, 0]))


def zdt4(x: Floats) -> Costs:
    """ZDT4: two costs at odds, and a great many local fronts before the best one.

    There are 21 to the power of d - 1, for d variables.
    """
    wide = 10.0 * x[:, 1:] - 5.0
    ripples = np.square(wide) - 10.0 * np.cos(4.0 * np.pi * wide)
    g = 1.0 + 10.0 * wide.shape[1] + ripples.sum(axis=1)
    return x[:, 0], g * (1.0 - np.sqrt(x[:, 0] / g))


def zdt6(x: Floats) -> Costs:
    """ZDT6: two costs at odds, whose front is hard to cover evenly."""
    first = 1.0 - np.exp(-4.0 * x[:, 0]) * np.power(np.sin(6.0 * np.pi * x[:, 0]), 6)
    g = 1.0 + 9.0 * np.power(x[:, 1:].mean(axis=1), 0.25)
    return first, g * (1.0 - np.square(first / g))


FORMULAS: dict[str, tuple[Callable[[Floats], Costs], int]] = {
    "zdt1": (zdt1, 30),
    "zdt2": (zdt2, 30),
    "zdt3": (zdt3, 30),
    "zdt4": (zdt4, 10),
    "zdt6": (zdt6, 10),
}
"""The formulas, and how many variables are customary."""


class ZDT(Problem):
    """The costs are f1 and f2, and all variables lie between 0 and 1."""

    class Settings(BaseSettings):
        """Which problem, with how many variables."""

        function: Literal["zdt1", "zdt2", "zdt3", "zdt4", "zdt6"] = Field(
            "zdt1", description="which of them"
        )
        dimensions: int | None = Field(
            None,
            ge=2,
            le=100_000,
            description="variables; none: 30, and 10 for zdt4 and zdt6, as in the paper",
        )

    settings: Settings
    scores = (Score("f1", minimise=True, reference=1.1), Score("f2", minimise=True, reference=1.1))

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.formula, customary = FORMULAS[self.settings.function]
        self.needs = Reals(self.settings.dimensions or customary, 0.0, 1.0, bounded=True)

    def evaluate(self, phenotypes: Floats, seeds: NDArray[np.uint64]) -> Evaluation:
        """`(n, 2)` fitness of `(n, dimensions)` points."""
        return Evaluation(-np.stack(self.formula(phenotypes), axis=1))
