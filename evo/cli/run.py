"""`evo run`: evolve, and leave a run folder."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.errors import TARGET_MISSED, Traceback
from evo.cli.options import File, Format, Out, OutputFormat, Quiet, RequireTarget, Seed, Set
from evo.errors import UsageError
from evo.registry import ALGORITHMS, PROBLEMS

if TYPE_CHECKING:
    from evo.config import Config

Algorithm = Annotated[
    str | None, typer.Argument(help=f"One of: {', '.join(ALGORITHMS)}.", show_default=False)
]
Problem = Annotated[
    str | None,
    typer.Argument(
        help=f"One of: {', '.join(PROBLEMS)}; or any Gymnasium id, such as Taxi-v4.",
        show_default=False,
    ),
]


def run(
    algorithm: Algorithm = None,
    problem: Problem = None,
    settings: Set = None,
    config: File = None,
    seed: Seed = None,
    generations: Annotated[
        int | None, typer.Option(help="How many at most, 100 by default.")
    ] = None,
    out: Out = Path("runs"),
    evaluator: Annotated[
        str | None, typer.Option(help="serial, threads, processes or auto, auto by default.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="How many threads or processes.")] = None,
    quiet: Quiet = False,
    require_target: RequireTarget = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Evolve: evo run neat cartpole."""
    from evo.cli.progress import CompileNotice

    with CompileNotice(quiet):
        from evo.config import resolve
        from evo.config.kinds import EVOLUTION

        flags = {
            "run": {"seed": seed, "generations": generations},
            "evaluation": {"evaluator": evaluator, "workers": workers},
        }
        chosen = resolve(
            algorithm,
            problem,
            kind=EVOLUTION,
            file=config,
            assignments=settings or (),
            flags=given(flags),
        )
        summary = start(chosen, out, quiet, require_target)
    end(summary, format, quiet, require_target)


def given(flags: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The options that were used."""
    return {
        section: {k: v for k, v in keys.items() if v is not None} for section, keys in flags.items()
    }


def start(config: "Config", out: Path, quiet: bool, require_target: bool) -> dict[str, Any]:
    """Make a run folder, carry the run out in it and return the summary."""
    from evo.cli.progress import reporter
    from evo.runs.execute import carry_out
    from evo.runs.folder import RunFolder

    config.check()
    if require_target:
        demand_target(config)
    folder = RunFolder.create(out, config, shlex.join(["evo", *sys.argv[1:]]))
    return follow(folder, lambda watcher: carry_out(config, folder, watcher), reporter(quiet))


def end(summary: dict[str, Any], format: Format, quiet: bool, require_target: bool) -> None:
    """Tell how a run ended, and exit with 1 if it missed a target that was required."""
    from evo.cli.summary import finish

    finish(summary, format, quiet)
    if require_target and not summary["reached"]:
        raise typer.Exit(TARGET_MISSED)


def demand_target(config: "Config") -> None:
    """Raise `UsageError` if there is no target that could be missed."""
    if config.target is None:
        raise UsageError(
            f"{config.subject} has no target of its own, so --require-target needs one",
            "set it: --set target=SCORE",
        )


def follow(folder: Any, work: Any, watcher: Any) -> dict[str, Any]:
    """Do `work` under the eyes of `watcher`; when it is interrupted, say how to go on."""
    from evo.cli.summary import interrupted
    from evo.runs.signals import Interrupted

    try:
        with watcher:
            return work(watcher)
    except Interrupted:
        raise interrupted(folder) from None
