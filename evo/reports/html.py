"""A run as one HTML file that needs nothing beside it."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item, Table

from evo.config import Config
from evo.errors import RunFolderError
from evo.reports import drawing, pictures
from evo.reports.svg import histogram
from evo.runs.folder import RunFolder

MOST_EVENTS = 500


def render(folder: RunFolder) -> str:
    """The report of a run, finished or not. Raises `RunFolderError` if the folder is damaged."""
    from jinja2 import TemplateError

    config = folder.config()
    try:
        return _page(folder, config)
    except (TemplateError, LookupError, TypeError, ValueError, AttributeError) as error:  # somebody has edited its files
        raise RunFolderError(f"a file in {folder.path} is damaged: {type(error).__name__}: {error}") from None


def _page(folder: RunFolder, config: Config) -> str:
    from jinja2 import Environment, StrictUndefined

    metrics, events = folder.metrics(), folder.events()
    champion = folder.champion()[1] if (folder.path / "champion.json").exists() else None
    settings = with_sources((folder.path / "config.toml").read_text())
    summary = folder.summary() or _so_far(folder, metrics)
    score = config.task.score_name
    target = config.task.target if config.run.target is None else config.run.target
    network = champion and champion.get("network")
    scores = champion["scores"] if champion else []
    environment = folder.path / "environment.json"
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        (files("evo.reports") / "report.html.j2").read_text(encoding="utf-8")
    )
    return page.render(
        config=config,
        state=folder.state(),
        name=folder.path.resolve().name,
        summary=summary,
        score=score,
        figure=figure,
        champion=champion,
        fitness=pictures.fitness(metrics, score, target),
        species=pictures.species(metrics),
        others=pictures.others(metrics),
        network=drawing.draw(network) if network else None,
        episodes=histogram(f"{score.capitalize()} of {len(scores)} fresh episodes", scores, x_name=score, y_name="episodes")
        if len(scores) > 1
        else None,
        settings=settings,
        events=[_event(event) for event in events[-MOST_EVENTS:]],
        event_count=len(events),
        environment=json.loads(environment.read_text()) if environment.exists() else {},
        command=_command(folder),
    )


def with_sources(text: str) -> dict[str, list[tuple[str, str, str]]]:
    """Section → (key, value, where it came from), from the text of a config.toml. Raises `RunFolderError`."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise RunFolderError(f"config.toml is damaged: {error}") from None
    return {
        str(section): [(str(key), item.as_string(), item.trivia.comment.lstrip("# ")) for key, item in _items(table)]
        for section, table in document.items()
        if isinstance(table, Table)
    }


def _items(table: Table) -> Iterator[tuple[str, Item]]:
    """The items with their comments, which plain iteration takes from booleans."""
    for key in table:
        item = table.value.item(key)
        if isinstance(item, Item):
            yield str(key), item


def figure(value: Any) -> str:
    """A number as one reads it, or a dash."""
    return "–" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _event(event: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in event.items() if key not in ("generation", "event")}
    return {
        "generation": event["generation"],
        "event": str(event.get("event", "")).replace("_", " "),
        "details": ", ".join(f"{key} {figure(value)}" for key, value in rest.items()),
    }


def _command(folder: RunFolder) -> str:
    path = folder.path / "command.txt"
    return path.read_text().strip() if path.exists() else ""


def _so_far(folder: RunFolder, metrics: list[dict[str, Any]]) -> dict[str, Any]:
    """What a summary would say of a run that has not ended."""
    last = metrics[-1] if metrics else {}
    return {
        "generations": last.get("generation", 0),
        "evaluations": last.get("evaluations", 0),
        "failures": sum(line.get("failures", 0) for line in metrics),
        "best": last.get("best_so_far"),
        "champion": None,
        "target": None,
        "reached": None,
        "stopped": None,
        "wall_s": None,
    }
