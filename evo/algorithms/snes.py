"""SNES, separable natural evolution strategy: a mean and a step size for each variable.

They follow the natural gradient of the expected fitness, estimated from samples and their ranks. It
costs little where there are many variables, and takes each of them by itself.

Source: T. Schaul, T. Glasmachers, J. Schmidhuber, High Dimensions and Heavy Tails for Natural
Evolution Strategies, GECCO 2011, Algorithm 1 and Table 1 (default parameters); utilities: D.
Wierstra, T. Schaul, T. Glasmachers, Y. Sun, J. Peters, J. Schmidhuber, Natural Evolution
Strategies, JMLR 15 (2014), section 3.1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from evo.errors import UsageError
from evo.genomes.vectors.mutation import LARGEST, SMALLEST
from evo.genomes.vectors.reals import RealVectors
from evo.operators.selection import best_first
from evo.operators.survival import Comma
from evo.population import Floats, Parents, Population
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm

NOISE = "noise"
"""The column, `(n, d)`, with what samples were made of, before bounds were kept."""


@dataclass(frozen=True, eq=False)
class Normal:
    """A normal distribution without correlations.

    Attributes:
        mean, sigma: `(d,)`.
    """

    mean: Floats
    sigma: Floats

    def __post_init__(self) -> None:
        if not self.mean.shape == self.sigma.shape == (len(self.mean),):
            raise ValueError("mean and sigma must be vectors of one length")


def utilities(n: int) -> Floats:
    """`(n,)` weights of samples, best first; they sum to 0, and the worse half has the same."""
    raw = np.maximum(0.0, np.log(n / 2 + 1) - np.log(np.arange(1, n + 1)))
    return raw / raw.sum() - 1.0 / n


class NaturalEvolution(Algorithm):
    """What natural evolution strategies have in common: samples, ranked, move a distribution."""

    searches = (RealVectors,)
    varies = False

    class Settings(BaseSettings):
        """Learning rates follow from the dimension."""

        population: int | None = Field(
            None,
            ge=4,
            le=100_000_000,
            description="samples of a generation; None is 4 + 3 ln d, rounded down",
        )
        sigma: float = Field(
            0.3, gt=0, description="first step size, as a share of the start region's width"
        )

    representation: RealVectors
    settings: Settings

    def __init__(
        self, representation: RealVectors, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        if representation.discrete is not None:
            raise UsageError(
                "natural evolution strategies search real numbers, but some variables here are "
                "whole numbers or categories",
                "ga, es, cma-es and openai-es search them too",
            )
        self.dimensions = representation.need.dimensions
        self.samples = self.settings.population or 4 + int(3 * np.log(self.dimensions))
        self.utilities = utilities(self.samples)

    @property
    def individuals(self) -> int:
        return self.samples

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """All samples, ranked from the best to the worst."""
        return Parents(population, best_first(population.score)[None])

    def ranked(self, parents: Parents) -> Floats:
        """`(n, d)` standard normal numbers that samples were made of, those of the best first."""
        return parents.population.columns[NOISE][parents.rows[0]]

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The new samples; the old ones are forgotten."""
        return Comma(self.samples)(population, offspring, rng)

    def check(self, population: Population) -> None:
        super().check(population)
        if len(population.memory.mean) != self.dimensions:
            raise ValueError(f"the distribution is not one of {self.dimensions} variables")
        noise = population.columns.get(NOISE)
        if noise is None or noise.shape != (len(population), self.dimensions):
            raise ValueError("the individuals lack the noise that they were made of")


class SNES(NaturalEvolution):
    """Mean and step sizes follow the natural gradient, each variable by itself."""

    Memory = Normal

    def initialise(self, rng: np.random.Generator) -> Population:
        """Samples around a random mean."""
        mean = self.representation.start(1, rng)[0] / self.representation.scale
        sigma = np.full(self.dimensions, self.settings.sigma * self.representation.width)
        return self.mutate(Population.unevaluated(mean[None], Normal(mean, sigma)), rng)

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """The ranked samples move the mean and the step sizes (Algorithm 1)."""
        before, d = parents.population.memory, self.dimensions
        noise = self.ranked(parents)
        rate = (3 + np.log(d)) / (5 * np.sqrt(d))
        mean = before.mean + before.sigma * (self.utilities @ noise)
        change = np.exp(0.5 * rate * (self.utilities @ (np.square(noise) - 1.0)))
        sigma = np.clip(before.sigma * change, SMALLEST, LARGEST)
        return Population.unevaluated(mean[None], Normal(mean, sigma))

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """New samples of the distribution."""
        now = offspring.memory
        noise = rng.standard_normal((self.samples, self.dimensions))
        genomes = self.representation.around(now.mean + now.sigma * noise, None)
        return Population.unevaluated(genomes, now, **{NOISE: noise})

    def metrics(self, population: Population) -> dict[str, float]:
        """The geometric mean of the step sizes."""
        return {"sigma": float(np.exp(np.log(population.memory.sigma).mean()))}
