"""The variables of a vector as a user describes them: bounds, whole numbers, labels, names.

Each function returns what it was given in plain, hashable form, or raises `UsageError` in words.
"""

import math
import operator
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from evo.errors import UsageError

Bound = float | tuple[float, ...]
"""One number for all variables, or one for each."""
LARGEST_WHOLE = 2.0**53
"""Beyond it a float cannot hold every whole number."""
HOW = "Reals(4), Reals(4, -1, 1), or Reals([0, 0], [1, 5]) with bounds for each variable"


def is_several(value: Any) -> bool:
    """Whether `value` is a sequence of bounds rather than one bound."""
    return isinstance(value, np.ndarray | Sequence) and np.ndim(value) > 0


def count(value: Any) -> int:
    """A number of variables."""
    try:
        number = -1 if isinstance(value, bool | np.bool_) else operator.index(value)
    except TypeError:
        number = -1
    if number < 1:
        raise UsageError(
            f"Reals({value!r}): the number of variables has to be a whole number from 1 on", HOW
        )
    return number


def bound(value: Any, name: str) -> Bound:
    """A bound of all variables, or bounds of each; `name` is "lower" or "upper"."""
    try:
        if isinstance(value, str) or np.asarray(value).dtype.kind not in "iuf":
            raise TypeError
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"{name} = {value!r}: bounds have to be numbers", HOW) from None
    if array.ndim > 1 or array.size == 0:
        raise UsageError(
            f"{name} has the shape {array.shape}: it has to be one number, or one per variable", HOW
        )
    if not np.isfinite(array).all():
        raise UsageError(
            f"{name} = {value!r}: bounds have to be finite, for a search starts between them",
            "bounded=False lets it leave them",
        )
    return float(array) if array.ndim == 0 else tuple(array.tolist())


def agreed(dimensions: int | None, bounds: Mapping[str, Bound], names: Sequence[str]) -> int:
    """How many variables there are, by all that says so.

    Args:
        dimensions: what the user says; None for what follows.
        bounds: by "lower" and "upper".
        names: of the variables; none for no names.
    """
    said = {name: len(each) for name, each in bounds.items() if isinstance(each, tuple)}
    said |= {"names": len(names)} if names else {}
    said |= {} if dimensions is None else {"dimensions": dimensions}
    if not said:
        raise UsageError("Reals() does not say how many variables there are", HOW)
    if len(set(said.values())) > 1:
        told = ", ".join(
            f"{name} has {n}" if name != "dimensions" else f"dimensions is {n}"
            for name, n in said.items()
        )
        raise UsageError(f"the number of variables is not clear: {told}", "one for each variable")
    return next(iter(said.values()))


def titles(names: Any) -> tuple[str, ...]:
    """Names of variables, each once."""
    given = tuple(names) if isinstance(names, Sequence) and not isinstance(names, str) else (names,)
    wrong = [each for each in given if not isinstance(each, str) or not each]
    if wrong:
        raise UsageError(
            f"names has {wrong[0]!r}: a name has to be text", 'names=["mass", "length"]'
        )
    twice = [each for each in given if given.count(each) > 1]
    if twice:
        raise UsageError(f"names has {twice[0]!r} twice", "give each variable a name of its own")
    return given


def place(which: Any, names: Sequence[str], dimensions: int, argument: str) -> int:
    """The index of a variable that is given by its index or its name.

    Args:
        which: what the user gave.
        names: of the variables; none for no names.
        dimensions: how many variables there are.
        argument: "integers" or "categories", for messages.
    """
    if isinstance(which, str):
        if which in names:
            return list(names).index(which)
        raise UsageError(
            f"{argument} names the variable {which!r}, which there is not",
            f"names: {', '.join(names)}" if names else "give names=, or the indices of variables",
        )
    try:
        index = -1 if isinstance(which, bool | np.bool_) else operator.index(which)
    except TypeError:
        index = -1
    if not 0 <= index < dimensions:
        raise UsageError(
            f"{argument} has {which!r}: it takes indices of variables, whole numbers from 0 to "
            f"{dimensions - 1}",
            "integers=[2] makes the third variable a whole number, integers=True all of them",
        )
    return index


def wholes(integers: Any, names: Sequence[str], dimensions: int) -> tuple[int, ...]:
    """The ascending indices of the variables that are whole numbers."""
    if isinstance(integers, bool):
        return tuple(range(dimensions)) if integers else ()
    if isinstance(integers, str) or not isinstance(integers, Iterable):
        integers = (integers,)
    return tuple(sorted({place(each, names, dimensions, "integers") for each in integers}))


def labelled(
    categories: Any, names: Sequence[str], dimensions: int
) -> tuple[tuple[int, tuple[Hashable, ...]], ...]:
    """Pairs of the index of a variable and its labels, by ascending index."""
    if not isinstance(categories, Mapping | tuple):
        raise UsageError(
            f"categories = {categories!r}: it takes labels by the index of a variable",
            'categories={3: ["relu", "tanh"]}',
        )
    pairs: dict[int, tuple[Hashable, ...]] = {}
    for which, labels in dict(categories).items():
        index = place(which, names, dimensions, "categories")
        if isinstance(labels, str) or not isinstance(labels, Iterable):
            raise UsageError(
                f"the labels of categories[{which!r}] are {labels!r}: they have to be a list",
                'categories={3: ["relu", "tanh"]}',
            )
        each = tuple(labels)
        if not all(isinstance(label, Hashable) for label in each):
            raise UsageError(
                f"categories[{which!r}] has labels that cannot be told apart by hash: {labels!r}",
                "take text or numbers, and look up in the function what they stand for",
            )
        if len(each) < 2 or any(each.count(label) > 1 for label in each):
            raise UsageError(
                f"categories[{which!r}] has the labels {list(each)!r}: there have to be two or "
                "more, all different",
                "leave out a variable that never varies",
            )
        pairs[index] = each
    return tuple(sorted(pairs.items(), key=lambda pair: pair[0]))


def limits(
    bounds: Mapping[str, Bound],
    dimensions: int,
    integers: Sequence[int],
    categories: Sequence[tuple[int, tuple[Hashable, ...]]],
) -> tuple[Bound, Bound]:
    """Lower and upper bounds that leave room for every variable.

    Bounds of whole numbers move inwards to whole numbers; those of a category are the first and
    the last place of its labels.
    """
    lower, upper = bounds["lower"], bounds["upper"]
    alike = not isinstance(lower, tuple) and not isinstance(upper, tuple) and not categories
    shape = 1 if alike and not integers else dimensions
    low, high = (np.broadcast_to(each, shape).tolist() for each in (lower, upper))
    for index in integers:
        if max(abs(low[index]), abs(high[index])) > LARGEST_WHOLE:
            raise UsageError(
                f"the bounds {low[index]:g} and {high[index]:g} of variable {index} are beyond "
                "2**53, where floats skip whole numbers",
                "divide the variable by something, and multiply in the function",
            )
        low[index], high[index] = float(math.ceil(low[index])), float(math.floor(high[index]))
    for index, labels in categories:
        low[index], high[index] = 0.0, len(labels) - 1.0
    for index, (least, most) in enumerate(zip(low, high, strict=True)):
        if not least < most or not math.isfinite(most - least):
            whole = " for a whole number" if index in integers else ""
            raise UsageError(
                f"variable {index} has the lower bound {least:g} and the upper bound {most:g}"
                f"{whole}: lower has to be below upper, by a finite width",
                "a number that never varies belongs into the function, not into Reals",
            )
    if alike and len(set(low)) == len(set(high)) == 1:
        return low[0], high[0]
    return tuple(low), tuple(high)
