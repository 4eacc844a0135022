"""Reading what a `state_dict` holds.

A checkpoint may be of another training, or cut, so every part is checked before it is used.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from evo.errors import UsageError

HINT = "a state belongs to the same rule, network, data and settings that it was taken of"


def mismatch(message: str) -> UsageError:
    """The error for a state that is none of this training."""
    return UsageError(f"the state is of another training, or damaged: {message}", HINT)


def section(state: Any, name: str, keys: Collection[str] | None = None) -> Mapping[str, Any]:
    """The mapping `state[name]`.

    Args:
        state: a mapping, or else it is refused.
        name: of the part of it.
        keys: that the mapping has, in any order and no others; None for any.

    Raises:
        UsageError: there is no such mapping, or it has other keys.
    """
    value = entry(state, name)
    if not isinstance(value, Mapping):
        raise mismatch(f"{name} is {_kind(value)}, not a table")
    if keys is not None and set(value) != set(keys):
        raise mismatch(f"{name} holds {_names(value)}, not {_names(keys)}")
    return value


def entry(state: Any, name: str) -> Any:
    """`state[name]`.

    Raises:
        UsageError: `state` is no mapping, or does not have it.
    """
    if not isinstance(state, Mapping):
        raise mismatch(f"{name} should be in a table, and is in {_kind(state)}")
    if name not in state:
        raise mismatch(f"{name} is missing")
    return state[name]


def number(state: Any, name: str) -> float:
    """The number `state[name]`.

    Raises:
        UsageError: it is none.
    """
    value = entry(state, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mismatch(f"{name} is {_kind(value)}, not a number")
    return value


def count(state: Any, name: str) -> int:
    """The whole number `state[name]`, 0 or more.

    Raises:
        UsageError: it is none.
    """
    value = number(state, name)
    if not isinstance(value, int) or value < 0:
        raise mismatch(f"{name} is {value}, not a count")
    return value


def array(state: Any, name: str, like: Tensor) -> np.ndarray:
    """The array `state[name]`.

    Args:
        state: of many parts by name.
        name: of this one.
        like: a tensor of the shape and type that it has to have.

    Raises:
        UsageError: it is no such array.
    """
    value = entry(state, name)
    if not isinstance(value, np.ndarray):
        raise mismatch(f"{name} is {_kind(value)}, not an array")
    own = f"{str(like.dtype).removeprefix('torch.')} {tuple(like.shape)}"
    if f"{value.dtype} {value.shape}" != own:
        raise mismatch(f"{name} is {own}, in the state {value.dtype} {value.shape}")
    return value


def fill(state: Any, name: str, tensor: Tensor) -> None:
    """Copy the array `state[name]` into a tensor.

    Args:
        state: of many parts by name.
        name: of this one.
        tensor: stays where it is.

    Raises:
        UsageError: it is no array of that shape and type.
    """
    tensor.detach().copy_(torch.tensor(array(state, name, tensor)))


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _names(names: Collection[str]) -> str:
    return ", ".join(sorted(map(str, names))) or "nothing"
