"""The measure of the runs: cell by cell, and along a setting."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evo.studies.plan import Figure as FigureSettings
from evo.studies.plan import word
from evo.studies.rows import Row
from evo.studies.styles import (
    COLOURS,
    GRID,
    INK,
    bottom_legend,
    drawable,
    log_scales,
    styled,
    wrapped,
)
from evo.studies.words import name_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_CELLS, MOST_LINES = 80, 20


def cells(figure: "Figure", rows: Sequence[Row], measure: str, settings: FigureSettings) -> str:
    """A row for each cell: its runs, their mean with its interval, and what is published.

    Returns what the figure shows, in words.
    """
    shown = rows[:MOST_CELLS]
    names = [wrapped(row.name, 38) for row in shown]
    figure.set_size_inches(8, 1.0 + sum(0.22 + 0.14 * (name.count("\n") + 1) for name in names))
    axes = figure.subplots()
    for place, row in enumerate(shown):
        found = row.statistics
        runs = drawable(row.values)
        mean, low, high = drawable([found.mean, found.low, found.high])
        dots = {"color": COLOURS[0], "alpha": 0.45, "markersize": 5, "linestyle": "none"}
        axes.plot(runs, [place] * len(runs), marker="o", label="a run", **dots)
        if not math.isnan(mean):
            axes.plot([mean], [place], "|", color=INK, markersize=14, label="mean")
        if not math.isnan(low + high):
            ends, places = [low, high], [place, place]
            axes.plot(ends, places, "-", color=INK, linewidth=1, label="95 % interval of the mean")
        if row.published is not None:
            axes.plot(
                [row.published], [place], "D", color=COLOURS[1], markersize=5, label="published"
            )
    axes.set_yticks(range(len(shown)), names)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    log_scales(axes, settings.logarithmic_measure, False)
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)
    axes.set_xlabel(name_of(measure))
    bottom_legend(figure, [axes])
    return left_out(len(rows), len(shown), "cells")


def lines(
    figure: "Figure", rows: Sequence[Row], measure: str, x: str, settings: FigureSettings
) -> str:
    """The mean along a setting, one line for each group of cells that differ in nothing else.

    Returns what the figure shows, in words.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        others = [word(key, value) for key, value in row.point.items() if key != x]
        if row.group != "all":
            others = [row.group, *others]
        groups.setdefault(", ".join(others) or name_of(measure), []).append(row)
    figure.set_size_inches(8, 4.4)
    axes = figure.subplots()
    shown = list(groups.items())[:MOST_LINES]
    looks = styled(groups)
    for name, members in shown:
        style = looks[name]
        members = sorted(members, key=lambda row: row.point[x])
        places, found = [row.point[x] for row in members], [row.statistics for row in members]
        means = drawable(cell.mean for cell in found)
        ends = drawable(cell.low for cell in found), drawable(cell.high for cell in found)
        axes.plot(places, means, **style._asdict(), label=wrapped(name), markersize=4)
        axes.fill_between(places, *ends, color=style.color, alpha=0.15, linewidth=0)
    log_scales(axes, settings.logarithmic, settings.logarithmic_measure)
    if settings.logarithmic:
        ticks = sorted({row.point[x] for row in rows})
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    axes.set_xlabel(name_of(x))
    axes.set_ylabel(name_of(measure))
    axes.grid(color=GRID)
    bottom_legend(figure, [axes])
    return " ".join(
        [
            "Line: mean of the runs; band: its 95 % interval.",
            left_out(len(groups), len(shown), "lines"),
        ]
    )


def left_out(count: int, shown: int, what: str) -> str:
    """Words for how many of them are not shown; none where all are."""
    return "" if shown == count else f"The first {shown} of {count} {what}; table.csv has all."
