"""Mutation of vectors.

Each operator is called with `genomes` `(n, d)` and a generator and returns new genomes of that
shape. `rate` is the probability with which a gene is mutated, each gene by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evo.population import Floats, Rows

SMALLEST, LARGEST = 1e-150, 1e150
"""Step sizes stay within these, so that their squares are ordinary numbers."""

Genes = NDArray[Any]
Mutation = Callable[[Genes, np.random.Generator], Genes]


def mutating_places(count: int, rate: float, rng: np.random.Generator) -> Rows | slice:
    """Places of the genes that mutate.

    A binomial number of distinct places is the same in distribution as a coin for each gene, and
    draws only what is needed.

    Args:
        count: number of genes.
        rate: probability with which each of them mutates by itself.
        rng: draws the places.

    Returns:
        Places between 0 and `count` - 1, each once, in no order; a slice if all genes mutate.
    """
    if rate >= 1.0:
        return slice(None)
    return rng.choice(count, rng.binomial(count, rate), replace=False, shuffle=False)


def of_places(value: Any, places: Rows | slice, genomes: Genes) -> Any:
    """What `value`, a float or `(d,)` one for each variable, is at places of `(n, d)` genes."""
    if np.ndim(value) == 0:
        return value
    return np.broadcast_to(value, genomes.shape).reshape(-1)[places]


@dataclass(frozen=True)
class Gaussian:
    """Gaussian mutation: normal noise of standard deviation `sigma` is added.

    `sigma` is a float, or `(d,)` one for each variable.

    Source: Eiben & Smith (2015), section 4.4, nonuniform mutation.
    """

    rate: float
    sigma: Any

    def __call__(self, genomes: Floats, rng: np.random.Generator) -> Floats:
        children = genomes.copy()
        genes = children.reshape(-1)
        places = mutating_places(genes.size, self.rate, rng)
        sigma = of_places(self.sigma, places, genomes)
        genes[places] += sigma * rng.standard_normal(len(genes[places]))
        return children


@dataclass(frozen=True)
class Polynomial:
    """Polynomial mutation: noise of at most the start region's width, mostly small, is added.

    Its density is a polynomial: the greater `eta`, the faster it falls. This is the form without
    bounds.
    `width` is a float, or `(d,)` one for each variable.

    Source: K. Deb, R. B. Agrawal, A Niched-penalty Approach for Constraint Handling in Genetic
    Algorithms, ICANNGA 1999.
    """

    rate: float
    width: Any
    eta: float = 20.0

    def __call__(self, genomes: Floats, rng: np.random.Generator) -> Floats:
        children = genomes.copy()
        genes = children.reshape(-1)
        places = mutating_places(genes.size, self.rate, rng)
        u = rng.random(len(genes[places]))
        power = 1.0 / (self.eta + 1.0)
        down = np.power(2.0 * np.minimum(u, 0.5), power) - 1.0
        up = 1.0 - np.power(2.0 - 2.0 * np.maximum(u, 0.5), power)
        genes[places] += of_places(self.width, places, genomes) * np.where(u < 0.5, down, up)
        return children


@dataclass(frozen=True)
class Reset:
    """Uniform mutation: a gene is drawn anew from the whole start region.

    `lower` and `upper` are floats, or `(d,)` one for each variable.

    Source: Eiben & Smith (2015), section 4.4, uniform mutation.
    """

    rate: float
    lower: Any
    upper: Any

    def __call__(self, genomes: Floats, rng: np.random.Generator) -> Floats:
        children = genomes.copy()
        genes = children.reshape(-1)
        places = mutating_places(genes.size, self.rate, rng)
        lower, upper = (of_places(each, places, genomes) for each in (self.lower, self.upper))
        genes[places] = rng.uniform(lower, upper, len(genes[places]))
        return children


@dataclass(frozen=True)
class BitFlip:
    """Bit-flip mutation: a bit becomes its opposite, each with the same small probability.

    Source: J. H. Holland, Adaptation in Natural and Artificial Systems (1975).
    """

    rate: float

    def __call__(self, genomes: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
        children = genomes.copy()
        genes = children.reshape(-1)
        places = mutating_places(genes.size, self.rate, rng)
        genes[places] = ~genes[places]
        return children


@dataclass(frozen=True)
class SelfAdaptive:
    """Self-adaptation: step sizes are part of an individual, and mutate by random factors.

    The logarithms of the factors are normal. One factor is common to all step sizes of an
    individual; where it has several, each also gets its own.

    Attributes:
        together: standard deviation of the logarithm of the common factor.
        own: that of the factors of single step sizes; 0 for none.

    Source: H.-G. Beyer, H.-P. Schwefel, Evolution Strategies: a Comprehensive Introduction, Natural
    Computing 1 (2002), section 4, with its factor c = 1.
    """

    together: float
    own: float

    @classmethod
    def shared(cls, dimensions: int, tau: float | None = None) -> Self:
        """For individuals with one step size; `tau` is its learning rate, None for the source's."""
        return cls(1.0 / np.sqrt(2.0 * dimensions) if tau is None else tau, 0.0)

    @classmethod
    def each(cls, dimensions: int, tau: float | None = None) -> Self:
        """For individuals with a step size for each variable.

        `tau` is the learning rate of the common factor, None for the source's; the learning rate of
        the other factors keeps its ratio to it.
        """
        together, own = 1.0 / np.sqrt(2.0 * dimensions), 1.0 / np.sqrt(2.0 * np.sqrt(dimensions))
        scale = 1.0 if tau is None else tau / together
        return cls(scale * together, scale * own)

    def __call__(self, sigma: Floats, rng: np.random.Generator) -> Floats:
        """`(n, 1)` or `(n, d)` step sizes, mutated."""
        exponent = self.together * rng.standard_normal((len(sigma), 1))
        if self.own:
            exponent = exponent + self.own * rng.standard_normal(sigma.shape)
        return np.clip(sigma * np.exp(exponent), SMALLEST, LARGEST)
