"""An own algorithm from operators: five steps, and the skeleton does the rest.

Here nobody dies but of a better one. It works on genomes of any kind.
"""

import numpy as np
from pydantic import Field

import evo
from evo.operators.selection import Tournament
from evo.operators.survival import Plus


class Breeder(evo.Algorithm):
    class Settings(evo.Settings):
        size: int = Field(100, ge=2, description="parents, and as many offspring")

    def initialise(self, rng):
        return evo.Population.unevaluated(self.representation.start(self.settings.size, rng))

    def select_parents(self, population, rng):
        pairs = Tournament(2)(population.score, 2 * self.settings.size, rng).reshape(-1, 2)
        return evo.Parents(population, pairs)

    def recombine(self, parents, rng):
        genomes = self.representation.cross(parents.population.genomes, parents.rows, rng)
        return evo.Population.unevaluated(genomes)

    def mutate(self, offspring, rng):
        return evo.Population.unevaluated(self.representation.mutate(offspring.genomes, rng))

    def survive(self, population, offspring, rng):
        return Plus(self.settings.size)(population, offspring, rng)

    def carried(self, population):
        return np.arange(len(population))


evo.register("algorithm", "breeder", f"{__name__}:Breeder")
for record in evo.evolution("breeder", "rastrigin", seed=1, generations=200):
    print(f"generation {record.generation}: cost {-record.best_so_far:.4f}")
