"""`evo study`: cells times seeds, in parallel; one table and one figure."""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli import completion
from evo.cli.errors import INTERRUPTED, Traceback
from evo.cli.options import Format, OutputFormat, Quiet, assignments, with_parameters
from evo.cli.trust import Trust, demand_trust_in_file
from evo.cli.words import as_typed
from evo.reports.numbers import counted

if TYPE_CHECKING:
    from evo.studies.carry_out import Outcome
    from evo.studies.comparison import Comparison
    from evo.studies.rows import Row

FAILED = 3
MOST_NAMES = 10
EXAMPLES = (
    "evo study",
    "evo study rules-depth10 --seeds 1",
    "evo study my-study.toml --workers 2 --set run.stop_at_target=false",
)


class FigureFormat(StrEnum):
    """A format of the figure beside PNG."""

    pdf = "pdf"
    svg = "svg"


class TableFormat(StrEnum):
    """A format of the runs beside CSV."""

    parquet = "parquet"


Figures = Annotated[
    list[FigureFormat] | None,
    typer.Option(
        "--figures", metavar="pdf|svg", help="The figure in this format too; may be given twice."
    ),
]
Tables = Annotated[
    list[TableFormat] | None,
    typer.Option(
        "--tables", metavar="parquet", help="What runs.csv has in this format too, with types."
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The cell that all others are compared with; the first by default.",
        show_default=False,
    ),
]


def command() -> Callable[..., None]:
    """The command, with an example of a setting that suits every study."""
    option = assignments("run.stop_at_target=false, for all cells")
    return with_parameters(study, {}, {"settings": Annotated[list[str] | None, option]})


def study(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A study that comes with evo, or a TOML file; without one, the names of those "
            "that come with evo.",
            metavar="STUDY",
            show_default=False,
            autocompletion=completion.studies,
        ),
    ] = None,
    settings: list[str] | None = None,
    seeds: Annotated[
        int | None, typer.Option(help="How many seeds, from 0 on; by default those of the file.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="How many runs at a time; by default one for each core.")
    ] = None,
    baseline: Baseline = None,
    figures: Figures = None,
    tables: Tables = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The study's folder, studies/NAME by default.", show_default=False
        ),
    ] = None,
    trust: Trust = False,
    quiet: Quiet = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Carry out a study: settings times seeds, in parallel, with one table and one figure.

    Called again, it goes on where it stopped.
    """
    from evo.cli.progress import say
    from evo.cli.study_progress import watcher
    from evo.errors import UsageError
    from evo.evaluation import cores
    from evo.runs.signals import Interrupted
    from evo.studies import packaged, parquet, results
    from evo.studies.carry_out import run_study
    from evo.studies.comparison import compare, named_baseline
    from evo.studies.plan import read

    if file is None:
        _list(packaged.titles(), format)
        return
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: must be at least 1")
    if tables:
        parquet.demand()
    path = packaged.find(file)
    demand_trust_in_file(path, trust, settings or ())
    plan = read(path, settings or (), seeds)
    baseline = named_baseline(baseline or plan.head.baseline, plan.cells)
    folder = out or Path("studies") / path.stem
    workers = workers or cores()
    if not quiet:
        say(
            f"{plan.head.title}: {counted(len(plan.cells), 'cell')} × "
            f"{counted(len(plan.seeds), 'seed')} → {folder}"
        )
    progress = watcher(plan.measure, workers, quiet)
    try:
        with progress:
            outcomes = run_study(plan, folder, workers, progress)
    except Interrupted:
        again = " ".join(["evo study", shlex.quote(str(file)), *_repeated(settings, seeds, out)])
        say(f"stopped with {progress.done} of {progress.count} runs done\ngo on with:  {again}")
        raise typer.Exit(INTERRUPTED) from None
    rows = results.rows_of(plan, outcomes)
    comparisons = compare(rows, baseline)
    notes = [plan.head.about] if plan.head.about else []
    if plan.head.source:
        notes.append(f"Published: {plan.head.source}.")
    text = results.write(
        folder,
        rows,
        plan.measure,
        plan.head.title,
        notes,
        plan.figure,
        comparisons,
        figures or (),
        tables or (),
    )
    show(text, rows, comparisons, folder, format, quiet)
    if failed := [one for one in outcomes if one.summary is None]:
        _tell_failures(failed)
        raise typer.Exit(FAILED)


def _repeated(settings: list[str] | None, seeds: int | None, out: Path | None) -> list[str]:
    """The options that a study was started with, as they are typed again."""
    words = [f"--set {shlex.quote(setting)}" for setting in settings or ()]
    words += [f"--seeds {seeds}"] if seeds is not None else []
    return [*words, *([f"--out {shlex.quote(str(out))}"] if out else [])]


def _list(titles: Mapping[str, str], format: Format) -> None:
    if format is Format.json:
        typer.echo(json.dumps({"studies": dict(titles)}))
        return
    width = max(map(len, titles))
    for name, title in titles.items():
        typer.echo(f"{name:<{width}}  {title}")
    typer.echo(as_typed("\ncarry one out with: evo study NAME"))


def _tell_failures(failed: Sequence["Outcome"]) -> None:
    from evo.cli.progress import say

    names = [f"{one.cell}, seed {one.seed}" for one in failed[:MOST_NAMES]]
    more = [f"{len(failed) - MOST_NAMES} more"] if len(failed) > MOST_NAMES else []
    say(f"{counted(len(failed), 'run')} failed: {'; '.join([*names, *more])}")


def show(
    text: str,
    rows: Sequence["Row"],
    comparisons: Mapping[str, "Comparison"],
    folder: Path | None,
    format: Format,
    quiet: bool,
) -> None:
    """Print a table.

    Args:
        text: the table in Markdown.
        rows: the rows of the table, from which the JSON is made.
        comparisons: of the rows with their baselines, by name.
        folder: where it was written, None if nowhere.
        format: JSON, or Markdown.
        quiet: whether to print the name of the folder instead of Markdown.
    """
    from evo.studies.table import as_dict

    if format is Format.json:
        found = [as_dict(row, comparisons.get(row.name)) for row in rows]
        typer.echo(json.dumps({"rows": found, "folder": folder and str(folder)}))
    elif quiet and folder:
        typer.echo(str(folder))
    else:
        told = text
        if folder:
            patterns = ("table.*", "runs.*", "figure.*")
            names = [path.name for each in patterns for path in sorted(folder.glob(each))]
            told += f"\n{folder}: {', '.join(names)}"
        typer.echo(told)
