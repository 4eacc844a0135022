"""How the lines of a figure are told apart: by colour, and in grey by dash and marker."""

import math
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, GRID = "#1f2933", "#6b7785", "#e4e8ec"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
"""Source: M. Okabe, K. Ito, Color Universal Design (2008), without yellow."""
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1, 1.5)),
    (0, (6, 2, 1, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
)
MARKERS = "osD^vPX*<>"
LARGEST = 1e250
"""Figures are drawn up to this number."""
LETTERS_ACROSS = 16
"""Letters of a legend in an inch."""


class Style(NamedTuple):
    """How a line looks."""

    color: str
    linestyle: Any
    marker: str


def styled(names: Iterable[str]) -> dict[str, Style]:
    """A style for each name.

    Colour, dash and marker change from each to the next. No two of the first 35 have the same
    colour and dash.
    """
    return {
        name: Style(COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)], MARKERS[i % len(MARKERS)])
        for i, name in enumerate(names)
    }


def drawable(numbers: Iterable[float | None]) -> list[float]:
    """The numbers; NaN, which leaves a gap, where matplotlib would overflow or there is none."""
    return [
        math.nan if number is None or not abs(number) < LARGEST else number for number in numbers
    ]


def log_scales(axes: "Axes", x: bool, y: bool) -> None:
    """Give axes logarithmic scales, with numbers in plain text, where any number is above 0."""
    from matplotlib.ticker import LogFormatter

    box = axes.dataLim
    for logarithmic, least, scale, axis in (
        (x, box.minposx, axes.set_xscale, axes.xaxis),
        (y, box.minposy, axes.set_yscale, axes.yaxis),
    ):
        if logarithmic and math.isfinite(least):
            scale("log")
            axis.set_major_formatter(LogFormatter())
            axis.set_minor_formatter(LogFormatter())


def wrapped(name: str, width: int = 30) -> str:
    """A name on as many lines as it needs, at most three."""
    return textwrap.fill(name, width, max_lines=3, placeholder=" …") if name else name


def bottom_legend(figure: "Figure", panels: "Iterable[Axes]") -> None:
    """A legend below everything that is drawn, so that it hides nothing: each name once."""
    handles: dict[str, Any] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    if handles:
        longest = max(len(line) for label in handles for line in label.split("\n"))
        room = int(LETTERS_ACROSS * figure.get_figwidth()) // (longest + 8)
        figure.legend(
            handles.values(),
            handles.keys(),
            loc="outside lower center",
            ncols=max(1, min(room, len(handles))),
            frameon=False,
            fontsize=8,
            handlelength=3.2,
        )
