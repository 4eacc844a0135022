"""The runs of a study as tables: one row for each cell, and one for each run."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.reports.course import as_number
from evo.runs.folder import RunFolder
from evo.studies.statistics import Statistics, describe


@dataclass(frozen=True)
class Row:
    """One cell and its runs.

    Attributes:
        name: of the cell.
        group: the name without the grid.
        values: seed and measure of each run; None where a run has none.
        successes: how many runs are a success; None where nothing says what success is.
        failed: how many ended without a summary.
        wall_s: mean seconds of a run.
        published: a published figure to compare with.
        point: the settings that the study varies on a grid.
        folders: of the runs.
    """

    name: str
    group: str
    values: Sequence[tuple[int, float | None]]
    successes: int | None
    failed: int
    wall_s: float
    published: float | None
    point: Mapping[str, Any]
    folders: Sequence[RunFolder]

    @property
    def statistics(self) -> Statistics:
        """The statistics of the measure."""
        return describe([number for _, number in self.values])


def value(summary: Mapping[str, Any] | None, measure: str) -> float | None:
    """The number under a key of a summary, "champion.mean" for one inside another.

    None if there is none.
    """
    inner: Any = summary
    for key in measure.split("."):
        inner = inner.get(key) if isinstance(inner, Mapping) else None
    number = as_number(inner)
    return number if math.isfinite(number) else None


def succeeded(
    summary: Mapping[str, Any] | None, measure: str, success: float | None, lower: bool = False
) -> bool | None:
    """Whether a run is a success.

    Args:
        summary: of the run; None if it has not ended, which is no success.
        measure: key of the summary.
        success: its value at a success; None for what the run says of its own target.
        lower: whether lower is better.

    Returns:
        None where neither `success` nor the run says what success is.
    """
    if summary is None:
        return False
    if success is None:
        return summary.get("reached")
    figure = value(summary, measure)
    return figure is not None and (figure <= success if lower else figure >= success)


def row(
    name: str,
    runs: Sequence[tuple[int, RunFolder, Mapping[str, Any] | None]],
    measure: str,
    *,
    group: str = "",
    success: float | None = None,
    lower: bool = False,
    published: float | None = None,
    point: Mapping[str, Any] = {},
) -> Row:
    """A cell's row from its runs.

    Args:
        name: of the cell.
        runs: seed, folder and summary of each, None where it has not ended.
        measure: key of the summary that is compared.
        group: the name without the grid.
        success: the measure at which a run is a success; None for reaching its target.
        lower: whether lower is better.
        published: a published figure to compare with.
        point: the settings that the study varies on a grid.
    """
    judged = [succeeded(summary, measure, success, lower) for _, _, summary in runs]
    ended = [success for success, (_, _, summary) in zip(judged, runs, strict=True) if summary]
    successes = sum(success is True for success in judged)
    seconds = [float(summary["wall_s"]) for _, _, summary in runs if summary]
    return Row(
        name,
        group or name,
        [(seed, value(summary, measure)) for seed, _, summary in runs],
        successes if any(success is not None for success in ended) else None,
        sum(summary is None for _, _, summary in runs),
        sum(seconds) / len(seconds) if seconds else math.nan,
        published,
        point,
        [folder for _, folder, _ in runs],
    )


def as_dict(row: Row) -> dict[str, Any]:
    """A row with all its figures; None where there is none."""
    figures = row.statistics
    numbers = {
        "median": figures.median,
        "mean": figures.mean,
        "ci95_low": figures.low,
        "ci95_high": figures.high,
        "least": figures.least,
        "most": figures.most,
    }
    figures_or_none = {
        name: None if math.isnan(number) else number for name, number in numbers.items()
    }
    wall = None if math.isnan(row.wall_s) else round(row.wall_s, 3)
    rest = {
        "successes": row.successes,
        "failed": row.failed,
        "wall_s": wall,
        "published": row.published,
    }
    return {"cell": row.name, "n": figures.n, **figures_or_none, **rest, **row.point}


def as_csv(rows: Sequence[Row]) -> str:
    """One line for each cell, numbers in full."""
    return _csv([as_dict(row) for row in rows])


def runs_csv(rows: Sequence[Row], measure: str) -> str:
    """One line for each run."""
    return _csv(
        [
            {
                "cell": row.name,
                **row.point,
                "seed": seed,
                measure: number,
                "run": str(folder.path.name),
            }
            for row in rows
            for (seed, number), folder in zip(row.values, row.folders, strict=True)
        ]
    )


def as_markdown(
    rows: Sequence[Row], measure: str, title: str = "", notes: Sequence[str] = ()
) -> str:
    """The table as a person reads it; shares are written as percentages.

    Args:
        rows: one for each line.
        measure: key of the summary that is compared.
        title: heading; empty for none.
        notes: lines below the table.
    """
    percent = measure.endswith("accuracy")
    published = any(row.published is not None for row in rows)
    successes = any(row.successes is not None for row in rows)
    head = [
        "cell",
        "n",
        "median",
        "mean",
        "95 % interval",
        *(["successes"] if successes else []),
        *(["published"] if published else []),
        "s a run",
    ]
    lines = [head, [":--", *["--:"] * (len(head) - 1)]]
    for row in rows:
        figures = row.statistics
        interval = (
            "–"
            if math.isnan(figures.low)
            else f"{write(figures.low, percent)} – {write(figures.high, percent)}"
        )
        failed = f" (+{row.failed} failed)" if row.failed else ""
        cells = [
            row.name.replace("|", "\\|"),
            f"{figures.n}{failed}",
            write(figures.median, percent),
            write(figures.mean, percent),
            interval,
        ]
        if successes:
            cells.append("–" if row.successes is None else f"{row.successes}/{len(row.values)}")
        if published:
            cells.append(write(row.published, percent))
        lines.append([*cells, write(row.wall_s, False)])
    text = [f"# {title}", ""] if title else []
    text += [f"| {' | '.join(line)} |" for line in lines]
    unit = " in %" if percent else ""
    text += [
        "",
        f"{measure.replace('_', ' ').replace('.', ' ')}{unit}; the interval is the bootstrap one "
        "of the mean.",
    ]
    return "\n".join([*text, *notes, ""])


def write(number: float | None, percent: bool) -> str:
    """A number as people read it, or a dash; with `percent`, a share as a percentage, no sign."""
    if number is None or math.isnan(number):
        return "–"
    return (
        f"{100 * number:.1f}"
        if percent
        else f"{number:.1f}"
        if 1 <= abs(number) < 1e5
        else f"{number:.4g}"
    )


def _csv(lines: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    names = list(dict.fromkeys(name for line in lines for name in line))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
