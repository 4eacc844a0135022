"""`evo list`: the runs there are."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat


def list_runs(
    folder: Annotated[Path, typer.Argument(help="Where run folders are.", metavar="DIR")] = Path(
        "runs"
    ),
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """List the runs in a folder, oldest first."""
    rows = [_row(path.parent) for path in sorted(folder.glob("*/config.toml"))]
    if format is Format.json:
        typer.echo(json.dumps(rows))
    elif not rows:
        typer.echo(f"no runs in {folder}; start one with: evo run neat cartpole", err=True)
    else:
        _table(rows)


def _row(path: Path) -> dict[str, Any]:
    """What there is to say about one run, read from its small files only."""
    import tomllib

    from evo.config.kinds import kind_of
    from evo.errors import RunFolderError
    from evo.runs.folder import RunFolder
    from evo.runs.lines import counter

    run = RunFolder(path)
    try:
        settings = tomllib.loads((path / "config.toml").read_text())
        kind = kind_of(settings)
        summary, metrics = run.summary() or {}, run.metrics()
        last = metrics[-1] if metrics else {}
        row = {"run": str(path), "state": run.state()}
        row |= {section: settings[section]["name"] for section in kind.names}
        row |= {
            "seed": settings["run"]["seed"],
            kind.limit: counter(last) if last else 0,
            "reached": summary.get("reached"),
        }
        if kind.command == "learn":
            return row | {
                "best": last.get("validation_accuracy"),
                "test_accuracy": summary.get("test_accuracy"),
            }
        return row | {
            "best": last.get("best_so_far"),
            "champion": (summary.get("champion") or {}).get("mean"),
        }
    except (RunFolderError, OSError, ValueError, KeyError, TypeError) as error:
        return {"run": str(path), "state": f"damaged: {error}"}


def _table(rows: list[dict[str, Any]]) -> None:
    from evo.cli.progress import number

    reached = {True: "yes", False: "no", None: "–"}
    names = ["run", "method", "on", "seed", "steps", "best", "result", "reached", "state"]
    shown = [
        [
            row["run"],
            row.get("algorithm", row.get("rule", "–")),
            row.get("problem", row.get("data", "–")),
            str(row.get("seed", "–")),
            str(row.get("generations", row.get("epochs", "–"))),
            number(row.get("best")),
            number(row.get("champion", row.get("test_accuracy"))),
            reached[row.get("reached")],
            row["state"],
        ]
        for row in rows
    ]
    widths = [max(len(line[i]) for line in [names, *shown]) for i in range(len(names))]
    for line in [names, *shown]:
        typer.echo(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
