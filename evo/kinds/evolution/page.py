"""The pictures of an evolution, and its part of a report."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from evo.kinds.evolution import champion, charts
from evo.kinds.evolution.charts import STEP
from evo.kinds.evolution.figures import SHOWN
from evo.kinds.evolution.schemas import EpisodeFile, MilestonesFile, ResultFile
from evo.reports import views
from evo.reports.course import Lines, as_number
from evo.reports.film import embedded
from evo.reports.numbers import counted, exact, grouped, number, percent, told
from evo.reports.page import Figure, Page, Section, Tile, target_tiles, time_tiles
from evo.reports.svg import histogram
from evo.reports.table import Table
from evo.runs.folder import RunFolder
from evo.runs.schemas import Schema, checked
from evo.runs.strict_json import read_json

RESULT = "result.json"
"""What the result as a whole looks like, where it is a front or an archive."""
EPISODE = "episode.json"
"""What the champion saw and did in the first episode of its validation, where it acts."""
PLAYER = "replay.html"
"""The page that plays the film of a champion."""
MILESTONES = "milestones.json"
"""Films of the best on the way, where individuals have bodies."""
SHEET = "generation.json"
"""The fittest of the last generation, where they have bodies."""
PEDIGREE = "pedigree.json"
"""Ancestors of the champion, where bodies evolve."""
FILMS = ("film.mp4", "film.gif")
"""Films that a report shows, the first of them that there is."""
SHORT_TABLE = 24
"""Rows of a champion's table that are in sight."""
MOST_PICTURES = 4
"""How many champions are drawn in a report; champion.json has them all."""

CONFUSION = (
    "Nothing in the run was chosen by test examples: the champion met them once, when it had ended."
)
BEHAVIOUR = (
    "What the champion observed and did, step by step, in the first episode of its validation."
)


SURVIVORS = "The fittest of the last generation, at rest."
ANCESTRY = (
    "Where the champion came from: its first parent, the first parent of that, and so on, with "
    "bodies at rest and what each did when it was last evaluated. To save the picture: "
    "<code>evo replay {} --pedigree pedigree.svg</code>"
)
MOMENTS = "Moments of the film, from the beginning to the end."


def filmed(played: Mapping[str, Any]) -> bool:
    """Whether an episode is a film of creatures."""
    return played["kind"] == "film"


def pictures(folder: RunFolder) -> dict[str, str]:
    """fitness.svg, species.svg, a file for each measure, and what is drawn of the result.

    These are called by their kind, as network.svg.
    """
    metrics = folder.metrics()
    drawn = {"fitness": charts.fitness(metrics, folder.facts()["scores"])}
    if sizes := charts.species(metrics):
        drawn["species"] = sizes
    drawn |= {f"{name}-by-{STEP}": chart for name, chart in charts.others(metrics).items()}
    described = [result(folder), episode(folder), sheet(folder), pedigree(folder)]
    described += [
        champion.description(folder.path, each) for each in champion.read(folder.path)[:1]
    ]
    for description in described:
        drawn |= views.pictures(description) if description else {}
    return {f"{re.sub(r'[^a-zA-Z0-9-]+', '-', name)}.svg": text for name, text in drawn.items()}


def result(folder: RunFolder) -> dict[str, Any] | None:
    """What result.json says; None if there is no such file. Raises `RunFolderError`."""
    return _description(folder, RESULT, ResultFile)


def episode(folder: RunFolder) -> dict[str, Any] | None:
    """What episode.json says; None if there is no such file. Raises `RunFolderError`."""
    return _description(folder, EPISODE, EpisodeFile)


def sheet(folder: RunFolder) -> dict[str, Any] | None:
    """What generation.json says; None if there is no such file. Raises `RunFolderError`."""
    return _description(folder, SHEET, ResultFile)


def pedigree(folder: RunFolder) -> dict[str, Any] | None:
    """What pedigree.json says; None if there is no such file. Raises `RunFolderError`."""
    return _description(folder, PEDIGREE, ResultFile)


def milestones(folder: RunFolder) -> list[Figure]:
    """Moments of the films of the best on the way. Raises `RunFolderError`."""
    content = _description(folder, MILESTONES, MilestonesFile)
    if content is None:
        return []
    return [
        Figure(views.show(each["film"]), escape(each["caption"]), small=True)
        for each in content["films"]
    ]


