"""The cells of a study and their runs."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evo.reports.course import as_number
from evo.runs.folder import RunFolder
from evo.studies.statistics import Statistics, describe

Summary = Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """One run of a cell.

    Attributes:
        seed: its seed.
        folder: its folder.
        summary: how it ended; None if it has not.
        value: its measure; None if it has none.
    """

    seed: int
    folder: RunFolder
    summary: Summary | None
    value: float | None


@dataclass(frozen=True)
class Row:
    """One cell and its runs.

    Attributes:
        name: of the cell.
        group: the name without the grid.
        subject: the problem or data of its runs.
        task: the same, with what the study varies of its settings.
        label: the name without that.
        runs: in the order of their seeds.
        lower: whether a lower measure is better; None where nothing says.
        successes: how many runs are a success; None where nothing says what success is.
        published: a published figure to compare with.
        point: the settings that the study varies on a grid.
    """

    name: str
    group: str
    subject: str
    task: str
    label: str
    runs: Sequence[Run]
    lower: bool | None
    successes: int | None
    published: float | None
    point: Mapping[str, Any]

    @cached_property
    def statistics(self) -> Statistics:
        """The statistics of the measure."""
        return describe(self.values)

    @property
    def values(self) -> list[float | None]:
        """The measure of each run."""
        return [run.value for run in self.runs]

    @property
    def folders(self) -> list[RunFolder]:
        """The folder of each run."""
        return [run.folder for run in self.runs]

    @property
    def failed(self) -> int:
        """How many runs have no summary."""
        return sum(run.summary is None for run in self.runs)

    @property
    def wall_s(self) -> float:
        """Mean seconds of a run; NaN if none has ended."""
        seconds = [float(run.summary["wall_s"]) for run in self.runs if run.summary]
        return sum(seconds) / len(seconds) if seconds else math.nan


def value(content: Summary | None, key: str) -> float | None:
    """The number under a key of a summary or of a line, "champion.mean" for one inside another.

    None if there is none.
    """
    inner: Any = content
    for part in key.split("."):
        inner = inner.get(part) if isinstance(inner, Mapping) else None
    number = as_number(inner)
    return number if math.isfinite(number) else None


DEEPEST = 8


def numbers(content: Summary, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every number of a summary with its key, "champion.mean" for one inside another.

    Args:
        content: the summary.
        prefix: goes before every key.
        depth: how far inside of the summary this is; nothing is looked for beyond `DEEPEST`.
    """
    for key, inner in content.items():
        if isinstance(inner, Mapping) and depth < DEEPEST:
            yield from numbers(inner, f"{prefix}{key}.", depth + 1)
        elif math.isfinite(as_number(inner)):
            yield f"{prefix}{key}", inner


def succeeded(
    summary: Summary | None, measure: str, success: float | None, lower: bool = False
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
    runs: Sequence[tuple[int, RunFolder, Summary | None]],
    measure: str,
    *,
    group: str = "",
    subject: str = "",
    task: str = "",
    label: str = "",
    success: float | None = None,
    lower: bool | None = None,
    published: float | None = None,
    point: Mapping[str, Any] = {},
) -> Row:
    """A cell's row from its runs.

    Args:
        name: of the cell.
        runs: seed, folder and summary of each, None where it has not ended.
        measure: key of the summary that is compared.
        group: the name without the grid.
        subject: the problem or data of the runs.
        task: the same, with what the study varies of its settings.
        label: the name without that.
        success: the measure at which a run is a success; None for reaching its target.
        lower: whether lower is better; None where nothing says, and success is then a higher one.
        published: a published figure to compare with.
        point: the settings that the study varies on a grid.
    """
    judged = [succeeded(summary, measure, success, bool(lower)) for _, _, summary in runs]
    ended = [success for success, (_, _, summary) in zip(judged, runs, strict=True) if summary]
    return Row(
        name,
        group or name,
        subject,
        task or subject,
        label or name,
        [Run(seed, folder, summary, value(summary, measure)) for seed, folder, summary in runs],
        lower,
        sum(success is True for success in judged)
        if any(success is not None for success in ended)
        else None,
        published,
        point,
    )
