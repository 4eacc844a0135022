"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    json = "json"


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print errors only, and the run folder at the end.")
]
RequireTarget = Annotated[
    bool, typer.Option("--require-target", help="Exit with 1 if the result misses the target.")
]
OutputFormat = Annotated[Format, typer.Option("--format", help="json: stdout is one JSON object.")]
Run = Annotated[Path, typer.Argument(help="A run folder.", metavar="RUN", show_default=False)]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A setting: algorithm.population=300, problem.episodes=3, network.hidden=[8].",
    ),
]
File = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="A TOML file with settings (evo config new)."),
]
Seed = Annotated[int | None, typer.Option(help="The only source of randomness, 0 by default.")]
Out = Annotated[Path, typer.Option(help="Where run folders go.", file_okay=True)]
