"""The one figure of a study, drawn with matplotlib."""

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evo.reports.course import as_number
from evo.runs.atomic import replace
from evo.studies.plan import Figure as FigureSettings
from evo.studies.table import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,  # names are text, also with a $ in them
}
COLOURS = (
    "#2166ac",
    "#e08214",
    "#4d9a6a",
    "#8e5ea2",
    "#c0504d",
    "#5aa7b8",
    "#a68a3a",
    "#77828f",
    "#1f2933",
    "#d06fa0",
)


def draw(
    path: Path,
    rows: Sequence[Row],
    measure: str,
    title: str,
    subtitle: str,
    settings: FigureSettings,
) -> None:
    """Write the figure as a PNG file.

    Args:
        path: the file.
        rows: the cells and their runs.
        measure: key of the summary that is compared.
        title: heading.
        subtitle: on what, how large and with which seeds.
        settings: what the figure shows.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        if settings.kind == "course":
            _courses(figure, rows, settings.y or rows[0].folders[0].kind.curve)
        elif settings.kind == "lines" and settings.x:
            _lines(
                figure.subplots(),
                rows,
                measure,
                settings.x,
                settings.logarithmic,
                settings.logarithmic_measure,
            )
        else:
            figure.set_size_inches(8, 1.6 + 0.36 * len(rows))
            _cells(figure.subplots(), rows, measure)
        figure.suptitle(f"{title}\n", fontsize=12, x=0.02, ha="left")
        figure.text(
            0.02,
            0.985 - 0.24 / figure.get_figheight(),
            subtitle,
            fontsize=8,
            color="#6b7785",
            va="top",
            ha="left",
        )
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=150, metadata={"Software": None})
    replace(path, lambda file: file.write(content.getvalue()))


def _cells(axes: "Axes", rows: Sequence[Row], measure: str) -> None:
    """A row for each cell: its runs, their mean with its interval, and what is published."""
    for place, row in enumerate(rows):
        figures = row.statistics
        runs = [number for _, number in row.values if number is not None]
        axes.plot(
            runs,
            [place] * len(runs),
            "o",
            color=COLOURS[0],
            alpha=0.45,
            markersize=5,
            label="a run" if not place else None,
        )
        if figures.n:
            axes.plot(
                [figures.mean],
                [place],
                "|",
                color="#1f2933",
                markersize=14,
                label="mean, 95 % interval" if not place else None,
            )
            if not math.isnan(figures.low):
                axes.plot(
                    [figures.low, figures.high], [place, place], "-", color="#1f2933", linewidth=1
                )
        if row.published is not None:
            axes.plot(
                [row.published], [place], "D", color=COLOURS[1], markersize=5, label="published"
            )
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", color="#e4e8ec")
    axes.set_axisbelow(True)
    axes.set_xlabel(_words(measure))
    handles, labels = axes.get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    axes.legend(unique.values(), unique.keys(), frameon=False, loc="best")


def _lines(
    axes: "Axes",
    rows: Sequence[Row],
    measure: str,
    x: str,
    logarithmic: bool,
    logarithmic_measure: bool,
) -> None:
    """The mean along a setting, one line for each group of cells that differ in nothing else."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        others = [str(value) for key, value in row.point.items() if key != x]
        if row.group != "all":
            others = [row.group, *others]
        groups.setdefault(", ".join(others) or measure, []).append(row)
    for (name, members), colour in zip(groups.items(), _colours(len(groups)), strict=True):
        members = sorted(members, key=lambda row: row.point[x])
        places, figures = [row.point[x] for row in members], [row.statistics for row in members]
        axes.plot(
            places, [cell.mean for cell in figures], "o-", color=colour, label=name, markersize=4
        )
        axes.fill_between(
            places,
            [cell.low for cell in figures],
            [cell.high for cell in figures],
            color=colour,
            alpha=0.15,
            linewidth=0,
        )
    if logarithmic:
        axes.set_xscale("log")
        ticks = sorted({row.point[x] for row in rows})
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    if logarithmic_measure:
        axes.set_yscale("log")
    axes.set_xlabel(_words(x))
    axes.set_ylabel(_words(measure))
    axes.grid(color="#e4e8ec")
    axes.legend(frameon=False)


def _courses(figure: Any, rows: Sequence[Row], metric: str) -> None:
    """A metric by step: median and range over the seeds of each cell.

    If the metric is a family of figures, each cell has a panel of its own.
    """
    courses = {row.name: _course(row, metric) for row in rows}
    families = any(name for course in courses.values() for name in course)
    if not families:
        axes = figure.subplots()
        for (name, course), colour in zip(courses.items(), _colours(len(courses)), strict=True):
            _band(axes, course.get("", {}), colour, name)
        _dress(axes, metric, rows)
        return
    wide = min(3, len(rows))
    high = -(-len(rows) // wide)
    figure.set_size_inches(3.4 * wide + 1, 2.5 * high + 1)
    panels = figure.subplots(high, wide, squeeze=False, sharex=True, sharey=True).ravel()
    for panel, (name, course) in zip(panels, courses.items(), strict=False):
        for (member, points), colour in zip(course.items(), _colours(len(course)), strict=True):
            _band(panel, points, colour, member)
        _dress(panel, metric, rows)
        panel.set_title(name, fontsize=9)
        if panel.get_legend():
            panel.get_legend().remove()
    panels[0].legend(frameon=False, fontsize=7, ncols=2)
    for panel in panels[len(courses) :]:
        panel.set_visible(False)


def _course(row: Row, metric: str) -> dict[str, dict[int, list[float]]]:
    """Member of the family ("" for a figure by itself) → step → a number for each seed."""
    course: dict[str, dict[int, list[float]]] = {}
    for folder in row.folders:
        step = folder.kind.step
        for line in folder.metrics():
            value = line.get(metric)
            for member, figure in (value if isinstance(value, Mapping) else {"": value}).items():
                if math.isfinite(number := as_number(figure)):
                    course.setdefault(member, {}).setdefault(line[step], []).append(number)
    return course


def _band(axes: "Axes", points: Mapping[int, Sequence[float]], colour: Any, name: str) -> None:
    steps = sorted(points)
    axes.plot(
        steps,
        [float(np.median(points[step])) for step in steps],
        color=colour,
        label=name,
        linewidth=1.2,
    )
    axes.fill_between(
        steps,
        [min(points[step]) for step in steps],
        [max(points[step]) for step in steps],
        color=colour,
        alpha=0.13,
        linewidth=0,
    )


def _dress(axes: "Axes", metric: str, rows: Sequence[Row]) -> None:
    steps = dict.fromkeys(folder.kind.step for row in rows for folder in row.folders)
    axes.set_xlabel(", ".join(steps))
    axes.set_ylabel(_words(metric) + (" (degrees)" if metric.startswith("angle") else ""))
    axes.grid(color="#e4e8ec")
    axes.legend(frameon=False)


def _colours(count: int) -> Sequence[Any]:
    """`count` colours; from dark to light where there are more than can be told apart."""
    if count <= len(COLOURS):
        return COLOURS[:count]
    from matplotlib import colormaps

    return [colormaps["viridis"](place) for place in np.linspace(0, 0.92, count)]


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", " ")
