"""The evolution strategy (mu/rho +, lambda) with self-adaptive step sizes.

Every individual carries the step size, or the step sizes, with which it was made. They are
recombined and mutated before the variables are, so that a good step size is selected through the
good step that it made.

Source: H.-G. Beyer, H.-P. Schwefel, Evolution Strategies: a Comprehensive Introduction, Natural
Computing 1 (2002), sections 2 to 4. The learning rates of step sizes are in section 4, with its
factor c = 1.
"""

from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from evo.genomes.vectors import Repair, keep_within, uniform_start
from evo.genomes.vectors.recombination import discrete, intermediate
from evo.operators.survival import Comma, Plus
from evo.phenotype import Reals
from evo.population import Floats, Parents, Population, Rows
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm

SMALLEST, LARGEST = 1e-150, 1e150
"""Step sizes stay in here.

Their squares are ordinary numbers, and nothing reasonable needs more.
"""


class ES(Algorithm):
    """mu parents have lambda offspring, each from rho of them.

    The best mu of the offspring, or of both, are the next parents.
    """

    searches = (Reals,)

    class Settings(BaseSettings):
        """mu, rho and lambda are called by what they count."""

        parents: int = Field(
            15, ge=1, description="mu; 15 of 100 is Schwefel's ratio of about 1 / 7"
        )
        mixing: int = Field(
            2, ge=1, description="rho, parents of each offspring; 1 is no recombination"
        )
        offspring: int = Field(100, ge=1, description="lambda")
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
            description="learning rate of step sizes; None is Beyer & Schwefel's, see `ES.rates`",
        )
        bounds: Repair = Field(
            "reflect",
            description="what happens to variables that leave the bounds, where a problem has them",
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

    need: Reals
    settings: Settings

    def __init__(self, need: Reals, settings: Any = None):
        super().__init__(need, settings)
        keep = Plus if self.settings.selection == "plus" else Comma
        self.survival = keep(self.settings.parents)

    def rates(self) -> tuple[float, float]:
        """Learning rates of the factor that all step sizes share, and of the factors of their own (0 if there is one only)."""
        d = self.need.dimensions
        if self.settings.step_sizes == "one":
            return self.settings.tau or 1.0 / np.sqrt(2.0 * d), 0.0
        shared, own = 1.0 / np.sqrt(2.0 * d), 1.0 / np.sqrt(2.0 * np.sqrt(d))
        scale = 1.0 if self.settings.tau is None else self.settings.tau / shared
        return scale * shared, scale * own

    def initialise(self, rng: np.random.Generator) -> Population:
        genomes = uniform_start(self.need, self.settings.parents, rng)
        step_sizes = 1 if self.settings.step_sizes == "one" else self.need.dimensions
        sigma = np.full(
            (len(genomes), step_sizes), self.settings.sigma * (self.need.upper - self.need.lower)
        )
        return Population.unevaluated(genomes, sigma=sigma)

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        everyone = np.tile(np.arange(len(population)), (self.settings.offspring, 1))
        return Parents(population, rng.permuted(everyone, axis=1)[:, : self.settings.mixing])

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        genomes = discrete(parents.population.genomes, parents.rows, rng)
        sigma = intermediate(parents.population.columns["sigma"], parents.rows, rng)
        return Population.unevaluated(genomes, sigma=sigma)

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        sigma = self.mutate_step_sizes(offspring.columns["sigma"], rng)
        genomes = offspring.genomes + sigma * rng.standard_normal(offspring.genomes.shape)
        return Population.unevaluated(
            keep_within(self.need, genomes, self.settings.bounds), sigma=sigma
        )

    def mutate_step_sizes(self, sigma: Floats, rng: np.random.Generator) -> Floats:
        """`(n, 1)` or `(n, d)` step sizes times log-normal factors."""
        shared, own = self.rates()
        exponent = shared * rng.standard_normal((len(sigma), 1))
        if own:
            exponent = exponent + own * rng.standard_normal(sigma.shape)
        return np.clip(sigma * np.exp(exponent), SMALLEST, LARGEST)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        return self.survival(population, offspring, rng)

    def carried(self, population: Population) -> Rows:
        return np.arange(len(population) if self.settings.selection == "plus" else 0)

    def metrics(self, population: Population) -> dict[str, float]:
        return {"sigma": float(np.exp(np.log(population.columns["sigma"]).mean()))}
