"""Configurations as TOML that a person can read, and that `resolve` reads back to the same settings."""

from collections.abc import Callable
from typing import Any

import tomlkit

from evo import __version__
from evo.config.resolution import Config, Entry

EVERY_KEY = (
    "Every setting of {method} on {subject}, with its default. Delete what you do not change."
)


def resolved(config: Config) -> str:
    """The configuration, each value with where it came from.

    As a config file it gives the same run again.
    """
    head = f"Settings of {config.method} on {config.subject}, evo {__version__}, and where each came from."

    def add(table: Any, key: str, entry: Entry) -> None:
        item = _item(entry.value)
        item.comment(entry.source)
        item.trivia.comment_ws = " " * max(1, 32 - len(key) - len(item.as_string()))
        table.add(key, item)

    return _document(config, head, add)


def documented(config: Config) -> str:
    """The configuration, each value under a comment that says what it is and what it may be."""

    def add(table: Any, key: str, entry: Entry) -> None:
        about = "; ".join(filter(None, (entry.description, entry.bounds)))
        if about:
            table.add(tomlkit.nl())
            table.add(tomlkit.comment(about))
        table.add(key, _item(entry.value))

    return _document(config, EVERY_KEY.format(method=config.method, subject=config.subject), add)


def _document(config: Config, head: str, add: Callable[[Any, str, Entry], None]) -> str:
    document = tomlkit.document()
    document.add(tomlkit.comment(head))
    for section, entries in config.sections.items():
        table = tomlkit.table()
        if section in config.names:
            table.add("name", config.names[section])
        for key, entry in entries.items():
            add(table, key, entry)
        document.add(tomlkit.nl())
        document.add(section, table)
    return tomlkit.dumps(document)


def _item(value: Any) -> Any:
    """A value as TOML has it.

    Tables within a line, so that the keys after them stay in their section.
    """
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table.append(key, _item(inner))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(_item(inner))
        return array
    return tomlkit.item("none" if value is None else value)
