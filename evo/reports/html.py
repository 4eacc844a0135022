"""A run as one HTML file that needs nothing beside it."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item, Table

from evo.errors import RunFolderError
from evo.reports.numbers import exact, told
from evo.reports.svg.palette import dark_rules
from evo.runs.folder import RunFolder

MOST_EVENTS = 500


def render(folder: RunFolder, missing: str = "") -> str:
    """The report of a run, ended or not; loads nothing of what the run runs.

    Args:
        folder: the run's.
        missing: what was asked for and is not in it, and why.

    Raises:
        RunFolderError: the folder is damaged.
    """
    from jinja2 import Environment, StrictUndefined

    kind, settings = folder.kind, folder.settings()
    events, summary = folder.events(), folder.summary()
    method, subject = folder.names()
    sections = with_sources(folder.text("config.toml"))
    chosen = {
        section: [row for row in rows if row[2] != "default"] for section, rows in sections.items()
    }
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string((files("evo.reports") / "report.html.j2").read_text(encoding="utf-8"))
    return template.render(
        title=f"{method} on {subject}",
        seed=settings["run"]["seed"],
        state=folder.state(),
        missing=missing,
        name=folder.path.resolve().name,
        stopped=summary and summary["stopped"],
        page=kind.page(folder),
        dark_pictures=dark_rules(),
        settings=sections,
        chosen={section: rows for section, rows in chosen.items() if rows},
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
        "details": ", ".join(f"{key} {_words(value)}" for key, value in rest.items()),
    }


def _words(value: Any) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else told(value, exact)
