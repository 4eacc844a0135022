"""The result of a search: whether it got better, and how people read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from evo.development import IDENTITY
from evo.phenotype import Need, Reals, describe
from evo.population import Floats, Population, single
from evo.scores import Goal

MOST_SHOWN = 20
"""How many numbers of a vector stand in a line."""


@dataclass(frozen=True, eq=False)
class Solution:
    """One individual of a result: what it is, and what it is worth.

    ``print(evolution.solution)`` shows it on one line.

    Attributes:
        phenotype: what a function to minimise gets: a vector in which whole numbers are whole and
            categories are places of labels, bits, a batch of one network …
        values: the values of a vector by name, x0, x1 … where variables have no names: floats,
            whole numbers as int, categories as labels. Empty for other phenotypes.
        figures: by the name of the score, as people read them: a cost is not negated. NaN where
            the individual is infeasible or was not evaluated.
        violation: how far it is from feasible, 0 for feasible.
        description: the phenotype as plain data, with its "kind".
    """

    phenotype: Any
    values: Mapping[str, Any]
    figures: Mapping[str, float]
    violation: float = 0.0
    description: Mapping[str, Any] = field(default_factory=dict)

    @property
    def figure(self) -> float:
        """The figure of the first score, such as the cost."""
        return next(iter(self.figures.values()))

    @property
    def feasible(self) -> bool:
        """Whether it satisfies all constraints."""
        return self.violation == 0

    def __str__(self) -> str:
        worth = ", ".join(f"{name} {figure:.6g}" for name, figure in self.figures.items())
        if not self.feasible:
            worth = f"infeasible (constraints exceeded by {self.violation:.3g})"
        shown = [f"{name} = {_text(value)}" for name, value in self.values.items()]
        if len(shown) > MOST_SHOWN:
            shown = [*shown[:MOST_SHOWN], f"… {len(shown)} in all"]
        if not shown:
            return f"{worth} ({self.description.get('kind', 'solution')})"
        return f"{worth} at {', '.join(shown)}"


@dataclass(frozen=True, eq=False)
class Reader:
    """Tells individuals as people read them.

    Attributes:
        goal: the scores.
        needs: what phenotypes are asked to be.
        development: from genomes to phenotypes.
        describe: says phenotype i of a batch as plain data; None for `evo.phenotype.describe`.
    """

    goal: Goal
    needs: Need
    development: Callable[[Any], Any] = IDENTITY
    describe: Callable[[Any, int], dict[str, Any]] | None = None

    def read(self, individuals: Population) -> list[Solution]:
        """A solution for each individual, in their order."""
        if not len(individuals):
            return []
        tell = self.describe or partial(describe, need=self.needs)
        phenotypes, violation = self.development(individuals.genomes), individuals.violation
        names = [score.name for score in self.goal.scores]
        figures = self.goal.figures_of(individuals.fitness).reshape(len(violation), -1)
        solutions = []
        for row, numbers in enumerate(figures.tolist()):
            each = single(phenotypes, row)
            values = self.needs.named(each) if isinstance(self.needs, Reals) else {}
            worth = dict(zip(names, numbers, strict=True))
            solution = Solution(each, values, worth, float(violation[row]), tell(phenotypes, row))
            solutions.append(solution)
        return solutions


def improves(new: Population, old: Population) -> bool:
    """Whether the one individual of `new` is better than that of `old`."""
    violation, before = new.violation[0], old.violation[0]
    if violation != before:
        return bool(violation < before)
    return bool(new.fitness[0] > old.fitness[0])


def brings_new(result: Population, before: Population, generation: int) -> bool:
    """Whether somebody born in `generation` has brought other figures into the result."""
    born = _figures(result)[result.columns["birth"] == generation]
    old = {figures.tobytes() for figures in _figures(before)}
    return any(figures.tobytes() not in old for figures in born)


def _figures(population: Population) -> Floats:
    """`(n, m + 1)` fitness and violation."""
    fitness = population.fitness.reshape(len(population), -1)
    return np.column_stack([fitness, population.violation])


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
