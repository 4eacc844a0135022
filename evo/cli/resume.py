"""`evo resume`: go on where a run stopped."""

from typing import Annotated

import typer

from evo.cli.errors import TARGET_MISSED, Traceback
from evo.cli.options import Format, OutputFormat, Quiet, RequireTarget, Run
from evo.cli.run import demand_target, follow
from evo.errors import UsageError


def resume(
    run: Run,
    generations: Annotated[int | None, typer.Option(help="Extend the run to so many generations in all.")] = None,
    quiet: Quiet = False,
    require_target: RequireTarget = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Go on where a run stopped; the result is that of a run that never did.

    A run without a checkpoint starts again. A finished run can be extended with --generations, unless it reached its target.
    """
    if generations is not None and generations < 1:
        raise UsageError(f"--generations {generations}: must be at least 1")
    from evo.cli.progress import CompileNotice, reporter
    from evo.cli.summary import finish

    with CompileNotice(quiet):
        from evo.cli.progress import say
        from evo.runs.execute import carry_out
        from evo.runs.folder import RunFolder

        folder = RunFolder.open(run)
        if require_target:
            demand_target(folder.config())
        summary = folder.summary()
        if summary and not folder.extends(generations):
            if not quiet:
                say(f"this run is finished ({summary['stopped']})")
        else:
            if generations is not None:
                folder.extend(generations)
            summary = follow(folder, lambda watcher: carry_out(folder.config(), folder, watcher), reporter(quiet))
    finish(summary, format, quiet)
    if require_target and not summary["reached"]:
        raise typer.Exit(TARGET_MISSED)
