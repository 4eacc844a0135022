"""The genetic algorithm: selected pairs are crossed, and their children mutated.

Source: J. H. Holland, Adaptation in Natural and Artificial Systems (1975); the generational form
with elites as in A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015),
section 6.1. Which paper an operator is from stands with the operator, in `evo.operators` and
`evo.genomes`.
"""

from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from evo.genomes.representation import Representation
from evo.operators.selection import SELECTIONS, best_first, fitter_first, partly_alone
from evo.operators.survival import Generational
from evo.population import Parents, Population, Rows
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.settings import one_of
from evo.skeleton import Algorithm


class GA(Algorithm):
    """The children and the best few of the old make the new population."""

    class Settings(BaseSettings):
        """Defaults are common textbook values; they work on function problems and on CartPole."""

        population: int = Field(
            100,
            ge=2,
            le=100_000_000,
            description="individuals; De Jong (1975) recommends 50 to 100",
        )
        elites: int = Field(
            2, ge=0, description="best individuals that survive unchanged; De Jong (1975) has 1"
        )
        selection: Annotated[str, one_of("selection", SELECTIONS, own=True)] = Field(
            "tournament", description=f"how parents are chosen: {', '.join(SELECTIONS)}"
        )
        tournament_size: int = Field(
            3, ge=1, le=100_000_000, description="individuals in a tournament"
        )
        rank_pressure: float = Field(
            1.5,
            ge=1,
            le=2,
            description="expected offspring of the best, for rank selection; Eiben & Smith",
        )
        truncation_share: float = Field(
            0.5,
            gt=0,
            le=1,
            description="share of the population that breeds, for truncation selection",
        )
        crossover_rate: float = Field(
            0.9,
            ge=0,
            le=1,
            description="probability that a pair is crossed; 0.6 to 0.95 are in use",
        )

        @model_validator(mode="after")
        def _offspring(self) -> Self:
            if self.elites >= self.population:
                raise ValueError(f"elites must be fewer than the population of {self.population}")
            return self

    settings: Settings

    def __init__(
        self, representation: Representation, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        self.selection = SELECTIONS.build(self.settings.selection, self)
        self.survival = Generational(self.settings.elites)

    def initialise(self, rng: np.random.Generator) -> Population:
        """Genomes drawn at random."""
        return Population.unevaluated(self.representation.start(self.settings.population, rng))

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """A pair for each child, by the chosen selection."""
        offspring = self.settings.population - self.settings.elites
        rows = self.selection(population.score, 2 * offspring, rng).reshape(offspring, 2)
        if self.representation.fitter_first:
            rows = fitter_first(rows, population.score)
        return Parents(population, rows)

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """A share of the pairs is crossed; the other children are copies of one parent."""
        pairs = partly_alone(parents.rows, self.settings.crossover_rate, rng)
        genomes = self.representation.cross(parents.population.genomes, pairs, rng)
        return Population.unevaluated(genomes, **parents.named(pairs))

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """Every child, by the representation's mutation."""
        return offspring.with_genomes(self.representation.mutate(offspring.genomes, rng))

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """All children, and the elites: the best few of the old population."""
        return self.survival(population, offspring, rng)

    def carried(self, population: Population) -> Rows:
        """The elites."""
        return best_first(population.score)[: self.settings.elites]
