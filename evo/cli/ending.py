"""How the end of a run is told, and what it means for the exit code."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import typer

from evo.cli.errors import INTERRUPTED, TARGET_MISSED
from evo.cli.layout import width, wrapped
from evo.cli.options import Format
from evo.cli.progress import Watcher, say
from evo.cli.words import as_typed
from evo.errors import UsageError
from evo.kind import Kind
from evo.reports.numbers import counted, number
from evo.runs.folder import RunFolder
from evo.runs.signals import Interrupted

W = TypeVar("W", bound=Watcher)


def watched(folder: RunFolder, run: Callable[[W], dict[str, Any]], watcher: W) -> dict[str, Any]:
    """The summary that `run` returns.

    Args:
        folder: of the run, which an interrupted run is resumed from.
        run: carries the run out and tells the watcher how it goes on.
        watcher: shows it.

    Raises:
        typer.Exit: the run was interrupted, and how to go on has been said.
    """
    try:
        with watcher:
            return run(watcher)
    except Interrupted:
        raise interrupted(folder) from None


def demand_target(subject: str, target: float | None) -> None:
    """Raise `UsageError` if there is no target that could be missed."""
    if target is None:
        raise UsageError(
            f"{subject} has no target of its own, so --require-target needs one",
            "set it: --set target=SCORE",
        )


def end(
    kind: Kind, summary: dict[str, Any], format: Format, quiet: bool, require_target: bool
) -> None:
    """Print a summary and exit with 1 if the run missed a target that was required.

    Args:
        kind: of the run.
        summary: how it ended.
        format: JSON, or words.
        quiet: whether the words are the name of the folder alone.
        require_target: whether a missed target is an error.
    """
    if format is Format.json:
        typer.echo(json.dumps(summary))
    elif quiet:
        typer.echo(summary["run"])
    else:
        lines = [as_typed(line) for line in (verdict(kind, summary), *kind.words(summary))]
        columns = width()
        typer.echo("\n".join(wrapped(line, columns) for line in lines))
    if require_target and not summary["reached"]:
        raise typer.Exit(TARGET_MISSED)


def verdict(kind: Kind, summary: Mapping[str, Any]) -> str:
    """Whether the task was solved, after how long, and why the run ended."""
    result = "done"
    if summary["reached"] is not None:
        solved, reached = ("solved", "reached") if summary["reached"] else ("not solved", "missed")
        result = f"{solved}: target {number(summary['target'])} {reached}"
    return f"{result} after {counted(summary[kind.limit], kind.step)} ({summary['stopped']})"


def interrupted(folder: RunFolder) -> typer.Exit:
    """Say where an interrupted run stands and how to go on."""
    lines, step = folder.metrics(), folder.kind.step
    if folder.checkpoint.exists() and lines:
        say(f"stopped at {step} {lines[-1][step]}; saved {folder.checkpoint}")
    else:
        say(f"stopped before the first {step} was complete")
    say(f"go on with:  evo resume {folder.path}")
    return typer.Exit(INTERRUPTED)