def ancestry(folder: RunFolder, line: Mapping[str, Any]) -> Figure:
    """The ancestors of the champion, as pedigree.json has them."""
    about = ANCESTRY.format(escape(str(folder.path)))
    return Figure(views.show(line), about, text=views.text(line))


def _description(folder: RunFolder, name: str, schema: type[Schema]) -> dict[str, Any] | None:
    path = folder.path / name
    if not path.exists():
        return None
    hint = f"remove it and {folder.path / 'summary.json'}, then: evo resume {folder.path}"
    return checked(read_json(path, hint), schema, path, hint)


def page(folder: RunFolder) -> Page:
    """What a report shows of an evolution, ended or not."""
    metrics, scores = folder.metrics(), folder.facts()["scores"]
    summary = folder.summary() or so_far(metrics)
    judged = folder.facts().get("judged")
    score = judged["name"] if judged else ", ".join(each["name"] for each in scores)
    individuals, played = champion.read(folder.path), episode(folder)
    whole, line = sheet(folder), pedigree(folder)
    about = MOMENTS if played and filmed(played) else BEHAVIOUR
    sections = [
        Section("Film", film(folder, played)),
        solution(folder, individuals),
        Section(
            "Behaviour",
            [Figure(views.show(played), about)] if played else [],
        ),
        Section("Milestones", milestones(folder)),
        Section("Pedigree", [ancestry(folder, line)] if line else []),
        Section("Last generation", [Figure(views.show(whole), SURVIVORS)] if whole else []),
        Section("Course", charts.figures(metrics, scores)),
        Section("Validation", spread(individuals[:MOST_PICTURES], score)),
        Section("Test examples", confusion(summary.get("test"))),
    ]
    return Page(
        tiles(summary, score, _noisy(folder, summary)),
        [section for section in sections if section.figures or section.warning],
    )


def film(folder: RunFolder, played: Mapping[str, Any] | None) -> list[Figure]:
    """The film of the champion; without one, how to make it, where the champion acts.

    Args:
        folder: of the run.
        played: what episode.json says; None where the champion does not act.
    """
    if played is not None and filmed(played):
        return [Figure(player(played), "The first episode of the champion's validation.")]
    for name in FILMS:
        if (folder.path / name).is_file():
            about = "An episode of the champion."
            return [Figure(embedded(folder.path / name, "film of the champion"), about)]
    if played is None:
        return []
    words = f"No film yet. To add one: <code>evo report {escape(str(folder.path))} --film</code>"
    return [Figure(f"<p>{words}</p>")]


def playing(folder: RunFolder) -> str | None:
    """A page that plays the film of a run's champion; None where no creature was filmed."""
    from evo.reports.creatures.motion import read
    from evo.reports.creatures.player import page

    played = episode(folder)
    if played is None or not filmed(played):
        return None
    recorded = read(played)
    return page([recorded], [recorded.title], " on ".join(folder.names()))


def player(description: Mapping[str, Any]) -> str:
    """A film of creatures as HTML that plays it; its JSON where it is damaged."""
    from evo.reports.creatures.motion import read
    from evo.reports.creatures.player import embedded

    try:
        recorded = read(description)
    except ValueError:
        return views.show(description)
    return embedded(recorded, recorded.title)


def solution(folder: RunFolder, individuals: Sequence[Mapping[str, Any]]) -> Section:
    """The result of the run: drawn, and as text."""
    figures = []
    if whole := result(folder):
        figures.append(Figure(views.show(whole), text=views.text(whole)))
    several = len(individuals) > 1
    for count, individual in enumerate(individuals[:MOST_PICTURES], 1):
        worth = told(individual["validation"]["mean"], exact)
        about = f"Member {count}: {worth}" if several else ""
        description = champion.description(folder.path, individual)
        if description is None:
            figures.append(Figure(_genome(individual["genome"]), about))
            continue
        words = views.text(description)
        short = not several and words.count("<tr>") <= SHORT_TABLE
        figures.append(Figure(views.show(description), about, text=words, unfolded=short))
    errors = [each["validation"]["error"] for each in individuals if each["validation"]["error"]]
    title = "Champion"
    if several:
        drawn = min(len(individuals), MOST_PICTURES)
        title = f"Result: {len(individuals)} solutions, the first {drawn} of them drawn"
    return Section(title, figures, f"Its validation failed: {errors[0]}" if errors else "")


