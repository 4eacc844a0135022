"""An archive as a picture: the figure of each cell over two descriptors."""

from collections.abc import Mapping
from typing import Any

from evo.reports.svg import Axis, drawable, heatmap


def draw(description: Mapping[str, Any]) -> str:
    """The cells over the first two descriptors; of several in one place, the largest figure.

    Raises:
        ValueError: a cell lies outside the grid, or the lists differ in length.
    """
    descriptors, resolution = description["descriptors"], int(description["resolution"])
    if not 2 <= resolution <= 10_000:
        raise ValueError(f"a grid of {resolution} cells a side cannot be drawn")
    axes = [
        Axis(str(each["name"]), float(each["lower"]), float(each["upper"]), resolution)
        for each in descriptors
    ]
    if len(axes) == 1:
        axes.append(Axis("", 0.0, 1.0, 1))
    values: dict[tuple[int, int], float] = {}
    for cell, figure in zip(description["cells"], description["figures"], strict=True):
        places = [int(cell)]
        for _ in range(len(descriptors) - 1):
            places[:1] = list(divmod(places[0], resolution))
        if not all(0 <= place < resolution for place in places):
            raise ValueError(f"the cell {cell} is not in the grid")
        place = places[0], places[1] if len(places) > 1 else 0
        value = drawable(float(figure))
        values[place] = max(value, values.get(place, value))
    title = f"{len(description['cells'])} elites: {description['score']}"
    return heatmap(title, values, axes[0], axes[1])
