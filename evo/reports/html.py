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
from evo.reports import pages
from evo.runs.folder import RunFolder
from evo.runs.lines import counter

MOST_EVENTS = 500


def render(folder: RunFolder) -> str:
    """The report of a run, finished or not. Raises `RunFolderError` if the folder is damaged."""
    from jinja2 import TemplateError

    config = folder.config()
    try:
        return _page(folder, config)
    except (
        TemplateError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:  # somebody has edited its files
        raise RunFolderError(
            f"a file in {folder.path} is damaged: {type(error).__name__}: {error}"
        ) from None


def _page(folder: RunFolder, config: Config) -> str:
    from jinja2 import Environment, StrictUndefined

    metrics, events, summary = folder.metrics(), folder.events(), folder.summary()
    environment = folder.path / "environment.json"
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string((files("evo.reports") / "report.html.j2").read_text(encoding="utf-8"))
    return template.render(
        config=config,
        state=folder.state(),
        name=folder.path.resolve().name,
        stopped=summary and summary["stopped"],
        page=pages.page(folder, config, metrics, summary),
        settings=with_sources((folder.path / "config.toml").read_text()),
        step=config.kind.step,
        events=[_event(event) for event in events[-MOST_EVENTS:]],
        event_count=len(events),
        environment=json.loads(environment.read_text()) if environment.exists() else {},
        command=_command(folder),
    )


def with_sources(text: str) -> dict[str, list[tuple[str, str, str]]]:
    """Section → (key, value, where it came from), from the text of a config.toml.

    Raises `RunFolderError`.
    """
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise RunFolderError(f"config.toml is damaged: {error}") from None
    return {
        str(section): [
            (str(key), item.as_string(), item.trivia.comment.lstrip("# "))
            for key, item in _items(table)
        ]
        for section, table in document.items()
        if isinstance(table, Table)
    }


def _items(table: Table) -> Iterator[tuple[str, Item]]:
    """The items with their comments, which plain iteration takes from booleans."""
    for key in table:
        item = table.value.item(key)
        if isinstance(item, Item):
            yield str(key), item


def _event(event: dict[str, Any]) -> dict[str, Any]:
    rest = {
        key: value for key, value in event.items() if key not in ("generation", "epoch", "event")
    }
    return {
        "step": counter(event),
        "event": str(event.get("event", "")).replace("_", " "),
        "details": ", ".join(f"{key} {pages.figure(value)}" for key, value in rest.items()),
    }


def _command(folder: RunFolder) -> str:
    path = folder.path / "command.txt"
    return path.read_text().strip() if path.exists() else ""
