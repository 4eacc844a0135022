"""`evo resume`: go on where a run stopped."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evo.cli.errors import Traceback
from evo.cli.options import (
    Format,
    OutputFormat,
    Quiet,
    RequireTarget,
    Run,
    optional,
    with_parameters,
)
from evo.cli.trust import Trust
from evo.errors import RunFolderError, UsageError
from evo.kind import kinds

if TYPE_CHECKING:
    from evo.runs.folder import RunFolder

EXAMPLES = ("evo resume runs/latest", "evo resume runs/latest --generations 40")


def command() -> Callable[..., None]:
    """The command, with an option for the limit of each kind of run."""
    options = {
        kind.limit: optional(int, f"Extend a run of evo {kind.command} to so many in all.")
        for kind in kinds()
    }
    return with_parameters(resume, {}, options)


def resume(
    run: Run,
    trust: Trust = False,
    quiet: Quiet = False,
    require_target: RequireTarget = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
    **limits: Any,
) -> None:
    """Go on where a run stopped; the result is that of a run that never did.

    A run without a checkpoint starts again. A finished run can be extended with --generations or
    --epochs, unless it reached its target; a learning rate with a schedule keeps the rates of the
    epochs that are done.
    """
    for name, limit in limits.items():
        if limit is not None and limit < 1:
            raise UsageError(f"--{name} {limit}: must be at least 1")
    from evo.cli.ending import demand_target, end, watched
    from evo.cli.progress import CompileNotice, reporter, say
    from evo.cli.trust import demand_trust

    with CompileNotice(quiet):
        from evo.runs.execution import execute
        from evo.runs.folder import RunFolder

        folder = RunFolder.open(run)
        kind = folder.kind
        if wrong := [name for name, limit in limits.items() if limit and name != kind.limit]:
            raise UsageError(
                f"--{wrong[0]} has no meaning for a run of evo {kind.command}",
                f"use --{kind.limit}",
            )
        limit, summary = limits[kind.limit], folder.summary()
        if summary and not folder.extends(limit):
            mend_facts(folder, trust)
            if require_target:
                demand_target(folder.names()[1], summary["target"])
            if not quiet:
                say(f"this run is finished ({summary['stopped']})")
        else:
            demand_trust(folder, trust, "resume")
            config = folder.config(limit)
            if limit and (words := kind.extension(folder.settings())):
                say(words)
            if changed := config.code and config.code.changed():
                say(f"changed since the run began, and used as it is now: {', '.join(changed)}")
            if require_target:
                demand_target(config.subject, config.target)
            summary = watched(
                folder, lambda watcher: execute(config, folder, watcher), reporter(quiet)
            )
    end(kind, summary, format, quiet, require_target)


def mend_facts(folder: "RunFolder", trust: bool) -> None:
    """Write run.json of a finished run anew, if it cannot be read."""
    from evo.cli.trust import demand_trust

    try:
        folder.facts()
    except RunFolderError:
        demand_trust(folder, trust, "resume")
        folder.write_facts(folder.config())
