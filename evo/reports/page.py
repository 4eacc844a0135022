"""What a report shows beside settings and events: tiles on top, the course, the result."""

from collections.abc import Callable, Mapping
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
class Page:
    """The contents of a report, as a kind of run puts them together.

    Attributes:
        tiles: figures on top.
        course: SVG texts that show how the figures developed.
        further: more of these by name, folded away.
        result: heading of the result; empty if there is none.
        warning: what is wrong with the result; empty if nothing is.
        pictures: SVG or HTML texts that show the result.
    """

    tiles: list[Tile]
    course: list[str]
    further: Mapping[str, str]
    result: str = ""
    warning: str = ""
    pictures: list[str] = field(default_factory=list)


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
