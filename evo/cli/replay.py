"""`evo replay`: watch the champion of a run."""

import json
from pathlib import Path
from typing import Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat, Run
from evo.errors import UsageError

Film = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the episodes as a film.", show_default=False),
]


def replay(
    run: Run,
    episodes: Annotated[
        int | None, typer.Option(help="How many; by default 5, and 1 for a film.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the episodes, the run's by default.")
    ] = None,
    gif: Film = None,
    mp4: Film = None,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Play episodes with the champion of a run, in the real environment."""
    for name, value, least in (("episodes", episodes, 1), ("seed", seed, 0)):
        if value is not None and value < least:
            raise UsageError(f"--{name} {value}: must be at least {least}")
    films = []
    for path, suffix in ((gif, ".gif"), (mp4, ".mp4")):
        if path is not None:
            if path.suffix != suffix:
                raise UsageError(f"--{suffix[1:]} {path}: the name has to end in {suffix}")
            films.append(path)

    from evo.cli.progress import number, say
    from evo.runs.folder import RunFolder
    from evo.runs.replay import Replay

    player = Replay(RunFolder.open(run))
    seeds = player.seeds(episodes or (5 if player.problem.noisy and not films else 1), seed)
    scores: list[float] = []
    for film in films:
        scores = player.film(seeds, film)
        say(f"wrote {film}")
    if not films:
        scores = [float(score) for score in player.scores(seeds)]
    if format is Format.json:
        typer.echo(
            json.dumps({"run": str(run), "scores": scores, "seeds": [int(s) for s in seeds]})
        )
        return
    name = player.problem.score_name
    for count, score in enumerate(scores, 1):
        typer.echo(f"episode {count}  {name} {number(score)}")
    if len(scores) > 1:
        typer.echo(f"mean       {name} {number(sum(scores) / len(scores))}")
