"""The command `evo`. One small file per command; what a command needs is imported when it runs."""

import os
from typing import Annotated

import typer

from evo import __version__
from evo.cli import (
    compare,
    config,
    doctor,
    explain,
    list,
    replay,
    report,
    resume,
    start,
    study,
    watch,
)
from evo.cli.errors import Commands
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
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Evolve vectors and networks, or let networks learn.

    Try: [bold]evo run neat cartpole[/bold].
    """
    if version:
        typer.echo(f"evo {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


for kind in kinds():
    app.command(kind.command)(start.command(kind))
app.command("resume")(resume.command())
app.command("replay")(replay.replay)
app.command("report")(report.report)
app.command("watch")(watch.watch)
app.command("study")(study.study)
app.command("compare")(compare.compare)
app.command("list")(list.list_names)
app.command("explain")(explain.explain)
app.add_typer(config.app, name="config")
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command."""
    # Evolution multiplies small matrices: more BLAS threads cost CPU time at the start and gain
    # nothing later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app(prog_name="evo")
