"""An archive as a picture: the figure of each cell over two descriptors."""

from collections.abc import Mapping, Sequence
from typing import Any

from evo.reports.numbers import grouped
from evo.reports.svg import Axis, drawable, heatmap
from evo.reports.table import MOST_ROWS, Table


def draw(description: Mapping[str, Any]) -> str:
    """The cells over the first two descriptors; of several in one place, the largest figure.

    Raises:
        ValueError: a cell lies outside the grid, or the lists differ in length.
    """
    axes, cells = _read(description)
    drawn = axes[:2] if len(axes) > 1 else [*axes, Axis("", 0.0, 1.0, 1)]
    values: dict[tuple[int, int], float] = {}
    for places, value in cells:
        place = places[0], places[1] if len(places) > 1 else 0
        values[place] = max(value, values.get(place, value))
    title = f"{grouped(len(cells))} elites: {description['score']}"
    if len(axes) > 2:
        title += f" over the first two of {len(axes)} descriptors"
    return heatmap(title, values, *drawn)


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The middle of each cell that has an elite, and its figure, along the first descriptor."""
    axes, cells = _read(description)
    rows = [
        [
            *(
                f"{axis.lower + (place + 0.5) * (axis.upper - axis.lower) / axis.cells:.4g}"
                for axis, place in zip(axes, places, strict=True)
            ),
            f"{value:.6g}",
        ]
        for places, value in sorted(cells)[:MOST_ROWS]
    ]
    headings = [*(axis.name for axis in axes), str(description["score"])]
    title = f"{grouped(len(cells))} elites, each at the middle of its cell"
    return [Table(title, headings, rows, len(cells))]


def _read(description: Mapping[str, Any]) -> tuple[list[Axis], list[tuple[list[int], float]]]:
    """The axes of the grid, and where in it which figure stands."""
    resolution = int(description["resolution"])
    if not 2 <= resolution <= 10_000:
        raise ValueError(f"a grid of {resolution} cells a side cannot be drawn")
    axes = [
        Axis(str(each["name"]), float(each["lower"]), float(each["upper"]), resolution)
        for each in description["descriptors"]
    ]
    cells = []
    for cell, figure in zip(description["cells"], description["figures"], strict=True):
        places = [int(cell)]
        for _ in range(len(axes) - 1):
            places[:1] = list(divmod(places[0], resolution))
        if not all(0 <= place < resolution for place in places):
            raise ValueError(f"the cell {cell} is not in the grid")
        cells.append((places, drawable(float(figure))))
    return axes, cells
