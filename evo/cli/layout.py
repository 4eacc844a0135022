"""Lines that fit the terminal: broken between words, never inside of a number or a path."""

import re
import shutil
import sys
import textwrap

INDENT = 15
_KEEP = re.compile(r"(?<=\d) (?=[\d–%])|(?<=–) (?=[-\d])")
_BLANK = "\x00"


def width() -> int:
    """How many characters a line on stdout may have; very many where that is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 1_000_000


def wrapped(line: str, columns: int) -> str:
    """A line of words, in as many lines as it needs.

    Args:
        line: what is told, perhaps behind two spaces and a name of at most 12 characters.
        columns: how many characters a line may have.
    """
    if len(line) <= columns:
        return line
    indent = " " * INDENT if line.startswith("  ") else ""
    if "    " in line[INDENT:]:  # commands stand four spaces apart
        return line[:INDENT] + f"\n{indent}".join(line[INDENT:].split("    "))
    kept = _KEEP.sub(_BLANK, line)
    pieces = textwrap.wrap(
        kept,
        columns,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )
    return "\n".join(pieces).replace(_BLANK, " ")
