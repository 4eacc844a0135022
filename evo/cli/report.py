"""`evo report`: a run as one HTML file, and its pictures as files for papers."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Run
from evo.cli.trust import Trust

if TYPE_CHECKING:
    from evo.runs.folder import RunFolder


class Picture(StrEnum):
    """What a picture can be written as."""

    svg = "svg"
    pdf = "pdf"
    png = "png"


EXAMPLES = ("evo report runs/latest", "evo report runs/latest --output report.html")


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
    figures: Annotated[
        list[Picture] | None,
        typer.Option(
            help="Also write every picture of the run into its folder, in this format; may be "
            "given several times.",
            show_default=False,
        ),
    ] = None,
    film: Annotated[
        bool,
        typer.Option(
            "--film", help="Play an episode with the champion first, and show it in the report."
        ),
    ] = False,
    trust: Trust = False,
    traceback: Traceback = False,
) -> None:
    """Write one self-contained HTML file: the result, how it came about, settings, events."""
    from evo.errors import EvoError
    from evo.reports.html import render
    from evo.runs.atomic import write_text
    from evo.runs.folder import RunFolder

    folder = RunFolder.open(run)
    failure = None
    if film:
        try:
            _film(folder, trust)
        except EvoError as error:
            failure = error
    path = output or folder.path / "report.html"
    missing = "" if failure is None else f"There is no film: {failure}"
    write_text(path, render(folder, missing))
    typer.echo(f"wrote {path}")
    _write_figures(folder, [each.value for each in figures or []])
    if failure is not None:
        raise failure


def _film(folder: "RunFolder", trust: bool) -> None:
    """Write film.mp4 into the folder: the episode that the report shows, or a fresh one."""
    from evo.cli.trust import demand_trust
    from evo.reports.film import MOST_BYTES

    demand_trust(folder, trust, "report --film")
    path = folder.path / "film.mp4"
    folder.kind.replay(folder).short_film(path, MOST_BYTES)
    typer.echo(f"wrote {path}")


def _write_figures(folder: "RunFolder", formats: list[str]) -> None:
    from evo.reports.figures import FORMATS
    from evo.runs.atomic import replace

    pictures = folder.kind.pictures(folder) if formats else {}
    for format in dict.fromkeys(formats):
        for name, picture in pictures.items():
            content = FORMATS[format](picture)
            path = (folder.path / name).with_suffix(f".{format}")
            replace(path, lambda file, content=content: file.write(content))
            typer.echo(f"wrote {path}")
