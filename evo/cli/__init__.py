"""The command `evo`. One small file per command; what a command needs is imported when it runs."""

import os

import typer

from evo.cli import config, doctor, list, replay, report, resume, run
from evo.cli.errors import Commands

app = typer.Typer(
    cls=Commands,
    help="Evolve vectors, programs and networks. Try: [bold]evo run neat cartpole[/bold]",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("resume")(resume.resume)
app.command("replay")(replay.replay)
app.command("report")(report.report)
app.command("list")(list.list_runs)
app.add_typer(config.app, name="config")
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command."""
    # Evolution multiplies small matrices: more BLAS threads cost CPU time at the start and gain nothing later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app(prog_name="evo")
