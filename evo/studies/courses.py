"""The courses of the runs of a cell, brought onto one axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evo.reports.course import as_number
from evo.studies.rows import Row, Run, value
from evo.studies.styles import LARGEST

MOST_POINTS = 1_000
FEW = 5
"""Below so many runs a band shows their range, from there on their quartiles."""


@dataclass(frozen=True)
class Course:
    """One figure of one run.

    Attributes:
        x: ascending.
        y: the figure at each x, which holds until the next.
        keeps: whether the last figure holds after the run's end.
    """

    x: np.ndarray
    y: np.ndarray
    keeps: bool


@dataclass(frozen=True)
class Band:
    """One figure of all runs of a cell.

    Attributes:
        x: ascending.
        median: over the runs.
        low, high: the least and the largest of fewer than `FEW` runs, the quartiles of more.
    """

    x: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray


def axis_of(row: Row, x: str | None) -> str:
    """The key of a line along which the runs of a cell are drawn.

    Args:
        row: the cell.
        x: what was asked for; None for what its kind of run is compared along.
    """
    kind = row.folders[0].kind
    return x or kind.course_x or kind.step


def courses(row: Row, x: str, y: str) -> dict[str, list[Course]]:
    """The runs of a cell by member of the figure's family, "" where it is no family.

    Args:
        row: the cell.
        x: the key of the axis.
        y: the key of the figure, "spent.steps" for one inside another. Runs without it are left
            out.
    """
    found: dict[str, list[Course]] = {}
    for run in row.runs:
        points: dict[str, list[tuple[float, float]]] = {}
        for line in run.folder.metrics():
            place = as_number(value(line, x))
            for member, figure in _members(line, y).items():
                number = as_number(figure)
                if abs(place) < LARGEST and abs(number) < LARGEST:
                    points.setdefault(member, []).append((place, number))
        for member, pairs in points.items():
            xs, ys = np.array(sorted(pairs, key=lambda pair: pair[0])).T
            found.setdefault(member, []).append(Course(xs, ys, _keeps(run, y)))
    return found


def _members(line: Mapping[str, object], y: str) -> Mapping[str, object]:
    inner: object = line
    for part in y.split("."):
        inner = inner.get(part) if isinstance(inner, Mapping) else None
    return inner if isinstance(inner, Mapping) else {"": inner}


def _keeps(run: Run, y: str) -> bool:
    reached = bool(run.summary and run.summary.get("reached"))
    return reached and y.partition(".")[0] in run.folder.kind.kept


def together(runs: Sequence[Course]) -> Band:
    """Several runs on the x values of all of them.

    A run has its last figure until it has the next. Where a run has ended, its last figure holds if
    the run keeps it; the band ends where the first of the other runs ends. It begins where all have
    a figure. Of more than `MOST_POINTS` x values some are left out, the first and the last never.

    Args:
        runs: at least one.
    """
    start = max(run.x[0] for run in runs)
    ends = [run.x[-1] for run in runs if not run.keeps]
    end = min(ends) if ends else max(run.x[-1] for run in runs)
    places = np.unique(np.concatenate([run.x for run in runs]))
    x = places[(places >= start) & (places <= end)]
    if len(x) > MOST_POINTS:
        x = x[np.linspace(0, len(x) - 1, MOST_POINTS).round().astype(int)]
    y = np.array([run.y[np.searchsorted(run.x, x, side="right") - 1] for run in runs])
    ends_of_band = (0, 100) if len(runs) < FEW else (25, 75)
    low, high = np.percentile(y, ends_of_band, axis=0) if len(x) else (x, x)
    return Band(x, np.median(y, axis=0) if len(x) else x, low, high)
