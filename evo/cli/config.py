"""`evo config`: show, write and check settings."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.completion import names_in
from evo.cli.errors import Traceback
from evo.cli.help import Command, Group, examples
from evo.cli.options import File, Set
from evo.cli.trust import Trust, demand_trust_in_file
from evo.cli.words import as_typed
from evo.errors import UsageError
from evo.registry import ALGORITHMS, DATA, PROBLEMS, RULES
from evo.reports.numbers import counted

if TYPE_CHECKING:
    from evo.kind import Kind

KindName = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="COMMAND",
        help="run, learn …: the command, where two have such names.",
        show_default=False,
    ),
]

app = typer.Typer(cls=Group, help="Show, write and check settings.", no_args_is_help=True)


Method = Annotated[
    str,
    typer.Argument(
        help="An algorithm or a learning rule.",
        show_default=False,
        autocompletion=names_in({**ALGORITHMS, **RULES}),
    ),
]
Subject = Annotated[
    str,
    typer.Argument(
        help="A problem, or data.",
        show_default=False,
        autocompletion=names_in({**PROBLEMS, **DATA}),
    ),
]


@app.command(
    cls=Command,
    epilog=examples(
        "evo config show neat cartpole",
        "evo config show dfa mnist5k --set optimiser.lr=0.01",
    ),
)
def show(
    algorithm: Method,
    problem: Subject,
    settings: Set = None,
    config: File = None,
    kind: KindName = None,
    trust: Trust = False,
    traceback: Traceback = False,
) -> None:
    """Show the settings that a run would have, and where each comes from."""
    from evo.config import resolve
    from evo.config.write import resolved

    demand_trust_in_file(config, trust, [algorithm, problem, *(settings or ())])
    chosen = resolve(
        algorithm,
        problem,
        kind=_kind(kind, algorithm, problem),
        file=config,
        assignments=settings or (),
    )
    typer.echo(resolved(chosen), nl=False)


@app.command(
    cls=Command,
    epilog=examples("evo config new neat cartpole", "evo config new dfa digits my.toml"),
)
def new(
    algorithm: Method,
    problem: Subject,
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to write it; without one it is printed.", show_default=False),
    ] = None,
    kind: KindName = None,
    traceback: Traceback = False,
) -> None:
    """Write a config file with every setting and what it is about."""
    from evo.config import resolve
    from evo.config.write import documented

    config = resolve(algorithm, problem, kind=_kind(kind, algorithm, problem))
    text = documented(config)
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        raise UsageError(f"{file} exists", "name another file, or remove that one") from None
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror or error}") from None
    typer.echo(as_typed(f"wrote {file}; run it with: evo {config.kind.command} --config {file}"))


@app.command(cls=Command, epilog=examples("evo config check my.toml"))
def check(
    file: Annotated[Path, typer.Argument(help="A TOML file.")],
    trust: Trust = False,
    traceback: Traceback = False,
) -> None:
    """Check a config file, or that of a study, and report every mistake in it.

    Files and modules that it names are imported with --trust only; without, their settings are not
    checked.
    """
    from evo.config import resolve
    from evo.config.check import check_without_code
    from evo.studies.plan import is_study, read

    if is_study(file):
        demand_trust_in_file(file, trust)
        plan = read(file)
        size = f"{counted(len(plan.cells), 'cell')} × {counted(len(plan.seeds), 'seed')}"
        typer.echo(f"{file} is a valid study: {size}")
        return
    if not trust and (places := check_without_code(file)):
        text = (
            f"{file} can be read. It names {', '.join(places)}, and what is in there can be "
            f"checked only by importing it: evo config check {file} --trust"
        )
        typer.echo(as_typed(text))
        return
    config = resolve(file=file)
    config.check()
    typer.echo(f"{file} is a valid config: {config.title}")


def _kind(command: str | None, method: str, subject: str) -> "Kind":
    """The kind of run that a command starts; without a command, the kind that two names are of.

    Args:
        command: "run", "learn" …
        method: the name of an algorithm or a rule.
        subject: the name of a problem or of data.

    Raises:
        UnknownName: there is no such command.
        UsageError: the names stand for several kinds.
    """
    from evo.errors import UnknownName
    from evo.kind import KINDS, kind_of_command, kind_of_names

    if command is None:
        return kind_of_names(method, subject)
    if command not in KINDS:
        raise UnknownName("kind", command, KINDS)
    return kind_of_command(command)
