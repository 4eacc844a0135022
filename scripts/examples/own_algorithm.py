"""An own algorithm from operators: five steps, and the skeleton does the rest.

Here nobody dies but of a better one.
"""

from pydantic import Field

import evo
from evo.genomes.vectors import uniform_start
from evo.genomes.vectors.mutation import Gaussian
from evo.genomes.vectors.recombination import uniform
from evo.operators.selection import Tournament
from evo.operators.survival import Plus
from evo.phenotype import Reals
from evo.population import Parents, Population
from evo.settings import Settings as Base


class Breeder(evo.Algorithm):
    searches = (Reals,)

    class Settings(Base):
        size: int = Field(100, ge=2, description="parents, and as many offspring")

    def initialise(self, rng):
        return Population.unevaluated(uniform_start(self.need, self.settings.size, rng))

    def select_parents(self, population, rng):
        return Parents(
            population, Tournament(2)(population.score, 2 * self.settings.size, rng).reshape(-1, 2)
        )

    def recombine(self, parents, rng):
        return Population.unevaluated(uniform(parents.population.genomes, parents.rows, rng))

    def mutate(self, offspring, rng):
        return Population.unevaluated(Gaussian(rate=0.1, sigma=0.5)(offspring.genomes, rng))

    def survive(self, population, offspring, rng):
        return Plus(self.settings.size)(population, offspring, rng)


evo.register("algorithm", "breeder", f"{__name__}:Breeder")
for record in evo.evolution("breeder", "rastrigin", seed=1, generations=100):
    print(f"generation {record.generation}: cost {-record.best_so_far:.4f}")
