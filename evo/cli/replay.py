"""`evo replay`: watch the champion of a run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat, Run
from evo.cli.trust import Trust
from evo.errors import RunFolderError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evo.kinds.evolution.replay import Replay
    from evo.population import Floats
    from evo.runs.folder import RunFolder

EXAMPLES = (
    "evo replay runs/latest",
    "evo replay runs/latest --episodes 10 --seed 1 --format json",
    "evo replay runs/latest --gif film.gif",
    "evo replay runs/latest --html",
    "evo replay runs/latest --pedigree pedigree.svg",
    "evo replay runs/latest --sheet sheet.png",
)
MOST_PANES = 9
"""Members of a front or an archive that are shown side by side at most."""
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
    member: Annotated[
        int | None,
        typer.Option(
            help="Which member of a front or an archive plays; by default all of them, and the "
            "first in a film."
        ),
    ] = None,
    gif: Film = None,
    mp4: Film = None,
    html: Annotated[
        bool,
        typer.Option(
            "--html", help="Write a page that plays creatures, replay.html in the run folder."
        ),
    ] = False,
    png: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a picture of a creature.", show_default=False),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a picture (.png) of the fittest creatures of the last generation.",
            show_default=False,
        ),
    ] = None,
    world: Annotated[
        str | None,
        typer.Option(
            help="For --html and --png: where creatures live, land, water, slope or terrain, if "
            "not where they evolved.",
            show_default=False,
        ),
    ] = None,
    pedigree: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the ancestors of a creature as an SVG picture.",
            show_default=False,
        ),
    ] = None,
    trust: Trust = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Play episodes with the champion of a run, or with every member of its front or archive."""
    for name, value, least in (("episodes", episodes, 1), ("seed", seed, 0), ("member", member, 1)):
        if value is not None and value < least:
            raise UsageError(f"--{name} {value}: must be at least {least}")
    for path, name, suffix in (
        (gif, "gif", ".gif"),
        (mp4, "mp4", ".mp4"),
        (pedigree, "pedigree", ".svg"),
    ):
        if path is not None and path.suffix != suffix:
            raise UsageError(f"--{name} {path}: the name has to end in {suffix}")
    films = [path for path in (gif, mp4) if path is not None]

    import numpy as np

    from evo.cli.progress import say
    from evo.cli.trust import demand_trust
    from evo.runs.folder import RunFolder

    if world is not None and not html and png is None:
        raise UsageError("--world is for --html and --png", "add one of them")
    folder = RunFolder.open(run)
    plays = html or png is not None or bool(films) or (pedigree is None and sheet is None)
    if pedigree is not None:
        _draw_pedigree(folder, pedigree)
    if not plays and sheet is None:
        return
    demand_trust(folder, trust, "replay")
    player = folder.kind.replay(folder)
    if sheet is not None:
        _draw_sheet(player, sheet)
    if not plays:
        return
    if html or png is not None:
        chosen = [member] if member else list(range(1, min(len(player.members), MOST_PANES) + 1))
        _show(player, player.seeds(episodes or 1, seed), chosen, html, png, world)
        return
    seeds = player.seeds(
        episodes or (5 if player.problem.noisy_validation and not films else 1), seed
    )
    chosen = [member] if member else range(1, len(player.members) + 1)
    for film in films:
        scores = player.film(seeds, film, member or 1)
        say(f"wrote {film}")
        _tell(player, [(member or 1, np.array(scores)[:, None])], run, seeds, format)
    if not films:
        played = [(number, player.scores(seeds, number)) for number in chosen]
        _tell(player, played, run, seeds, format)


def _draw_sheet(player: "Replay", path: Path) -> None:
    """Write a picture of the fittest creatures of the last generation."""
    from evo.cli.progress import say
    from evo.reports.creatures.raster import contact_sheet
    from evo.runs.atomic import replace

    content = contact_sheet(*player.sheet())
    replace(path, lambda file: file.write(content))
    say(f"wrote {path}")


def _show(
    player: "Replay",
    seeds: "NDArray[Any]",
    members: Sequence[int],
    html: bool,
    png: Path | None,
    world: str | None,
) -> None:
    """Write a page with the films of creatures, or a picture of the first."""
    from evo.cli.progress import say
    from evo.kinds.evolution.page import PLAYER
    from evo.reports.creatures import player as page
    from evo.reports.creatures.raster import png as picture
    from evo.runs.atomic import replace, write_text

    films = [film for number in members for film in player.films(seeds, number, world)]
    if html:
        path = player.folder.path / PLAYER
        titles = [film.title for film in films]
        write_text(path, page.page(films, titles, " on ".join(player.folder.names())))
        say(f"wrote {path}")
    if png is not None:
        content = picture(films[0], len(films[0].poses) // 2)
        replace(png, lambda file: file.write(content))
        say(f"wrote {png}")
    for film in films:
        typer.echo(film.title)


def _draw_pedigree(folder: "RunFolder", path: Path) -> None:
    """Write the picture of the champion's ancestors."""
    from evo.cli.progress import say
    from evo.kinds.evolution import page
    from evo.reports import views
    from evo.runs.atomic import write_text

    description = page.pedigree(folder)
    if description is None:
        raise UsageError(
            f"{folder.path} has no pedigree",
            "runs in which bodies evolve have one when they have ended: evo run creatures walk",
        )
    picture = views.draw(description)
    if picture is None:
        raise RunFolderError(f"{folder.path / page.PEDIGREE} is damaged: it cannot be drawn")
    write_text(path, picture)
    say(f"wrote {path}")


def _tell(
    player: "Replay",
    played: "Sequence[tuple[int, Floats]]",
    run: Path,
    seeds: "NDArray[Any]",
    format: Format,
) -> None:
    """Print the figures of each member that played.

    Args:
        player: has the members and the problem.
        played: number and figures of each, `(episodes, scores)`.
        run: the folder.
        seeds: of the episodes.
        format: JSON, or words.
    """
    from evo.reports.numbers import number, told

    names = [score.name for score in player.goal.scores]
    if format is Format.json:
        single = len(names) == 1 and len(played) == 1
        lists = [figures[:, 0] if len(names) == 1 else figures for _, figures in played]
        scores = [figures.tolist() for figures in lists]
        told_as = {"run": str(run), "scores": scores[0] if single else scores}
        typer.echo(json.dumps({**told_as, "seeds": [int(seed) for seed in seeds]}))
        return
    for count, figures in played:
        who = f"member {count:<3} " if len(played) > 1 else ""
        for episode, row in enumerate(figures.tolist(), 1):
            what = told(dict(zip(names, row, strict=True)))
            typer.echo(f"{who}episode {episode}  {what}")
        if len(figures) > 1:
            mean = told(dict(zip(names, figures.mean(axis=0).tolist(), strict=True)), number)
            typer.echo(f"{who}mean       {mean}")
