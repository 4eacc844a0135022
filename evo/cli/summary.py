"""How the end of a run is told."""

import json
from typing import Any

import typer

from evo.cli.errors import INTERRUPTED
from evo.cli.options import Format
from evo.cli.progress import number, say
from evo.runs.folder import RunFolder


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
    champion, run = summary["champion"], summary["run"]
    count = summary["generations"]
    lines = [f"{verdict(summary)} after {count} generation{'s' * (count != 1)} ({summary['stopped']})"]
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
    return f"{'solved: target' if summary['reached'] else 'not solved: target'} {number(summary['target'])}" + (
        " reached" if summary["reached"] else " missed"
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
    lines = folder.metrics()
    if folder.checkpoint.exists() and lines:
        say(f"stopped at generation {lines[-1]['generation']}; saved {folder.checkpoint}")
    else:
        say("stopped before the first generation was complete")
    say(f"go on with:  evo resume {folder.path}")
    return typer.Exit(INTERRUPTED)
