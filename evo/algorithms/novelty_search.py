"""Novelty search: who does what nobody did before breeds, however little it is worth.

Where the way to a goal leads through what looks worse, the search for the new gets there and the
search for the better does not. What individuals do is told by descriptors; the result is the
fittest that was ever met on the way.

Source: J. Lehman, K. O. Stanley, Abandoning Objectives: Evolution Through the Search for Novelty
Alone, Evolutionary Computation 19 (2011), section 3, equation 1. The archive takes individuals at
random, as in J. Lehman, K. O. Stanley, Efficiently Evolving Programs Through the Search for
Novelty, GECCO 2010, section 3.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field
from scipy.spatial import KDTree

from evo.errors import UsageError
from evo.genomes.representation import Representation
from evo.operators.archive import descriptors_of
from evo.operators.selection import Tournament, best_first, fitter_first, partly_alone
from evo.population import Floats, Parents, Population, Rows
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm

NOVELTY = "novelty"
"""The column with the mean distance to the nearest others; -inf for who failed."""


@dataclass(frozen=True, eq=False)
class Past:
    """What was done before.

    Attributes:
        behaviours: `(k, descriptors)`, each from 0 to 1 over the range of its descriptor; those
            that were archived last come last.
    """

    behaviours: Floats


class NoveltySearch(Algorithm):
    """The newest of parents and children survive; some children are remembered for good."""

    needs_descriptors = True
    Memory = Past

    class Settings(BaseSettings):
        """Numbers of the papers where they have them."""

        population: int = Field(100, ge=2, le=100_000_000, description="individuals")
        neighbours: int = Field(
            15, ge=1, le=10_000, description="nearest others that novelty is measured by, k"
        )
        archived: int = Field(
            6, ge=0, le=10_000, description="children that are remembered in each generation"
        )
        archive: int = Field(
            10_000, ge=1, le=10_000_000, description="how many are remembered; the oldest go first"
        )
        tournament_size: int = Field(
            3, ge=1, le=100_000_000, description="individuals in a tournament for parents"
        )
        crossover_rate: float = Field(
            0.5, ge=0, le=1, description="probability that two parents are crossed"
        )

    settings: Settings

    def __init__(
        self, representation: Representation, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        self.selection = Tournament(self.settings.tournament_size)
        self.lower = np.array([each.lower for each in goal.descriptors])
        self.upper = np.array([each.upper for each in goal.descriptors])

    def initialise(self, rng: np.random.Generator) -> Population:
        """Genomes drawn at random, and nothing that was done before."""
        genomes = self.representation.start(self.settings.population, rng)
        past = Past(np.empty((0, len(self.lower))))
        return Population.unevaluated(genomes, past, **{NOVELTY: np.zeros(len(genomes))})

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """A pair for each child, by tournaments of novelty."""
        count = self.settings.population
        rows = self.selection(population.columns[NOVELTY], 2 * count, rng).reshape(count, 2)
        if self.representation.fitter_first:
            rows = fitter_first(rows, population.score)
        return Parents(population, rows)

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """A share of the pairs is crossed; the other children are copies of one parent."""
        pairs = partly_alone(parents.rows, self.settings.crossover_rate, rng)
        population = parents.population
        genomes = self.representation.cross(population.genomes, pairs, rng)
        columns = {NOVELTY: np.zeros(len(genomes)), **parents.named(pairs)}
        return Population.unevaluated(genomes, population.memory, **columns)

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """Every child, by the representation's mutation."""
        return offspring.with_genomes(self.representation.mutate(offspring.genomes, rng))

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The newest of all, measured against each other and what is remembered."""
        both = offspring.concat(population) if len(population) else offspring
        past, behaviours = both.memory.behaviours, self._behaviours(both)
        new = novelty(behaviours, past, self.settings.neighbours)
        if not np.isfinite(new).any():
            raise UsageError(
                "no individual has finite descriptors, so nobody is new",
                "evaluate() has to return a finite value for each descriptor in results",
            )
        lived = np.flatnonzero(np.isfinite(new[: len(offspring)]))
        chosen = rng.permutation(lived)[: self.settings.archived]
        past = np.concatenate([past, behaviours[np.sort(chosen)]])[-self.settings.archive :]
        rows = best_first(new)[: self.settings.population]
        return both.take(rows).with_columns(**{NOVELTY: new[rows]}).with_memory(Past(past))

    def _behaviours(self, population: Population) -> Floats:
        """`(n, descriptors)` from 0 to 1 within their ranges; NaN for who failed."""
        values = descriptors_of(population, self.goal.descriptors)
        failed = np.isnan(population.fitness) & ~population.infeasible
        share = (values - self.lower) / (self.upper - self.lower)
        return np.where(failed[:, None], np.nan, share)

    def carried(self, population: Population) -> Rows:
        """Everybody: novelty is of the moment."""
        return np.arange(len(population))

    def metrics(self, population: Population) -> dict[str, float]:
        """How many are remembered, and the mean novelty of the living."""
        new = population.columns[NOVELTY]
        mean = float(new[np.isfinite(new)].mean()) if np.isfinite(new).any() else float("nan")
        return {"remembered": len(population.memory.behaviours), "novelty": mean}

    def check(self, population: Population) -> None:
        super().check(population)
        behaviours = population.memory.behaviours
        if behaviours.ndim != 2 or behaviours.shape[1] != len(self.lower):
            raise ValueError(f"what is remembered has not {len(self.lower)} descriptors")
        if NOVELTY not in population.columns:
            raise ValueError("the individuals lack their novelty")


def novelty(behaviours: Floats, past: Floats, neighbours: int) -> Floats:
    """`(n,)` mean distances to the nearest of all others (equation 1); -inf where one is NaN.

    Args:
        behaviours: `(n, k)`.
        past: `(m, k)` further ones that count as others.
        neighbours: how many of the nearest count; all, where there are fewer.
    """
    finite = np.isfinite(behaviours).all(axis=1)
    new = np.full(len(behaviours), -np.inf)
    others = np.concatenate([behaviours[finite], past])
    count = min(neighbours, len(others) - 1)
    if not finite.any():
        return new
    if count < 1:
        new[finite] = 0.0
        return new
    # the nearest of all is the individual itself, or somebody who does the very same
    distances = KDTree(others).query(behaviours[finite], count + 1)[0][:, 1:]
    new[finite] = distances.mean(axis=1)
    return new
