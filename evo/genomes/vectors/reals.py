"""Vectors of numbers as genomes: real ones, whole ones, and places of labels."""

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from evo.development import IDENTITY
from evo.genomes.representation import Representation
from evo.genomes.vectors import Repair, keep_within, region, uniform_start
from evo.genomes.vectors.mixed import Discrete, Rounding
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
            chosen.mutation_rate, chosen.width * chosen.scale, chosen.settings.polynomial_eta
        ),
        "gaussian": lambda chosen: Gaussian(
            chosen.mutation_rate, chosen.settings.mutation_strength * chosen.width * chosen.scale
        ),
        "reset": lambda chosen: Reset(chosen.mutation_rate, *region(chosen.need)),
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
    """Real vectors: a genome is a row of numbers.

    Genomes are the rows of an array of floats `(n, dimensions)`.

    Source: A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015),
    section 4.4.

    Attributes:
        width: of the start region; 1 where variables have bounds of their own.
        scale: what `width` is multiplied by for each variable, `(dimensions,)`; 1.0 where all have
            the same bounds.
        discrete: the variables that are whole numbers or categories; None if there are none.
        numbers: the columns that are no categories.
    """

    serves = Reals
    words = "real vectors"
    Settings = Settings
    Operators = Operators

    def __init__(self, need: Reals, settings: Any = None) -> None:
        super().__init__(need, settings)
        lower, upper = region(need)
        alike = isinstance(lower, float)
        self.width: float = upper - lower if alike else 1.0
        self.scale: Any = 1.0 if alike else upper - lower
        self.discrete = Discrete.of(need)
        self.numbers: Any = slice(None)
        if need.categories:
            labelled = [index for index, _ in need.categories]
            self.numbers = np.delete(np.arange(need.dimensions), labelled)
        if isinstance(self.settings, Operators):
            rate = self.settings.mutation_rate
            self.mutation_rate = 1.0 / need.dimensions if rate is None else rate
            self.crossover = CROSSOVERS.build(self.settings.crossover, self)
            self.mutation = MUTATIONS.build(self.settings.mutation, self)

    def bytes_of_one(self) -> float:
        return 8.0 * self.need.dimensions

    def start(self, count: int, rng: np.random.Generator) -> Floats:
        genomes = uniform_start(self.need, count, rng)
        return genomes if self.discrete is None else self.discrete.rounded(genomes)

    def cross(self, genomes: Floats, rows: Rows, rng: np.random.Generator) -> Floats:
        children = self.crossover(genomes, rows, rng)
        return children if self.discrete is None else self.discrete.crossed(children, genomes, rows)

    def mutate(self, genomes: Floats, rng: np.random.Generator) -> Floats:
        return self.moved(genomes, self.mutation(genomes, rng), rng)

    def moved(
        self, before: Floats, after: Floats, rng: np.random.Generator, chance: float = 1.0
    ) -> Floats:
        """Genomes that noise has moved, within bounds, and with whole numbers and labels.

        Args:
            before: `(n, dimensions)` genomes.
            after: the same with noise added to the genes that mutate.
            rng: the stream of this step.
            chance: see `Discrete.moved`.
        """
        within = self.repair(after)
        if self.discrete is None:
            return within
        whole, cells = self.discrete.moved(before, after, rng, chance), within.copy()
        places = np.concatenate([self.discrete.integers, self.discrete.categories])
        cells[:, places] = whole[:, places]
        return cells

    def repair(self, genomes: Floats) -> Floats:
        return keep_within(self.need, genomes, self.settings.repair)

    def around(self, numbers: Floats, places: Floats | None) -> Floats:
        """The genomes, within bounds, of samples of a distribution.

        Args:
            numbers: `(n, numbers)`, in units of `scale`; whole numbers need not be whole.
            places: `(n, categories)` places of labels; None without categories.
        """
        if places is None or self.discrete is None:
            return self.repair(numbers * self.scale)
        genomes = np.empty((len(numbers), self.need.dimensions))
        genomes[:, self.numbers] = numbers
        genomes = self.repair(genomes * self.scale)
        genomes[:, self.discrete.categories] = places
        return genomes

    def distance(self, genomes: Floats, others: Floats) -> Floats:
        """Euclidean distances, in units of the start region's width.

        Two labels of a category are one such unit apart.
        """
        from scipy.spatial.distance import cdist

        mine, theirs = genomes / self.scale, others / self.scale
        if self.discrete is None or not len(self.discrete.categories):
            return np.asarray(cdist(mine, theirs) / self.width, np.float64)
        labels = self.discrete.categories
        numbers = cdist(mine[:, self.numbers], theirs[:, self.numbers])
        differ = (genomes[:, None, labels] != others[None, :, labels]).sum(axis=2)
        return np.sqrt(np.square(numbers) + differ)

    def development(self) -> Callable[[Any], Any]:
        return IDENTITY if self.discrete is None else Rounding(self.need)

    def check(self, genomes: Any) -> None:
        super().check(genomes)
        if genomes.ndim != 2 or genomes.shape[1] != self.need.dimensions:
            raise ValueError(
                f"genomes of shape {genomes.shape} are no vectors of {self.need.dimensions} numbers"
            )
        if genomes.dtype.kind != "f":
            raise ValueError(f"genomes of type {genomes.dtype} are no real vectors")
