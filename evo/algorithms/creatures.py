"""Evolution of creatures after Karl Sims: a fifth survives, and breeds the rest by its fitness.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, sections 5 and 6. Protection by age: M.
Schmidt, H. Lipson, Age-Fitness Pareto Optimization, Genetic Programming Theory and Practice VIII
(2011).
"""

from typing import Any, Literal

import numpy as np
from pydantic import Field

from evo.genomes.representation import Representation
from evo.operators.pareto import crowding, ranks
from evo.operators.selection import best_first, fitter_first, partly_alone
from evo.population import Floats, Parents, Population, Rows, without_parents
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm

AGE = "age"
"""The column with the age of a line: generations since its first ancestor was drawn."""


class Creatures(Algorithm):
    """The best fifth survives and breeds: a part alone, the others by crossover or grafting.

    With protection by age, who is younger is not displaced by who is older and fitter, and each
    generation brings newcomers: a new body gets time to learn to move.
    """

    class Settings(BaseSettings):
        """Sims' numbers where he gives them."""

        population: int = Field(300, ge=4, le=100_000_000, description="individuals; Sims has 300")
        survivors: float = Field(
            0.2, gt=0, lt=1, description="share of the population that survives; Sims has 1/5"
        )
        mating_share: float = Field(
            0.6,
            ge=0,
            le=1,
            description="share of children with two parents; Sims has 30 % of crossover and 30 % "
            "of grafting",
        )
        protection: Literal["none", "age"] = Field(
            "none", description="age: the young compete with those of their age, or younger"
        )
        newcomers: float = Field(
            0.05, ge=0, lt=0.5, description="share of new lines in a generation, with protection"
        )

    settings: Settings

    def __init__(
        self, representation: Representation, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        self.kept = max(1, round(self.settings.survivors * self.settings.population))
        self.protects = self.settings.protection == "age"
        fresh = round(self.settings.newcomers * self.settings.population)
        self.fresh = fresh if self.protects else 0

    def initialise(self, rng: np.random.Generator) -> Population:
        """Genomes drawn at random."""
        genomes = self.representation.start(self.settings.population, rng)
        return Population.unevaluated(genomes, **{AGE: np.zeros(len(genomes), np.int64)})

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Survivors by their rank: the fittest twice as often as the mean, the last hardly ever.

        Sims has offspring in proportion to fitness, which here may be negative.
        """
        count = self.settings.population - self.kept
        order, n = best_first(population.score), len(population)
        weights = np.arange(n, 0, -1.0)
        rows = order[rng.choice(n, size=(count, 2), p=weights / weights.sum())]
        if self.representation.fitter_first:
            rows = fitter_first(rows, population.score)
        return Parents(population, rows)

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """Children of two parents, and copies of one; of the age of the older parent's line."""
        rows = partly_alone(parents.rows, self.settings.mating_share, rng)
        genomes = self.representation.cross(parents.population.genomes, rows, rng)
        age = parents.population.columns[AGE][rows].max(axis=1)
        return Population.unevaluated(genomes, **{AGE: age}, **parents.named(rows))

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """Every child, by the representation's mutation; the last ones give way to newcomers."""
        children = offspring.with_genomes(self.representation.mutate(offspring.genomes, rng))
        if not self.fresh:
            return children
        genomes = self.representation.start(self.fresh, rng)
        age = np.zeros(self.fresh, np.int64)
        start = Population.unevaluated(genomes, **{AGE: age}, **without_parents(self.fresh))
        return children.take(np.arange(len(children) - self.fresh)).concat(start)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The fittest of all; with protection the first fronts of fitness and youth."""
        both = population.concat(offspring) if len(population) else offspring
        rows = self._fronts(both) if self.protects else best_first(both.score)
        survivors = both.take(rows[: self.kept])
        # all lines are a generation older now, those of children as those of their parents
        return survivors.with_columns(**{AGE: survivors.columns[AGE] + 1})

    def _fronts(self, both: Population) -> Rows:
        """Rows by the front of fitness and youth that they are on, those in the open first."""
        score = both.score
        finite = np.where(np.isfinite(score), score, score[np.isfinite(score)].min(initial=0.0) - 1)
        points: Floats = np.column_stack([finite, -both.columns[AGE].astype(np.float64)])
        rank = ranks(points)
        return np.lexsort((-crowding(points, rank), rank))

    def carried(self, population: Population) -> Rows:
        return np.arange(len(population))

    def metrics(self, population: Population) -> dict[str, float]:
        """The age of the fittest line, where the young are protected."""
        if not self.protects:
            return {}
        return {"age_of_best": int(population.columns[AGE][best_first(population.score)[0]])}

    def check(self, population: Population) -> None:
        super().check(population)
        age = population.columns.get(AGE)
        if age is None or age.dtype.kind != "i" or (age < 0).any():
            raise ValueError("the individuals lack the age of their lines")
