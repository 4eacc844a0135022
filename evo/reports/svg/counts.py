"""Charts of how values are spread: bars, dots, and a grid of cells."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evo.reports.svg.elements import tooltip
from evo.reports.svg.frame import LEFT, Frame, Points, empty
from evo.reports.svg.palette import BLUE
from evo.reports.svg.scale import drawable, label, room

MOST_DOTS = 3_000
MOST_CELLS = 120
"""Cells of a heat map along each axis."""


def histogram(
    title: str, values: Sequence[float], *, x_name: str, y_name: str, bins: int = 24
) -> str:
    """How often which value occurs; numbers that are not finite are left out.

    Args:
        title: heading.
        values: the numbers.
        x_name: label of the axis.
        y_name: label of the axis.
        bins: number of bars over the range of the values.
    """
    values = [drawable(value) for value in values if math.isfinite(drawable(value))]
    if not values:
        return empty(title)
    low, high = room(values, 0 if min(values) < max(values) else 1)
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int((value - low) / (high - low) * bins))] += 1
    frame = Frame(title, x_name, y_name)
    across, up = frame.across(low, high), frame.up(0, max(counts), whole=True)
    body, width = [], (frame.end - LEFT) / bins
    for number, count in enumerate(counts):
        if count:
            bar = f"M{LEFT + number * width + 1:.1f} {frame.floor:g}V{up(count):.1f}"
            bar += f"h{width - 2:.1f}V{frame.floor:g}Z"
            body.append(
                f'<path fill="{BLUE}" fill-opacity="0.85" d="{bar}">{tooltip(str(count))}</path>'
            )
    return frame.picture(across, up, body)


def scatter(title: str, points: Points, *, x_name: str, y_name: str) -> str:
    """A dot for each point; those that are not finite are left out.

    Of more than `MOST_DOTS` points, so many are drawn, evenly chosen along the first axis.

    Args:
        title: heading.
        points: (x, y) of each.
        x_name: label of the axis.
        y_name: label of the axis.
    """
    kept = [(drawable(x), drawable(y)) for x, y in points]
    kept = [(x, y) for x, y in kept if math.isfinite(x) and math.isfinite(y)]
    if not kept:
        return empty(title)
    shown = sorted(kept)
    if len(shown) > MOST_DOTS:
        chosen = [i * (len(shown) - 1) // (MOST_DOTS - 1) for i in range(MOST_DOTS)]
        shown = [shown[i] for i in chosen]
        title = f"{title}, {MOST_DOTS} of them drawn"
    frame = Frame(title, x_name, y_name)
    across = frame.across(*room([x for x, _ in kept], 0.05))
    up = frame.up(*room([y for _, y in kept], 0.05))
    body = [
        f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3.5" fill="{BLUE}" '
        f'fill-opacity="0.7">{tooltip(f"{x:.6g}, {y:.6g}")}</circle>'
        for x, y in shown
    ]
    return frame.picture(across, up, body)


@dataclass(frozen=True)
class Axis:
    """One side of a heat map: its name, its range, and how many cells it is cut into."""

    name: str
    lower: float
    upper: float
    cells: int


def heatmap(title: str, values: Mapping[tuple[int, int], float], x: Axis, y: Axis) -> str:
    """A rectangle for each cell that has a value, the stronger the larger that is.

    On a finer grid than `MOST_CELLS`, neighbouring cells are drawn as one, with the largest value.

    Args:
        title: heading.
        values: (column, row) → value, rows counted from the lower end.
        x: the axis of the columns.
        y: the axis of the rows.
    """
    kept = {cell: value for cell, value in values.items() if math.isfinite(drawable(value))}
    if not kept:
        return empty(title)
    merged = math.ceil(max(x.cells, y.cells) / MOST_CELLS)
    if merged > 1:
        coarse: dict[tuple[int, int], float] = {}
        for (column, row), value in kept.items():
            cell = column // merged, row // merged
            coarse[cell] = max(value, coarse.get(cell, value))
        kept = coarse
    low, high = min(kept.values()), max(kept.values())
    title = f"{title}, {label(low)} (pale) to {label(high)}"
    if merged > 1:
        title += f"; {merged} × {merged} cells drawn as one"
    frame = Frame(title, x.name, y.name)
    across, up = frame.across(x.lower, x.upper), frame.up(y.lower, y.upper)
    wide = (frame.end - LEFT) * merged / x.cells
    tall = (frame.floor - frame.top) * merged / y.cells
    body = []
    for (column, row), value in kept.items():
        left, roof = LEFT + column * wide, max(frame.top, frame.floor - (row + 1) * tall)
        width = min(wide, frame.end - left)
        strength = 0.15 + 0.85 * ((value - low) / (high - low) if high > low else 1.0)
        body.append(
            f'<rect x="{left:.2f}" y="{roof:.2f}" width="{width:.2f}" '
            f'height="{frame.floor - row * tall - roof:.2f}" fill="{BLUE}" '
            f'fill-opacity="{strength:.3f}">{tooltip(f"{value:.6g}")}</rect>'
        )
    return frame.picture(across, up, body)
