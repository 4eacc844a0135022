"""What a report shows beside settings and events: the tiles on top, the course, the result.

For evolutions and for learning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evo.config import Config, EvolutionConfig
from evo.reports import drawing, pictures
from evo.reports.svg import histogram
from evo.runs.folder import RunFolder
from evo.runs.lines import counter

Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Tile:
    """A figure with its name above and a note below; `sign` is "good", "bad" or nothing."""

    name: str
    value: str
    note: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Page:
    """The contents of a report; pictures are SVG text, `further` ones are folded away."""

    tiles: list[Tile]
    course: list[str]
    further: Mapping[str, str]
    result: str = ""
    warning: str = ""
    pictures: list[str] = field(default_factory=list)


def page(
    folder: RunFolder, config: Config, metrics: Lines, summary: Mapping[str, Any] | None
) -> Page:
    """What there is to show of a run; `summary` is None while it has not ended."""
    if isinstance(config, EvolutionConfig):
        return _evolution(folder, config, metrics, summary or _so_far(metrics))
    return _learning(config, metrics, summary or {})


def figure(value: Any) -> str:
    """A number as one reads it, or a dash."""
    return "–" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def share(value: Any) -> str:
    """A share as a percentage, or a dash."""
    return f"{100 * value:.2f} %" if isinstance(value, float | int) else "–"


def _evolution(
    folder: RunFolder, config: EvolutionConfig, metrics: Lines, summary: Mapping[str, Any]
) -> Page:
    champion = folder.champion()[1] if (folder.path / "champion.json").exists() else None
    score = config.task.score_name
    network = champion and champion.get("network")
    scores = champion["scores"] if champion else []
    tiles = _target(summary, "by the champion's mean", figure)
    if worth := summary["champion"]:
        low_high = (
            f"95 % interval {figure(worth['ci95'][0])} – {figure(worth['ci95'][1])}, "
            if worth["ci95"]
            else ""
        )
        episodes = f"{worth['episodes']} fresh episode{'s' * (worth['episodes'] != 1)}"
        tiles.append(Tile(f"champion's {score}", figure(worth["mean"]), low_high + episodes))
    failed = summary["failures"]
    tiles += [
        Tile(f"best {score} in training", figure(summary["best"])),
        Tile("generations", str(summary["generations"])),
        Tile(
            "evaluations",
            f"{summary['evaluations']:,}".replace(",", " "),
            f"{failed} failed" if failed else "",
        ),
        *_time(summary),
    ]
    shown = [drawing.draw(network)] if network else []
    if len(scores) > 1:
        title = f"{score.capitalize()} of {len(scores)} fresh episodes"
        shown.append(histogram(title, scores, x_name=score, y_name="episodes"))
    return Page(
        tiles,
        [
            picture
            for picture in (
                pictures.fitness(metrics, score, config.target),
                pictures.species(metrics),
            )
            if picture
        ],
        pictures.others(metrics),
        "Champion" if champion else "",
        f"Its validation failed: {champion['validation']['error']}"
        if champion and champion["validation"]["error"]
        else "",
        shown,
    )


def _learning(config: Config, metrics: Lines, summary: Mapping[str, Any]) -> Page:
    last = metrics[-1] if metrics else {}
    tiles = _target(summary, "by test examples", share)
    if summary:
        tiles.append(
            Tile("test accuracy", share(summary["test_accuracy"]), "measured once, at the end")
        )
        if summary.get("best_test_accuracy") is not None:
            note = f"of epoch {summary['best_epoch']}, the best by validation"
            tiles.append(Tile("test accuracy", share(summary["best_test_accuracy"]), note))
    for part in ("validation", "train"):
        key = f"{part}_accuracy"
        tiles.append(Tile(f"{part} accuracy", share(summary.get(key, last.get(key)))))
    tiles.append(Tile("epochs", str(summary.get("epochs", counter(last) if last else 0))))
    tiles += (
        [Tile("examples", str(summary["examples"])), Tile("parameters", str(summary["parameters"]))]
        if summary
        else []
    )
    course = [pictures.accuracy(metrics, config.target), pictures.loss(metrics)]
    return Page([*tiles, *_time(summary)], course, pictures.measures(metrics))


def _target(summary: Mapping[str, Any], note: str, write: Any) -> list[Tile]:
    if summary.get("reached") is None:
        return []
    reached = bool(summary["reached"])
    return [
        Tile(
            f"target {write(summary['target'])}",
            "reached" if reached else "missed",
            note,
            "good" if reached else "bad",
        )
    ]


def _time(summary: Mapping[str, Any]) -> list[Tile]:
    return [] if summary.get("wall_s") is None else [Tile("time", f"{summary['wall_s']:.1f} s")]


def _so_far(metrics: Lines) -> dict[str, Any]:
    """What a summary would say of an evolution that has not ended."""
    last = metrics[-1] if metrics else {}
    return {
        "generations": last.get("generation", 0),
        "evaluations": last.get("evaluations", 0),
        "failures": sum(line.get("failures", 0) for line in metrics),
        "best": last.get("best_so_far"),
        "champion": None,
        "target": None,
        "reached": None,
    }
