"""Recombination of vectors.

Each operator is called with `genomes` `(n, d)`, `rows` `(offspring, arity)` that name the parents
of each offspring, and a generator; it returns new `(offspring, d)` genomes. Parents that are equal
in a gene pass it on unchanged (bit for bit, except in `intermediate`), so a pair that is not to be
crossed is a row that names one parent twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.genomes.vectors import coin_flips
from evo.population import Floats, Rows

Genes = NDArray[Any]
Recombination = Callable[[Genes, Rows, np.random.Generator], Genes]


def _take_second_where(mask: NDArray[np.bool_], genomes: Genes, rows: Rows) -> Genes:
    """The second parent's genes where `mask` says so, the first's elsewhere."""
    children, second = genomes[rows[:, 0]], genomes[rows[:, 1]]
    # a random mask defeats branch prediction: swapping bits without branches takes a third of the
    # time of np.where
    word = np.dtype(f"u{genomes.itemsize}")
    bits, change = children.view(word), second.view(word)
    change ^= bits
    change *= mask
    bits ^= change
    return children


def one_point(genomes: Genes, rows: Rows, rng: np.random.Generator) -> Genes:
    """One-point crossover: the first parent's genes up to a random point, then the second's.

    The point lies between two genes.

    Args:
        genomes: `(n, d)`, those of the parents.
        rows: `(offspring, 2)` row numbers of the parents of each offspring.
        rng: draws the point of each offspring.

    Returns:
        `(offspring, d)`.

    Source: J. H. Holland, Adaptation in Natural and Artificial Systems (1975), chapter 6.
    """
    d = genomes.shape[1]
    point = rng.integers(1, max(d, 2), size=(len(rows), 1))
    return _take_second_where(np.arange(d) >= point, genomes, rows)


def two_point(genomes: Genes, rows: Rows, rng: np.random.Generator) -> Genes:
    """Two-point crossover: the second parent's genes between two points, the first's outside.

    The points are distinct and lie before the first gene or between two genes.

    Args:
        genomes: `(n, d)`, those of the parents.
        rows: `(offspring, 2)` row numbers of the parents of each offspring.
        rng: draws the points of each offspring.

    Returns:
        `(offspring, d)`.

    Source: K. A. De Jong, An Analysis of the Behavior of a Class of Genetic Adaptive Systems
    (1975), the genome as a ring.
    """
    d = genomes.shape[1]
    first = rng.integers(d, size=(len(rows), 1))
    second = (first + rng.integers(1, max(d, 2), size=(len(rows), 1))) % d
    low, high = np.minimum(first, second), np.maximum(first, second)
    gene = np.arange(d)
    return _take_second_where((gene >= low) & (gene < high), genomes, rows)


def uniform(genomes: Genes, rows: Rows, rng: np.random.Generator) -> Genes:
    """Uniform crossover: each gene comes from either parent with probability 1/2.

    Args:
        genomes: `(n, d)`, those of the parents.
        rows: `(offspring, 2)` row numbers of the parents of each offspring.
        rng: draws the parent of each gene.

    Returns:
        `(offspring, d)`.

    Source: G. Syswerda, Uniform Crossover in Genetic Algorithms, ICGA 1989.
    """
    return _take_second_where(coin_flips(rng, (len(rows), genomes.shape[1])), genomes, rows)


@dataclass(frozen=True)
class Blend:
    """Blend crossover (BLX-alpha): each gene uniform over the parents' interval, widened.

    It is widened on both sides. `alpha` is how much, as a share of the interval's length.

    Source: L. J. Eshelman, J. D. Schaffer, Real-coded Genetic Algorithms and Interval-schemata,
    FOGA 2 (1993); alpha = 0.5 there.
    """

    alpha: float = 0.5

    def __call__(self, genomes: Floats, rows: Rows, rng: np.random.Generator) -> Floats:
        first, second = genomes[rows[:, 0]], genomes[rows[:, 1]]
        place = rng.uniform(-self.alpha, 1.0 + self.alpha, first.shape)
        return first + place * (second - first)


@dataclass(frozen=True)
class SimulatedBinary:
    """Simulated binary crossover (SBX): children near their parents, as one-point makes of bits.

    It makes two children that lie on either side of the parents' middle. The greater `eta`, the
    nearer each is to a parent. Here one of the two, chosen at random, is kept; this is the form
    without bounds.

    Each gene is crossed with probability 1/2 and otherwise comes from the first parent, as in Deb's
    implementation.

    Source: K. Deb, R. B. Agrawal, Simulated Binary Crossover for Continuous Search Space, Complex
    Systems 9 (1995). eta = 15 is pymoo's default; K. Deb et al., NSGA-II, IEEE Trans. EC 6 (2002),
    use 20.
    """

    eta: float = 15.0

    def __call__(self, genomes: Floats, rows: Rows, rng: np.random.Generator) -> Floats:
        first, second = genomes[rows[:, 0]], genomes[rows[:, 1]]
        crossed = coin_flips(rng, first.shape)
        # u in (0, 1): spread (2u)^(1/(eta+1)) below one half, its mirror image above
        u = rng.random(first.shape)
        tail = np.where(u < 0.5, 2.0 * u, 2.0 - 2.0 * u)
        spread = np.power(tail, 1.0 / (self.eta + 1.0))
        np.copyto(spread, 1.0 / np.maximum(spread, np.finfo(np.float64).tiny), where=u >= 0.5)
        half = 0.5 * (first - second)
        children = (
            0.5 * (first + second) + np.where(coin_flips(rng, first.shape), spread, -spread) * half
        )
        return np.where(crossed & (half != 0.0), children, first)


def discrete(genomes: Genes, rows: Rows, rng: np.random.Generator) -> Genes:
    """Discrete recombination: each gene from one of rho parents, all equally likely.

    Args:
        genomes: `(n, d)`, those of the parents.
        rows: `(offspring, rho)` row numbers of the parents of each offspring.
        rng: draws the parent of each gene.

    Returns:
        `(offspring, d)`.

    Source: H.-G. Beyer, H.-P. Schwefel, Evolution Strategies: a Comprehensive Introduction (2002),
    section 4.
    """
    offspring, rho = rows.shape
    d = genomes.shape[1]
    if rho == 1:
        return genomes[rows[:, 0]]
    donor = rng.integers(rho, size=(offspring, d))
    return genomes[np.take_along_axis(rows, donor, axis=1), np.arange(d)]


def intermediate(genomes: Floats, rows: Rows, rng: np.random.Generator) -> Floats:
    """Intermediate recombination: each gene is the mean over rho parents.

    Args:
        genomes: `(n, d)`, those of the parents.
        rows: `(offspring, rho)` row numbers of the parents of each offspring.
        rng: not used; every recombination takes one.

    Returns:
        `(offspring, d)`.

    Source: Beyer & Schwefel (2002), section 4.
    """
    return genomes[rows[:, 0]] if rows.shape[1] == 1 else genomes[rows].mean(axis=1)
