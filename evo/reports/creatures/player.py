"""Films of creatures as HTML that plays them: no file beside it, no network, no library.

The page draws as `evo.reports.creatures.scene` does, in a canvas, so it needs no graphics card.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
from evo_envs.creatures.film import SHAPES, Film
from numpy.typing import NDArray

from evo.reports.creatures.camera import OPENING, TILT
from evo.reports.creatures.colours import colours, shades
from evo.reports.creatures.facets import form, template
from evo.reports.creatures.motion import checked, resampled, side
from evo.reports.svg.palette import DARK

RATE = 30.0
"""Frames per second that a page holds at most; between them it interpolates."""

MOST_BYTES = 400_000
"""Bytes of one film within a page; of one with more, the page holds fewer frames per second."""

MOST_ROWS = 65
"""Rows and columns of a terrain within a page."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ margin: 0; background: #f4f6f8; color: #1f2933; font: 15px/1.5 system-ui, sans-serif; }}
main {{ max-width: 1240px; margin: 0 auto; padding: 18px; }}
h1 {{ font-size: 20px; margin: 0 0 12px; overflow-wrap: anywhere; }}
p {{ color: #5f6b78; margin: 12px 0 0; font-size: 13px; }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #0f1317; color: #e6eaee; }}
  p {{ color: #98a4b0; }}
}}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{player}
<p>Drag to look from elsewhere, turn the wheel or pinch to come nearer. Space: play or pause.
Arrows: a tenth of a second back and forth (with shift a whole one), nearer and farther.
f: follow. t: trail. s: speed. 0: the first view.</p>
</main>
</body>
</html>
"""


def page(films: Sequence[Film], captions: Sequence[str], title: str) -> str:
    """A page that plays films side by side, all at the same time.

    With ``#t=3.2`` behind its address it starts paused, 3.2 s after the start.

    Args:
        films: what is shown.
        captions: what stands below each.
        title: the heading.

    Raises:
        ValueError: a film is damaged, there is none, or there is not one caption for each.
    """
    return PAGE.format(title=escape(title), player=_player(films, captions, whole=True))


def embedded(film: Film, caption: str) -> str:
    """A player within another page, of which it changes nothing; several go on one page.

    Raises:
        ValueError: the film is damaged.
    """
    return _player([film], [caption], whole=False)


def _player(films: Sequence[Film], captions: Sequence[str], whole: bool) -> str:
    if not films or len(films) != len(captions):
        raise ValueError(f"{len(captions)} captions for {len(films)} films; each film has one")
    data = {
        "films": [_packed(film, words) for film, words in zip(films, captions, strict=True)],
        "forms": _forms(),
        "opening": float(OPENING),
        "tilt": float(TILT),
    }
    return (
        f'<div class="evo-creatures"{" whole" * whole}></div>'
        "<noscript>Films of creatures are played by JavaScript, which is off.</noscript>"
        f"<script>(() => {{\n{_code('painting.js')}\n{_code('player.js')}\n"
        "player(document.currentScript.previousElementSibling.previousElementSibling,\n"
        f"{_literal(data)},\n{_literal(_code('player.css'))});\n}})()</script>"
    )


def _packed(film: Film, caption: str) -> dict[str, Any]:
    """What a page holds of a film."""
    checked(film)
    most = MOST_BYTES / (len(film.shapes) * 7 * 2 * 4 / 3)
    rate = min(RATE, max(most / max(film.duration, film.interval), 1e-3))
    turn = side(film)
    # Only what is too much is resampled: other films keep their own frames.
    if film.duration > 0 and 1 / film.interval > rate * 1.001:
        film = resampled(film, rate)
    packed: dict[str, Any] = {
        "title": film.title,
        "caption": caption,
        "interval": film.interval,
        "turn": round(turn, 4),
        "world": film.world,
        "slope": film.slope,
        "shapes": [
            {
                "form": form(shape),
                "half": [float(f"{half:.5g}") for half in shape.half],
                "creature": shape.creature,
                "colour": [colour, DARK[colour]],
                "darker": darker,
            }
            for shape, colour, darker in zip(
                film.shapes, colours(film.shapes), shades(film.shapes), strict=True
            )
        ],
        "poses": _numbers(film.poses, unit=4),
    }
    if len(film.lights):
        packed["lights"] = _numbers(film.lights)
    if film.world == "terrain":
        rows, columns = (min(count, MOST_ROWS) for count in film.heights.shape)
        heights = _thinned(film.heights, rows, columns)
        packed["heights"] = _numbers(heights[..., None]) | {"rows": rows, "columns": columns}
        packed["extent"] = film.extent
    return packed


def _thinned(heights: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """About `rows` times `columns` of the heights, the corners among them."""
    chosen = [
        np.linspace(0, count - 1, wanted).round().astype(int)
        for count, wanted in zip(heights.shape, (rows, columns), strict=True)
    ]
    return heights[np.ix_(*chosen)]


def _numbers(values: NDArray[np.floating], unit: int = 0) -> dict[str, Any]:
    """`(..., n)` values as base64 of 16-bit whole numbers, each column over its own range.

    Args:
        values: finite numbers.
        unit: how many of the last columns lie between -1 and 1 and have that range.
    """
    flat = values.reshape(-1, values.shape[-1]).astype(np.float64)
    low, high = flat.min(axis=0), flat.max(axis=0)
    low[len(low) - unit :], high[len(high) - unit :] = -1.0, 1.0
    span = np.maximum(high - low, 1e-9)
    whole = np.clip((flat - low) / span, 0, 1) * 65534 - 32767
    text = b64encode(whole.round().astype("<i2").tobytes()).decode()
    return {
        "text": text,
        "low": [float(f"{each:.7g}") for each in low],
        "span": [float(f"{each:.7g}") for each in span],
    }


@cache
def _forms() -> dict[str, Any]:
    """The outlines that are stretched to all shapes: ten-thousandths; corners as letters from A."""
    return {
        kind: {
            "vertices": (template(kind).vertices * 1e4).round().astype(int).tolist(),
            "ends": template(kind).ends.astype(int).tolist(),
            "faces": " ".join(
                "".join(chr(65 + row) for row in face) for face in template(kind).faces
            ),
        }
        for kind in SHAPES
    }


@cache
def _code(name: str) -> str:
    """A file beside this one, without indentation and lines that are comments."""
    text = (files("evo.reports.creatures") / name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _literal(value: Any) -> str:
    """A value as JavaScript within a page: no letter of it can end the script."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
