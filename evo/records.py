"""A generation in figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from evo.population import Floats

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Figures:
    """One score of the individuals evaluated in a generation, as fitness: greater is better.

    Failed and infeasible individuals are left out; where nobody remains the figures are NaN.
    `best_so_far` is the best of all generations up to this one; of this one alone where each has a
    scene of its own, see `evo.scenes`.
    """

    best: float
    mean: float
    median: float
    worst: float
    best_so_far: float

    @classmethod
    def of(cls, fitness: Floats, best_so_far: float) -> Self:
        """The figures of `(n,)` fitness values, NaN for who failed or is infeasible."""
        seen = fitness[~np.isnan(fitness)]
        if not len(seen):
            return cls(np.nan, np.nan, np.nan, np.nan, best_so_far)
        return cls(
            float(seen.max()),
            float(seen.mean()),
            float(np.median(seen)),
            float(seen.min()),
            best_so_far,
        )


@dataclass(frozen=True)
class Record:
    """One generation in figures.

    Attributes:
        generation: its number, from 1 on.
        spent: what was spent until its end, by unit.
        figures: by the name of the score.
        failures: evaluations that failed.
        metrics: what the algorithm reports.
        events: what happened.
        infeasible: individuals that violate constraints; None where there are no constraints.
    """

    generation: int
    spent: Mapping[str, int]
    figures: Mapping[str, Figures]
    failures: int
    metrics: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[Event] = ()
    infeasible: int | None = None

    @property
    def evaluations(self) -> int:
        """Individuals evaluated until its end."""
        return self.spent["evaluations"]

    @property
    def first(self) -> Figures:
        """The figures of the first score."""
        return next(iter(self.figures.values()))

    @property
    def best(self) -> float:
        """Of the first score: the best fitness of this generation."""
        return self.first.best

    @property
    def mean(self) -> float:
        """Of the first score: the mean fitness of this generation."""
        return self.first.mean

    @property
    def median(self) -> float:
        """Of the first score: the median fitness of this generation."""
        return self.first.median

    @property
    def worst(self) -> float:
        """Of the first score: the worst fitness of this generation."""
        return self.first.worst

    @property
    def best_so_far(self) -> float:
        """Of the first score: the best fitness of all generations."""
        return self.first.best_so_far
