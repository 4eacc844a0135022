"""From the lines of a run to the points of a curve."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Lines = Sequence[Mapping[str, Any]]
Points = list[tuple[float, float]]


def course(metrics: Lines, counter: str, key: str, score: str | None = None) -> Points:
    """One figure by step.

    Args:
        metrics: the lines.
        counter: the key of what is counted: "generation", "evaluations", "epoch".
        key: the key of the figure.
        score: which of the figures under that key, where it has several by name.

    Returns:
        (count, figure) for each line that has the count; NaN where a line lacks the figure.
    """
    points = []
    for line in metrics:
        count, value = as_number(line.get(counter)), line.get(key)
        if score is not None:
            value = value.get(score) if isinstance(value, Mapping) else None
        if math.isfinite(count):
            points.append((count, as_number(value)))
    return points


def as_number(value: Any) -> float:
    """`value` where it is a number, NaN elsewhere."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value)


def level(target: float | None) -> tuple[str, float] | None:
    """The height of a target in a chart, with its label."""
    return None if target is None else (f"target {target:g}", float(target))
