"""Pictures of results, by the "kind" of their description, and what they say as text.

A new view is one file with `draw` and one line in the registry. Where that file also has a function
`tell`, from a description to tables, these stand in a report below the picture.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Any

from evo.registry import VIEWS, resolve
from evo.reports.table import Table

MOST_TEXT = 20_000
DAMAGED = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What a view raises at a damaged description."""


def draw(description: Mapping[str, Any]) -> str | None:
    """The SVG text for a description; None if no view knows its kind, or if it is damaged."""
    target = VIEWS.get(str(description.get("kind")))
    if target is None:
        return None
    try:
        return resolve(target)(description)
    except DAMAGED:
        return None


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """What a description says, as tables; none if its view has none, or if it is damaged."""
    target = VIEWS.get(str(description.get("kind")))
    if target is None:
        return []
    told: Callable[[Mapping[str, Any]], Sequence[Table]] | None
    told = getattr(import_module(target.partition(":")[0]), "tell", None)
    try:
        return [] if told is None else told(description)
    except DAMAGED:
        return []


def pictures(description: Mapping[str, Any]) -> dict[str, str]:
    """The SVG text of a description and of its parts that can be drawn, by what it is called."""
    parts = parts_of(description)
    if not parts:
        picture = draw(description)
        return {} if picture is None else {str(description.get("kind")): picture}
    found = {}
    for name, part in parts.items():
        for kind, picture in pictures(part).items():
            found[f"{name}-{kind}"] = picture
    return found


def show(description: Mapping[str, Any]) -> str:
    """The picture of a description as HTML, or its JSON where there is no picture."""
    picture = draw(description)
    if picture is not None:
        return picture
    if parts := parts_of(description):
        return "".join(f"<h3>{escape(name)}</h3>{show(part)}" for name, part in parts.items())
    text = json.dumps(description, indent=1)
    left_out = f"\n… {len(text) - MOST_TEXT} more characters" if len(text) > MOST_TEXT else ""
    return f"<pre>{escape(text[:MOST_TEXT] + left_out)}</pre>"


def text(description: Mapping[str, Any]) -> str:
    """What a description says, as HTML: its tables, and those of its parts under their names."""
    if parts := parts_of(description):
        return "".join(f"<h3>{escape(name)}</h3>{text(part)}" for name, part in parts.items())
    return "".join(table.html() for table in tell(description))


def parts_of(description: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The parts of a description that is made of some; none for any other."""
    parts = description.get("parts")
    if isinstance(parts, Mapping) and all(isinstance(part, Mapping) for part in parts.values()):
        return {str(name): part for name, part in parts.items()}
    return {}
