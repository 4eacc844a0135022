"""`evo list`: the runs there are, or the names of a kind."""

import json
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from evo.cli.completion import listable
from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat
from evo.cli.table import print_table
from evo.errors import UnknownName, UsageError

COLUMNS = ("run", "method", "on", "seed", "steps", "best", "result", "reached", "state")
EXAMPLES = (
    "evo list",
    "evo list --sort result --algorithm neat",
    "evo list algorithms",
    "evo list operators --format json",
)
REACHED = {True: "yes", False: "no", None: "–"}


def list_names(
    what: Annotated[
        str,
        typer.Argument(
            help="runs, or a folder of runs; or algorithms, rules, plasticities, problems, data, "
            "operators, representations, developments, wrappers, studies, guides, terms.",
            metavar="WHAT",
            autocompletion=listable,
        ),
    ] = "runs",
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Of runs: by result, say; the greatest last.", show_default=False
        ),
    ] = None,
    algorithm: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Of runs: those of this algorithm or rule.", show_default=False
        ),
    ] = None,
    problem: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Of runs: those on this problem or data.", show_default=False
        ),
    ] = None,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """List runs, oldest first, or every name of a kind with a sentence.

    A folder that is called like a kind is written with a slash: evo list ./algorithms.
    """
    from evo.explain.library import CHAPTERS

    given = [
        option
        for option, value in (("sort", sort), ("algorithm", algorithm), ("problem", problem))
        if value
    ]
    if what not in CHAPTERS:
        _list_runs(Path(what), sort, {"method": algorithm, "on": problem}, format)
    elif given:
        raise UsageError(f"--{given[0]} is for runs, not for {what}", f"evo list {what}")
    else:
        _list_chapter(what, format)


def _list_chapter(name: str, format: Format) -> None:
    from evo.explain.library import chapter

    entries = chapter(name).listed()
    if format is Format.json:
        typer.echo(json.dumps([_as_dict(entry) for entry in entries]))
        return
    columns = ["name", "setting", "what it is"]
    rows = [[entry.name, entry.setting, entry.sentence] for entry in entries]
    if not any(entry.setting for entry in entries):
        del columns[1]
        rows = [[name, sentence] for name, _, sentence in rows]
    print_table(columns, rows)


def _as_dict(entry: Any) -> dict[str, str]:
    setting = {"setting": entry.setting} if entry.setting else {}
    return {"name": entry.name, "sentence": entry.sentence, **setting}


class Row(NamedTuple):
    """A run in the list.

    Attributes:
        about: what there is to say about it, as JSON has it.
        values: the same by the columns of the table; None where there is no value.
        cells: the line of the table.
    """

    about: dict[str, Any]
    values: dict[str, Any]
    cells: list[str]


def _list_runs(
    folder: Path, sort: str | None, wanted: dict[str, str | None], format: Format
) -> None:
    from evo.runs.folder import run_folders

    if sort is not None and sort not in COLUMNS:
        raise UnknownName("column", sort, COLUMNS)
    rows = [_row(path) for path in run_folders(folder)]
    fitting = [
        row
        for row in rows
        if all(value in (None, row.values[column]) for column, value in wanted.items())
    ]
    if sort is not None:
        fitting.sort(key=lambda row: (row.values[sort] is not None, row.values[sort] or 0))
    if format is Format.json:
        typer.echo(json.dumps([row.about for row in fitting]))
    elif not rows:
        typer.echo(f"no runs in {folder}; start one with: evo run neat cartpole", err=True)
    elif not fitting:
        typer.echo(f"none of the {len(rows)} runs in {folder} fits", err=True)
    else:
        print_table(COLUMNS, [row.cells for row in fitting])


def _row(path: Path) -> Row:
    """What there is to say about one run. Only its small files are read.

    Of a damaged run it says what is damaged.
    """
    from evo.errors import RunFolderError
    from evo.reports.numbers import told
    from evo.runs.folder import RunFolder

    run = RunFolder(path)
    try:
        kind, names, seed = run.kind, run.names(), run.settings()["run"]["seed"]
        summary, metrics, state = run.summary() or {}, run.metrics(), run.state()
    except RunFolderError as error:
        return _damaged(path, error.message)
    except OSError as error:
        return _damaged(path, str(error))
    last = metrics[-1] if metrics else {}
    steps, figures = last.get(kind.step, 0), kind.row(last, summary)
    reached = summary.get("reached")
    about = {
        "run": str(path),
        "state": state,
        **dict(zip(kind.names, names, strict=True)),
        "seed": seed,
        kind.limit: steps,
        "reached": reached,
        **figures,
    }
    line = [str(path), *names, seed, steps, *figures.values(), reached, state]
    shown = [str(path), *names, str(seed), str(steps), *map(told, figures.values())]
    return Row(about, dict(zip(COLUMNS, line, strict=True)), [*shown, REACHED[reached], state])


def _damaged(path: Path, why: str) -> Row:
    about = {"run": str(path), "state": f"damaged: {why}"}
    cells = [str(path), *["–"] * (len(COLUMNS) - 2), about["state"]]
    return Row(about, {column: about.get(column) for column in COLUMNS}, cells)
