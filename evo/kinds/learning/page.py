"""The pictures of a learning, and its part of a report."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from evo.kinds.learning.layers import Layers
from evo.reports.course import Lines, Points, as_number, course, level
from evo.reports.numbers import grouped, percent
from evo.reports.page import Figure, Page, Section, Tile, target_tiles, time_tiles
from evo.reports.svg import chart
from evo.runs.folder import RunFolder

STEP = "epoch"
share = partial(percent, digits=2)

ACCURACY = "The share of examples whose class is right; those of validation are not learnt from."
R2 = "The share of the targets' variance that the outputs explain: 1 is exact, 0 the mean itself."
LOSS = "What the rule makes smaller: the mean over the examples."
ABOUT = {
    "angle_to_bp": "Degrees between the rule's update of a layer and backpropagation's: 0 is the "
    "same direction, 90 is chance.",
    "norm_to_bp": "How long the rule's update of a layer is, over backpropagation's.",
    "angle_to_feedback": "Degrees between the weights of a layer and those that carry its error "
    "back: feedback aligns as they turn to each other.",
    "feedback_norm": "How large the weights are that carry the error back, over the layer's own.",
    "target_angle": "Degrees between a layer's targets and where backpropagation would move it.",
    "free_residual": "How much the network still moves when its free phase ends.",
}
CHANCE = ("90°: chance", 90.0)
NETWORK = "network.npz"


def pictures(folder: RunFolder) -> dict[str, str]:
    """accuracy.svg and loss.svg, and a file for each measure of the rule."""
    metrics = folder.metrics()
    name, chart = headline(metrics, folder.facts()["target"])
    drawn = {f"{name}.svg": chart}
    if metrics:
        drawn["loss.svg"] = loss(metrics)
    for name, picture in measures(metrics, Layers.of(folder.path / NETWORK)).items():
        drawn[f"{name.replace('_', '-').replace('/', '-')}.svg"] = picture
    return drawn


def page(folder: RunFolder) -> Page:
    """What a report shows of a learning, ended or not."""
    metrics, layers = folder.metrics(), Layers.of(folder.path / NETWORK)
    course = [
        Figure(*_headline_with_words(folder)),
        Figure(loss(metrics), LOSS),
    ]
    own = [
        Figure(picture, ABOUT.get(name, "")) for name, picture in measures(metrics, layers).items()
    ]
    learnt = [Figure(table.html())] if (table := layers.table()) else []
    sections = [
        Section("Course", course),
        Section("How the rule learns", own),
        Section("Network", learnt),
    ]
    return Page(tiles(metrics, folder.summary() or {}), [each for each in sections if each.figures])


def tiles(metrics: Lines, summary: Mapping[str, Any]) -> list[Tile]:
    """The figures on top; `summary` is empty while the run has not ended."""
    last = metrics[-1] if metrics else {}
    figures = target_tiles(summary, "by test examples", share)
    if summary:
        note = "measured once, at the end"
        kept = summary.get("kept_epoch")
        if kept is not None and kept != summary["epochs"]:
            note = f"of epoch {kept}, the best by validation, measured once"
        figures.append(_score_tile("test", summary, note))
        if summary.get("test_mse") is not None:
            note = "in the square of the targets' unit"
            figures.append(Tile("mean squared error", f"{summary['test_mse']:.4g}", note))
    for part in ("validation", "train"):
        figures.append(_score_tile(part, summary or last))
    figures += [_warning(sentence) for sentence in summary.get("warnings", [])]
    figures.append(Tile("epochs", str(summary.get("epochs", last.get(STEP, 0)))))
    if summary:
        figures.append(Tile("examples", grouped(summary["examples"])))
        figures.append(Tile("parameters", grouped(summary["parameters"])))
    return [*figures, *time_tiles(summary)]


def accuracy(metrics: Lines, target: float | None) -> str:
    """The share of examples that are right, in training and in validation."""
    series = both_parts(metrics, "accuracy")
    title, unit = "Accuracy by epoch", "share that is right"
    return chart(title, series, x_name=STEP, y_name=unit, level=level(target))


def r2(metrics: Lines, target: float | None) -> str:
    """The share of the variance of numbers that is explained, in training and in validation."""
    series = both_parts(metrics, "r2")
    return chart("R² by epoch", series, x_name=STEP, y_name="R²", level=level(target))


def headline(metrics: Lines, target: float | None) -> tuple[str, str]:
    """The name and the picture of the course of what the outputs are worth."""
    if metrics and "train_r2" in metrics[-1]:
        return "r2", r2(metrics, target)
    return "accuracy", accuracy(metrics, target)


def _headline_with_words(folder: RunFolder) -> tuple[str, str]:
    name, picture = headline(folder.metrics(), folder.facts()["target"])
    return picture, R2 if name == "r2" else ACCURACY


def _warning(sentence: str) -> Tile:
    what, _, help = sentence.partition(": ")
    return Tile("warning", what, help, "bad")


def _score_tile(part: str, figures: Mapping[str, Any], note: str = "") -> Tile:
    explained = figures.get(f"{part}_r2")
    if f"{part}_r2" in figures and f"{part}_accuracy" not in figures:
        return Tile(f"{part} R²", "–" if explained is None else f"{explained:.3f}", note)
    return Tile(f"{part} accuracy", share(figures.get(f"{part}_accuracy")), note)


def loss(metrics: Lines) -> str:
    """The mean loss, in training and in validation."""
    return chart("Loss by epoch", both_parts(metrics, "loss"), x_name=STEP, y_name="loss")


def measures(metrics: Lines, layers: Layers) -> dict[str, str]:
    """One chart for each measure of the rule, by its name; angles first.

    A family of measures is a family of curves.

    Args:
        metrics: the lines of the run.
        layers: what the members of a family are called.
    """
    first = metrics[-1] if metrics else {}
    names = [key for line in metrics for key in line if key not in first] + list(first)
    drawn = {}
    for name in sorted(dict.fromkeys(names), key=lambda name: not _is_angle(name)):
        if name == STEP or name.endswith(("_loss", "_accuracy", "_r2")):
            continue
        lines = [line for line in metrics if name in line]
        series = family(lines, name, layers) or {name: course(lines, STEP, name)}
        angle = _is_angle(name)
        drawn[name] = chart(
            name.replace("_", " ").replace(" to bp", " to backpropagation").capitalize(),
            series,
            x_name=STEP,
            y_name="degrees" if angle else "",
            level=CHANCE if angle else None,
        )
    return drawn


def _is_angle(name: str) -> bool:
    return name.startswith("angle") or name.endswith("angle")


def family(lines: Lines, name: str, layers: Layers) -> dict[str, Points]:
    """The curve of each member of a family of measures; none if `name` is a single measure."""
    whole = [line for line in lines if isinstance(line[name], Mapping)]
    members = layers.sorted({member for line in whole for member in line[name]})
    return {
        layers.called(member): [(line[STEP], as_number(line[name].get(member))) for line in whole]
        for member in members
    }


def both_parts(metrics: Lines, figure: str) -> dict[str, Points]:
    """A figure of training and of validation examples, where there is one at all."""
    series = {part: course(metrics, STEP, f"{part}_{figure}") for part in ("train", "validation")}
    return {
        part: points for part, points in series.items() if any(math.isfinite(y) for _, y in points)
    }
