"""Compatibility distance between NEAT genomes, and the species of a whole population.

    distance = excess_coefficient * E / N + disjoint_coefficient * D / N + weight_coefficient * W

E excess and D disjoint genes, W the mean absolute weight difference of matching genes. N is the
size of the larger genome: 1 up to 20 connection genes, and in proportion above (40 genes: 2). The
paper divides by 1 below 20 genes and by their number from 20 on; with that jump genomes would be
twenty times more alike once they pass it, and structure would hardly count any more.

Source: Stanley & Miikkulainen 2002, section 3.3, Eq. 1.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evo.genomes.topology.genomes import Genes, TopologyGenomes
from evo.jit import kernel, part

_SMALL = 20.0
_EMPTY = np.int32(-1)
# Knuth's multiplicative hash: 2**32 divided by the golden ratio.
_HASH = 2654435761


class Coefficients(NamedTuple):
    """The weights of the three terms of a distance: c1, c2 and c3 in Eq. 1."""

    excess: float
    disjoint: float
    weight: float


@part
def _sum(
    excess: float,
    disjoint: float,
    matching: float,
    difference: float,
    larger: int,
    coefficients: Coefficients,
) -> float:
    total = (coefficients.excess * excess + coefficients.disjoint * disjoint) / max(
        1.0, larger / _SMALL
    )
    return total + coefficients.weight * difference / matching if matching else total


@part
def _between(
    a: Genes,
    first_a: int,
    last_a: int,
    b: Genes,
    first_b: int,
    last_b: int,
    coefficients: Coefficients,
) -> float:
    i, j, matching, difference = first_a, first_b, 0, 0.0
    while i < last_a and j < last_b:
        if a.innovation[i] == b.innovation[j]:
            matching += 1
            difference += abs(a.weight[i] - b.weight[j])
            i += 1
            j += 1
        elif a.innovation[i] < b.innovation[j]:
            i += 1
        else:
            j += 1
    n_a, n_b, excess = last_a - first_a, last_b - first_b, (last_a - i) + (last_b - j)
    return _sum(
        excess, n_a + n_b - 2 * matching - excess, matching, difference, max(n_a, n_b), coefficients
    )


@kernel
def _pairs(a: Genes, b: Genes, coefficients: Coefficients, out: NDArray[np.float64]) -> None:
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            ends = b.connections[j], b.connections[j + 1]
            out[i, j] = _between(
                a, a.connections[i], a.connections[i + 1], b, ends[0], ends[1], coefficients
            )


def distances(
    a: TopologyGenomes, b: TopologyGenomes, coefficients: Coefficients
) -> NDArray[np.float64]:
    """Compatibility distance: how unlike two genomes are, in structure and in weights.

    Args:
        a: n genomes.
        b: m genomes of the same search, whose innovation numbers mean the same.
        coefficients: the weights of the three terms.

    Returns:
        `(n, m)`.
    """
    out = np.empty((len(a), len(b)))
    _pairs(a.genes, b.genes, coefficients, out)
    return out


@part
def _slot(keys: NDArray[np.int32], mark: np.int32) -> np.int64:
    """Where the hash table `keys` has `mark`, or the empty place where it would go."""
    at = (np.int64(mark) * _HASH >> 8) & (len(keys) - 1)
    while keys[at] != mark and keys[at] != _EMPTY:
        at = (at + 1) & (len(keys) - 1)
    return at


@kernel
def _index(
    reps: Genes,
    keys: NDArray[np.int32],
    number: NDArray[np.int32],
    weight: NDArray[np.float64],
    present: NDArray[np.float64],
) -> None:
    """Fill a hash table that leads from an innovation number to a row of `weight` and `present`.

    Each of these has a column for every representative.
    """
    used = 0
    for s in range(len(reps.connections) - 1):
        for i in range(reps.connections[s], reps.connections[s + 1]):
            at = _slot(keys, reps.innovation[i])
            if keys[at] == _EMPTY:
                keys[at], number[at] = reps.innovation[i], used
                used += 1
            weight[number[at], s], present[number[at], s] = reps.weight[i], 1.0


@kernel
def _nearest(
    genes: Genes,
    reps: Genes,
    keys: NDArray[np.int32],
    number: NDArray[np.int32],
    weight: NDArray[np.float64],
    present: NDArray[np.float64],
    coefficients: Coefficients,
    matching: NDArray[np.float64],
    difference: NDArray[np.float64],
    species: NDArray[np.int64],
    distance: NDArray[np.float64],
) -> None:
    width = weight.shape[1]
    for row in range(len(species)):
        first, last = genes.connections[row], genes.connections[row + 1]
        for s in range(width):
            matching[s] = difference[s] = 0.0
        for i in range(first, last):
            at = _slot(keys, genes.innovation[i])
            if keys[at] != _EMPTY:
                at = number[at]
                for s in range(width):
                    matching[s] += present[at, s]
                    difference[s] += present[at, s] * abs(genes.weight[i] - weight[at, s])
        newest = genes.innovation[last - 1] if last > first else _EMPTY
        species[row], distance[row] = -1, np.inf
        for s in range(len(reps.connections) - 1):
            begin, end = reps.connections[s], reps.connections[s + 1]
            other = reps.innovation[end - 1] if end > begin else _EMPTY
            i, j = last, end
            while i > first and genes.innovation[i - 1] > other:
                i -= 1
            while j > begin and reps.innovation[j - 1] > newest:
                j -= 1
            n_a, n_b, excess = last - first, end - begin, (last - i) + (end - j)
            disjoint = n_a + n_b - 2 * matching[s] - excess
            d = _sum(excess, disjoint, matching[s], difference[s], max(n_a, n_b), coefficients)
            if d < distance[row]:
                species[row], distance[row] = s, d


@kernel
def _found(
    genes: Genes,
    threshold: float,
    coefficients: Coefficients,
    existing: int,
    limit: int,
    species: NDArray[np.int64],
    distance: NDArray[np.float64],
    founders: NDArray[np.int64],
) -> int:
    """Let rows that are near no representative join the nearest new species, or found one.

    Rows come in order. Returns the number of species founded.
    """
    count = 0
    for row in range(len(species)):
        if distance[row] < threshold:
            continue
        first, last = genes.connections[row], genes.connections[row + 1]
        nearest, best = species[row], distance[row]
        for f in range(count):
            begin, end = genes.connections[founders[f]], genes.connections[founders[f] + 1]
            d = _between(genes, first, last, genes, begin, end, coefficients)
            if d < best:
                nearest, best = existing + f, d
        if best >= threshold and existing + count < limit:
            founders[count] = row
            nearest = existing + count
            count += 1
        species[row] = nearest
    return count


def speciate(
    genomes: TopologyGenomes,
    representatives: TopologyGenomes,
    threshold: float,
    coefficients: Coefficients,
    limit: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which species each of n genomes belongs to.

    A genome joins the species of the nearest representative if that is closer than `threshold`;
    otherwise it founds a species, or joins one that an earlier row founded. With `limit` species in
    all it joins the nearest, however far.

    Args:
        genomes: n of them.
        representatives: one genome for each species that there is.
        threshold: the distance from which on genomes are of different species.
        coefficients: the weights of the three terms of a distance.
        limit: how many species there may be.

    Returns:
        `(n,)` species numbers (0 .. len(representatives) - 1 are the representatives', new ones
        follow), and the rows of the founders of the new ones.
    """
    n, existing = len(genomes), len(representatives)
    species, distance = np.empty(n, np.int64), np.empty(n)
    size = 1 << max(4, (4 * len(representatives.genes.innovation)).bit_length())
    # A multiple of four columns lets the compiler use vector instructions.
    width = max(4, -(-existing // 4) * 4)
    table = np.zeros((2, len(representatives.genes.innovation) + 1, width))
    keys, number = np.full(size, _EMPTY, np.int32), np.empty(size, np.int32)
    _index(representatives.genes, keys, number, table[0], table[1])
    scratch = np.empty((2, width))
    _nearest(
        genomes.genes,
        representatives.genes,
        keys,
        number,
        *table,
        coefficients,
        *scratch,
        species,
        distance,
    )
    founders = np.empty(max(limit - existing, 0), np.int64)
    count = _found(
        genomes.genes, threshold, coefficients, existing, limit, species, distance, founders
    )
    return species, founders[:count]
