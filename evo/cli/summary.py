"""How the end of a run is told."""

import json
from typing import Any

import typer

from evo.cli.errors import INTERRUPTED
from evo.cli.options import Format
from evo.cli.progress import number, percent, say
from evo.runs.folder import RunFolder
from evo.runs.lines import counter


def finish(summary: dict[str, Any], format: Format, quiet: bool) -> None:
    """Print the summary: as JSON, as the folder's name alone, or in words."""
    if format is Format.json:
        typer.echo(json.dumps(summary))
    elif quiet:
        typer.echo(summary["run"])
    else:
        typer.echo(words(summary))


def words(summary: dict[str, Any]) -> str:
    """The summary in a few lines."""
    return _learned(summary) if "rule" in summary else _evolved(summary)


def _learned(summary: dict[str, Any]) -> str:
    run, count = summary["run"], summary["epochs"]
    lines = [f"{verdict(summary)} after {count} epoch{'s' * (count != 1)} ({summary['stopped']})"]
    lines.append(f"  test         {percent(summary['test_accuracy'])} right, measured once")
    if summary["best_test_accuracy"] is not None:
        after = f"after epoch {summary['best_epoch']}, the best by validation"
        lines.append(f"  best         {percent(summary['best_test_accuracy'])} right {after}")
    if summary["validation_accuracy"] is not None:
        lines.append(f"  validation   {percent(summary['validation_accuracy'])}")
    lines.append(f"  training     {percent(summary['train_accuracy'])}")
    lines.append(
        f"  spent        {summary['wall_s']:.1f} s, {summary['parameters']} parameters, "
        f"{summary['examples']} examples an epoch"
    )
    lines.append(f"  run          {run}")
    lines.append(f"  next         evo report {run}")
    return "\n".join(lines)


def _evolved(summary: dict[str, Any]) -> str:
    champion, run = summary["champion"], summary["run"]
    count = summary["generations"]
    lines = [
        f"{verdict(summary)} after {count} generation{'s' * (count != 1)} ({summary['stopped']})"
    ]
    if champion:
        lines.append(f"  champion     {summary['score']} {worth(champion)}")
    lines.append(f"  best         {number(summary['best'])} in training")
    spent = f"{summary['evaluations']:,}".replace(",", " ")
    failed = f", {summary['failures']} failed" if summary["failures"] else ""
    lines.append(f"  spent        {spent} evaluations{failed}, {summary['wall_s']:.1f} s")
    lines.append(f"  run          {run}")
    lines.append(f"  next         evo replay {run}    evo report {run}")
    return "\n".join(lines)


def verdict(summary: dict[str, Any]) -> str:
    """Whether it was solved."""
    if summary["reached"] is None:
        return "done"
    return (
        f"{'solved: target' if summary['reached'] else 'not solved: target'} "
        f"{number(summary['target'])}" + (" reached" if summary["reached"] else " missed")
    )


def worth(champion: dict[str, Any]) -> str:
    """The champion's figure with its interval."""
    mean = number(champion["mean"])
    if not champion["ci95"]:
        return mean
    low, high = champion["ci95"]
    return f"{mean} (mean of {champion['episodes']} fresh episodes, 95 % interval {number(low)} – {number(high)})"


def interrupted(folder: RunFolder) -> typer.Exit:
    """Say where an interrupted run stands and how to go on."""
    lines, step = folder.metrics(), folder.config().kind.step
    if folder.checkpoint.exists() and lines:
        say(f"stopped at {step} {counter(lines[-1])}; saved {folder.checkpoint}")
    else:
        say(f"stopped before the first {step} was complete")
    say(f"go on with:  evo resume {folder.path}")
    return typer.Exit(INTERRUPTED)
