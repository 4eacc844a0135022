"""`evo report`: a run as one HTML file."""

from pathlib import Path
from typing import Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Run


def report(
    run: Run,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to write it; in the run folder by default.",
            show_default=False,
        ),
    ] = None,
    traceback: Traceback = False,
) -> None:
    """Write one self-contained HTML file: curves, species, network, settings, episodes, events."""
    from evo.reports.html import render
    from evo.runs.atomic import write_text
    from evo.runs.folder import RunFolder

    folder = RunFolder.open(run)
    path = output or folder.path / "report.html"
    write_text(path, render(folder))
    typer.echo(f"wrote {path}")
