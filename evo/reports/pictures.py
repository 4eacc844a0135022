"""The pictures of a run: its curves, its species, its champion's network.

What was learned, and how close to backpropagation.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evo.reports.svg import chart, stack
from evo.runs.files import write_text
from evo.runs.lines import counter

Lines = Sequence[Mapping[str, Any]]


def write(
    folder: Path,
    metrics: Lines,
    score: str,
    target: float | None,
    network: Mapping[str, Any] | None,
) -> None:
    """Draw fitness.svg, and network.svg where the champion is a network, into `folder`."""
    write_text(folder / "fitness.svg", fitness(metrics, score, target))
    if network is not None:
        from evo.reports.drawing import draw

        write_text(folder / "network.svg", draw(network))


def write_learning(folder: Path, metrics: Lines, target: float | None) -> None:
    """Draw accuracy.svg, and a file for each measure of the rule, into `folder`."""
    write_text(folder / "accuracy.svg", accuracy(metrics, target))
    for name, picture in measures(metrics).items():
        write_text(folder / f"{name.replace('_', '-')}.svg", picture)


def fitness(metrics: Lines, score: str, target: float | None) -> str:
    """The best so far, and the best and mean of each generation."""
    names = {"best so far": "best_so_far", "best": "best", "mean": "mean"}
    series = {name: course(metrics, key) for name, key in names.items()}
    level = None if target is None else (f"target {target:g}", float(target))
    return chart(
        f"{score.capitalize()} by generation",
        series,
        x_name="generation",
        y_name=score,
        level=level,
    )


def species(metrics: Lines) -> str | None:
    """The sizes of the species, the oldest at the bottom; None if there is no course to show."""
    layers: dict[str, list[tuple[float, float]]] = {}
    for line in metrics:
        for name, size in line.get("species_sizes", {}).items():
            layers.setdefault(name, []).append((line["generation"], float(size)))
    if not layers or len(metrics) < 2:
        return None
    return stack("Species by generation", layers, x_name="generation", y_name="individuals")


def others(metrics: Lines) -> dict[str, str]:
    """One chart for each further figure that the algorithm reports, by its name."""
    known = {"generation", "evaluations", "best", "mean", "median", "worst", "best_so_far"}
    names = [
        name
        for name, value in (metrics[-1] if metrics else {}).items()
        if name not in known and math.isfinite(_number(value))
    ]
    courses = {name: course(metrics, name) for name in names}
    return {
        name: chart(name.replace("_", " "), {name: points}, x_name="generation", y_name="")
        for name, points in courses.items()
        if len({y for _, y in points if math.isfinite(y)}) > 1
    }


def accuracy(metrics: Lines, target: float | None) -> str:
    """The share of examples that are right, in training and in validation."""
    series = {name: course(metrics, f"{name}_accuracy") for name in ("train", "validation")}
    level = None if target is None else (f"target {target:g}", float(target))
    return chart(
        "Accuracy by epoch",
        _known(series),
        x_name="epoch",
        y_name="share that is right",
        level=level,
    )


def loss(metrics: Lines) -> str:
    """The mean loss, in training and in validation."""
    series = {name: course(metrics, f"{name}_loss") for name in ("train", "validation")}
    return chart("Loss by epoch", _known(series), x_name="epoch", y_name="loss")


def measures(metrics: Lines) -> dict[str, str]:
    """One chart for each measure of the rule, by its name.

    A family of measures is a family of curves.
    """
    first = metrics[-1] if metrics else {}
    names = [key for line in metrics for key in line if key not in first] + list(first)
    drawn = {}
    for name in dict.fromkeys(names):
        if name == "epoch" or name.endswith(("_loss", "_accuracy")):
            continue
        lines = [line for line in metrics if name in line]
        members = {key for line in lines if isinstance(line[name], Mapping) for key in line[name]}
        series = {
            key: [(line["epoch"], _number(line[name].get(key))) for line in lines]
            for key in sorted(members)
        }
        unit = "degrees" if name.startswith("angle") else ""
        drawn[name] = chart(
            name.replace("_", " "),
            series or {name: course(lines, name)},
            x_name="epoch",
            y_name=unit,
        )
    return drawn


def _known(series: Mapping[str, list[tuple[float, float]]]) -> dict[str, list[tuple[float, float]]]:
    """The series that have a figure at all."""
    return {
        name: points for name, points in series.items() if any(math.isfinite(y) for _, y in points)
    }


def course(metrics: Lines, key: str) -> list[tuple[float, float]]:
    """One figure by generation or epoch; NaN where a line lacks it."""
    return [(counter(line), _number(line.get(key))) for line in metrics]


def _number(value: Any) -> float:
    return (
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    )
