"""A vector as a picture, a bar for each number, and as a table of names and values."""

from collections.abc import Mapping, Sequence
from typing import Any

from evo.reports.numbers import counted
from evo.reports.svg.elements import (
    document,
    line,
    shortened,
    text,
    tooltip,
    width_of,
)
from evo.reports.svg.palette import BLUE, GRID, ORANGE, SOFT
from evo.reports.svg.scale import Scale, drawable, label
from evo.reports.table import MOST_ROWS, Table

WIDTH, HEIGHT, MARGIN, LEFT = 760.0, 220.0, 40.0, 70.0
MOST_BARS = 300
"""Of more numbers, several that follow one another share a bar, from their least to their largest.
"""


def draw(description: Mapping[str, Any]) -> str:
    """The numbers of a vector from left to right. Raises `ValueError` if there is none."""
    values = [drawable(float(value)) for value in description["values"]]
    finite = [value for value in values if value == value]
    if not finite:
        raise ValueError(f"{len(values)} numbers, none of which can be drawn")
    names = named(description, len(values))
    low, high = min(0.0, *finite), max(0.0, *finite)
    up = Scale(low, high if high > low else 1.0, HEIGHT - MARGIN, MARGIN + 10)
    share = -(-len(values) // MOST_BARS)
    wide = (WIDTH - LEFT - 20) / -(-len(values) // share)
    numbers = counted(len(finite), "number")
    title = f"{numbers} from {label(min(finite))} to {label(max(finite))}"
    if share > 1:
        title += f"; a bar spans {share} numbers"
    body = [text(LEFT, 24, title, bold=True)]
    for tick in up.ticks(4):
        body.append(line(f"M{LEFT:g} {up(tick):.1f}H{WIDTH - 20:g}", GRID))
        body.append(text(LEFT - 8, up(tick) + 4, label(tick), fill=SOFT, anchor="end"))
    for bar, first in enumerate(range(0, len(values), share)):
        group = [value for value in values[first : first + share] if value == value]
        if group:
            ends = (0.0, group[0]) if share == 1 else (min(group), max(group))
            y, floor = up(max(ends)), up(min(ends))
            said = f"{names[first]}: {ends[1]:.6g}"
            if share > 1:
                last = names[min(first + share, len(names)) - 1]
                said = f"{names[first]} … {last}: {ends[0]:.6g} to {ends[1]:.6g}"
            body.append(
                f'<rect x="{LEFT + bar * wide:.2f}" y="{y:.2f}" width="{0.8 * wide:.2f}" '
                f'height="{max(floor - y, 0.5):.2f}" fill="{BLUE if ends[1] >= 0 else ORANGE}">'
                f"{tooltip(said)}</rect>"
            )
    short = [shortened(name, 14) for name in names]
    if share == 1 and max(width_of(name, 11) for name in short) + 4 < wide:
        body += [
            text(LEFT + (bar + 0.4) * wide, HEIGHT - 14, name, fill=SOFT, size=11, anchor="middle")
            for bar, name in enumerate(short)
        ]
    return document(WIDTH, HEIGHT, title, body)


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The name and the value of each number; bits and other whole numbers in a row.

    The description may have "labels", by place, for numbers that stand for a choice; and a
    "formula" that the numbers are the coefficients of.
    """
    values = description["values"]
    if "names" not in description and all(isinstance(value, bool | int) for value in values):
        digits = "" if all(value in (0, 1) for value in values) else " "
        words = digits.join(str(int(value)) for value in values[: 60 * MOST_ROWS])
        lines = [[words[i : i + 60]] for i in range(0, len(words), 60)]
        return [Table(counted(len(values), "value"), (), lines, prose=True)]
    labels = description.get("labels") or {}
    rows = [
        [name, str(labels.get(str(place), _exact(value)))]
        for place, (name, value) in enumerate(
            zip(named(description, len(values))[:MOST_ROWS], values, strict=False)
        )
    ]
    table = Table(counted(len(values), "value"), ("variable", "value"), rows, len(values))
    if "formula" not in description:
        return [table]
    return [Table("As a formula", (), [[str(description["formula"])]], prose=True), table]


def named(description: Mapping[str, Any], count: int) -> list[str]:
    """The names of the numbers, x1, x2 … where the description has none."""
    given = description.get("names")
    if isinstance(given, list) and len(given) == count:
        return [str(name) for name in given]
    return [f"x{number}" for number in range(1, count + 1)]


def _exact(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
