"""SVG text, element by element. Every colour is an attribute: many programs ignore style sheets."""

from collections.abc import Sequence
from html import escape

from evo.reports.svg.palette import INK, PAPER, SOFT

FONT, SIZE = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif", 13.0
MOST_CHARACTERS = 2_000_000
"""No picture is larger, in characters of SVG text."""


def document(width: float, height: float, title: str, body: Sequence[str]) -> str:
    """One self-contained picture.

    Args:
        width: in pixels.
        height: in pixels.
        title: what a screen reader says.
        body: SVG elements.

    Raises:
        ValueError: it would be larger than `MOST_CHARACTERS`.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="evo" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="{FONT}" font-size="{SIZE:g}" '
        f'role="img" aria-label="{escape(title)}">'
    )
    paper = f'<rect width="{width:g}" height="{height:g}" fill="{PAPER}"/>'
    picture = "\n".join([head, paper, *body, "</svg>", ""])
    if len(picture) > MOST_CHARACTERS:
        raise ValueError(f"a picture of {len(picture)} characters is too large")
    return picture


def text(
    x: float,
    y: float,
    words: str,
    *,
    fill: str = INK,
    size: float = SIZE,
    anchor: str = "start",
    bold: bool = False,
    turned: bool = False,
    mono: bool = False,
) -> str:
    """Words at a place.

    Args:
        x: of the end that `anchor` names, in pixels.
        y: of the line on which they stand.
        words: what is written.
        fill: their colour.
        size: of the letters, in pixels.
        anchor: "start", "middle" or "end".
        bold: whether they are a heading.
        turned: whether they run upwards.
        mono: whether all letters are of the same width.
    """
    more = f' font-size="{size:g}"' if size != SIZE else ""
    more += f' text-anchor="{anchor}"' if anchor != "start" else ""
    more += ' font-weight="600"' if bold else ""
    more += ' font-family="monospace"' if mono else ""
    more += f' transform="rotate(-90 {x:.4g} {y:.4g})"' if turned else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}"{more}>{escape(words)}</text>'


def line(
    path: str, stroke: str = SOFT, width: float = 1.0, *, more: str = "", title: str = ""
) -> str:
    """A line along `path`, the letters and numbers of SVG; `title` is shown under the mouse."""
    head = f'<path fill="none" stroke="{stroke}" stroke-width="{width:.3g}" '
    head += f'stroke-linejoin="round" stroke-linecap="round"{" " * bool(more)}{more} d="{path}"'
    return f"{head}>{tooltip(title)}</path>" if title else f"{head}/>"


def tooltip(words: str) -> str:
    """What a browser shows under the mouse, as a child of an element."""
    return f"<title>{escape(words)}</title>"


def width_of(words: str, size: float = SIZE) -> float:
    """About how wide `words` are, in pixels; rather more than less."""
    return 0.6 * size * len(words)


def shortened(words: str, most: int) -> str:
    """The first `most` characters, with an ellipsis if there are more."""
    return words if len(words) <= most else words[: most - 1] + "…"


def text_lines(title: str, lines: Sequence[str], width: float = 760) -> str:
    """Lines of text under a heading, as a picture."""
    body = [text(20, 28, title, bold=True)]
    body += [text(20, 56 + 20 * number, words, mono=True) for number, words in enumerate(lines)]
    return document(width, 60 + 20 * len(lines), title, body)


def key(items: Sequence[tuple[str, str, str]], left: float, right: float, y: float) -> list[str]:
    """A legend, row by row: a line or a dot in a colour, and what it stands for.

    Args:
        items: (words, colour, further attributes of the line or `DOT`) of each.
        left, right: between which it stands, in pixels.
        y: of its first row; each further one is `KEY_ROW` below.
    """
    body: list[str] = []
    for (words, stroke, more), (x, row) in zip(items, _key_places(items, left, right), strict=True):
        at = y + KEY_ROW * row
        if more == DOT:
            dot = f'<circle cx="{x + 9:.1f}" cy="{at - 4:.1f}" r="5.5" fill="{stroke}"/>'
            body.append(dot)
        else:
            body.append(line(f"M{x:.1f} {at - 4:.1f}h18", stroke, 3, more=more))
        body.append(text(x + 24, at, words))
    return body


KEY_ROW = 18.0
DOT = "dot"


def key_rows(items: Sequence[tuple[str, str, str]], left: float, right: float) -> int:
    """How many rows `key` needs."""
    return 1 + max((row for _, row in _key_places(items, left, right)), default=-1)


def _key_places(
    items: Sequence[tuple[str, str, str]], left: float, right: float
) -> list[tuple[float, int]]:
    places, x, row = [], left, 0
    for words, _, _ in items:
        wide = 24 + width_of(words) + 16
        if x > left and x + wide > right:
            x, row = left, row + 1
        places.append((x, row))
        x += wide
    return places
