"""A steady state: few offspring, and nobody dies but of a better one."""

import numpy as np
from pydantic import Field

import evo
from evo.operators.selection import Tournament
from evo.operators.survival import Plus


class Steady(evo.Algorithm):
    class Settings(evo.Settings):
        """How many."""

        population: int = Field(30, ge=2, description="individuals")

    def initialise(self, rng):
        return evo.Population.unevaluated(self.representation.start(self.settings.population, rng))

    def select_parents(self, population, rng):
        return evo.Parents(population, Tournament(2)(population.score, 20, rng).reshape(10, 2))

    def recombine(self, parents, rng):
        genomes = self.representation.cross(parents.population.genomes, parents.rows, rng)
        return evo.Population.unevaluated(genomes)

    def mutate(self, offspring, rng):
        return evo.Population.unevaluated(self.representation.mutate(offspring.genomes, rng))

    def survive(self, population, offspring, rng):
        return Plus(self.settings.population)(population, offspring, rng)

    def carried(self, population):
        return np.arange(len(population))
