"""States as plain data: frozen dataclasses of arrays, numbers and genomes as nested dicts.

What a search remembers is such a dataclass. Its fields say what a state has to hold, so a state
that somebody has edited is refused here and not where it is used.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

T = TypeVar("T")


def encode(value: Any) -> Any:
    """`value` as nested dicts, lists, arrays, numbers, text and None.

    Raises:
        TypeError: something in it is neither of these nor a dataclass or genomes.
    """
    if hasattr(value, "to_arrays"):
        return value.to_arrays()
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: encode(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float | str | np.ndarray):
        return value
    raise TypeError(f"{type(value).__name__} cannot be part of a state")


def decode(kind: type[T], state: Any) -> T:
    """The dataclass `kind` from what `encode` made of one.

    Raises:
        ValueError: `state` is not such a state; the words say which field is wrong.
    """
    if not isinstance(state, Mapping):
        raise ValueError(f"{kind.__name__} is a {type(state).__name__}, not a dict of its fields")
    hints, values = get_type_hints(kind), {}
    for part in fields(kind):  # pyright: ignore[reportArgumentType]
        if part.name in state:
            values[part.name] = _value(hints[part.name], state[part.name], part.name)
        elif part.default is MISSING and part.default_factory is MISSING:
            raise ValueError(f"{kind.__name__} lacks {part.name}")
    return kind(**values)


def _value(kind: Any, state: Any, name: str) -> Any:
    options = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    if state is None and NoneType in options:
        return None
    kind = next(option for option in options if option is not NoneType)
    if hasattr(kind, "from_arrays"):
        if not isinstance(state, Mapping):
            raise ValueError(f"{name} is a {type(state).__name__}, not arrays by name")
        return kind.from_arrays(state)
    if is_dataclass(kind):
        return decode(kind, state)  # pyright: ignore[reportArgumentType]
    if get_origin(kind) is np.ndarray:
        return _array(kind, state, name)
    if kind is float and isinstance(state, int | float) and not isinstance(state, bool):
        return float(state)
    if kind in (int, bool, str) and type(state) is kind:
        return state
    if kind is Any:
        return state
    raise ValueError(f"{name} = {state!r:.60} is no {getattr(kind, '__name__', kind)}")


def _array(kind: Any, state: Any, name: str) -> Any:
    """An array of the type that ``NDArray[...]`` says."""
    wanted = np.dtype(get_args(get_args(kind)[1])[0])
    if not isinstance(state, np.ndarray) or state.dtype.kind != wanted.kind:
        raise ValueError(f"{name} is not an array of {wanted}")
    return np.asarray(state, wanted)
