"""Gymnasium's spaces as numbers: what a network gets to see, and what its outputs do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from evo.errors import UsageError

Floats = NDArray[np.float64]

WIDEST = 1e9
"""Bounds further apart than this are the width of a number type and not of a task."""


@dataclass(frozen=True, eq=False)
class Senses:
    """How an observation becomes the inputs of a network.

    `numbers` makes `size` numbers of it; these, times `scale` and plus `shift`, are the inputs.
    """

    size: int
    scale: Floats
    shift: Floats
    numbers: Callable[[Any], Floats]


@dataclass(frozen=True, eq=False)
class Acts:
    """How the outputs of a network become an action.

    A `discrete` action is the place of the largest of `size` outputs (the first of equals), counted
    from `start`. Outputs for any other action are clipped to between `low` and `high` and act as
    ``centre + half * output``. `action` makes of these numbers what the environment takes.
    """

    size: int
    discrete: bool
    start: int
    low: Floats
    high: Floats
    centre: Floats
    half: Floats
    action: Callable[[Floats], Any]


def _refuse(role: str, space: spaces.Space[Any], id: str) -> UsageError:
    return UsageError(
        f"{id}: networks cannot be put on its {role} space, {space}",
        "only Box and Discrete spaces can; gymnasium.wrappers may turn this one into a Box "
        "(FlattenObservation …)",
    )


def senses(space: spaces.Space[Any], id: str, scaling: Literal["bounds", "none"]) -> Senses:
    """The inputs that an observation space asks for: a Box flattened, a Discrete one-hot.

    Args:
        space: the environment's observations.
        id: the environment, for the words of an error.
        scaling: "bounds" maps components of a Box with finite bounds to between -1 and 1.

    Raises:
        UsageError: `space` is neither a Box nor Discrete.
    """
    if isinstance(space, spaces.Discrete):
        size = int(space.n)
        choices = range(int(space.start), int(space.start) + size)

        def one_hot(seen: Any) -> Floats:
            numbers = np.zeros(size)
            # unlike a subtraction, `index` refuses what is not a choice
            numbers[choices.index(int(seen))] = 1.0
            return numbers

        return Senses(size, np.ones(size), np.zeros(size), one_hot)
    if not isinstance(space, spaces.Box):
        raise _refuse("observation", space, id)
    low, high = space.low.astype(np.float64).ravel(), space.high.astype(np.float64).ravel()
    scale, shift = np.ones(low.size), np.zeros(low.size)
    if scaling == "bounds":
        with np.errstate(invalid="ignore"):
            width, middle = high - low, (high + low) / 2.0
        bounded = (width > 0) & (width < WIDEST)
        scale[bounded] = 2.0 / width[bounded]
        shift[bounded] = -2.0 * middle[bounded] / width[bounded]
    # A reshape refuses what has fewer numbers than the space promised, which a kernel would read
    # beyond.
    return Senses(low.size, scale, shift, lambda seen: np.array(seen, np.float64).reshape(low.size))


def acts(space: spaces.Space[Any], id: str) -> Acts:
    """The outputs that an action space asks for.

    There is one for each choice of a Discrete space, or for each component of a Box.

    An output between -1 and 1 spans the bounds of its component; without two finite bounds it is
    the action itself. Raises `UsageError` for any other space.
    """
    if isinstance(space, spaces.Discrete):
        unused = np.zeros(0)
        return Acts(
            int(space.n),
            True,
            int(space.start),
            unused,
            unused,
            unused,
            unused,
            lambda numbers: int(numbers[0]),
        )
    if not isinstance(space, spaces.Box):
        raise _refuse("action", space, id)
    low, high = space.low.astype(np.float64).ravel(), space.high.astype(np.float64).ravel()
    with np.errstate(invalid="ignore"):
        bounded = high - low < WIDEST
        centre, half = (
            np.where(bounded, (low + high) / 2.0, 0.0),
            np.where(bounded, (high - low) / 2.0, 1.0),
        )
    whole = np.issubdtype(space.dtype, np.integer)

    def action(numbers: Floats) -> Any:
        return (np.rint(numbers) if whole else numbers).astype(space.dtype).reshape(space.shape)

    return Acts(
        low.size,
        False,
        0,
        np.where(bounded, -1.0, low),
        np.where(bounded, 1.0, high),
        centre,
        half,
        action,
    )
