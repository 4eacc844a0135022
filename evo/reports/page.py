"""What a report shows beside settings and events: tiles on top, then sections with figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Tile:
    """A figure with its name above and a note below; `sign` is "good", "bad" or empty."""

    name: str
    value: str
    note: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture or table, and a sentence of what it shows.

    Attributes:
        content: SVG or HTML text.
        about: the sentence; empty where the content says it itself.
        small: whether two of them fit beside each other.
        text: what the content says, as HTML, folded below it; empty if nothing is.
        unfolded: whether the text is in sight at first.
    """

    content: str
    about: str = ""
    small: bool = False
    text: str = ""
    unfolded: bool = False


@dataclass(frozen=True)
class Section:
    """Figures under a heading.

    Attributes:
        title: the heading.
        figures: in order.
        warning: what is wrong; empty if nothing is.
    """

    title: str
    figures: Sequence[Figure]
    warning: str = ""


@dataclass(frozen=True)
class Page:
    """The contents of a report, as a kind of run puts them together: what matters most first."""

    tiles: Sequence[Tile]
    sections: Sequence[Section] = field(default_factory=tuple)


def target_tiles(summary: Mapping[str, Any], note: str, write: Callable[[Any], str]) -> list[Tile]:
    """A tile that says whether the target was reached; none where the run has no target.

    Args:
        summary: of the run, perhaps empty.
        note: by what the run is judged.
        write: turns the target into text.
    """
    if summary.get("reached") is None:
        return []
    name = f"target {write(summary['target'])}"
    if summary["reached"]:
        return [Tile(name, "reached", note, "good")]
    return [Tile(name, "missed", note, "bad")]


def time_tiles(summary: Mapping[str, Any]) -> list[Tile]:
    """A tile that says how long the run took; none before it has ended."""
    return [] if summary.get("wall_s") is None else [Tile("time", f"{summary['wall_s']:.1f} s")]
