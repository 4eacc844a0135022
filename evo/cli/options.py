"""Options that several commands share."""

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from evo.cli import completion


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
Run = Annotated[
    Path,
    typer.Argument(
        help="A run folder, such as runs/latest.",
        metavar="RUN",
        show_default=False,
        autocompletion=completion.runs,
    ),
]


def assignments(example: str, complete: Callable[..., list[str]] | None = None) -> Any:
    """The option ``--set``.

    Args:
        example: what its help shows.
        complete: offers keys.
    """
    return typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help=f"A setting, as often as needed: {example}.",
        autocompletion=complete,
    )


Set = Annotated[list[str] | None, assignments("algorithm.population=300, network.hidden=[8,8]")]
File = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="A TOML file with settings (evo config new)."),
]
Seed = Annotated[int | None, typer.Option(help="The only source of randomness, 0 by default.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where run folders go.", file_okay=True)]


def optional(type: type, help: str) -> Any:
    """The annotation of an option that may be left out."""
    return Annotated[type | None, typer.Option(help=help)]


def with_parameters(
    function: Callable[..., None], arguments: Mapping[str, Any], options: Mapping[str, Any]
) -> Callable[..., None]:
    """`function` with further parameters in place of its ``**keywords``, as typer reads them.

    Args:
        function: takes the further parameters as keywords.
        arguments: annotations by name of those that come first; their default is None.
        options: annotations by name of those that come last; their default is None. Where
            `function` has such a parameter, it gets this annotation and stays where it is.
    """
    kind = inspect.Parameter.KEYWORD_ONLY
    own = [
        parameter.replace(kind=kind, annotation=options.get(parameter.name, parameter.annotation))
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    first, last = (
        [
            inspect.Parameter(name, kind, default=None, annotation=type)
            for name, type in more.items()
            if name not in [parameter.name for parameter in own]
        ]
        for more in (arguments, options)
    )
    parameters = [*first, *own, *last]

    @wraps(function)
    def command(**given: Any) -> None:
        function(**given)

    command.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportAttributeAccessIssue]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command
