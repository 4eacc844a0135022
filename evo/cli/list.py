"""`evo list`: the runs there are."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat

NAMES = ("run", "method", "on", "seed", "steps", "best", "result", "reached", "state")
REACHED = {True: "yes", False: "no", None: "–"}


def list_runs(
    folder: Annotated[Path, typer.Argument(help="Where run folders are.", metavar="DIR")] = Path(
        "runs"
    ),
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """List the runs in a folder, oldest first."""
    from evo.runs.folder import run_folders

    rows = [_row(path) for path in run_folders(folder)]
    if format is Format.json:
        typer.echo(json.dumps([about for about, _ in rows]))
    elif not rows:
        typer.echo(f"no runs in {folder}; start one with: evo run neat cartpole", err=True)
    else:
        _table([cells for _, cells in rows])


def _row(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What there is to say about one run, by name and as the cells of a line.

    Only the small files of the run are read. Of a damaged run it says what is damaged.
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
    about = {
        "run": str(path),
        "state": state,
        **dict(zip(kind.names, names, strict=True)),
        "seed": seed,
        kind.limit: steps,
        "reached": summary.get("reached"),
        **figures,
    }
    shown = [*names, str(seed), str(steps), *map(told, figures.values())]
    return about, [str(path), *shown, REACHED[summary.get("reached")], state]


def _damaged(path: Path, why: str) -> tuple[dict[str, Any], list[str]]:
    state = f"damaged: {why}"
    return {"run": str(path), "state": state}, [str(path), *["–"] * (len(NAMES) - 2), state]


def _table(rows: list[list[str]]) -> None:
    lines = [list(NAMES), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(NAMES))]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        typer.echo("  ".join(cells).rstrip())
