"""Squares as Python and NumPy scalars compute ``x ** 2``.

By the C library's `pow`, whose last bit is not always that of ``x * x``.

The exponent is 2 for every finite x, but the compiler cannot know that, and so does not make a
product of it.
"""

import math

import numpy as np
from numba import njit, types


@njit(types.float64(types.float64), cache=True, nogil=True, error_model="numpy")
def squared(x: float) -> float:
    """``x ** 2`` of a float64."""
    return math.pow(x, 2.0 + 0.0 * x)


@njit(types.float32(types.float32), cache=True, nogil=True, error_model="numpy")
def squared_single(x: np.float32) -> np.float32:
    """``x ** 2`` of a float32."""
    return x ** (np.float32(2.0) + np.float32(0.0) * x)
