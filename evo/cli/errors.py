"""How a command ends: exit codes, and errors in words instead of tracebacks.

0 done; 1 target missed, with --require-target; 2 usage or settings; 3 an evaluation failed; 4 a
missing extra; 70 a fault of evo's own; 130 interrupted, with a checkpoint saved; 141 nobody reads
the output any more.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from evo.cli.help import Group
from evo.cli.words import as_typed
from evo.errors import ConfigError, EvoError, UsageError

TARGET_MISSED, FAULT, INTERRUPTED, BROKEN_PIPE = 1, 70, 130, 141

_show_traceback = False


def _remember(value: bool) -> bool:
    global _show_traceback
    _show_traceback = _show_traceback or value
    return value


Traceback = Annotated[
    bool,
    typer.Option(
        "--traceback", "--debug", callback=_remember, help="Show the traceback of an error."
    ),
]


class Commands(Group):
    """The commands. An error that one raises becomes an exit code and words on stderr."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        global _show_traceback
        _show_traceback = bool(os.environ.get("EVO_TRACEBACK"))
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            # Python flushes stdout once more when it exits; there has to be somewhere for that to
            # go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(BROKEN_PIPE) from None
        except EvoError as error:
            mistakes = error.problems if isinstance(error, ConfigError) else [error.message]
            _tell(mistakes, error.hint)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            _tell(["interrupted"])
            raise typer.Exit(INTERRUPTED) from None
        except MemoryError as error:
            _tell(
                [f"this needs more memory than there is: {error or 'out of memory'}"],
                "make it smaller: dimensions, population, network.hidden, data.train",
            )
            raise typer.Exit(UsageError.exit_code) from None
        except OSError as error:  # a full disk, a folder that went away: nothing that evo could do
            _tell([str(error)])
            raise typer.Exit(UsageError.exit_code) from None
        except Exception as error:
            if type(error).__module__.startswith(("typer", "click")):
                raise
            hint = "this is a fault of evo or of a problem of your own; see where with --traceback"
            _tell([f"{type(error).__name__}: {error}"], None if _show_traceback else hint)
            raise typer.Exit(FAULT) from None


def _tell(mistakes: Sequence[str], hint: str | None = None) -> None:
    if _show_traceback:
        traceback.print_exc()
    if len(mistakes) == 1:
        typer.echo(as_typed(f"error: {mistakes[0]}"), err=True)
    else:
        text = f"error: {len(mistakes)} mistakes\n  " + "\n  ".join(mistakes)
        typer.echo(as_typed(text), err=True)
    if hint:
        typer.echo(as_typed("hint:  " + hint.replace("\n", "\n       ")), err=True)
