"""Charts as SVG text: no library to import, titles under the mouse, colours that print."""

from evo.reports.svg.counts import Axis, heatmap, histogram, scatter
from evo.reports.svg.curves import chart, stack
from evo.reports.svg.elements import document, text_lines
from evo.reports.svg.frame import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Points
from evo.reports.svg.scale import Scale, drawable, label, round_step

__all__ = [
    "BOTTOM",
    "HEIGHT",
    "LEFT",
    "RIGHT",
    "TOP",
    "WIDTH",
    "Axis",
    "Points",
    "Scale",
    "chart",
    "document",
    "drawable",
    "heatmap",
    "histogram",
    "label",
    "round_step",
    "scatter",
    "stack",
    "text_lines",
]
