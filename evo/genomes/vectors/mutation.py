"""Mutation of vectors.

Each operator is called with `genomes` `(n, d)` and a generator and returns new genomes of that
shape. `rate` is the probability with which a gene is mutated, each gene by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.population import Floats, Rows

Genes = NDArray[Any]
Mutation = Callable[[Genes, np.random.Generator], Genes]


def chosen(count: int, rate: float, rng: np.random.Generator) -> Rows | slice:
    """Which of `count` genes mutate, each with probability `rate` by itself.

    A binomial number of distinct places is the same in distribution as a coin for each gene, and
    draws only what is needed.
    """
    if rate >= 1.0:
        return slice(None)
    return rng.choice(count, rng.binomial(count, rate), replace=False, shuffle=False)


@dataclass(frozen=True)
class Gaussian:
    """Adds normal noise of standard deviation `sigma`.

    Source: Eiben & Smith (2015), section 4.4, nonuniform mutation.
    """

    rate: float
    sigma: float

    def __call__(self, genomes: Floats, rng: np.random.Generator) -> Floats:
        children = genomes.copy()
        genes = children.reshape(-1)
        places = chosen(genes.size, self.rate, rng)
        genes[places] += self.sigma * rng.standard_normal(len(genes[places]))
        return children


@dataclass(frozen=True)
class Polynomial:
    """Adds noise with a polynomial density that falls faster the greater `eta`, at most `width` either way; the unbounded form.

    Source: K. Deb, R. B. Agrawal, A Niched-penalty Approach for Constraint Handling in Genetic
    Algorithms, ICANNGA 1999.
    """

    rate: float
    width: float
    eta: float = 20.0

    def __call__(self, genomes: Floats, rng: np.random.Generator) -> Floats:
        children = genomes.copy()
        genes = children.reshape(-1)
        places = chosen(genes.size, self.rate, rng)
        u = rng.random(len(genes[places]))
        power = 1.0 / (self.eta + 1.0)
        down = np.power(2.0 * np.minimum(u, 0.5), power) - 1.0
        up = 1.0 - np.power(2.0 - 2.0 * np.maximum(u, 0.5), power)
        genes[places] += self.width * np.where(u < 0.5, down, up)
        return children


@dataclass(frozen=True)
class Reset:
    """Draws anew, uniform between `lower` and `upper`.

    Source: Eiben & Smith (2015), section 4.4, uniform mutation.
    """

    rate: float
    lower: float
    upper: float

    def __call__(self, genomes: Floats, rng: np.random.Generator) -> Floats:
        children = genomes.copy()
        genes = children.reshape(-1)
        places = chosen(genes.size, self.rate, rng)
        genes[places] = rng.uniform(self.lower, self.upper, len(genes[places]))
        return children


@dataclass(frozen=True)
class BitFlip:
    """Flips bits.

    Source: J. H. Holland, Adaptation in Natural and Artificial Systems (1975).
    """

    rate: float

    def __call__(self, genomes: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
        children = genomes.copy()
        genes = children.reshape(-1)
        places = chosen(genes.size, self.rate, rng)
        genes[places] = ~genes[places]
        return children
