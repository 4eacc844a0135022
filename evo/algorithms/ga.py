"""The genetic algorithm, on real vectors and bit strings.

Source: J. H. Holland, Adaptation in Natural and Artificial Systems (1975); the generational form
with elites as in A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015),
section 6.1. Which paper an operator is from stands with the operator, in `evo.operators` and
`evo.genomes.vectors`.
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from evo.errors import ConfigError
from evo.genomes.vectors import Repair, keep_within, random_bits, uniform_start
from evo.genomes.vectors.mutation import BitFlip, Gaussian, Mutation, Polynomial, Reset
from evo.genomes.vectors.recombination import (
    Blend,
    Recombination,
    SimulatedBinary,
    one_point,
    two_point,
    uniform,
)
from evo.operators.selection import (
    FitnessProportionate,
    LinearRank,
    Tournament,
    Truncation,
    Uniform,
    best_first,
)
from evo.operators.survival import Generational
from evo.phenotype import Bits, Reals
from evo.population import Parents, Population, Rows
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm

Crossover = Literal["auto", "one-point", "two-point", "uniform", "blend", "sbx"]
MutationKind = Literal["auto", "gaussian", "polynomial", "reset", "bit-flip"]


class GA(Algorithm):
    """Selected pairs are crossed, their children mutated.

    The children and the best few of the old make the new population.
    """

    searches = (Reals, Bits)

    class Settings(BaseSettings):
        """Defaults are common textbook values, and work on the function problems and on CartPole."""

        population: int = Field(
            100, ge=2, description="individuals; De Jong (1975) recommends 50 to 100"
        )
        elites: int = Field(
            2, ge=0, description="best individuals that survive unchanged; De Jong (1975) has 1"
        )
        selection: Literal[
            "tournament", "roulette", "universal", "rank", "truncation", "uniform"
        ] = Field("tournament", description="how parents are chosen")
        tournament_size: int = Field(3, ge=1, description="individuals in a tournament")
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
        crossover: Crossover = Field(
            "auto", description='"auto" is sbx for real vectors and uniform for bits'
        )
        crossover_rate: float = Field(
            0.9,
            ge=0,
            le=1,
            description="probability that a pair is crossed; 0.6 to 0.95 are in use",
        )
        blend_alpha: float = Field(
            0.5, ge=0, description="widening of the parents' interval in blend crossover"
        )
        sbx_eta: float = Field(
            15.0, ge=0, description="greater keeps children closer to their parents"
        )
        mutation: MutationKind = Field(
            "auto", description='"auto" is polynomial for real vectors and bit-flip for bits'
        )
        mutation_rate: float | None = Field(
            None, ge=0, le=1, description="probability per gene; None is 1 / genes (Bäck 1993)"
        )
        mutation_strength: float = Field(
            0.1,
            gt=0,
            description="sigma of gaussian mutation, as a share of the start region's width",
        )
        polynomial_eta: float = Field(
            20.0,
            ge=0,
            description="greater makes polynomial mutation smaller; 20 in Deb's implementation",
        )
        bounds: Repair = Field(
            "reflect",
            description="what happens to genes that leave the bounds, where a problem has them",
        )

        @model_validator(mode="after")
        def _offspring(self) -> Self:
            if self.elites >= self.population:
                raise ValueError(f"elites must be fewer than the population of {self.population}")
            return self

    settings: Settings

    def __init__(self, need: Reals | Bits, settings: Any = None):
        super().__init__(need, settings)
        chosen = self.settings
        self.selection = {
            "tournament": Tournament(chosen.tournament_size),
            "roulette": FitnessProportionate(),
            "universal": FitnessProportionate(universal=True),
            "rank": LinearRank(chosen.rank_pressure),
            "truncation": Truncation(chosen.truncation_share),
            "uniform": Uniform(),
        }[chosen.selection]
        self.crossover = _crossover(need, chosen)
        self.mutation = _mutation(need, chosen)
        self.survival = Generational(chosen.elites)

    def initialise(self, rng: np.random.Generator) -> Population:
        start = uniform_start if isinstance(self.need, Reals) else random_bits
        return Population.unevaluated(start(self.need, self.settings.population, rng))  # pyright: ignore[reportArgumentType]

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        offspring = self.settings.population - self.settings.elites
        return Parents(
            population, self.selection(population.score, 2 * offspring, rng).reshape(offspring, 2)
        )

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        alone = rng.random(len(parents)) >= self.settings.crossover_rate
        pairs = parents.rows.copy()
        pairs[alone, 1] = pairs[alone, 0]
        return Population.unevaluated(self.crossover(parents.population.genomes, pairs, rng))

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        genomes = self.mutation(offspring.genomes, rng)
        if isinstance(self.need, Reals):
            genomes = keep_within(self.need, genomes, self.settings.bounds)
        return Population.unevaluated(genomes)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        return self.survival(population, offspring, rng)

    def carried(self, population: Population) -> Rows:
        return best_first(population.score)[: self.settings.elites]


def _crossover(need: Reals | Bits, settings: GA.Settings) -> Recombination:
    table: dict[str, Recombination] = {
        "one-point": one_point,
        "two-point": two_point,
        "uniform": uniform,
    }
    if isinstance(need, Reals):
        sbx = SimulatedBinary(settings.sbx_eta)
        table |= {"blend": Blend(settings.blend_alpha), "sbx": sbx, "auto": sbx}
    else:
        table["auto"] = uniform
    return _pick(table, "crossover", settings.crossover, need)


def _mutation(need: Reals | Bits, settings: GA.Settings) -> Mutation:
    genes = need.dimensions if isinstance(need, Reals) else need.length
    rate = 1.0 / genes if settings.mutation_rate is None else settings.mutation_rate
    table: dict[str, Mutation]
    if isinstance(need, Reals):
        width = need.upper - need.lower
        polynomial = Polynomial(rate, width, settings.polynomial_eta)
        table = {
            "gaussian": Gaussian(rate, settings.mutation_strength * width),
            "polynomial": polynomial,
            "reset": Reset(rate, need.lower, need.upper),
            "auto": polynomial,
        }
    else:
        table = {"bit-flip": BitFlip(rate), "auto": BitFlip(rate)}
    return _pick(table, "mutation", settings.mutation, need)


def _pick(table: Mapping[str, Any], what: str, name: str, need: Reals | Bits) -> Any:
    if name not in table:
        kind = "real vectors" if isinstance(need, Reals) else "bit strings"
        raise ConfigError(
            [f"algorithm.{what} = {name!r} does not work on {kind}; allowed: {', '.join(table)}"]
        )
    return table[name]
