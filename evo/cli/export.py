"""`evo export`: the champion of a run in a form that others read."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Run
from evo.cli.trust import Trust


class Target(StrEnum):
    """What a champion can be written as."""

    mjcf = "mjcf"
    body = "body"


EXAMPLES = ("evo export runs/latest --to mjcf", "evo export runs/latest --to body -o body.json")


def export(
    run: Run,
    to: Annotated[
        Target,
        typer.Option(
            help="mjcf: a creature's body in its world, as MuJoCo and its viewers read it; body: "
            "the body as JSON, for body.file and gymnasium.make."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to; creature.xml or body.json in the run folder by default.",
        ),
    ] = None,
    member: Annotated[int, typer.Option(help="Which member of a front or an archive.")] = 1,
    trust: Trust = False,
    traceback: Traceback = False,
) -> None:
    """Write the body of a creature, the champion of a run, for other programs."""
    from evo.cli.trust import demand_trust
    from evo.runs.atomic import write_text
    from evo.runs.folder import RunFolder

    folder = RunFolder.open(run)
    demand_trust(folder, trust, "export")
    body, world = folder.kind.replay(folder).body(member)
    names = {Target.mjcf: "creature.xml", Target.body: "body.json"}
    path = output or folder.path / names[to]
    if to is Target.mjcf:
        from evo_envs.creatures.export import mjcf_text

        write_text(path, mjcf_text(body, world))
    else:
        write_text(path, json.dumps(body.describe(), indent=1))
    typer.echo(f"wrote {path}")
