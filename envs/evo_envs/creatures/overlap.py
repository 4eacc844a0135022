"""Which parts of a body would collide with each other from the start."""

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from evo_envs.creatures.body import Body

SHRUNK = 0.95
"""Parts count as boxes of this share of their size: a touch is no overlap."""

_floats2, _floats3 = types.float64[:, ::1], types.float64[:, :, ::1]


@njit(
    types.boolean(_floats2, _floats3, _floats2, types.int64, types.int64),
    cache=True,
    nogil=True,
    error_model="numpy",
)
def boxes_meet(
    centres: NDArray[np.float64],
    rotations: NDArray[np.float64],
    halves: NDArray[np.float64],
    a: int,
    b: int,
) -> bool:
    """Whether two boxes have a point in common: no axis separates them.

    Args:
        centres: `(boxes, 3)`.
        rotations: `(boxes, 3, 3)`, columns are the axes of a box.
        halves: `(boxes, 3)` half sizes.
        a, b: which two.

    Source: S. Gottschalk, M. C. Lin, D. Manocha, OBBTree, SIGGRAPH 1996, section 5.
    """
    axis = np.empty(3)
    for kind in range(15):
        i, j = (kind - 6) // 3, (kind - 6) % 3
        for k in range(3):
            if kind < 3:
                axis[k] = rotations[a, k, kind]
            elif kind < 6:
                axis[k] = rotations[b, k, kind - 3]
            else:
                n, m = (k + 1) % 3, (k + 2) % 3
                axis[k] = (
                    rotations[a, n, i] * rotations[b, m, j]
                    - rotations[a, m, i] * rotations[b, n, j]
                )
        length, between, reach = 0.0, 0.0, 0.0
        for k in range(3):
            length += axis[k] * axis[k]
            between += axis[k] * (centres[b, k] - centres[a, k])
        if length < 1e-12:
            continue
        for side in range(3):
            along_a, along_b = 0.0, 0.0
            for k in range(3):
                along_a += axis[k] * rotations[a, k, side]
                along_b += axis[k] * rotations[b, k, side]
            reach += abs(along_a) * halves[a, side] + abs(along_b) * halves[b, side]
        if abs(between) > reach:
            return False
    return True


def overlapping(body: Body) -> list[tuple[int, int]]:
    """Pairs of parts that overlap at rest, without those that a joint connects."""
    centres, rotations = body.rest()
    halves = SHRUNK * np.array([part.half for part in body.parts])
    return [
        (first, second)
        for second, part in enumerate(body.parts)
        for first in range(second)
        if part.parent != first and boxes_meet(centres, rotations, halves, first, second)
    ]
