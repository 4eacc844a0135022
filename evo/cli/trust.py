"""Whether a run folder may load code: whoever made it chose which."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from evo.errors import UsageError

if TYPE_CHECKING:
    from evo.runs.folder import RunFolder

Trust = Annotated[
    bool,
    typer.Option(
        "--trust", help="Load the modules and files of the run's problem without being asked."
    ),
]


def demand_trust(folder: "RunFolder", trusted: bool, command: str) -> None:
    """Ask whether evo may import the modules and files that a run's settings name.

    Args:
        folder: the run's.
        trusted: whether the user has said yes already, by --trust.
        command: what would import it, "replay" or "resume".

    Raises:
        UsageError: it may not, or nobody is there to be asked.
    """
    from evo.runs.foreign import foreign_code

    names = foreign_code(folder.settings())
    if not names or trusted:
        return
    what = f"{folder.path} would import {', '.join(names)}: code that whoever made the folder chose"
    if _is_there_anybody() and typer.confirm(f"{what}. Go on?", err=True):
        return
    raise UsageError(what, f"if you trust it: evo {command} {folder.path} --trust")


def _is_there_anybody() -> bool:
    return sys.stdin.isatty()
