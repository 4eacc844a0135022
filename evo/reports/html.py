"""A run as one HTML file that needs nothing beside it."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item, Table

from evo.errors import RunFolderError
from evo.reports.numbers import exact
from evo.runs.folder import RunFolder

MOST_EVENTS = 500


def render(folder: RunFolder) -> str:
    """The report of a run, ended or not; loads nothing of what the run runs.

    Raises `RunFolderError` if the folder is damaged.
    """
    from jinja2 import Environment, StrictUndefined

    kind, settings = folder.kind, folder.settings()
    events, summary = folder.events(), folder.summary()
    method, subject = folder.names()
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string((files("evo.reports") / "report.html.j2").read_text(encoding="utf-8"))
    return template.render(
        title=f"{method} on {subject}",
        seed=settings["run"]["seed"],
        state=folder.state(),
        name=folder.path.resolve().name,
        stopped=summary and summary["stopped"],
        page=kind.page(folder),
        settings=with_sources(folder.text("config.toml")),
        step=kind.step,
        events=[_event(event, kind.step) for event in events[-MOST_EVENTS:]],
        event_count=len(events),
        environment=folder.environment(),
        command=folder.text("command.txt").strip(),
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


def _event(event: dict[str, Any], step: str) -> dict[str, Any]:
    rest = {key: value for key, value in event.items() if key not in (step, "event")}
    return {
        "step": event[step],
        "event": str(event.get("event", "")).replace("_", " "),
        "details": ", ".join(f"{key} {exact(value)}" for key, value in rest.items()),
    }
