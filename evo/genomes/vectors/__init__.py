"""Vectors: genomes that are the rows of a plain array, real numbers or bits.

The array itself is the genome column of a `Population`; there is no class. This file has the first
vectors of a search and what keeps vectors in bounds; `recombination` and `mutation` vary them.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evo.phenotype import Bits, Reals
from evo.population import Floats

Repair = Literal["reflect", "clip"]


def uniform_start(need: Reals, count: int, rng: np.random.Generator) -> Floats:
    """The first vectors of a search, uniform in the start region.

    Args:
        need: the number of variables, and the bounds of the start region.
        count: number of vectors.
        rng: draws them.

    Returns:
        `(count, dimensions)`.
    """
    return rng.uniform(need.lower, need.upper, (count, need.dimensions))


def random_bits(need: Bits, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The first bit strings of a search: fair coin flips.

    Args:
        need: the number of bits.
        count: number of strings.
        rng: draws them.

    Returns:
        `(count, length)`.
    """
    return coin_flips(rng, (count, need.length))


def coin_flips(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Fair coin flips, one random bit each.

    This takes an eighth of the random bytes that the cheapest draw of booleans takes.
    """
    count = shape[0] * shape[1]
    raw = np.frombuffer(rng.bytes((count + 7) // 8), np.uint8)
    return np.unpackbits(raw, count=count).view(np.bool_).reshape(shape)


def keep_within(need: Reals, genomes: Floats, repair: Repair = "reflect") -> Floats:
    """Bring variables that left the bounds back, where the need has bounds.

    Args:
        need: says whether there are bounds, and which.
        genomes: `(n, dimensions)`.
        repair: "reflect" folds variables back at the bounds, "clip" puts them on the bounds.

    Returns:
        `(n, dimensions)`; variables within the bounds are unchanged.

    Source: T. Helwig, J. Branke, S. Mostaghim, Experimental Analysis of Bound Handling Techniques
    in Particle Swarm Optimization, IEEE Trans. EC 17 (2013).
    """
    if not need.bounded:
        return genomes
    if repair == "clip":
        return np.clip(genomes, need.lower, need.upper)
    width = need.upper - need.lower
    offset = np.mod(genomes - need.lower, 2.0 * width)
    folded = need.lower + np.minimum(offset, 2.0 * width - offset)
    inside = (genomes >= need.lower) & (genomes <= need.upper)
    return np.where(inside, genomes, np.clip(folded, need.lower, need.upper))
