"""`evo compare`: runs that exist, side by side."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evo.cli import completion
from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat, Quiet
from evo.cli.study import Baseline, Figures, Tables, show
from evo.errors import RunFolderError, UsageError

if TYPE_CHECKING:
    from evo.runs.folder import RunFolder

EXAMPLES = ("evo compare runs", "evo compare runs/* --measure wall_s --out comparison")


Better = Literal["auto", "higher", "lower"]


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            help="Run folders, or folders of run folders.",
            metavar="RUN…",
            autocompletion=completion.runs,
        ),
    ],
    measure: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="A key of summary.json; by default test_accuracy or champion.mean.",
            show_default=False,
        ),
    ] = None,
    success: Annotated[
        float | None,
        typer.Option(help="Measure from which on a run is a success; by default its target."),
    ] = None,
    baseline: Baseline = None,
    better: Annotated[
        Better, typer.Option(help="Which measure is better; auto: what the runs say.")
    ] = "auto",
    figures: Figures = None,
    tables: Tables = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write tables and a figure.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Compare runs; those that differ in nothing but the seed make one row."""
    from evo.studies import parquet, results, table
    from evo.studies.comparison import compare as compared
    from evo.studies.comparison import named_baseline
    from evo.studies.plan import Figure
    from evo.studies.rows import row

    if tables:
        parquet.demand()
    folders = readable([inside for path in runs for inside in _runs(path)])
    measure = measure or _common_measure(folders)
    rows = []
    for name, members in results.groups(folders):
        seeded = sorted(
            ((folder.settings()["run"]["seed"], folder, folder.summary()) for folder in members),
            key=lambda run: run[0],
        )
        one = members[0]
        rows.append(
            row(
                name,
                seeded,
                measure,
                subject=one.names()[1],
                task=str(one.settings()[one.kind.names[1]]),
                success=success,
                lower=_lower_is_better(one, measure, better),
            )
        )
    if not any(cell.statistics.n for cell in rows):
        raise UsageError(
            f"none of these runs has a number {measure!r} in its summary.json",
            "finish them with evo resume, or name another",
        )
    comparisons = compared(rows, named_baseline(baseline, rows))
    text = table.as_markdown(rows, measure, "", ["", results.subtitle(rows)], comparisons)
    if out:
        figure = Figure.model_validate({})
        text = results.write(
            out, rows, measure, "Comparison", [], figure, comparisons, figures or (), tables or ()
        )
    elif figures or tables:
        option = "--figures" if figures else "--tables"
        raise UsageError(f"{option} needs a place to write to", "name one with --out DIR")
    show(text, rows, comparisons, out, format, quiet)


def _lower_is_better(folder: "RunFolder", measure: str, better: Better) -> bool | None:
    if better == "auto":
        return folder.kind.lower_is_better(folder.facts(), measure)
    return better == "lower"


def _common_measure(folders: "Sequence[RunFolder]") -> str:
    """The measure of all these runs. Raises `UsageError` if they have different measures."""
    measures = list(dict.fromkeys(folder.kind.measure_of(folder.facts()) for folder in folders))
    if len(measures) > 1:
        raise UsageError(
            f"these runs have no measure in common: {' and '.join(measures)}",
            "name one: --measure wall_s",
        )
    return measures[0]


def readable(paths: Iterable[Path]) -> "list[RunFolder]":
    """The runs in these folders, each of them once.

    One that cannot be read is named on stderr and left out.

    Raises `RunFolderError` if none can be read.
    """
    from evo.cli.progress import say
    from evo.runs.folder import RunFolder

    folders: dict[Path, RunFolder] = {}
    first: RunFolderError | None = None
    for path in paths:
        try:
            folder = RunFolder.open(path)
            folder.settings()
            folder.facts()
            folder.summary()
        except RunFolderError as error:
            first = first or error
            say(f"left out: {error.message}")
        else:
            folders.setdefault(folder.path.resolve(), folder)
    if first and not folders:
        raise first
    return list(folders.values())


def _runs(path: Path) -> list[Path]:
    """The run folder at `path`, or the run folders in it if it is not one itself."""
    from evo.runs.folder import run_folders

    inside = run_folders(path)
    return [path] if (path / "config.toml").is_file() or not inside else inside
