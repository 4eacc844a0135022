"""Bit strings as genomes."""

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.genomes.representation import Representation
from evo.genomes.vectors import random_bits
from evo.genomes.vectors.mutation import BitFlip, Mutation
from evo.genomes.vectors.recombination import Recombination, one_point, two_point, uniform
from evo.operators.table import Table
from evo.phenotype import Bits
from evo.population import Floats, Rows
from evo.settings import Settings as BaseSettings
from evo.settings import one_of

CROSSOVERS: Table[Recombination] = Table(
    {
        "uniform": lambda _: uniform,
        "one-point": lambda _: one_point,
        "two-point": lambda _: two_point,
    }
)
"""Crossover operators by name, each built from the representation that uses it."""

MUTATIONS: Table[Mutation] = Table({"bit-flip": lambda chosen: BitFlip(chosen.mutation_rate)})
"""Mutation operators by name, each built from the representation that uses it."""


class Operators(BaseSettings):
    """How bit strings are crossed and mutated."""

    crossover: Annotated[str, one_of("crossover", CROSSOVERS, own=True)] = Field(
        "uniform", description=f"how two are crossed: {', '.join(CROSSOVERS)}"
    )
    mutation: Annotated[str, one_of("mutation", MUTATIONS, own=True)] = Field(
        "bit-flip", description=f"how one is mutated: {', '.join(MUTATIONS)}"
    )
    mutation_rate: float | None = Field(
        None, ge=0, le=1, description="probability per bit; none: 1 / bits (Bäck 1993)"
    )


class BitStrings(Representation[Bits]):
    """Bit strings: a genome is a row of zeros and ones.

    Genomes are the rows of an array of booleans `(n, length)`.

    Source: A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015),
    section 4.2.
    """

    serves = Bits
    words = "bit strings"
    Operators = Operators

    def __init__(self, need: Bits, settings: Any = None) -> None:
        super().__init__(need, settings)
        if isinstance(self.settings, Operators):
            rate = self.settings.mutation_rate
            self.mutation_rate = 1.0 / need.length if rate is None else rate
            self.crossover = CROSSOVERS.build(self.settings.crossover, self)
            self.mutation = MUTATIONS.build(self.settings.mutation, self)

    def bytes_of_one(self) -> float:
        return float(self.need.length)

    def start(self, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
        return random_bits(self.need, count, rng)

    def cross(
        self, genomes: NDArray[np.bool_], rows: Rows, rng: np.random.Generator
    ) -> NDArray[np.bool_]:
        return self.crossover(genomes, rows, rng)

    def mutate(self, genomes: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
        return self.mutation(genomes, rng)

    def distance(self, genomes: NDArray[np.bool_], others: NDArray[np.bool_]) -> Floats:
        """Hamming distances: numbers of bits that differ."""
        from scipy.spatial.distance import cdist

        return np.rint(cdist(genomes, others, "hamming") * self.need.length)

    def check(self, genomes: Any) -> None:
        super().check(genomes)
        if genomes.dtype != np.bool_ or genomes.shape[1:] != (self.need.length,):
            raise ValueError(
                f"genomes of type {genomes.dtype} and shape {genomes.shape} "
                f"are no strings of {self.need.length} bits"
            )
