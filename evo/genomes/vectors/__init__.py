"""Vectors: genomes that are the rows of a plain array, numbers or bits.

The array itself is the genome column of a `Population`; there is no class. This file has the first
vectors of a search and what keeps vectors in bounds; `recombination` and `mutation` vary them,
`mixed` has whole numbers and categories, `margin` and `labels` what a distribution needs for them.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evo.phenotype import Bits, Reals
from evo.population import Floats

Repair = Literal["reflect", "clip"]


def region(need: Reals) -> tuple[Any, Any]:
    """The lower and the upper bound of genomes: floats, or `(dimensions,)` where variables differ.

    A whole number takes half a unit on either side of its bounds, so that each of its values has as
    much room as any other.
    """
    discrete = [*need.integers, *(index for index, _ in need.categories)]
    if not discrete and isinstance(need.lower, float) and isinstance(need.upper, float):
        return need.lower, need.upper
    lower, upper = (np.broadcast_to(b, need.dimensions).copy() for b in (need.lower, need.upper))
    lower[discrete] -= 0.5
    upper[discrete] += 0.5
    return lower, upper


def uniform_start(need: Reals, count: int, rng: np.random.Generator) -> Floats:
    """The first vectors of a search, uniform in the start region.

    Args:
        need: the number of variables, and the bounds of the start region.
        count: number of vectors.
        rng: draws them.

    Returns:
        `(count, dimensions)`.
    """
    return rng.uniform(*region(need), (count, need.dimensions))


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
    """
    if not need.bounded:
        return genomes
    lower, upper = region(need)
    if repair == "clip":
        return np.clip(genomes, lower, upper)
    inside = (genomes >= lower) & (genomes <= upper)
    return np.where(inside, genomes, np.clip(fold(genomes, lower, upper), lower, upper))


def fold(values: Floats, lower: Any, upper: Any) -> Floats:
    """`values` folded back at the bounds, as often as it takes.

    Source: T. Helwig, J. Branke, S. Mostaghim, Experimental Analysis of Bound Handling Techniques
    in Particle Swarm Optimization, IEEE Trans. EC 17 (2013).
    """
    width = upper - lower
    offset = np.mod(values - lower, 2.0 * width)
    return lower + np.minimum(offset, 2.0 * width - offset)
