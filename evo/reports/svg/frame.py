"""What all charts share: a heading, two axes, a legend, and how many points are drawn."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evo.reports.svg.elements import KEY_ROW, document, key, key_rows, line, text
from evo.reports.svg.palette import GRID, SOFT
from evo.reports.svg.scale import Scale, label

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 760.0, 380.0
SMALL_WIDTH, SMALL_HEIGHT = 460.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 78.0, 26.0, 44.0, 48.0
MOST_POINTS = 800
"""Points of one curve."""
ALL_POINTS = 24_000
"""Points of all curves of a picture together."""


@dataclass(frozen=True)
class Frame:
    """A chart without its contents.

    Attributes:
        title: heading.
        x_name, y_name: labels of the axes.
        legend: (words, colour, further attributes) of each entry.
        small: whether two of them stand beside each other on a page.
    """

    title: str
    x_name: str
    y_name: str
    legend: Sequence[tuple[str, str, str]] = field(default_factory=tuple)
    small: bool = False

    @property
    def end(self) -> float:
        """Where the right end of the horizontal axis is."""
        return (SMALL_WIDTH if self.small else WIDTH) - RIGHT

    @property
    def top(self) -> float:
        """Where the upper end of the vertical axis is."""
        return TOP + KEY_ROW * key_rows(self.legend, LEFT, self.end)

    @property
    def height(self) -> float:
        """Of the picture; the legend adds to it."""
        return (SMALL_HEIGHT if self.small else HEIGHT) + self.top - TOP

    @property
    def floor(self) -> float:
        """Where the lower end of the vertical axis is."""
        return self.height - BOTTOM

    def across(self, low: float, high: float, *, whole: bool = False) -> Scale:
        """The horizontal axis."""
        return Scale(low, high, LEFT, self.end, whole=whole)

    def up(
        self, low: float, high: float, *, logarithmic: bool = False, whole: bool = False
    ) -> Scale:
        """The vertical axis."""
        return Scale(low, high, self.floor, self.top, logarithmic, whole)

    def picture(self, across: Scale, up: Scale, body: Sequence[str], *, title: str = "") -> str:
        """The chart with `body` in it; `title` is another heading."""
        title = title or self.title
        head = [text(LEFT, 20, title, bold=True)]
        head += key(self.legend, LEFT, self.end, 44)
        for tick in up.ticks():
            y = up(tick)
            head.append(line(f"M{LEFT:g} {y:.1f}H{self.end:g}", GRID))
            head.append(text(LEFT - 8, y + 4, label(tick), fill=SOFT, anchor="end"))
        for tick in across.ticks():
            x = across(tick)
            head.append(line(f"M{x:.1f} {self.floor:g}v5"))
            head.append(text(x, self.floor + 19, label(tick), fill=SOFT, anchor="middle"))
        axes = line(f"M{LEFT:g} {self.top:g}V{self.floor:g}H{self.end:g}")
        middle, half = (LEFT + self.end) / 2, (self.top + self.floor) / 2
        head.append(text(middle, self.height - 10, self.x_name, anchor="middle"))
        head.append(text(18, half, self.y_name, anchor="middle", turned=True))
        return document(self.end + RIGHT, self.height, title, [*head, *body, axes])


def empty(title: str) -> str:
    """The picture where there is nothing to show."""
    return document(WIDTH, 60, title, [text(20, 36, f"{title}: nothing to show yet")])


def thinned(points: Points, most: int = MOST_POINTS) -> Points:
    """The same course with no more points than the picture has room for; first and last stay."""
    if len(points) <= most:
        return points
    stride = math.ceil(len(points) / most)
    return [*points[:-1:stride], points[-1]]


def path(points: Points, across: Callable[[float], float], up: Callable[[float], float]) -> str:
    """The letters and numbers of SVG for a line through points."""
    places = [f"{across(x):.1f} {up(y):.1f}" for x, y in points]
    return "M" + "L".join(places)
