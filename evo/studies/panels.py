"""The course of runs: all cells in one panel, or each in one of its own."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evo.studies.charts import left_out
from evo.studies.courses import FEW, Band, Course, axis_of, courses, together
from evo.studies.plan import Figure as FigureSettings
from evo.studies.rows import Row
from evo.studies.styles import GRID, Style, bottom_legend, log_scales, styled, wrapped
from evo.studies.words import name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Bands = Mapping[str, Band]
MOST_TOGETHER, MOST_PANELS, ACROSS = 7, 30, 3
TITLE = 30
"""Letters across a panel."""
MARKS = 6
"""Markers on a line, about."""


def course(figure: "Figure", rows: Sequence[Row], settings: FigureSettings) -> str:
    """A figure by what it has taken, or by step: median and spread over the runs of each cell.

    There is a panel for each problem or data. Each cell has one of its own if the figure is a
    family of them, such as an angle for each layer, and if there are more cells than can be told
    apart; the other cells are then behind it in grey.

    Args:
        figure: to draw into.
        rows: the cells.
        settings: which figure, and along what.

    Returns:
        What the figure shows, in words.
    """
    from matplotlib.ticker import MaxNLocator

    first = rows[0].folders[0]
    kind = first.kind
    metric, x = settings.y or kind.curve_of(first.facts()), axis_of(rows[0], settings.x)
    runs = {row.name: courses(row, x, metric) for row in rows}
    bands = {
        name: {member: together(each) for member, each in found.items()}
        for name, found in runs.items()
    }
    every = [each for found in runs.values() for each in found.values()]
    shown, others = dict(list(bands.items())[:MOST_PANELS]), ""
    if any(member for found in bands.values() for member in found):
        panels = _grid(figure, list(shown))
        for panel, found in zip(panels, shown.values(), strict=True):
            _bands(panel, found, styled(found), x != kind.step)
    elif panels := _together(figure, rows, bands, x != kind.step):
        shown = bands
    else:
        panels, others = _grid(figure, list(shown)), "Grey: the other cells."
        _each_before_all(panels, shown, x != kind.step)
    bottom_legend(figure, panels)
    for panel in panels:
        log_scales(panel, settings.logarithmic, settings.logarithmic_measure)
        panel.grid(color=GRID)
        if not settings.logarithmic:
            panel.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    _label(figure, panels, name_of(x), _unit(metric))
    said = [
        _spread([len(each) for each in every]) if every else f"No run has {metric} by {x}.",
        others,
        _ends([one for each in every for one in each]),
        left_out(len(bands), len(shown), "cells"),
    ]
    return " ".join(filter(None, said))


def _spread(counts: Sequence[int]) -> str:
    """What line and band are, of cells with so many runs, in words."""
    if max(counts) == 1:
        return "Line: the only run."
    if min(counts) >= FEW:
        return "Line: median of the runs; band: their quartiles."
    few = "" if max(counts) < FEW else f" of fewer than {FEW}, their quartiles of more"
    return f"Line: median of the runs; band: their range{few}."


def _ends(runs: Sequence[Course]) -> str:
    """What is drawn where the runs of a cell end at different places, in words."""
    if len({run.x[-1] for run in runs}) < 2:
        return ""
    ends = "a curve ends where the first of its runs does"
    if any(run.keeps for run in runs):
        return f"A run that reached its target keeps its figure; else {ends}."
    return f"{ends[0].upper()}{ends[1:]}."


def _together(
    figure: "Figure", rows: Sequence[Row], bands: Mapping[str, Bands], stepwise: bool
) -> "list[Axes]":
    """All cells on a problem or data in one panel; nothing where they are too many.

    A cell has the same style in all panels.
    """
    tasks = list(dict.fromkeys(row.task for row in rows))
    short = len({(row.task, row.label) for row in rows}) == len(rows)
    labels = {row.name: row.label if short else row.name for row in rows}
    members = [[row.name for row in rows if row.task == task] for task in tasks]
    if max(map(len, members)) > MOST_TOGETHER or len(tasks) > MOST_PANELS:
        return []
    if len(tasks) == 1:
        figure.set_size_inches(8, 4)
        panels = [figure.subplots()]
    else:
        panels = _grid(figure, tasks, False)
    looks = styled(list(dict.fromkeys(labels.values())))
    for panel, names in zip(panels, members, strict=True):
        found = {labels[name]: bands[name][""] for name in names if bands[name]}
        _bands(panel, found, looks, stepwise)
    return panels


def _grid(figure: "Figure", names: Sequence[str], same_scale: bool = True) -> "list[Axes]":
    """A panel for each name, with the numbers of x below every column.

    Args:
        figure: to draw into.
        names: titles.
        same_scale: whether all panels have the same y axis.
    """
    across = min(ACROSS, len(names))
    down = -(-len(names) // across)
    figure.set_size_inches(max(8, 2.8 * across), 0.6 + 2.1 * down * (1 if across > 2 else 1.4))
    grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey=same_scale)
    panels = list(grid.ravel())
    for panel in panels[len(names) :]:
        panel.remove()
    panels = panels[: len(names)]
    for panel, name in zip(panels, names, strict=True):
        panel.set_title(wrapped(name, TITLE), fontsize=9)
    for panel in panels[-across:]:
        panel.tick_params(labelbottom=True)
    return panels


def _bands(panel: "Axes", bands: Bands, looks: Mapping[str, Style], stepwise: bool) -> None:
    for name, band in bands.items():
        _band(panel, band, looks[name], wrapped(name), stepwise)


def _each_before_all(panels: "Sequence[Axes]", bands: Mapping[str, Bands], stepwise: bool) -> None:
    """One cell in every panel, the medians of all behind it in grey."""
    style = styled([""])[""]
    drawing: Any = "steps-post" if stepwise else "default"
    for panel, name in zip(panels, bands, strict=True):
        for other, found in bands.items():
            for band in found.values() if other != name else ():
                panel.plot(band.x, band.median, color="#c9d0d8", linewidth=0.7, drawstyle=drawing)
        for band in bands[name].values():
            _band(panel, band, style, "", stepwise)


def _band(panel: "Axes", band: Band, style: Style, name: str, stepwise: bool) -> None:
    panel.plot(
        band.x,
        band.median,
        **style._asdict(),
        label=name,
        linewidth=1.3,
        markersize=3.5,
        markevery=max(1, len(band.x) // MARKS),
        drawstyle="steps-post" if stepwise else "default",
    )
    panel.fill_between(
        band.x,
        band.low,
        band.high,
        color=style.color,
        alpha=0.15,
        linewidth=0,
        step="post" if stepwise else None,
    )


def _label(figure: "Figure", panels: "Sequence[Axes]", x: str, y: str) -> None:
    """Name the axes: x below every column, y once."""
    for panel in panels[-ACROSS:]:
        if panel.xaxis.get_tick_params()["labelbottom"]:
            panel.set_xlabel(x)
    if len(panels) == 1:
        panels[0].set_ylabel(y)
    else:
        figure.supylabel(y, fontsize=9)


def _unit(metric: str) -> str:
    return name_of(metric) + (" (degrees)" if metric.startswith("angle") else "")
