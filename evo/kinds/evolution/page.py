"""The pictures of an evolution, and its part of a report."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from evo.kinds.evolution import champion
from evo.kinds.evolution.schemas import ResultFile
from evo.reports import views
from evo.reports.course import Lines, as_number, course, level
from evo.reports.numbers import counted, exact, grouped, told
from evo.reports.page import Page, Tile, target_tiles, time_tiles
from evo.reports.svg import chart, histogram, stack
from evo.runs.folder import RunFolder
from evo.runs.schemas import checked
from evo.runs.strict_json import read_json

STEP = "generation"
RESULT = "result.json"
"""What the result as a whole looks like, where it is a front or an archive."""
COURSE = {STEP, "evaluations", "best", "mean", "median", "worst", "best_so_far", "failures"}
"""The figures of every generation; the others are measures of the algorithm."""
MOST_PICTURES = 4
"""So many champions are drawn in a report; champion.json has them all."""


def pictures(folder: RunFolder) -> dict[str, str]:
    """fitness.svg, and pictures of result and champion called by their kind, as network.svg."""
    drawn = {"fitness.svg": fitness(folder.metrics(), folder.facts()["scores"])}
    described = [result(folder)]
    described += [individual["description"] for individual in champion.read(folder.path)[:1]]
    for description in described:
        if description and (picture := views.draw(description)):
            name = re.sub(r"[^\w-]+", "-", str(description["kind"]))
            drawn[f"{name}.svg"] = picture
    return drawn


def result(folder: RunFolder) -> dict[str, Any] | None:
    """What result.json says; None if there is no such file. Raises `RunFolderError`."""
    path = folder.path / RESULT
    if not path.exists():
        return None
    hint = f"remove it and {folder.path / 'summary.json'}, then: evo resume {folder.path}"
    return checked(read_json(path, hint), ResultFile, path, hint)


def page(folder: RunFolder) -> Page:
    """What a report shows of an evolution, ended or not."""
    metrics, facts = folder.metrics(), folder.facts()
    summary = folder.summary() or so_far(metrics)
    scores = facts["scores"]
    score = ", ".join(each["name"] for each in scores)
    individuals = champion.read(folder.path)
    course = [fitness(metrics, scores)]
    if sizes := species(metrics):
        course.append(sizes)
    whole = result(folder)
    images = [views.show(whole)] if whole else []
    for individual in individuals[:MOST_PICTURES]:
        images += shown(individual, score)
    validations = [individual["validation"] for individual in individuals]
    errors = [validation["error"] for validation in validations if validation["error"]]
    return Page(
        tiles(summary, score),
        course,
        others(metrics),
        result=_heading(individuals),
        warning=f"Its validation failed: {errors[0]}" if errors else "",
        pictures=images,
    )


def _heading(individuals: Sequence[Mapping[str, Any]]) -> str:
    if len(individuals) < 2:
        return "Champion" if individuals else ""
    drawn = min(len(individuals), MOST_PICTURES)
    return f"Result: {len(individuals)} solutions, the first {drawn} of them drawn"


def tiles(summary: Mapping[str, Any], score: str) -> list[Tile]:
    """The figures on top."""
    figures = target_tiles(summary, "by the champion's mean", exact)
    if worth := summary["champion"]:
        note = counted(worth["episodes"], "fresh episode")
        if isinstance(worth["ci95"], list):
            low, high = worth["ci95"]
            note = f"95 % interval {exact(low)} – {exact(high)}, {note}"
        figures.append(Tile(f"champion's {score}", told(worth["mean"], exact), note))
    failures = summary["failures"]
    failed = f"{failures} failed" if failures else ""
    return [
        *figures,
        Tile(f"best {score} in training", told(summary["best"], exact)),
        Tile("generations", str(summary["generations"])),
        Tile("evaluations", grouped(summary["evaluations"]), failed),
        *[Tile(unit, grouped(amount)) for unit, amount in summary["spent"].items()],
        *time_tiles(summary),
    ]


def shown(individual: Mapping[str, Any], score: str) -> list[str]:
    """What an individual looks like, and how its scores are spread."""
    images: list[str] = []
    scores = individual["scores"]
    families = scores if isinstance(scores, dict) else {score: scores}
    if individual["description"]:
        images.append(views.show(individual["description"]))
    for name, values in families.items():
        numbers = [as_number(number) for number in values]
        if len(numbers) > 1:
            title = f"{name.capitalize()} of {len(numbers)} fresh episodes"
            images.append(histogram(title, numbers, x_name=name, y_name="episodes"))
    return images


def fitness(metrics: Lines, scores: Sequence[Mapping[str, Any]]) -> str:
    """The best so far, and the best and mean of each generation; of several scores, their best.

    Args:
        metrics: the lines of the run.
        scores: what the problem declares: name and target.
    """
    if len(scores) > 1:
        names = [each["name"] for each in scores]
        series = {name: _family(metrics, "best_so_far", name) for name in names}
        return chart("Best of each score by generation", series, x_name=STEP, y_name="best so far")
    name, target = scores[0]["name"], scores[0]["target"]
    keys = {"best so far": "best_so_far", "best": "best", "mean": "mean"}
    series = {label: course(metrics, STEP, key) for label, key in keys.items()}
    title = f"{name.capitalize()} by generation"
    return chart(title, series, x_name=STEP, y_name=name, level=level(target))


def _family(metrics: Lines, key: str, name: str) -> list[tuple[float, float]]:
    """One of the figures under a key that has them by name."""
    lines = [line.get(key) for line in metrics]
    values = [each.get(name) if isinstance(each, dict) else None for each in lines]
    return [(line[STEP], as_number(value)) for line, value in zip(metrics, values, strict=True)]


def species(metrics: Lines) -> str | None:
    """The sizes of the species, the oldest at the bottom; None if there is no course to show."""
    layers: dict[str, list[tuple[float, float]]] = {}
    for line in metrics:
        for name, size in line.get("species_sizes", {}).items():
            layers.setdefault(name, []).append((line[STEP], float(size)))
    if not layers or len(metrics) < 2:
        return None
    return stack("Species by generation", layers, x_name=STEP, y_name="individuals")


def others(metrics: Lines) -> dict[str, str]:
    """One chart for each further figure that the algorithm reports, by its name."""
    names = [
        name
        for name, value in (metrics[-1] if metrics else {}).items()
        if name not in COURSE and math.isfinite(as_number(value))
    ]
    courses = {name: course(metrics, STEP, name) for name in names}
    return {
        name: chart(name.replace("_", " "), {name: points}, x_name=STEP, y_name="")
        for name, points in courses.items()
        if len({y for _, y in points if math.isfinite(y)}) > 1
    }


def so_far(metrics: Lines) -> dict[str, Any]:
    """What a summary would say of an evolution that has not ended."""
    last = metrics[-1] if metrics else {}
    return {
        "generations": last.get(STEP, 0),
        "evaluations": last.get("evaluations", 0),
        "spent": last.get("spent", {}),
        "failures": sum(line.get("failures", 0) for line in metrics),
        "best": last.get("best_so_far"),
        "champion": None,
        "target": None,
        "reached": None,
    }
