"""`evo study`: cells times seeds, in parallel; one table and one figure."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from evo.cli import completion
from evo.cli.errors import INTERRUPTED, Traceback
from evo.cli.options import Format, OutputFormat, Quiet, assignments, with_parameters
from evo.cli.trust import Trust, demand_trust_in_file

FAILED = 3
EXAMPLES = (
    "evo list studies",
    "evo study rules-depth10 --seeds 1",
    "evo study my-study.toml --workers 2 --set run.stop_at_target=false",
)


def command() -> Callable[..., None]:
    """The command, with an example of a setting that suits every study."""
    option = assignments("run.stop_at_target=false, for all cells")
    return with_parameters(study, {}, {"settings": Annotated[list[str] | None, option]})


def study(
    file: Annotated[
        Path,
        typer.Argument(
            help="A study that comes with evo (evo list studies), or a TOML file.",
            metavar="STUDY",
            show_default=False,
            autocompletion=completion.studies,
        ),
    ],
    settings: list[str] | None = None,
    seeds: Annotated[
        int | None, typer.Option(help="How many seeds, from 0 on; by default those of the file.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="How many runs at a time; by default one for each core.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The study's folder, studies/NAME by default.", show_default=False),
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
    from evo.errors import UsageError
    from evo.reports.numbers import number
    from evo.runs.signals import Interrupted
    from evo.studies import results, table
    from evo.studies.carry_out import Outcome, run_study
    from evo.studies.plan import find, read

    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: must be at least 1")
    path = find(file)
    demand_trust_in_file(path, trust, settings or ())
    plan = read(path, settings or (), seeds)
    folder = out or Path("studies") / file.stem
    count, done = len(plan.cells) * len(plan.seeds), 0

    def tell(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        if quiet:
            return
        result = (
            outcome.failure or "interrupted"
            if outcome.summary is None
            else number(table.value(outcome.summary, plan.measure))
        )
        say(f"{done}/{count}  {outcome.cell}, seed {outcome.seed}: {result}")

    if not quiet:
        say(f"{plan.head.title}: {len(plan.cells)} cells × {len(plan.seeds)} seeds → {folder}")
    try:
        outcomes = run_study(plan, folder, workers or os.cpu_count() or 1, tell)
    except Interrupted:
        say(
            f"stopped with {done} of {count} runs done\ngo on with:  evo study "
            f"{file}{f' --out {out}' if out else ''}"
        )
        raise typer.Exit(INTERRUPTED) from None
    rows = results.rows_of(plan, outcomes)
    notes = [plan.head.about] if plan.head.about else []
    if plan.head.source:
        notes.append(f"Published: {plan.head.source}.")
    text = results.write(folder, rows, plan.measure, plan.head.title, notes, plan.figure)
    show(text, rows, folder, format, quiet)
    if any(row.failed for row in rows):
        raise typer.Exit(FAILED)


def show(text: str, rows: Any, folder: Path | None, format: Format, quiet: bool) -> None:
    """Print a table.

    Args:
        text: the table in Markdown.
        rows: the rows of the table, from which the JSON is made.
        folder: where it was written, None if nowhere.
        format: JSON, or Markdown.
        quiet: whether to print the name of the folder instead of Markdown.
    """
    from evo.studies.table import as_dict

    if format is Format.json:
        typer.echo(
            json.dumps({"rows": [as_dict(row) for row in rows], "folder": folder and str(folder)})
        )
    elif quiet and folder:
        typer.echo(str(folder))
    else:
        typer.echo(
            text + (f"\n{folder}: table.csv, table.md, runs.csv, figure.png" if folder else "")
        )
