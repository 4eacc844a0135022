"""Numbers that networks carry for their learning, and what they stand for."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def folded(values: Floats) -> Floats:
    """Numbers of any size, reflected at -1 and 1 until they lie between."""
    reflected = 1.0 - np.abs((values + 1.0) % 4.0 - 2.0)
    return np.where(np.abs(values) <= 1.0, values, reflected)  # these to the last bit
