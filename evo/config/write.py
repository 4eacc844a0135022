"""Configurations as TOML that a person can read; `resolve` reads them back to the same settings."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import tomlkit
from pydantic import AfterValidator, TypeAdapter
from pydantic.fields import FieldInfo

from evo import __version__
from evo.config.config import Config
from evo.settings import OneOf

EVERY_KEY = "Every setting of {title}, with its default. Delete what you do not change."
BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


@dataclass(frozen=True)
class Entry:
    """One setting.

    Attributes:
        key: its name.
        value: as JSON and TOML know it.
        source: where the value came from.
        description: what the setting is about.
        allowed: which values it may have, in words.
    """

    key: str
    value: Any
    source: str
    description: str = ""
    allowed: str = ""


def resolved(config: Config) -> str:
    """The configuration as TOML, with where each value came from.

    Used as a config file it gives the same run again.
    """
    head = f"Settings of {config.title}, evo {__version__}, and where each came from."

    def add(table: Any, entry: Entry) -> None:
        item = _item(entry.value)
        item.comment(entry.source)
        item.trivia.comment_ws = " " * max(1, 32 - len(entry.key) - len(item.as_string()))
        table.add(entry.key, item)

    return _document(config, head, add)


def documented(config: Config) -> str:
    """The configuration as TOML, with a comment above each value: what it is and what it may be."""

    def add(table: Any, entry: Entry) -> None:
        about = "; ".join(filter(None, (entry.description, entry.allowed)))
        if about:
            table.add(tomlkit.nl())
            table.add(tomlkit.comment(about))
        table.add(entry.key, _item(entry.value))

    return _document(config, EVERY_KEY.format(title=config.title), add)


def entries(config: Config, section: str) -> Iterator[Entry]:
    """The settings of one section."""
    fields, sources = type(config.models[section]).model_fields, config.sources[section]
    for key, value in config.values(section).items():
        about = fields[key].description or ""
        yield Entry(key, value, sources[key], about, allowed(fields[key]))


def _document(config: Config, head: str, add: Callable[[Any, Entry], None]) -> str:
    document = tomlkit.document()
    document.add(tomlkit.comment(head))
    for section in config.models:
        table = tomlkit.table()
        if section in config.names:
            table.add("name", config.names[section])
        for entry in entries(config, section):
            add(table, entry)
        document.add(tomlkit.nl())
        document.add(section, table)
    return tomlkit.dumps(document)


def allowed(field: FieldInfo) -> str:
    """Which values a setting may have, in words: its bounds, or the words that can be chosen."""
    bounds = [
        f"{text} {_plain(getattr(rule, sign))}"
        for rule in field.metadata
        for sign, text in BOUNDS.items()
        if hasattr(rule, sign)
    ]
    words = _words(field.annotation) if field.annotation is not None else ()
    for rule in field.metadata:
        if isinstance(rule, AfterValidator) and isinstance(rule.func, OneOf):
            words = tuple(rule.func.names)
    if words and not all(word in (field.description or "") for word in words):
        bounds.append(f"one of {', '.join(words)}")
    return ", ".join(bounds)


def _plain(bound: float) -> str:
    """A bound as a person writes it: 1e8, not 1e+08."""
    return re.sub(r"e([+-])0*", lambda sign: "e-" if sign[1] == "-" else "e", f"{bound:g}")


def _words(annotation: Any) -> tuple[str, ...]:
    """The words of a Literal, perhaps an optional one."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next((_words(part) for part in get_args(annotation) if _words(part)), ())


def as_toml(value: Any) -> str:
    """A value as it is written in a configuration."""
    plain = TypeAdapter(Any).dump_python(value, mode="json")
    return _item(plain).as_string()


def _item(value: Any) -> Any:
    """A value as TOML has it.

    Tables are written within a line, so that the keys after them stay in their section.
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
