"""What a champion is as a thing of its own: a vector, an order, a formula, a network."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from evo.networks.describe import from_columns, from_description
from evo.reports.numbers import number

MOST_NUMBERS = 10_000
"""Numbers in a solution up to which summary.json lists them."""


def solution(description: Mapping[str, Any] | None) -> Any:
    """The solution that a description in champion.json stands for.

    Returns:
        A vector as an array, a tour as the array of its stops, a program as its expression, a
        network as `Networks` of one, parts as a dict; of any other kind the description itself.

    Raises:
        ValueError: the description is not of its kind.
    """
    if description is None:
        return None
    kind = description.get("kind")
    try:
        if kind == "vector":
            return np.array(description["values"])
        if kind == "tour":
            return np.array(description["order"])
        if kind == "program":
            return str(description["expression"])
        if kind == "large-network":
            columns, inputs = description["columns"], int(description["inputs"])
            return from_columns(inputs, bool(description["recurrent"]), columns)
        if kind == "parts":
            return {name: solution(part) for name, part in description["parts"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind}: {type(error).__name__}: {error}") from None
    return from_description(description) if kind == "network" else dict(description)


def plain(description: Mapping[str, Any] | None) -> Any:
    """The solution as JSON knows it, for summary.json; None for a network, and for a large one."""
    kind = description and description.get("kind")
    if description is None or kind not in ("vector", "tour", "program"):
        return None
    if kind == "program":
        return str(description["expression"])
    values = list(description["values" if kind == "vector" else "order"])
    names = description.get("names")
    if len(values) > MOST_NUMBERS:
        return None
    labels = {int(place): label for place, label in (description.get("labels") or {}).items()}
    values = [labels.get(place, value) for place, value in enumerate(values)]
    return dict(zip(names, values, strict=True)) if names else values


def in_words(value: Any, width: int) -> str:
    """A solution of summary.json on one line of at most `width` characters."""
    if isinstance(value, str):
        parts, brackets = [value], ""
    elif isinstance(value, Mapping):
        parts, brackets = [f"{name} {_number(item)}" for name, item in value.items()], "  "
    else:
        parts, brackets = [_number(item) for item in value], "[]"
    text = ", ".join(parts)
    room = width - len(brackets)
    if len(text) > room:
        text = text[: max(0, room - 2)].rsplit(", " if len(parts) > 1 else " ", 1)[0] + " …"
    return f"{brackets[:1]}{text}{brackets[1:]}".strip()


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return str(value) if isinstance(value, str | int) else number(value)
