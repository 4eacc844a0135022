"""The runs of a study as tables: one row for each cell, and one for each run."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.runs.folder import RunFolder
from evo.studies.statistics import Statistics, describe


@dataclass(frozen=True)
class Row:
    """One cell and its runs.

    Attributes:
        values: the measure of each run by seed; None where a run has none.
        successes: how many runs are one, of those that could be; None where nothing says what
            success is.
        failed: how many ended without a summary.
        wall_s: mean seconds of a run.
        published: somebody else's figure.
        point: the settings that the study varies on a grid.
    """

    name: str
    group: str
    values: Mapping[int, float | None]
    successes: int | None
    failed: int
    wall_s: float
    published: float | None
    point: Mapping[str, Any]
    folders: Sequence[RunFolder]

    @property
    def statistics(self) -> Statistics:
        """Of the measure."""
        return describe(list(self.values.values()))


def value(summary: Mapping[str, Any] | None, measure: str) -> float | None:
    """The number under a key of a summary, "champion.mean" for one inside another.

    None if there is none.
    """
    found: Any = summary
    for key in measure.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def succeeded(
    summary: Mapping[str, Any] | None, measure: str, success: float | None, lower: bool = False
) -> bool | None:
    """Whether a run is a success, by its own target where `success` says nothing.

    None if nobody can tell.
    """
    if summary is None:
        return False
    if success is None:
        return summary.get("reached")
    found = value(summary, measure)
    return found is not None and (found <= success if lower else found >= success)


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
    """A cell's row from its runs: (seed, folder, summary)."""
    judged = [succeeded(summary, measure, success, lower) for _, _, summary in runs]
    known = [one for one in judged if one is not None]
    seconds = [float(summary["wall_s"]) for _, _, summary in runs if summary]
    return Row(
        name,
        group or name,
        {seed: value(summary, measure) for seed, _, summary in runs},
        sum(known)
        if any(one is not None for one, (_, _, s) in zip(judged, runs, strict=True) if s)
        else None,
        sum(summary is None for _, _, summary in runs),
        sum(seconds) / len(seconds) if seconds else math.nan,
        published,
        point,
        [folder for _, folder, _ in runs],
    )


def as_dict(one: Row) -> dict[str, Any]:
    """A row with all its figures; None where there is none."""
    found = one.statistics
    numbers = {
        "median": found.median,
        "mean": found.mean,
        "ci95_low": found.low,
        "ci95_high": found.high,
        "least": found.least,
        "most": found.most,
    }
    known = {name: None if math.isnan(number) else number for name, number in numbers.items()}
    wall = None if math.isnan(one.wall_s) else round(one.wall_s, 3)
    rest = {
        "successes": one.successes,
        "failed": one.failed,
        "wall_s": wall,
        "published": one.published,
    }
    return {"cell": one.name, "n": found.n, **known, **rest, **one.point}


def as_csv(rows: Sequence[Row]) -> str:
    """One line for each cell, numbers in full."""
    return _csv([as_dict(one) for one in rows])


def runs_csv(rows: Sequence[Row], measure: str) -> str:
    """One line for each run."""
    return _csv(
        [
            {
                "cell": one.name,
                **one.point,
                "seed": seed,
                measure: number,
                "run": str(folder.path.name),
            }
            for one in rows
            for (seed, number), folder in zip(one.values.items(), one.folders, strict=True)
        ]
    )


def as_markdown(
    rows: Sequence[Row], measure: str, title: str = "", notes: Sequence[str] = ()
) -> str:
    """The table as a person reads it; shares are written as percentages."""
    percent = measure.endswith("accuracy")
    published = any(one.published is not None for one in rows)
    successes = any(one.successes is not None for one in rows)
    head = [
        "cell",
        "n",
        "median",
        "mean",
        "95 % interval",
        *["successes"] * successes,
        *["published"] * published,
        "s a run",
    ]
    lines = [head, [":--", *["--:"] * (len(head) - 1)]]
    for one in rows:
        found = one.statistics
        interval = (
            "–"
            if math.isnan(found.low)
            else f"{write(found.low, percent)} – {write(found.high, percent)}"
        )
        failed = f" (+{one.failed} failed)" if one.failed else ""
        cells = [
            one.name.replace("|", "\\|"),
            f"{found.n}{failed}",
            write(found.median, percent),
            write(found.mean, percent),
            interval,
        ]
        cells += [
            "–" if one.successes is None else f"{one.successes}/{len(one.values)}"
        ] * successes
        cells += [write(one.published, percent)] * published
        lines.append([*cells, write(one.wall_s, False)])
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
    """A number as one reads it."""
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
