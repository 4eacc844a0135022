"""What ``--help`` shows: readable names of values, and examples that can be typed."""

from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

VALUES = {"<int>": "N", "<float>": "NUMBER", "<str>": "NAME", "<path>": "PATH", "<bool>": ""}
"""What stands behind an option, by typer's word for it."""


class Command(TyperCommand):
    """A command whose help says what a value is, and nothing behind a flag."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, with readable names of their values."""
        return readable(super().get_params(ctx), ctx)


class Group(TyperGroup):
    """The same for a command that has commands of its own."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, with readable names of their values."""
        return readable(super().get_params(ctx), ctx)


def readable(params: list[Any], ctx: Any) -> list[Any]:
    """The parameters; those without a name for their value get one that people read."""
    for param in params:
        if param.metavar is None and isinstance(param, TyperArgument):
            param.metavar = (param.name or "").upper()
        elif param.metavar is None and isinstance(param, TyperOption):
            param.metavar = VALUES.get(param.display_type(ctx))
    return params


def examples(*lines: str) -> str:
    """The end of a command's help: examples, one below the other."""
    return "\n\n".join(["[bold]Examples[/bold]", *(f"$ {typed(line)}" for line in lines)])


def typed(line: str) -> str:
    """A line as it is, where brackets are no markup."""
    return line.replace("[", r"\[")


def add(app: typer.Typer, name: str, function: Any, lines: tuple[str, ...]) -> None:
    """Add a command with examples.

    Args:
        app: the command that it belongs to.
        name: its name.
        function: what carries it out.
        lines: its examples.
    """
    app.command(name, cls=Command, epilog=examples(*lines))(function)
