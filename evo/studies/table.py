"""The runs of a study as tables: one row for each cell, and one for each run."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from evo.reports.numbers import number
from evo.studies import words
from evo.studies.comparison import Comparison
from evo.studies.rows import Row, numbers


def as_dict(row: Row, comparison: Comparison | None = None) -> dict[str, Any]:
    """A row with all its figures; None where there is none.

    Args:
        row: the cell.
        comparison: of the cell with its baseline, if it has one.
    """
    figures, found = row.statistics, comparison
    each = {
        "median": figures.median,
        "mean": figures.mean,
        "iqm": figures.iqm,
        "ci95_low": figures.low,
        "ci95_high": figures.high,
        "least": figures.least,
        "most": figures.most,
        "improvement": found and found.improvement,
        "improvement_ci95_low": found and found.low,
        "improvement_ci95_high": found and found.high,
        "p": found and found.p,
        "p_corrected": found and found.corrected,
    }
    return {
        "cell": row.name,
        "n": figures.n,
        **{
            name: one if one is not None and math.isfinite(one) else None
            for name, one in each.items()
        },
        "baseline": found and found.baseline,
        "better": None if row.lower is None else "lower" if row.lower else "higher",
        "successes": row.successes,
        "failed": row.failed,
        "wall_s": _known(round(row.wall_s, 3)),
        "published": row.published,
        **row.point,
    }


def as_csv(rows: Sequence[Row], comparisons: Mapping[str, Comparison] = {}) -> str:
    """One line for each cell, numbers in full.

    Args:
        rows: the cells.
        comparisons: with their baselines, by the name of the cell.
    """
    return _csv([as_dict(row, comparisons.get(row.name)) for row in rows])


def runs_csv(rows: Sequence[Row], measure: str) -> str:
    """One line for each run, as `of_runs` has it.

    Args:
        rows: the cells.
        measure: key of the summary that is compared.
    """
    return _csv(of_runs(rows, measure))


def of_runs(rows: Sequence[Row], measure: str) -> list[dict[str, Any]]:
    """Every number of the summary of each run, by its key.

    Args:
        rows: the cells.
        measure: key of the summary that is compared; the first of them.
    """
    return [
        {
            "cell": row.name,
            **row.point,
            "seed": run.seed,
            "run": run.folder.path.name,
            measure: run.value,
            **{key: one for key, one in numbers(run.summary or {}) if key != "seed"},
        }
        for row in rows
        for run in row.runs
    ]


def as_markdown(
    rows: Sequence[Row],
    measure: str,
    title: str = "",
    notes: Sequence[str] = (),
    comparisons: Mapping[str, Comparison] = {},
) -> str:
    """The table as a person reads it; shares are written as percentages.

    Args:
        rows: one for each line.
        measure: key of the summary that is compared.
        title: heading; empty for none.
        notes: lines below the table.
        comparisons: of the cells with their baselines, by name.
    """
    percent = measure.endswith("accuracy")
    head = ["cell", "n", "mean", "95 % interval", "IQM"]
    columns = [[_name(row), _count(row), *_figures(row, percent)] for row in rows]
    if comparisons:
        head += [f"P ({words.direction(rows)})", "p"]
        for row, line in zip(rows, columns, strict=True):
            line += _compared(row, comparisons)
    if any(row.successes is not None for row in rows):
        head.append("successes")
        for row, line in zip(rows, columns, strict=True):
            line.append("–" if row.successes is None else f"{row.successes}/{len(row.runs)}")
    if any(row.published is not None for row in rows):
        head.append("published")
        for row, line in zip(rows, columns, strict=True):
            line.append(write(row.published, percent))
    head.append("s a run")
    for row, line in zip(rows, columns, strict=True):
        line.append(write(row.wall_s, False))
    lines = [head, [":--", *["--:"] * (len(head) - 1)], *columns]
    text = [f"# {title}", ""] if title else []
    text += [f"| {' | '.join(line)} |" for line in lines]
    told = words.below(rows, measure, percent, comparisons)
    return "\n".join([*text, "", *told, *notes, ""])


def write(figure: float | None, percent: bool) -> str:
    """A number as people read it, or a dash; with `percent`, a share as a percentage, no sign."""
    if figure is None or math.isnan(figure):
        return "–"
    return f"{100 * figure:.1f}" if percent else number(figure)


def _known(figure: float | None) -> float | None:
    return figure if figure is not None and math.isfinite(figure) else None


def _name(row: Row) -> str:
    return row.name.replace("|", "\\|")


def _count(row: Row) -> str:
    return f"{row.statistics.n} (+{row.failed} failed)" if row.failed else f"{row.statistics.n}"


def _figures(row: Row, percent: bool) -> list[str]:
    figures = row.statistics
    ends = write(figures.low, percent), write(figures.high, percent)
    interval = "–" if math.isnan(figures.low) else " – ".join(ends)
    return [write(figures.mean, percent), interval, write(figures.iqm, percent)]


def _compared(row: Row, comparisons: Mapping[str, Comparison]) -> list[str]:
    found = comparisons.get(row.name)
    if found is None:
        baseline = row.name in {one.baseline for one in comparisons.values()}
        return ["baseline" if baseline else "–", "–"]
    ends = "" if math.isnan(found.low) else f" ({found.low:.2f} – {found.high:.2f})"
    return [f"{found.improvement:.2f}{ends}", words.probability(found.corrected)]


def _csv(lines: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    names = list(dict.fromkeys(name for line in lines for name in line))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
