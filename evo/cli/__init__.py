"""The command `evo`. One small file per command; what a command needs is imported when it runs."""

import os
from typing import Annotated

import typer

from evo import __version__
from evo.cli import (
    audit,
    compare,
    config,
    doctor,
    explain,
    export,
    list,
    replay,
    report,
    resume,
    start,
    study,
    watch,
)
from evo.cli.errors import Commands
from evo.cli.help import add
from evo.cli.words import COMMANDS
from evo.kind import kinds

app = typer.Typer(
    cls=Commands,
    invoke_without_command=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def evo(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", metavar="", help="Show the version and exit.")
    ] = False,
) -> None:
    """Evolve vectors, networks and programs, or let networks learn.

    Try: [bold]evo run neat cartpole[/bold]. Every name has a page: [bold]evo explain neat[/bold].

    Exit codes: 0 done, 1 target missed with --require-target, 2 usage or settings, 3 evaluations
    failed, 4 an extra is missing, 70 a fault, 130 interrupted and saved; more under
    [bold]evo explain exit-codes[/bold] and [bold]evo explain environment-variables[/bold].
    """
    if version:
        typer.echo(f"evo {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


for kind in kinds():
    add(app, kind.command, start.command(kind), kind.examples)
add(app, "resume", resume.command(), resume.EXAMPLES)
add(app, "replay", replay.replay, replay.EXAMPLES)
add(app, "audit", audit.audit, audit.EXAMPLES)
add(app, "report", report.report, report.EXAMPLES)
add(app, "export", export.export, export.EXAMPLES)
add(app, "watch", watch.watch, watch.EXAMPLES)
add(app, "study", study.command(), study.EXAMPLES)
add(app, "compare", compare.compare, compare.EXAMPLES)
add(app, "list", list.list_names, list.EXAMPLES)
add(app, "explain", explain.explain, explain.EXAMPLES)
app.add_typer(config.app, name="config")
add(app, "doctor", doctor.doctor, doctor.EXAMPLES)
COMMANDS += [str(each.name) for each in (*app.registered_commands, *app.registered_groups)]


def main() -> None:
    """Run the command."""
    # Evolution multiplies small matrices: more BLAS threads cost CPU time at the start and gain
    # nothing later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app(prog_name="evo")
