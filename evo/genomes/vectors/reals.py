"""Real vectors as genomes."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from evo.genomes.representation import Representation
from evo.genomes.vectors import Repair, keep_within, uniform_start
from evo.genomes.vectors.mutation import Gaussian, Mutation, Polynomial, Reset
from evo.genomes.vectors.recombination import (
    Blend,
    Recombination,
    SimulatedBinary,
    one_point,
    two_point,
    uniform,
)
from evo.operators.table import Table
from evo.phenotype import Reals
from evo.population import Floats, Rows
from evo.settings import Settings as BaseSettings
from evo.settings import one_of

CROSSOVERS: Table[Recombination] = Table(
    {
        "sbx": lambda chosen: SimulatedBinary(chosen.settings.sbx_eta),
        "blend": lambda chosen: Blend(chosen.settings.blend_alpha),
        "uniform": lambda _: uniform,
        "one-point": lambda _: one_point,
        "two-point": lambda _: two_point,
    }
)
"""Crossover operators by name, each built from the representation that uses it."""

MUTATIONS: Table[Mutation] = Table(
    {
        "polynomial": lambda chosen: Polynomial(
            chosen.mutation_rate, chosen.width, chosen.settings.polynomial_eta
        ),
        "gaussian": lambda chosen: Gaussian(
            chosen.mutation_rate, chosen.settings.mutation_strength * chosen.width
        ),
        "reset": lambda chosen: Reset(chosen.mutation_rate, chosen.need.lower, chosen.need.upper),
    }
)
"""Mutation operators by name, each built from the representation that uses it."""


class Settings(BaseSettings):
    """What counts for every algorithm on real vectors."""

    repair: Repair = Field(
        "reflect",
        description="what happens to variables that leave the bounds, where a problem has them",
    )


class Operators(Settings):
    """How real vectors are crossed and mutated."""

    repair: Repair = Field(
        "clip",
        description="what happens to variables that leave the bounds, where a problem has them; "
        "clip finds optima that lie on them",
    )
    crossover: Annotated[str, one_of("crossover", CROSSOVERS, own=True)] = Field(
        "sbx", description=f"how two are crossed: {', '.join(CROSSOVERS)}"
    )
    blend_alpha: float = Field(
        0.5, ge=0, description="widening of the parents' interval in blend crossover"
    )
    sbx_eta: float = Field(15.0, ge=0, description="greater keeps children closer to their parents")
    mutation: Annotated[str, one_of("mutation", MUTATIONS, own=True)] = Field(
        "polynomial", description=f"how one is mutated: {', '.join(MUTATIONS)}"
    )
    mutation_rate: float | None = Field(
        None, ge=0, le=1, description="probability per variable; none: 1 / variables (Bäck 1993)"
    )
    mutation_strength: float = Field(
        0.1, gt=0, description="sigma of gaussian mutation, as a share of the start region's width"
    )
    polynomial_eta: float = Field(
        20.0,
        ge=0,
        description="greater makes polynomial mutation smaller; 20 in Deb's implementation",
    )


class RealVectors(Representation[Reals]):
    """The rows of an array of floats `(n, dimensions)`."""

    serves = Reals
    words = "real vectors"
    Settings = Settings
    Operators = Operators

    def __init__(self, need: Reals, settings: Any = None) -> None:
        super().__init__(need, settings)
        self.width = need.upper - need.lower
        if isinstance(self.settings, Operators):
            rate = self.settings.mutation_rate
            self.mutation_rate = 1.0 / need.dimensions if rate is None else rate
            self.crossover = CROSSOVERS.build(self.settings.crossover, self)
            self.mutation = MUTATIONS.build(self.settings.mutation, self)

    def start(self, count: int, rng: np.random.Generator) -> Floats:
        return uniform_start(self.need, count, rng)

    def cross(self, genomes: Floats, rows: Rows, rng: np.random.Generator) -> Floats:
        return self.crossover(genomes, rows, rng)

    def mutate(self, genomes: Floats, rng: np.random.Generator) -> Floats:
        return self.repair(self.mutation(genomes, rng))

    def repair(self, genomes: Floats) -> Floats:
        return keep_within(self.need, genomes, self.settings.repair)

    def distance(self, genomes: Floats, others: Floats) -> Floats:
        """Euclidean distances, in units of the start region's width."""
        from scipy.spatial.distance import cdist

        return np.asarray(cdist(genomes, others) / self.width, np.float64)

    def check(self, genomes: Any) -> None:
        super().check(genomes)
        if genomes.ndim != 2 or genomes.shape[1] != self.need.dimensions:
            raise ValueError(
                f"genomes of shape {genomes.shape} are no vectors of {self.need.dimensions} numbers"
            )
        if genomes.dtype.kind != "f":
            raise ValueError(f"genomes of type {genomes.dtype} are no real vectors")
