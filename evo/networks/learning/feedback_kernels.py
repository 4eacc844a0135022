"""Random feedback weights, drawn for each network from a seed of its own."""

from typing import Any

from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.kernels import floats1, ints1, void
from evo.rng_kernels import bits, stream, unit

Array = NDArray[Any]


@kernel(void(types.uint64[::1], ints1, floats1))
def draw_symmetric(seeds: Array, ends: Array, numbers: Array) -> None:
    """Numbers uniform in [-1, 1).

    Args:
        seeds: `(n,)`.
        ends: `(n + 1,)` offsets; network i gets `numbers[ends[i] : ends[i + 1]]`.
        numbers: `(ends[n],)`, filled.
    """
    for row in range(len(seeds)):
        state = stream(seeds[row], 0)
        for k in range(ends[row], ends[row + 1]):
            state, word = bits(state)
            numbers[k] = 2.0 * unit(word) - 1.0
