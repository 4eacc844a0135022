"""`evo run`, `evo learn`: a command for each kind of run, which leaves a run folder."""

import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.completion import keys_of, names_in
from evo.cli.errors import Traceback
from evo.cli.options import (
    File,
    Format,
    Out,
    OutputFormat,
    Quiet,
    RequireTarget,
    Seed,
    assignments,
    optional,
    with_parameters,
)
from evo.cli.trust import Trust, demand_trust_in_file
from evo.errors import UsageError
from evo.kind import Kind, kinds

if TYPE_CHECKING:
    from evo.config import Config


def command(kind: Kind) -> Callable[..., None]:
    """The command that starts runs of a kind."""

    def start(
        settings: list[str] | None = None,
        config: File = None,
        seed: Seed = None,
        out: Out = Path("runs"),
        quiet: Quiet = False,
        require_target: RequireTarget = False,
        trust: Trust = False,
        format: OutputFormat = Format.text,
        traceback: Traceback = False,
        **given: Any,
    ) -> None:
        from evo.cli.ending import end
        from evo.cli.progress import CompileNotice

        method, subject = (given[section] for section in kind.names)
        refuse_names_of_others(kind, method, subject)
        demand_trust_in_file(config, trust, [method or "", subject or "", *(settings or ())])
        with CompileNotice(quiet):
            from evo.config import resolve

            chosen = resolve(
                method,
                subject,
                kind=kind,
                file=config,
                assignments=settings or (),
                flags=flags(kind, {**given, "seed": seed}),
            )
            summary = run(chosen, out, quiet, require_target)
        end(kind, summary, format, quiet, require_target)

    names = {
        section: Annotated[
            str | None,
            typer.Argument(help=help, show_default=False, autocompletion=names_in(table)),
        ]
        for section, help, table in zip(kind.names, kind.arguments, kind.tables, strict=True)
    }
    options = {option.name: optional(option.type, option.help) for option in kind.options}
    option = assignments(kind.example, keys_of(kind))
    options["settings"] = Annotated[list[str] | None, option]
    start.__doc__ = kind.about
    return with_parameters(start, names, options)


def refuse_names_of_others(kind: Kind, method: str | None, subject: str | None) -> None:
    """Raise `UsageError` for names that only another kind of run has.

    Args:
        kind: of the run that is to be started.
        method: the name of its algorithm or rule, None if a file has it.
        subject: the name of its problem or data, None if a file has it.
    """
    if method is None or method in kind.tables[0]:
        return
    for other in kinds():
        if method in other.tables[0] and (subject is None or other.is_subject(subject)):
            words = [method] if subject is None else [method, subject]
            raise UsageError(
                f"unknown {kind.names[0]} {method!r}: it belongs to evo {other.command}",
                f"evo {other.command} {' '.join(words)}",
            )


def flags(kind: Kind, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The options that were used, by the section that they belong to."""
    places = {option.name: (option.section, option.key) for option in kind.options}
    places["seed"] = "run", "seed"
    used: dict[str, dict[str, Any]] = {}
    for name, (section, key) in places.items():
        if given.get(name) is not None:
            used.setdefault(section, {})[key] = given[name]
    return used


def run(config: "Config", out: Path, quiet: bool, require_target: bool) -> dict[str, Any]:
    """Make a run folder, execute the run in it and return the summary.

    Args:
        config: the settings.
        out: where run folders are.
        quiet: whether to show nothing while it goes on.
        require_target: whether there has to be a target.
    """
    from evo.cli.ending import demand_target, watched
    from evo.cli.progress import reporter
    from evo.runs.execution import execute
    from evo.runs.folder import RunFolder

    config.check()
    if require_target:
        demand_target(config.subject, config.target)
    folder = RunFolder.create(out, config, shlex.join(["evo", *sys.argv[1:]]))
    return watched(folder, lambda watcher: execute(config, folder, watcher), reporter(quiet))
