"""Pictures of results, by the "kind" of their description.

A new view is one file and one line in the registry.
"""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from evo.registry import VIEWS, resolve

MOST_TEXT = 20_000


def draw(description: Mapping[str, Any]) -> str | None:
    """The SVG text for a description; None if no view knows its kind, or if it is damaged."""
    target = VIEWS.get(str(description.get("kind")))
    if target is None:
        return None
    try:
        return resolve(target)(description)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return None


def show(description: Mapping[str, Any]) -> str:
    """The picture of a description, or its JSON as HTML where there is no picture."""
    picture = draw(description)
    if picture is not None:
        return picture
    parts = description.get("parts")
    if isinstance(parts, Mapping) and all(isinstance(part, Mapping) for part in parts.values()):
        return "".join(f"<h3>{escape(str(name))}</h3>{show(part)}" for name, part in parts.items())
    text = json.dumps(description, indent=1)
    left_out = f"\n… {len(text) - MOST_TEXT} more characters" if len(text) > MOST_TEXT else ""
    return f"<pre>{escape(text[:MOST_TEXT] + left_out)}</pre>"