def _genome(genome: Mapping[str, Any]) -> str:
    """A genome of which the problem makes no picture and no text."""
    arrays = "; ".join(
        f"{escape(name)}: {' × '.join(map(str, array['shape']))} {escape(array['dtype'])}"
        for name, array in genome["arrays"].items()
    )
    return f"<p>A genome of {escape(genome['kind'])} ({arrays}), in champion.json.</p>"


def _noisy(folder: RunFolder, summary: Mapping[str, Any]) -> bool:
    """Whether evaluations differ: one episode was played although more would have been."""
    wanted = folder.settings()["run"].get("champion_episodes")
    worth = summary["champion"]
    return bool(worth) and (worth["episodes"] != 1 or wanted == 1)


def tiles(summary: Mapping[str, Any], score: str, noisy: bool = True) -> list[Tile]:
    """The figures on top.

    Args:
        summary: of the run.
        score: what the scores are called.
        noisy: whether the champion's figure depends on the episodes that it played.
    """
    judge = "by the champion's mean" if noisy else "by the champion"
    figures = target_tiles(summary, judge, exact)
    if worth := summary["champion"]:
        note = counted(worth["episodes"], "fresh episode") if noisy else ""
        if isinstance(worth["ci95"], list):
            low, high = worth["ci95"]
            note = f"95 % interval {number(low)} to {number(high)}, {note}"
        figures.append(Tile(f"champion's {score}", told(worth["mean"], exact), note))
    failures = summary["failures"]
    failed = f"{failures} failed" if failures else ""
    return [
        *figures,
        *test_tiles(summary.get("test")),
        Tile(
            f"best {summary.get('training_score') or score} in training",
            told(summary["best"], exact),
        ),
        Tile("generations", str(summary["generations"])),
        Tile("evaluations", grouped(summary["evaluations"]), failed),
        *[Tile(unit, grouped(amount)) for unit, amount in summary["spent"].items()],
        *[
            Tile(name.replace("_", " "), exact(summary["measures"][name]))
            for name in SHOWN
            if name in summary["measures"]
        ],
        *time_tiles(summary),
    ]


def test_tiles(test: Mapping[str, Any] | None) -> list[Tile]:
    """The champion's figures on test examples, where there are some."""
    if test is None:
        return []
    note = counted(test["examples"], "test example")
    return [
        Tile(f"{name} in the test", exact(each), note) for name, each in test["figures"].items()
    ]


def confusion(test: Mapping[str, Any] | None) -> list[Figure]:
    """The table of which class the champion takes for which, where it tells classes apart."""
    counts = (test or {}).get("confusion")
    if not counts:
        return []
    classes = [str(k) for k in range(len(counts))]
    rows = [
        [k, *map(str, row), percent(row[i] / sum(row) if sum(row) else None)]
        for i, (k, row) in enumerate(zip(classes, counts, strict=True))
    ]
    table = Table(
        "Test examples of each class (down) by what they are taken for (across)",
        ["", *classes, "right"],
        rows,
    )
    return [Figure(table.html(), CONFUSION)]


def spread(individuals: Sequence[Mapping[str, Any]], score: str) -> list[Figure]:
    """How the scores of each individual are spread over the episodes of its validation."""
    figures = []
    for individual in individuals:
        scores = individual["scores"]
        families = scores if isinstance(scores, dict) else {score: scores}
        for name, values in families.items():
            numbers = [as_number(number) for number in values]
            if len(numbers) > 1:
                title = f"{name.capitalize()} of {len(numbers)} fresh episodes"
                picture = histogram(title, numbers, x_name=name, y_name="episodes")
                about = "Episodes that the champion was not selected by; their mean is its worth."
                figures.append(Figure(picture, about))
    return figures


def so_far(metrics: Lines) -> dict[str, Any]:
    """What a summary would say of an evolution that has not ended."""
    last = metrics[-1] if metrics else {}
    return {
        "generations": last.get(STEP, 0),
        "evaluations": last.get("evaluations", 0),
        "spent": last.get("spent", {}),
        "measures": {name: last[name] for name in SHOWN if name in last},
        "failures": sum(line.get("failures", 0) for line in metrics),
        "best": last.get("best_so_far"),
        "champion": None,
        "target": None,
        "reached": None,
    }
