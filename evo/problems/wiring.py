"""How a network is connected to a task: what becomes of an observation, and what of its outputs."""

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.kernels import flag, floats1, void
from evo.problems.spaces import Acts, Senses

Floats = NDArray[np.float64]


class Wiring(NamedTuple):
    """How a network is connected to a task.

    Observations enter as ``observation * scale + shift``. Outputs are clipped to between `low` and
    `high` and act as ``centre + half * output``. If the action is `discrete`, the place of the
    largest output (the first of equals) takes the part of the one output.
    """

    scale: Floats
    shift: Floats
    discrete: bool
    low: Floats
    high: Floats
    centre: Floats
    half: Floats


wiring_type = types.NamedTuple((floats1, floats1, flag, floats1, floats1, floats1, floats1), Wiring)


def wiring(senses: Senses, acts: Acts) -> Wiring:
    """A network's connections to a task, in arrays of their own.

    Args:
        senses: how observations become inputs.
        acts: how outputs become actions.
    """
    bounds = (acts.low, acts.high, acts.centre, acts.half)
    if acts.discrete:
        bounds = tuple(np.array([x], np.float64) for x in (0, acts.size - 1, acts.start, 1))
    low, high, centre, half = (array.copy() for array in bounds)
    return Wiring(senses.scale.copy(), senses.shift.copy(), acts.discrete, low, high, centre, half)


@kernel(void(wiring_type, wiring_type))
def rewire(wiring: Wiring, current: Wiring) -> None:
    """Make `current` equal to `wiring`."""
    for i in range(len(wiring.scale)):
        current.scale[i] = wiring.scale[i]
        current.shift[i] = wiring.shift[i]
    for k in range(len(wiring.low)):
        current.low[k] = wiring.low[k]
        current.high[k] = wiring.high[k]
        current.centre[k] = wiring.centre[k]
        current.half[k] = wiring.half[k]
