"""CMA-ES, covariance matrix adaptation evolution strategy: a distribution learns its shape.

It is a normal distribution, whose mean, step size and covariance matrix follow the best samples.

Source: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772 (version of 2023).
Equation numbers are those of the tutorial; the default parameters are those of its Table 1,
negative weights (active CMA) included.

Variables that have bounds of their own are searched in units of their widths. Whole numbers have a
margin (`evo.genomes.vectors.margin`), categories a distribution of labels (`…vectors.labels`).
Other than in the margin's paper the mean moves by the stretched steps, those that were sampled: by
the others whole numbers of little weight are still not found where all else has converged.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from pydantic import Field

from evo.errors import UsageError
from evo.genomes.vectors import labels
from evo.genomes.vectors.margin import with_margin
from evo.genomes.vectors.mutation import LARGEST, SMALLEST
from evo.genomes.vectors.reals import RealVectors
from evo.operators.selection import best_first
from evo.operators.survival import Comma
from evo.population import Floats, Parents, Population
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm

CONDITION = 1e14
"""Largest condition number of C: the shortest axis is at least 1e-7 of the longest (B.2)."""
RANGE = 1e20
"""C is scaled back when its largest eigenvalue leaves [1 / RANGE, RANGE]."""


@dataclass(frozen=True)
class Parameters:
    """The strategy parameters (Table 1).

    Attributes:
        weights: `(n,)` of the samples, best first; the positive ones add up to 1.
        mu_effective: variance-effective number of samples with positive weights.
        c_sigma, d_sigma: learning rate and damping of the step size.
        c_c: learning rate of the path of the rank-one update.
        c_1, c_mu: learning rates of the rank-one and of the rank-mu update.
        expected_norm: of a `(d,)` standard normal vector.
        lazy: generations between eigendecompositions.
    """

    weights: Floats
    mu_effective: float
    c_sigma: float
    d_sigma: float
    c_c: float
    c_1: float
    c_mu: float
    expected_norm: float
    lazy: int

    @classmethod
    def default(cls, d: int, n: int) -> Self:
        """The default for `d` variables and `n` samples."""
        raw = np.log((n + 1) / 2) - np.log(np.arange(1, n + 1))  # eq. 49
        plus, minus = np.maximum(raw, 0.0), np.minimum(raw, 0.0)
        mu_effective = plus.sum() ** 2 / np.square(plus).sum()
        mu_negative = minus.sum() ** 2 / np.square(minus).sum()
        c_sigma = (mu_effective + 2) / (d + mu_effective + 5)  # eq. 55
        d_sigma = 1 + 2 * max(0.0, np.sqrt((mu_effective - 1) / (d + 1)) - 1) + c_sigma
        c_c = (4 + mu_effective / d) / (d + 4 + 2 * mu_effective / d)  # eq. 56
        c_1 = 2 / ((d + 1.3) ** 2 + mu_effective)  # eq. 57
        c_mu = min(
            1 - c_1,
            2 * (0.25 + mu_effective + 1 / mu_effective - 2) / ((d + 2) ** 2 + mu_effective),
        )  # eq. 58
        bounds = (
            1 + c_1 / c_mu,
            1 + 2 * mu_negative / (mu_effective + 2),
            (1 - c_1 - c_mu) / (d * c_mu),
        )  # eq. 50 to 52
        weights = plus / plus.sum() - min(bounds) * minus / minus.sum()  # eq. 53
        expected_norm = np.sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d**2))
        lazy = max(1, int(1 / (10 * d * (c_1 + c_mu))))  # B.2
        return cls(weights, mu_effective, c_sigma, d_sigma, c_c, c_1, c_mu, expected_norm, lazy)


@dataclass(frozen=True, eq=False)
class Distribution:
    """N(mean, sigma² C), its paths, and the axes of C as of the last eigendecomposition.

    Attributes:
        mean, path_sigma, path_c: `(d,)`.
        covariance: C, `(d, d)`.
        basis, scales: `(d, d)` and `(d,)`: the eigenvectors of C in columns, the square roots of
            its eigenvalues.
        age: number of updates.
        stretch: `(d,)` what the steps of each variable are multiplied by, so that whole numbers
            keep their margin; None without whole numbers.
        probabilities: of labels; None without categories.
    """

    mean: Floats
    sigma: float
    covariance: Floats
    path_sigma: Floats
    path_c: Floats
    basis: Floats
    scales: Floats
    age: int = 0
    stretch: Floats | None = None
    probabilities: Floats | None = None

    def check(self, d: int) -> None:
        """Raise `ValueError` unless this, read from a file, is a distribution of `d` variables."""
        shapes = {
            "mean": (d,),
            "covariance": (d, d),
            "path_sigma": (d,),
            "path_c": (d,),
            "basis": (d, d),
            "scales": (d,),
        }
        if self.stretch is not None:
            shapes["stretch"] = (d,)
        for name, shape in shapes.items():
            actual = getattr(self, name).shape
            if actual != shape:
                raise ValueError(f"{name} must have shape {shape}, not {actual}")

    def updated(self, ranked: Floats, p: Parameters) -> "Distribution":
        """The distribution after `ranked` `(n, d)` samples of it, best first."""
        d = len(self.mean)
        steps = (ranked - self.mean) / self.sigma
        if self.stretch is not None:
            steps = steps / self.stretch
        whitened = steps @ self.basis / self.scales
        plus = np.maximum(p.weights, 0.0)
        shift = self.sigma * (plus @ steps)
        mean = self.mean + (shift if self.stretch is None else shift * self.stretch)  # eq. 42

        drift = np.sqrt(p.c_sigma * (2 - p.c_sigma) * p.mu_effective) * (
            self.basis @ (plus @ whitened)
        )
        path_sigma = (1 - p.c_sigma) * self.path_sigma + drift  # eq. 43
        length = float(np.linalg.norm(path_sigma)) / p.expected_norm
        change = np.exp(min(1.0, p.c_sigma / p.d_sigma * (length - 1)))  # eq. 44
        sigma = float(np.clip(self.sigma * change, SMALLEST, LARGEST))

        warm = np.sqrt(1 - (1 - p.c_sigma) ** (2 * (self.age + 1)))
        # while sigma grows fast the path of the rank-one update is stalled
        h_sigma = float(length / warm < 1.4 + 2 / (d + 1))
        path_c = (1 - p.c_c) * self.path_c + h_sigma * np.sqrt(
            p.c_c * (2 - p.c_c) * p.mu_effective
        ) * (plus @ steps)  # eq. 45
        # a negative weight acts on a step of the expected length, whatever the sample's own
        lengths = np.maximum(np.square(whitened).sum(axis=1), 1e-300)
        weights = np.where(p.weights >= 0, p.weights, p.weights * d / lengths)  # eq. 46
        keep = 1 + p.c_1 * (1 - h_sigma) * p.c_c * (2 - p.c_c) - p.c_1 - p.c_mu * p.weights.sum()
        rank_mu = (steps.T * (p.c_mu * weights)) @ steps
        covariance = keep * self.covariance + rank_mu + np.outer(p.c_1 * path_c, path_c)  # eq. 47
        moved = replace(
            self,
            mean=mean,
            sigma=sigma,
            covariance=covariance,
            path_sigma=path_sigma,
            path_c=path_c,
            age=self.age + 1,
        )
        return moved.decomposed() if moved.age % p.lazy == 0 else moved

    def decomposed(self) -> "Distribution":
        """The same distribution with the axes of the present C.

        C is scaled first if its eigenvalues are very large or very small, and lifted if it is
        nearly singular, so that roots can be taken of the eigenvalues.
        """
        covariance = np.triu(self.covariance) + np.triu(self.covariance, 1).T
        values, basis = np.linalg.eigh(covariance)
        sigma, path_c = self.sigma, self.path_c
        if not 1.0 / RANGE < values[-1] < RANGE:
            # only sigma² C counts: what C has grown or shrunk by moves into sigma, and the rank-one
            # path follows C
            scale = np.sqrt(values[-1])
            sigma, path_c = float(np.clip(sigma * scale, SMALLEST, LARGEST)), path_c / scale
            covariance, values = covariance / values[-1], values / values[-1]
        lift = values[-1] / CONDITION - values[0]
        if lift > 0:
            covariance, values = covariance + lift * np.eye(len(values)), values + lift
        return replace(
            self,
            sigma=sigma,
            covariance=covariance,
            path_c=path_c,
            basis=basis,
            scales=np.sqrt(values),
        )

    def sample(self, count: int, rng: np.random.Generator) -> Floats:
        """`(count, d)` samples (eq. 38 to 40)."""
        noise = rng.standard_normal((count, len(self.mean)))
        steps = (noise * self.scales) @ self.basis.T
        return self.mean + self.sigma * (steps if self.stretch is None else steps * self.stretch)


class CMAES(Algorithm):
    """The samples, ranked, move the distribution; the distribution gives the next samples."""

    searches = (RealVectors,)
    varies = False
    Memory = Distribution

    class Settings(BaseSettings):
        """All other parameters follow from the dimension and the number of samples."""

        population: int | None = Field(
            None,
            ge=4,
            le=100_000_000,
            description="samples of a generation; None is 4 + 3 ln d, rounded down (eq. 48)",
        )
        sigma: float = Field(
            0.3,
            gt=0,
            description="first step size, as a share of the start region's width; 0.3 in the "
            "tutorial, B.1",
        )

    representation: RealVectors
    settings: Settings

    def __init__(
        self, representation: RealVectors, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        need = representation.need
        d = need.dimensions - len(need.categories)
        if d == 0:
            raise UsageError(
                "cma-es searches numbers, but all variables here are categories", "ga searches them"
            )
        self.dimensions = d
        self.scale = np.broadcast_to(representation.scale, need.dimensions)[representation.numbers]
        self.integers = np.flatnonzero(
            np.isin(np.arange(need.dimensions)[representation.numbers], need.integers)
        )
        self.samples = self.settings.population or 4 + int(3 * np.log(need.dimensions))
        self.parameters = Parameters.default(d, self.samples)

    @property
    def individuals(self) -> int:
        return self.samples

    def bytes_needed(self) -> float:
        """Samples, and four matrices: C, its eigenvectors, and two while it is decomposed."""
        return super().bytes_needed() + 4 * 8.0 * self.dimensions**2

    def around(self, mean: Floats) -> Distribution:
        """The first distribution: a sphere around `mean`, all labels equally likely."""
        d, sigma = len(mean), self.settings.sigma * self.representation.width
        discrete = self.representation.discrete
        first = Distribution(
            mean,
            sigma,
            np.eye(d),
            np.zeros(d),
            np.zeros(d),
            np.eye(d),
            np.ones(d),
            stretch=np.ones(d) if len(self.integers) else None,
            probabilities=labels.equal(discrete.labels)
            if discrete is not None and len(discrete.labels)
            else None,
        )
        return self.kept(first)

    def kept(self, distribution: Distribution) -> Distribution:
        """The distribution, with the margin of its whole numbers."""
        discrete, chosen, stretch = (
            self.representation.discrete,
            self.integers,
            distribution.stretch,
        )
        if discrete is None or stretch is None:
            return distribution
        unit = self.scale[chosen]
        spread = distribution.sigma * unit * np.sqrt(np.diag(distribution.covariance)[chosen])
        mean, stretch = distribution.mean.copy(), stretch.copy()
        centre, wide = with_margin(
            mean[chosen] * unit,
            spread * stretch[chosen],
            discrete.least,
            discrete.most,
            1.0 / (self.dimensions * self.samples),
        )
        mean[chosen], stretch[chosen] = centre / unit, wide / spread
        return replace(distribution, mean=mean, stretch=stretch)

    def initialise(self, rng: np.random.Generator) -> Population:
        """Samples of a sphere around a random mean (2.2)."""
        genome = self.representation.start(1, rng)[0]
        first = self.around(genome[self.representation.numbers] / self.scale)
        return self.mutate(Population.unevaluated(first.mean[None], first), rng)

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """All samples, ranked from the best to the worst."""
        return Parents(population, best_first(population.score)[None])

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """The ranked samples move mean, step size, paths and covariance (eq. 42 to 47)."""
        samples = parents.population
        ranked = samples.genomes[parents.rows[0]]
        numbers = ranked[:, self.representation.numbers] / self.scale
        distribution = self.kept(samples.memory.updated(numbers, self.parameters))
        discrete, before = self.representation.discrete, distribution.probabilities
        if discrete is not None and before is not None:
            weights = np.maximum(self.parameters.weights, 0.0)
            places = ranked[:, discrete.categories]
            after = labels.learnt(before, places, weights, self.parameters.c_mu, discrete.labels)
            distribution = replace(distribution, probabilities=after)
        return Population.unevaluated(distribution.mean[None], distribution)

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """New samples of the distribution (eq. 38 to 40)."""
        distribution = offspring.memory
        samples, places = distribution.sample(self.samples, rng), None
        if distribution.probabilities is not None:
            places = labels.draw(distribution.probabilities, self.samples, rng)
        return Population.unevaluated(self.representation.around(samples, places), distribution)

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The new samples; the old ones are forgotten."""
        return Comma(self.samples)(population, offspring, rng)

    def metrics(self, population: Population) -> dict[str, float]:
        scales = population.memory.scales
        return {"sigma": population.memory.sigma, "axis_ratio": float(scales.max() / scales.min())}

    def check(self, population: Population) -> None:
        super().check(population)
        population.memory.check(self.dimensions)
        if (population.memory.stretch is None) == bool(len(self.integers)):
            raise ValueError("the distribution does not fit the whole numbers")
        discrete = self.representation.discrete
        if discrete is not None and len(discrete.labels):
            labels.check(population.memory.probabilities, discrete.labels)
        elif population.memory.probabilities is not None:
            raise ValueError("there are probabilities of labels, but no categories")
