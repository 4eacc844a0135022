"""How the figures of an evolution develop, as charts, and what each of them shows."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from evo.kinds.evolution.figures import SHOWN
from evo.reports.course import Lines, as_number, course, level
from evo.reports.page import Figure
from evo.reports.svg import chart, stack

STEP, COST = "generation", "evaluations"
COURSE = {STEP, COST, "best", "mean", "median", "worst", "best_so_far", "failures"}
"""The figures of every generation; the others are measures of the algorithm."""

FITNESS = (
    "One point for each generation, at the evaluations spent by then. "
    "Best and mean are of that generation alone."
)
SHORT = "There has been one generation at most, so there is no course to see."
SPECIES = "A band is a species, the oldest at the bottom; it is as high as it has individuals."
ABOUT = {
    "species": "How many species there are.",
    "threshold": "Genomes further apart than this distance belong to different species.",
    "connections": "Connections of a genome, the mean of the population.",
    "hidden_nodes": "Hidden nodes of a genome, the mean of the population.",
    "sigma": "The step size: how far offspring are from what they descend from.",
    "axis_ratio": "The longest over the shortest axis of the search distribution: 1 is a sphere.",
    "mean_norm": "How far the mean of the search distribution is from the origin.",
    "front": "Individuals of which no other is better in every score.",
    "hypervolume": "The space of scores that the front dominates: the larger, the better.",
    "elites": "Cells of the archive that have an elite.",
    "coverage": "The share of the archive's cells that have an elite.",
    "innate_mean": "What the population is worth before it learns, the mean.",
    "innate_best": "What the fittest is worth before it learns.",
    "train_accuracy": "The share of the training examples that the fittest tells rightly.",
    "qd_score": "The sum of the fitness of all elites, each counted from the reference.",
}
FIRST = ("hidden_nodes", "connections", *SHOWN)
"""The measures that stand first."""


def fitness(metrics: Lines, scores: Sequence[Mapping[str, Any]]) -> str:
    """A chart of best so far, best and mean by evaluations; of several scores, the best so far.

    Args:
        metrics: the lines of the run.
        scores: what the problem declares: name and target.
    """
    if len(scores) > 1:
        names = [each["name"] for each in scores]
        series = {name: course(metrics, COST, "best_so_far", name) for name in names}
        return chart(f"Best of each score by {COST}", series, x_name=COST, y_name="best so far")
    name, target = scores[0]["name"], scores[0]["target"]
    keys = {"best so far": "best_so_far", "best": "best", "mean": "mean"}
    series = {label: course(metrics, COST, key) for label, key in keys.items()}
    title = f"{name.capitalize()} by {COST}"
    return chart(title, series, x_name=COST, y_name=name, level=level(target))


def species(metrics: Lines) -> str | None:
    """The sizes of the species, the oldest at the bottom; None if there is no course to show."""
    layers: dict[str, list[tuple[float, float]]] = {}
    for line in metrics:
        for name, size in line.get("species_sizes", {}).items():
            layers.setdefault(f"species {name}", []).append((line[STEP], float(size)))
    if not layers or len(metrics) < 2:
        return None
    return stack("Species by generation", layers, x_name=STEP, y_name="individuals")


def others(metrics: Lines) -> dict[str, str]:
    """One chart for each further figure that the algorithm reports, by its name."""
    last = metrics[-1] if metrics else {}
    names = [
        name
        for name, value in last.items()
        if name not in COURSE and math.isfinite(as_number(value))
    ]
    courses = {name: course(metrics, STEP, name) for name in _first(names)}
    return {
        name: chart(
            name.replace("_", " ").capitalize(), {name: points}, x_name=STEP, y_name="", small=True
        )
        for name, points in courses.items()
        if len({y for _, y in points if math.isfinite(y)}) > 1
    }


def _first(names: Sequence[str]) -> list[str]:
    return [*(name for name in FIRST if name in names), *(n for n in names if n not in FIRST)]


def figures(metrics: Lines, scores: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """All charts of the course: fitness, species, then the measures of the algorithm."""
    shown = [Figure(fitness(metrics, scores), FITNESS if len(metrics) > 1 else SHORT)]
    if sizes := species(metrics):
        shown.append(Figure(sizes, SPECIES))
    small = [
        Figure(picture, ABOUT.get(name, ""), small=True)
        for name, picture in others(metrics).items()
    ]
    return [*shown, *small]
