"""OpenAI's evolution strategy: gradient ascent on the expected fitness of a normal distribution.

The gradient is estimated from antithetic samples and the ranks of their fitness. As in the paper,
only samples are evaluated, not the mean, so the best individual of a run is a sample.

Source: T. Salimans, J. Ho, X. Chen, S. Sidor, I. Sutskever, Evolution Strategies as a Scalable
Alternative to Reinforcement Learning, arXiv:1703.03864 (2017): Algorithm 1; section 2.1: antithetic
samples, fitness shaping by ranks, weight decay. Adam: D. P. Kingma, J. Ba, arXiv:1412.6980 (2015),
Algorithm 1.

Variables that have bounds of their own are searched in units of their widths. Samples of a whole
number spread by half a unit at least; categories have a distribution of labels
(`evo.genomes.vectors.labels`).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import Field

from evo.genomes.vectors import labels
from evo.genomes.vectors.reals import RealVectors
from evo.operators.survival import Generational
from evo.population import Floats, Parents, Population
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm


@dataclass(frozen=True, eq=False)
class Ascent:
    """Where the search stands.

    Attributes:
        mean: `(d,)`, of the distribution.
        first, second: `(d,)`, Adam's moments of the gradient.
        steps: how many were taken.
        probabilities: of labels; None without categories.
    """

    mean: Floats
    first: Floats
    second: Floats
    steps: int = 0
    probabilities: Floats | None = None

    def __post_init__(self) -> None:
        if not self.mean.shape == self.first.shape == self.second.shape == (len(self.mean),):
            raise ValueError("the mean and its moments must be vectors of one length")

    def along(
        self, gradient: Floats, rate: float, beta1: float = 0.9, beta2: float = 0.999
    ) -> "Ascent":
        """Where the search stands after one step of Adam, uphill.

        Args:
            gradient: `(d,)`, of the expected fitness by the mean.
            rate: length of a step, in the units of the variables.
            beta1: share of the first moment that stays.
            beta2: share of the second moment that stays.
        """
        steps = self.steps + 1
        first = beta1 * self.first + (1.0 - beta1) * gradient
        second = beta2 * self.second + (1.0 - beta2) * np.square(gradient)
        size = rate * np.sqrt(1.0 - beta2**steps) / (1.0 - beta1**steps)
        mean = self.mean + size * first / (np.sqrt(second) + 1e-8)
        return replace(self, mean=mean, first=first, second=second, steps=steps)


def centred_ranks(score: Floats) -> Floats:
    """`(n,)` ranks scaled to [-0.5, 0.5], which sum to 0.

    Equal scores share their mean rank, so a plateau has no slope.
    """
    _, level, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - 0.5 * (count + 1)
    return rank[level] / max(len(score) - 1, 1) - 0.5


class OpenAIES(Algorithm):
    """One mean, moved by Adam along the gradient that its antithetic samples estimate."""

    searches = (RealVectors,)
    varies = False
    Memory = Ascent

    class Settings(BaseSettings):
        """Sigma and learning rate are in half widths of the start region.

        0.1 is a weight of 0.1 where weights start in [-1, 1].
        """

        population: int = Field(
            100,
            ge=2,
            le=100_000_000,
            multiple_of=2,
            description="samples of a generation, an even number",
        )
        sigma: float = Field(
            0.3,
            gt=0,
            description="standard deviation of samples; the paper's 0.02 is for large networks",
        )
        learning_rate: float = Field(
            0.1, gt=0, description="Adam's step; the paper's 0.01 is for large networks"
        )
        decay: float = Field(
            1.0,
            gt=0,
            le=1,
            description="what both are multiplied by each generation; 1 in the paper",
        )
        weight_decay: float = Field(
            0.0,
            ge=0,
            le=1,
            description="how much of the mean is subtracted from the gradient; 0.005 in the "
            "paper's code",
        )

    representation: RealVectors
    settings: Settings

    def __init__(
        self, representation: RealVectors, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        self.half = 0.5 * representation.width
        need, columns = representation.need, representation.numbers
        self.scale = np.broadcast_to(representation.scale, need.dimensions)[columns]
        self.whole = np.isin(np.arange(need.dimensions)[columns], need.integers)

    def lengths(self, ascent: Ascent) -> tuple[Any, float]:
        """Sigma and learning rate, in the units of the variables.

        Sigma is `(d,)` where there are whole numbers, else one for all.
        """
        unit = self.half * max(self.settings.decay**ascent.steps, 1e-100)
        sigma: Any = unit * self.settings.sigma
        if self.whole.any():
            sigma = np.where(self.whole, np.maximum(sigma, 0.5 / self.scale), sigma)
        return sigma, unit * self.settings.learning_rate

    def initialise(self, rng: np.random.Generator) -> Population:
        """Samples around a random mean."""
        genome, discrete = self.representation.start(1, rng)[0], self.representation.discrete
        mean = genome[self.representation.numbers] / self.scale
        probabilities = None
        if discrete is not None and len(discrete.labels):
            probabilities = labels.equal(discrete.labels)
        nil = np.zeros(len(mean))
        first = Ascent(mean, nil, nil, probabilities=probabilities)
        return self.mutate(Population.unevaluated(mean[None], first), rng)

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """All samples; each counts by the rank of its fitness."""
        return Parents(population, np.arange(len(population))[None])

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """The mean takes a step of Adam along the estimated gradient."""
        samples, now = parents.population, parents.population.memory
        sigma, rate = self.lengths(now)
        numbers = samples.genomes[:, self.representation.numbers] / self.scale
        noise = (numbers - now.mean) / sigma
        ranks = centred_ranks(samples.score)
        gradient = ranks @ noise / (len(samples) * sigma)
        ascent = now.along(gradient - self.settings.weight_decay * now.mean, rate)
        ascent = replace(ascent, probabilities=self._learnt(samples, ranks))
        return Population.unevaluated(ascent.mean[None], ascent)

    def _learnt(self, samples: Population, ranks: Floats) -> Floats | None:
        """The probabilities of labels after the better half of the samples."""
        discrete, before = self.representation.discrete, samples.memory.probabilities
        weights = np.maximum(ranks, 0.0)
        if discrete is None or before is None or not weights.any():
            return before
        places, rate = (
            samples.genomes[:, discrete.categories],
            min(self.settings.learning_rate, 1.0),
        )
        return labels.learnt(before, places, weights / weights.sum(), rate, discrete.labels)

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """New samples in antithetic pairs: noise is added to the mean, and taken off it."""
        ascent = offspring.memory
        sigma, _ = self.lengths(ascent)
        shape = self.settings.population // 2, offspring.genomes.shape[1]
        noise = sigma * rng.standard_normal(shape)
        samples = offspring.genomes + np.concatenate([noise, -noise])
        places = None
        if ascent.probabilities is not None:
            places = labels.draw(ascent.probabilities, len(samples), rng)
        return Population.unevaluated(self.representation.around(samples, places), ascent)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The new samples; the old ones are forgotten."""
        return Generational()(population, offspring, rng)

    def metrics(self, population: Population) -> dict[str, float]:
        return {"mean_norm": float(np.linalg.norm(population.memory.mean))}

    def check(self, population: Population) -> None:
        super().check(population)
        if len(population.memory.mean) != len(self.scale):
            raise ValueError("the mean has another number of variables than the problem")
        discrete = self.representation.discrete
        if discrete is not None and len(discrete.labels):
            labels.check(population.memory.probabilities, discrete.labels)
        elif population.memory.probabilities is not None:
            raise ValueError("there are probabilities of labels, but no categories")
