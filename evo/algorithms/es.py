"""The evolution strategy (mu/rho +, lambda): step sizes evolve with what they mutate.

Every individual carries the step size, or the step sizes, by which it was mutated. They are
recombined and mutated before the variables are, so a step size that leads to good individuals is
selected with them.

Source: H.-G. Beyer, H.-P. Schwefel, Evolution Strategies: a Comprehensive Introduction, Natural
Computing 1 (2002), sections 2 to 4. The learning rates of step sizes are in section 4, with its
factor c = 1.

Step sizes are in units of the variables' widths where variables have bounds of their own.
"""

from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from evo.genomes.vectors.mutation import SelfAdaptive
from evo.genomes.vectors.reals import RealVectors
from evo.genomes.vectors.recombination import discrete, intermediate
from evo.operators.survival import Comma, Plus
from evo.population import NO_ROWS, Parents, Population, Rows
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm


class ES(Algorithm):
    """mu parents have lambda offspring, each from rho of them.

    The best mu of the offspring, or of both, are the next parents.
    """

    searches = (RealVectors,)
    varies = False

    class Settings(BaseSettings):
        """How many breed and survive, and their step sizes."""

        parents: int = Field(
            15, ge=1, le=100_000_000, description="mu; 15 of 100 is Schwefel's ratio of about 1 / 7"
        )
        mixing: int = Field(
            2,
            ge=1,
            le=100_000_000,
            description="rho, parents of each offspring; 1 is no recombination",
        )
        offspring: int = Field(100, ge=1, le=100_000_000, description="lambda")
        selection: Literal["comma", "plus"] = Field(
            "comma", description="whether parents die; self-adaptation asks for comma"
        )
        step_sizes: Literal["one", "individual"] = Field(
            "one", description="one step size, or one for each variable"
        )
        sigma: float = Field(
            0.1, gt=0, description="first step size, as a share of the start region's width"
        )
        tau: float | None = Field(
            None,
            gt=0,
            description="learning rate of step sizes; none: Beyer & Schwefel's, from the number of "
            "variables",
        )

        @model_validator(mode="after")
        def _enough(self) -> Self:
            if self.mixing > self.parents:
                raise ValueError(f"mixing must be at most the number of parents, {self.parents}")
            if self.selection == "comma" and self.offspring < self.parents:
                raise ValueError(
                    f"comma selection needs at least as many offspring as parents, {self.parents}"
                )
            return self

    representation: RealVectors
    settings: Settings

    def __init__(
        self, representation: RealVectors, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        keep = Plus if self.settings.selection == "plus" else Comma
        self.survival = keep(self.settings.parents)
        adapt = SelfAdaptive.shared if self.settings.step_sizes == "one" else SelfAdaptive.each
        self.step_sizes = adapt(representation.need.dimensions, self.settings.tau)

    @property
    def individuals(self) -> int:
        return self.settings.parents + 2 * self.settings.offspring

    def initialise(self, rng: np.random.Generator) -> Population:
        """Mu vectors from the start region, all with the first step size."""
        genomes = self.representation.start(self.settings.parents, rng)
        columns = 1 if self.settings.step_sizes == "one" else genomes.shape[1]
        first = self.settings.sigma * self.representation.width
        return Population.unevaluated(genomes, sigma=np.full((len(genomes), columns), first))

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Rho different parents for each of lambda offspring, all equally likely."""
        everyone = np.tile(np.arange(len(population)), (self.settings.offspring, 1))
        return Parents(population, rng.permuted(everyone, axis=1)[:, : self.settings.mixing])

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """Variables by discrete recombination, step sizes by intermediate recombination."""
        genomes = discrete(parents.population.genomes, parents.rows, rng)
        sigma = intermediate(parents.population.columns["sigma"], parents.rows, rng)
        return Population.unevaluated(genomes, sigma=sigma)

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """First the step sizes by random factors, then the variables by normal noise of them."""
        sigma = self.step_sizes(offspring.columns["sigma"], rng)
        before, representation = offspring.genomes, self.representation
        after = before + representation.scale * sigma * rng.standard_normal(before.shape)
        # however small the steps, half a whole number or label of each individual changes on
        # average where all variables are such
        chance = 0.5 / representation.need.dimensions
        return Population.unevaluated(representation.moved(before, after, rng, chance), sigma=sigma)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The best mu of the offspring (comma), or of parents and offspring (plus)."""
        return self.survival(population, offspring, rng)

    def carried(self, population: Population) -> Rows:
        return np.arange(len(population)) if self.settings.selection == "plus" else NO_ROWS

    def metrics(self, population: Population) -> dict[str, float]:
        return {"sigma": float(np.exp(np.log(population.columns["sigma"]).mean()))}

    def check(self, population: Population) -> None:
        super().check(population)
        sigma, one = population.columns.get("sigma"), self.settings.step_sizes == "one"
        width = 1 if one else population.genomes.shape[1]
        if sigma is None or sigma.shape != (len(population), width):
            raise ValueError("the step sizes do not fit the genomes")
