"""xNES, exponential natural evolution strategy: a normal distribution with all correlations.

It follows the natural gradient of the expected fitness. Step size and shape move in exponential
coordinates, so that the covariance matrix stays one whatever the step.

Source: T. Glasmachers, T. Schaul, Y. Sun, D. Wierstra, J. Schmidhuber, Exponential Natural
Evolution Strategies, GECCO 2010, Algorithm 1 and Table 1.
"""

from dataclasses import dataclass

import numpy as np

from evo.algorithms.snes import NOISE, NaturalEvolution
from evo.genomes.vectors.mutation import LARGEST, SMALLEST
from evo.population import Floats, Parents, Population


@dataclass(frozen=True, eq=False)
class Shape:
    """A normal distribution N(mean, sigma² B Bᵀ).

    Attributes:
        mean: `(d,)`.
        sigma: the step size.
        root: B, `(d, d)`, of determinant 1.
    """

    mean: Floats
    sigma: float
    root: Floats

    def __post_init__(self) -> None:
        if self.root.shape != (len(self.mean), len(self.mean)):
            raise ValueError("the root must have as many rows and columns as there are variables")


class XNES(NaturalEvolution):
    """Mean, step size and shape follow the natural gradient."""

    Memory = Shape

    def bytes_needed(self) -> float:
        """Samples, and four matrices of the shape and its update."""
        return super().bytes_needed() + 4 * 8.0 * self.dimensions**2

    def initialise(self, rng: np.random.Generator) -> Population:
        """Samples of a sphere around a random mean."""
        mean = self.representation.start(1, rng)[0] / self.representation.scale
        sigma = self.settings.sigma * self.representation.width
        first = Shape(mean, sigma, np.eye(self.dimensions))
        return self.mutate(Population.unevaluated(mean[None], first), rng)

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """The ranked samples move mean, step size and shape (Algorithm 1)."""
        before, d, weights = parents.population.memory, self.dimensions, self.utilities
        noise = self.ranked(parents)
        rate = (9 + 3 * np.log(d)) / (5 * d * np.sqrt(d))
        mean = before.mean + before.sigma * (before.root @ (weights @ noise))
        # the utilities sum to 0, so that the identity that is taken off each sample goes away
        gradient = (noise.T * weights) @ noise
        growth = float(np.trace(gradient)) / d
        sigma = float(np.clip(before.sigma * np.exp(0.5 * rate * growth), SMALLEST, LARGEST))
        values, basis = np.linalg.eigh(gradient - growth * np.eye(d))
        change = (basis * np.exp(0.5 * rate * values)) @ basis.T
        return Population.unevaluated(mean[None], Shape(mean, sigma, before.root @ change))

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """New samples of the distribution."""
        now = offspring.memory
        noise = rng.standard_normal((self.samples, self.dimensions))
        genomes = self.representation.around(now.mean + now.sigma * (noise @ now.root.T), None)
        return Population.unevaluated(genomes, now, **{NOISE: noise})

    def metrics(self, population: Population) -> dict[str, float]:
        """The step size."""
        return {"sigma": population.memory.sigma}
