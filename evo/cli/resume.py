"""`evo resume`: go on where a run stopped."""

from typing import Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat, Quiet, RequireTarget, Run
from evo.cli.run import demand_target, end, follow
from evo.errors import UsageError


def resume(
    run: Run,
    generations: Annotated[
        int | None, typer.Option(help="Extend the run to so many generations in all.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Extend a run of evo learn to so many epochs in all.")
    ] = None,
    quiet: Quiet = False,
    require_target: RequireTarget = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Go on where a run stopped; the result is that of a run that never did.

    A run without a checkpoint starts again. A finished run can be extended with --generations or
    --epochs, unless it reached its target.
    """
    limits = {"generations": generations, "epochs": epochs}
    for name, limit in limits.items():
        if limit is not None and limit < 1:
            raise UsageError(f"--{name} {limit}: must be at least 1")
    from evo.cli.progress import CompileNotice, reporter, say

    with CompileNotice(quiet):
        from evo.runs.execute import carry_out
        from evo.runs.folder import RunFolder

        folder = RunFolder.open(run)
        config = folder.config()
        key = config.kind.limit
        if wrong := [name for name, limit in limits.items() if limit is not None and name != key]:
            raise UsageError(
                f"--{wrong[0]} has no meaning for a run of evo {config.kind.command}",
                f"use --{key}",
            )
        if require_target:
            demand_target(config)
        summary = folder.summary()
        if summary and not folder.extends(limits[key]):
            if not quiet:
                say(f"this run is finished ({summary['stopped']})")
        else:
            if limit := limits[key]:
                folder.extend(limit)
            summary = follow(
                folder, lambda watcher: carry_out(folder.config(), folder, watcher), reporter(quiet)
            )
    end(summary, format, quiet, require_target)
