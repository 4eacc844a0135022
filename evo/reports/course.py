"""From the lines of a run to the points of a curve."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Lines = Sequence[Mapping[str, Any]]
Points = list[tuple[float, float]]


def course(metrics: Lines, counter: str, key: str) -> Points:
    """One figure by step.

    Args:
        metrics: the lines.
        counter: the key of the step, "generation" or "epoch".
        key: the key of the figure.

    Returns:
        (step, figure) for each line; NaN where a line lacks it.
    """
    return [(line[counter], as_number(line.get(key))) for line in metrics]


def as_number(value: Any) -> float:
    """`value` where it is a number, NaN elsewhere."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value)


def level(target: float | None) -> tuple[str, float] | None:
    """The height of a target in a chart, with its label."""
    return None if target is None else (f"target {target:g}", float(target))
