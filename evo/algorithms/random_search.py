"""Random search: what luck alone finds, the floor that every other algorithm has to beat.

Source: L. A. Rastrigin, The Convergence of the Random Search Method in the Extremal Control of a
Many Parameter System, Automation and Remote Control 24 (1963); as a floor J. Bergstra, Y. Bengio,
Random Search for Hyper-Parameter Optimization, JMLR 13 (2012).
"""

import numpy as np
from pydantic import Field

from evo.operators.survival import Plus
from evo.population import NO_ROWS, Parents, Population, Rows
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm


class RandomSearch(Algorithm):
    """Each generation is drawn anew, as the first one is; the best so far survives."""

    varies = False

    class Settings(BaseSettings):
        """How many at a time."""

        population: int = Field(100, ge=1, le=100_000_000, description="individuals drawn")

    settings: Settings

    def initialise(self, rng: np.random.Generator) -> Population:
        """Genomes drawn at random."""
        return Population.unevaluated(self.representation.start(self.settings.population, rng))

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Nobody."""
        return Parents(population, NO_ROWS.reshape(0, 1))

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """Nothing is inherited."""
        return parents.population.take(NO_ROWS)

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """Genomes drawn at random."""
        return self.initialise(rng)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The best so far."""
        return Plus(1)(population, offspring, rng)

    def carried(self, population: Population) -> Rows:
        return np.arange(len(population))
