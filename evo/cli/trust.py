"""Whether a folder or a file may load code: whoever made it chose which."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo import own_code
from evo.errors import UsageError

if TYPE_CHECKING:
    from evo.runs.folder import RunFolder

Trust = Annotated[
    bool,
    typer.Option(
        "--trust", help="Load the files and modules that the settings name without being asked."
    ),
]


def demand_trust(folder: "RunFolder", trusted: bool, command: str) -> None:
    """Ask whether evo may import the files and modules that a run's settings name.

    Args:
        folder: the run's.
        trusted: whether the user has said yes already, by --trust.
        command: what would import it, "replay" or "resume".

    Raises:
        UsageError: it may not, or nobody is there to be asked.
    """
    _ask(folder.settings(), folder.path, trusted, f"evo {command} {folder.path} --trust")


def demand_trust_in_file(file: Path | None, trusted: bool, typed: Any = ()) -> None:
    """Ask whether evo may import the files and modules that a settings file names.

    Args:
        file: a TOML file; None for none.
        trusted: whether the user has said yes already, by --trust.
        typed: words of the command line; what they name was asked for.

    Raises:
        UsageError: it may not, or nobody is there to be asked.
    """
    from evo.config.sources import contents

    if file is None:
        return
    again = "the same with --trust"
    _ask(contents(file, [], str(file)), file, trusted, again, own_code.places_in(list(typed)))


def _ask(
    settings: Mapping[str, Any],
    path: Path,
    trusted: bool,
    again: str,
    asked_for: list[str] | None = None,
) -> None:
    sections = {key: value for key, value in settings.items() if key != "code"}
    places = [place for place in own_code.places_in(sections) if place not in (asked_for or ())]
    if not places or trusted:
        return
    what = f"{path} would import {', '.join(places)}: code that whoever made it chose"
    if _is_there_anybody() and typer.confirm(f"{what}. Go on?", err=True):
        return
    raise UsageError(what, f"if you trust it: {again}")


def _is_there_anybody() -> bool:
    return sys.stdin.isatty()
