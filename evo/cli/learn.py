"""`evo learn`: let a rule learn from data, and leave a run folder."""

from pathlib import Path
from typing import Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import File, Format, Out, OutputFormat, Quiet, RequireTarget, Seed, Set
from evo.cli.run import end, given, start
from evo.registry import DATA, RULES

Rule = Annotated[
    str | None, typer.Argument(help=f"One of: {', '.join(RULES)}.", show_default=False)
]
Data = Annotated[
    str | None,
    typer.Argument(help=f"One of: {', '.join(DATA)}; or a .npz file.", show_default=False),
]


def learn(
    rule: Rule = None,
    data: Data = None,
    settings: Set = None,
    config: File = None,
    seed: Seed = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes through the training examples, 20 by default.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or auto, auto by default.")] = None,
    out: Out = Path("runs"),
    quiet: Quiet = False,
    require_target: RequireTarget = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Learn: evo learn dfa mnist5k."""
    from evo.config import resolve
    from evo.config.kinds import LEARNING

    flags = given({"run": {"seed": seed, "epochs": epochs, "device": device}})
    chosen = resolve(
        rule, data, kind=LEARNING, file=config, assignments=settings or (), flags=flags
    )
    end(start(chosen, out, quiet, require_target), format, quiet, require_target)
