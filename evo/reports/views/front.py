"""A front as a picture: two scores as points, more as lines over one axis for each."""

from collections.abc import Mapping, Sequence
from typing import Any

from evo.reports.svg import chart, drawable, scatter
from evo.reports.table import MOST_ROWS, Table

MOST_LINES = 100


def draw(description: Mapping[str, Any]) -> str:
    """The members of a front by their figures. Raises `ValueError` if they do not fit together."""
    names, points = _read(description)
    title = f"Front of {len(points)}"
    if len(names) == 2:
        return scatter(title, [(x, y) for x, y in points], x_name=names[0], y_name=names[1])
    lows = [min(column) for column in zip(*points, strict=True)]
    spans = [
        max(column) - low or 1.0
        for column, low in zip(zip(*points, strict=True), lows, strict=True)
    ]
    lines = {
        f"{number}": [
            (float(axis), (figure - lows[axis]) / spans[axis]) for axis, figure in enumerate(point)
        ]
        for number, point in enumerate(points[:MOST_LINES], 1)
    }
    if len(points) > MOST_LINES:
        title = f"{title}, the first {MOST_LINES} of them drawn"
    axes = ", ".join(f"{number} {name}" for number, name in enumerate(names))
    return chart(title, lines, x_name=axes, y_name="from least to most")


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The figures of each member, by the first score."""
    names, points = _read(description)
    rows = [[f"{figure:.6g}" for figure in point] for point in sorted(points)[:MOST_ROWS]]
    return [Table(f"{len(points)} members, by {names[0]}", names, rows, len(points))]


def _read(description: Mapping[str, Any]) -> tuple[list[str], list[list[float]]]:
    """The names of the scores, and the figures of each member."""
    names = [str(name) for name in description["scores"]]
    points = [[drawable(float(figure)) for figure in point] for point in description["points"]]
    if any(len(point) != len(names) for point in points):
        raise ValueError("a point has another number of figures than there are scores")
    return names, points
