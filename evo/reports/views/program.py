"""A program as a picture: its expression in lines."""

import textwrap
from collections.abc import Mapping
from typing import Any

from evo.reports.svg import text_lines

COLUMNS, MOST = 88, 20_000


def draw(description: Mapping[str, Any]) -> str:
    """The expression of a program. Raises `ValueError` if it is too long."""
    expression = str(description["expression"])
    if not 0 < len(expression) <= MOST:
        raise ValueError(f"an expression of {len(expression)} characters cannot be drawn")
    lines = textwrap.wrap(expression, COLUMNS, break_on_hyphens=False)
    return text_lines(f"Program of {int(description['nodes'])} nodes", lines)
