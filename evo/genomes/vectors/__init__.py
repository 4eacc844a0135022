"""Vectors: genomes that are the rows of a plain array, real numbers or bits.

The array itself is the genome column of a `Population`; there is no class. Here are the first
vectors, what keeps vectors in bounds, and (in `recombination` and `mutation`) how they vary.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evo.phenotype import Bits, Reals
from evo.population import Floats

Repair = Literal["reflect", "clip"]


def uniform_start(need: Reals, count: int, rng: np.random.Generator) -> Floats:
    """`(count, dimensions)` vectors, uniform in the start region."""
    return rng.uniform(need.lower, need.upper, (count, need.dimensions))


def random_bits(need: Bits, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """`(count, length)` fair coin flips."""
    return coin_flips(rng, (count, need.length))


def coin_flips(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Fair coin flips, one random bit each.

    Eight times fewer random bytes than the cheapest draw of booleans.
    """
    count = shape[0] * shape[1]
    raw = np.frombuffer(rng.bytes((count + 7) // 8), np.uint8)
    return np.unpackbits(raw, count=count).view(np.bool_).reshape(shape)


def keep_within(need: Reals, genomes: Floats, repair: Repair = "reflect") -> Floats:
    """`genomes` where the need is bounded.

    What left the bounds is folded back ("reflect") or put on them ("clip").

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
