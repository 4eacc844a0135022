"""The pictures of a learning, and its part of a report."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from evo.reports.course import Lines, Points, as_number, course, level
from evo.reports.numbers import percent
from evo.reports.page import Page, Tile, target_tiles, time_tiles
from evo.reports.svg import chart
from evo.runs.folder import RunFolder

STEP = "epoch"
share = partial(percent, digits=2)


def pictures(folder: RunFolder) -> dict[str, str]:
    """accuracy.svg, and a file for each measure of the rule."""
    metrics = folder.metrics()
    drawn = {"accuracy.svg": accuracy(metrics, folder.facts()["target"])}
    for name, picture in measures(metrics).items():
        drawn[f"{name.replace('_', '-').replace('/', '-')}.svg"] = picture
    return drawn


def page(folder: RunFolder) -> Page:
    """What a report shows of a learning, ended or not."""
    metrics = folder.metrics()
    course = [accuracy(metrics, folder.facts()["target"]), loss(metrics)]
    return Page(tiles(metrics, folder.summary() or {}), course, measures(metrics))


def tiles(metrics: Lines, summary: Mapping[str, Any]) -> list[Tile]:
    """The figures on top; `summary` is empty while the run has not ended."""
    last = metrics[-1] if metrics else {}
    figures = target_tiles(summary, "by test examples", share)
    if summary:
        note = "measured once, at the end"
        figures.append(Tile("test accuracy", share(summary["test_accuracy"]), note))
        if summary["best_test_accuracy"] is not None:
            note = f"of epoch {summary['best_epoch']}, the best by validation"
            figures.append(Tile("test accuracy", share(summary["best_test_accuracy"]), note))
    for part in ("validation", "train"):
        key = f"{part}_accuracy"
        figures.append(Tile(f"{part} accuracy", share(summary.get(key, last.get(key)))))
    figures.append(Tile("epochs", str(summary.get("epochs", last.get(STEP, 0)))))
    if summary:
        figures.append(Tile("examples", str(summary["examples"])))
        figures.append(Tile("parameters", str(summary["parameters"])))
    return [*figures, *time_tiles(summary)]


def accuracy(metrics: Lines, target: float | None) -> str:
    """The share of examples that are right, in training and in validation."""
    series = both_parts(metrics, "accuracy")
    title, unit = "Accuracy by epoch", "share that is right"
    return chart(title, series, x_name=STEP, y_name=unit, level=level(target))


def loss(metrics: Lines) -> str:
    """The mean loss, in training and in validation."""
    return chart("Loss by epoch", both_parts(metrics, "loss"), x_name=STEP, y_name="loss")


def measures(metrics: Lines) -> dict[str, str]:
    """One chart for each measure of the rule, by its name.

    A family of measures is a family of curves.
    """
    first = metrics[-1] if metrics else {}
    names = [key for line in metrics for key in line if key not in first] + list(first)
    drawn = {}
    for name in dict.fromkeys(names):
        if name == STEP or name.endswith(("_loss", "_accuracy")):
            continue
        lines = [line for line in metrics if name in line]
        series = family(lines, name) or {name: course(lines, STEP, name)}
        unit = "degrees" if name.startswith("angle") else ""
        drawn[name] = chart(name.replace("_", " "), series, x_name=STEP, y_name=unit)
    return drawn


def family(lines: Lines, name: str) -> dict[str, Points]:
    """The curve of each member of a family of measures; none if `name` is a single measure."""
    whole = [line for line in lines if isinstance(line[name], Mapping)]
    members = sorted({member for line in whole for member in line[name]})
    return {
        member: [(line[STEP], as_number(line[name].get(member))) for line in whole]
        for member in members
    }


def both_parts(metrics: Lines, figure: str) -> dict[str, Points]:
    """A figure of training and of validation examples, where there is one at all."""
    series = {part: course(metrics, STEP, f"{part}_{figure}") for part in ("train", "validation")}
    return {
        part: points for part, points in series.items() if any(math.isfinite(y) for _, y in points)
    }
