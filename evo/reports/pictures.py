"""The pictures of a run: its curves, its species, its champion's network."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evo.reports.svg import chart, stack
from evo.runs.files import write_text

Lines = Sequence[Mapping[str, Any]]


def write(folder: Path, metrics: Lines, score: str, target: float | None, network: Mapping[str, Any] | None) -> None:
    """Draw fitness.svg, and network.svg where the champion is a network, into `folder`."""
    write_text(folder / "fitness.svg", fitness(metrics, score, target))
    if network is not None:
        from evo.reports.drawing import draw

        write_text(folder / "network.svg", draw(network))


def fitness(metrics: Lines, score: str, target: float | None) -> str:
    """The best so far, and the best and mean of each generation."""
    names = {"best so far": "best_so_far", "best": "best", "mean": "mean"}
    series = {name: course(metrics, key) for name, key in names.items()}
    level = None if target is None else (f"target {target:g}", float(target))
    return chart(f"{score.capitalize()} by generation", series, x_name="generation", y_name=score, level=level)


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
        name for name, value in (metrics[-1] if metrics else {}).items() if name not in known and math.isfinite(_number(value))
    ]
    courses = {name: course(metrics, name) for name in names}
    return {
        name: chart(name.replace("_", " "), {name: points}, x_name="generation", y_name="")
        for name, points in courses.items()
        if len({y for _, y in points if math.isfinite(y)}) > 1
    }


def course(metrics: Lines, key: str) -> list[tuple[float, float]]:
    """One figure by generation; NaN where a line lacks it."""
    return [(line["generation"], _number(line.get(key))) for line in metrics]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
