"""`evo run`: evolve, and leave a run folder."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.errors import TARGET_MISSED, Traceback
from evo.cli.options import Format, OutputFormat, Quiet, RequireTarget, Set
from evo.errors import UsageError
from evo.registry import ALGORITHMS, PROBLEMS

if TYPE_CHECKING:
    from evo.config import Config

Algorithm = Annotated[str | None, typer.Argument(help=f"One of: {', '.join(ALGORITHMS)}.", show_default=False)]
Problem = Annotated[
    str | None,
    typer.Argument(help=f"One of: {', '.join(PROBLEMS)}; or any Gymnasium id, such as Taxi-v4.", show_default=False),
]
File = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="A TOML file with settings (evo config new).")]


def run(
    algorithm: Algorithm = None,
    problem: Problem = None,
    settings: Set = None,
    config: File = None,
    seed: Annotated[int | None, typer.Option(help="The only source of randomness, 0 by default.")] = None,
    generations: Annotated[int | None, typer.Option(help="How many at most, 100 by default.")] = None,
    out: Annotated[Path, typer.Option(help="Where run folders go.", file_okay=True)] = Path("runs"),
    evaluator: Annotated[str | None, typer.Option(help="serial, threads, processes or auto, auto by default.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many threads or processes.")] = None,
    quiet: Quiet = False,
    require_target: RequireTarget = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Evolve: evo run neat cartpole."""
    from evo.cli.progress import CompileNotice, reporter
    from evo.cli.summary import finish

    with CompileNotice(quiet):
        from evo.config import resolve
        from evo.runs.execute import carry_out
        from evo.runs.folder import RunFolder

        flags: dict[str, dict[str, Any]] = {
            "run": {"seed": seed, "generations": generations},
            "evaluation": {"evaluator": evaluator, "workers": workers},
        }
        given = {section: {k: v for k, v in keys.items() if v is not None} for section, keys in flags.items()}
        chosen = resolve(algorithm, problem, file=config, assignments=settings or (), flags=given)
        chosen.composition()
        if require_target:
            demand_target(chosen)
        folder = RunFolder.create(out, chosen, shlex.join(["evo", *sys.argv[1:]]))
        summary = follow(folder, lambda watcher: carry_out(chosen, folder, watcher), reporter(quiet))
    finish(summary, format, quiet)
    if require_target and not summary["reached"]:
        raise typer.Exit(TARGET_MISSED)


def demand_target(config: "Config") -> None:
    """Raise `UsageError` if there is no target that could be missed."""
    if config.run.target is None and config.task.target is None:
        raise UsageError(f"{config.problem} has no target of its own, so --require-target needs one", "set it: --set target=SCORE")


def follow(folder: Any, work: Any, watcher: Any) -> dict[str, Any]:
    """Do `work` under the eyes of `watcher`; when it is interrupted, say how to go on."""
    from evo.cli.summary import interrupted
    from evo.runs.signals import Interrupted

    try:
        with watcher:
            return work(watcher)
    except Interrupted:
        raise interrupted(folder) from None
