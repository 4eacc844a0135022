"""Gymnasium's spaces as numbers: what a network gets to see, and what its outputs do."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
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

    Attributes:
        size: how many inputs.
        scale, shift: `(size,)`.
        shape: of one observation; () for a choice.
        start: the first of the choices of a Discrete space; None for numbers.
    """

    size: int
    scale: Floats
    shift: Floats
    shape: tuple[int, ...]
    start: int | None = None

    def numbers(self, seen: Any) -> Floats:
        """`(size,)` numbers of an observation: those of a Box in a row, a choice one-hot.

        Raises `ValueError` for what is no such observation.
        """
        if self.start is None:
            # A reshape refuses what has fewer numbers than the space promised, which a kernel would
            # read beyond.
            return np.array(seen, np.float64).reshape(self.size)
        numbers = np.zeros(self.size)
        # unlike a subtraction, `index` refuses what is not a choice
        numbers[range(self.start, self.start + self.size).index(int(seen))] = 1.0
        return numbers


@dataclass(frozen=True, eq=False)
class Acts:
    """How the outputs of a network become an action.

    A `discrete` action is the place of the largest of `size` outputs (the first of equals), counted
    from `start`. Outputs for any other action are clipped to between `low` and `high` and act as
    ``centre + half * output``.

    Attributes:
        size: how many outputs.
        discrete, start: whether an action is a choice, and the first of the choices.
        low, high, centre, half: `(size,)`; empty for a choice.
        shape, dtype: of an action that is an array.
    """

    size: int
    discrete: bool
    start: int
    low: Floats
    high: Floats
    centre: Floats
    half: Floats
    shape: tuple[int, ...] = ()
    dtype: str = "int64"

    def action(self, numbers: Floats) -> Any:
        """What the environment takes, made of the numbers that the outputs stand for."""
        if self.discrete:
            return int(numbers[0])
        kind = np.dtype(self.dtype)
        whole = np.issubdtype(kind, np.integer)
        return (np.rint(numbers) if whole else numbers).astype(kind).reshape(self.shape)


def as_plain(senses: Senses, acts: Acts) -> dict[str, Any]:
    """How a network is connected to a task, as plain data; an infinite bound is None."""
    seen, done = asdict(senses), asdict(acts)
    for name in ("scale", "shift"):
        seen[name] = seen[name].tolist()
    for name in ("low", "high", "centre", "half"):
        done[name] = [value if np.isfinite(value) else None for value in done[name].tolist()]
    return {"senses": seen, "acts": done}


def from_plain(plain: Mapping[str, Any]) -> tuple[Senses, Acts]:
    """Inverse of `as_plain`. Raises `ValueError` if the numbers do not fit together."""
    seen, done = dict(plain["senses"]), dict(plain["acts"])
    missing = {"low": -np.inf, "high": np.inf, "centre": np.nan, "half": np.nan}
    for name in ("scale", "shift"):
        seen[name] = np.array(seen[name], np.float64)
    for name, instead in missing.items():
        values = [instead if value is None else value for value in done[name]]
        done[name] = np.array(values, np.float64)
    seen["shape"], done["shape"] = tuple(seen["shape"]), tuple(done["shape"])
    senses, acts = Senses(**seen), Acts(**done)
    width = 0 if acts.discrete else acts.size
    if any(len(each) != senses.size for each in (senses.scale, senses.shift)):
        raise ValueError(f"scale and shift are not those of {senses.size} inputs")
    if any(len(done[name]) != width for name in missing) or acts.size < 1:
        raise ValueError(f"the bounds of actions are not those of {acts.size} outputs")
    if senses.start is None and math.prod(senses.shape) != senses.size:
        raise ValueError(f"observations of shape {senses.shape} are not {senses.size} numbers")
    if not acts.discrete and math.prod(acts.shape) != acts.size:
        raise ValueError(f"actions of shape {acts.shape} are not {acts.size} numbers")
    if np.dtype(acts.dtype).kind not in "iufb":
        raise ValueError(f"actions of type {acts.dtype} are no numbers")
    return senses, acts


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
        return Senses(size, np.ones(size), np.zeros(size), (), int(space.start))
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
    return Senses(low.size, scale, shift, space.shape)


def acts(space: spaces.Space[Any], id: str) -> Acts:
    """The outputs that an action space asks for.

    There is one for each choice of a Discrete space, or for each component of a Box.

    An output between -1 and 1 spans the bounds of its component; without two finite bounds it is
    the action itself. Raises `UsageError` for any other space.
    """
    if isinstance(space, spaces.Discrete):
        unused = np.zeros(0)
        return Acts(int(space.n), True, int(space.start), unused, unused, unused, unused)
    if not isinstance(space, spaces.Box):
        raise _refuse("action", space, id)
    low, high = space.low.astype(np.float64).ravel(), space.high.astype(np.float64).ravel()
    with np.errstate(invalid="ignore"):
        bounded = high - low < WIDEST
        centre, half = (
            np.where(bounded, (low + high) / 2.0, 0.0),
            np.where(bounded, (high - low) / 2.0, 1.0),
        )
    return Acts(
        low.size,
        False,
        0,
        np.where(bounded, -1.0, low),
        np.where(bounded, 1.0, high),
        centre,
        half,
        space.shape,
        str(np.dtype(space.dtype)),
    )
