"""OpenAI's evolution strategy.

Gradient ascent on the expected fitness of a normal distribution around one point.

The gradient is estimated from antithetic samples and the ranks of their fitness. As in the paper,
only samples are evaluated, not the mean, so the best individual of a run is a sample.

Source: T. Salimans, J. Ho, X. Chen, S. Sidor, I. Sutskever, Evolution Strategies as a Scalable
Alternative to Reinforcement Learning, arXiv:1703.03864 (2017): Algorithm 1; section 2.1: antithetic
samples, fitness shaping by ranks, weight decay. Adam: D. P. Kingma, J. Ba, arXiv:1412.6980 (2015),
Algorithm 1.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from pydantic import Field

from evo.genomes.vectors import Repair, keep_within, uniform_start
from evo.operators.survival import Generational
from evo.phenotype import Reals
from evo.population import Floats, Parents, Population
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm


@dataclass(frozen=True, eq=False)
class Ascent:
    """Where the search stands.

    The `(d,)` mean, Adam's `(d,)` moments of the gradient, and the number of steps made.
    """

    mean: Floats
    first: Floats
    second: Floats
    steps: int = 0

    def along(
        self, gradient: Floats, rate: float, beta1: float = 0.9, beta2: float = 0.999
    ) -> "Ascent":
        """One step of Adam, uphill."""
        steps = self.steps + 1
        first = beta1 * self.first + (1.0 - beta1) * gradient
        second = beta2 * self.second + (1.0 - beta2) * np.square(gradient)
        size = rate * np.sqrt(1.0 - beta2**steps) / (1.0 - beta1**steps)
        return Ascent(self.mean + size * first / (np.sqrt(second) + 1e-8), first, second, steps)


def centred_ranks(score: Floats) -> Floats:
    """`(n,)` ranks scaled to [-0.5, 0.5], which sum to 0.

    Equal scores share their mean rank, so a plateau has no slope.
    """
    _, level, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - 0.5 * (count + 1)
    return rank[level] / max(len(score) - 1, 1) - 0.5


class OpenAIES(Algorithm):
    """One mean, moved by Adam along the gradient that its antithetic samples estimate."""

    searches = (Reals,)

    class Settings(BaseSettings):
        """Sigma and learning rate are in half widths of the start region.

        0.1 is a weight of 0.1 where weights start in [-1, 1].
        """

        population: int = Field(
            100, ge=2, multiple_of=2, description="samples of a generation, an even number"
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
        bounds: Repair = Field(
            "reflect",
            description="what happens to variables that leave the bounds, where a problem has them",
        )

    need: Reals
    settings: Settings

    def __init__(self, need: Reals, settings: Any = None):
        super().__init__(need, settings)
        self.half = 0.5 * (need.upper - need.lower)
        zeros = np.zeros(need.dimensions)
        self.ascent = self.moved = Ascent(zeros, zeros, zeros)

    def lengths(self, ascent: Ascent) -> tuple[float, float]:
        """Sigma and learning rate, in the units of the variables."""
        unit = self.half * max(self.settings.decay**ascent.steps, 1e-100)
        return unit * self.settings.sigma, unit * self.settings.learning_rate

    def initialise(self, rng: np.random.Generator) -> Population:
        zeros = np.zeros(self.need.dimensions)
        self.moved = Ascent(uniform_start(self.need, 1, rng)[0], zeros, zeros)
        return self.mutate(Population.unevaluated(self.moved.mean[None]), rng)

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        return Parents(population, np.arange(len(population))[None])

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        samples, now = parents.population, self.ascent
        sigma, rate = self.lengths(now)
        noise = (samples.genomes - now.mean) / sigma
        gradient = centred_ranks(samples.score) @ noise / (len(samples) * sigma)
        self.moved = now.along(gradient - self.settings.weight_decay * now.mean, rate)
        return Population.unevaluated(self.moved.mean[None])

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        sigma, _ = self.lengths(self.moved)
        noise = sigma * rng.standard_normal((self.settings.population // 2, self.need.dimensions))
        samples = offspring.genomes + np.concatenate([noise, -noise])
        return Population.unevaluated(keep_within(self.need, samples, self.settings.bounds))

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        self.ascent = self.moved
        return Generational()(population, offspring, rng)

    def metrics(self, population: Population) -> dict[str, float]:
        return {"mean_norm": float(np.linalg.norm(self.ascent.mean))}

    def state_dict(self) -> dict[str, Any]:
        return asdict(self.ascent)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        d = self.need.dimensions
        arrays = [np.asarray(state[name], np.float64) for name in ("mean", "first", "second")]
        if any(array.shape != (d,) for array in arrays):
            raise ValueError(f"mean and moments must have {d} elements each")
        self.ascent = self.moved = Ascent(*arrays, steps=int(state["steps"]))
