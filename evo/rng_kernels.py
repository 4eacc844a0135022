"""Random numbers inside compiled kernels.

The stream's state is an argument and comes back with each draw.

A kernel gets one 64-bit `key` from the generator that is handed to its step; `stream(key, row)`
then gives every row a stream of its own, so that rows can be computed in any order and by any
number of threads.

Sources: splitmix64: G. L. Steele, D. Lea, C. H. Flood, Fast Splittable Pseudorandom Number
Generators, OOPSLA 2014, Fig. 17. Normal numbers: J. A. Doornik, An Improved Ziggurat Method to
Generate Normal Random Samples, 2005 (ZIGNOR, 128 blocks).
"""

import math

import numpy as np

from evo.jit import part

# Every constant is an unsigned 64-bit number: one signed operand would turn the arithmetic into
# floating point.
_U = np.uint64
_GOLDEN, _MIX_1, _MIX_2 = _U(0x9E3779B97F4A7C15), _U(0xBF58476D1CE4E5B9), _U(0x94D049BB133111EB)
_11, _27, _30, _31, _32 = _U(11), _U(27), _U(30), _U(31), _U(32)
_BLOCK = _U(127)

_TAIL = 3.442619855899
_AREA = 9.91256303526217e-3


def _blocks() -> np.ndarray:
    edges = np.zeros(129)
    density = math.exp(-0.5 * _TAIL * _TAIL)
    edges[0], edges[1] = _AREA / density, _TAIL
    for i in range(2, 128):
        edges[i] = math.sqrt(-2.0 * math.log(_AREA / edges[i - 1] + density))
        density = math.exp(-0.5 * edges[i] * edges[i])
    return edges


_EDGES = _blocks()
_RATIOS = _EDGES[1:] / _EDGES[:-1]


def draw_key(rng: np.random.Generator) -> np.uint64:
    """One 64-bit key for a kernel, from the generator that was handed in."""
    return rng.integers(0, 2**64, dtype=np.uint64)


@part
def _mix(z: np.uint64) -> np.uint64:
    z = (z ^ (z >> _30)) * _MIX_1
    z = (z ^ (z >> _27)) * _MIX_2
    return z ^ (z >> _31)


@part
def stream(key: np.uint64, row: int) -> np.uint64:
    """The state of row `row`'s stream."""
    return _mix(key + _U(row) * _GOLDEN)


@part
def bits(state: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The stream's next state, and 64 random bits."""
    state = state + _GOLDEN
    return state, _mix(state)


@part
def unit(word: np.uint64) -> np.float64:
    """64 random bits as a number in [0, 1) with 53 bits."""
    return np.float64(word >> _11) * 2.0**-53


@part
def below(word: np.uint64, n: int) -> np.int64:
    """64 random bits as an integer in [0, n); biased by less than n / 2**32."""
    return np.int64(((word >> _32) * _U(n)) >> _32)


@part
def normal(state: np.uint64) -> tuple[np.uint64, float]:
    """The stream's next state, and a standard normal number."""
    while True:
        state, word = bits(state)
        u = 2.0 * unit(word) - 1.0
        block = np.int64(word & _BLOCK)
        if abs(u) < _RATIOS[block]:
            return state, u * _EDGES[block]
        if block == 0:
            while True:
                state, word = bits(state)
                x = -math.log(1.0 - unit(word)) / _TAIL
                state, word = bits(state)
                if -2.0 * math.log(1.0 - unit(word)) > x * x:
                    return state, (_TAIL + x if u > 0 else -_TAIL - x)
        x = u * _EDGES[block]
        inner = math.exp(-0.5 * (_EDGES[block + 1] * _EDGES[block + 1] - x * x))
        outer = math.exp(-0.5 * (_EDGES[block] * _EDGES[block] - x * x))
        state, word = bits(state)
        if outer + unit(word) * (inner - outer) < 1.0:
            return state, x
