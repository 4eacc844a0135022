"""A program as a picture: its expression in lines."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from evo.reports.numbers import counted
from evo.reports.svg.elements import text_lines
from evo.reports.table import Table

COLUMNS, MOST_LINES = 88, 60
MOST_CHARACTERS = 100_000


def draw(description: Mapping[str, Any]) -> str:
    """The expression of a program, or its beginning. Raises `ValueError` if there is none."""
    lines = _lines(description)
    more = len(lines) - MOST_LINES
    if more > 0:
        lines = [*lines[:MOST_LINES], f"… and {counted(more, 'more line')} in champion.json"]
    return text_lines(f"Program of {counted(int(description['nodes']), 'node')}", lines)


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The expression, to be copied."""
    rows = [[line] for line in _lines(description)]
    return [Table("The expression", (), rows, prose=True)]


def _lines(description: Mapping[str, Any]) -> list[str]:
    expression = str(description["expression"])
    if not expression:
        raise ValueError("there is no expression")
    lines = textwrap.wrap(expression[:MOST_CHARACTERS], COLUMNS, break_on_hyphens=False)
    if len(expression) > MOST_CHARACTERS:
        lines.append(f"… and {len(expression) - MOST_CHARACTERS} more characters in champion.json")
    return lines
