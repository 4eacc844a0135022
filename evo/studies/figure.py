"""The one figure of a study, drawn with matplotlib."""

import io
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evo.runs.atomic import replace
from evo.studies.charts import cells, lines
from evo.studies.panels import course
from evo.studies.plan import Figure as FigureSettings
from evo.studies.rows import Row
from evo.studies.styles import GREY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,  # names are text, also with a $ in them
    "svg.hashsalt": "evo",
}
METADATA = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""Nothing of the moment or the place: the same study draws the same file."""
LETTERS = 16
"""Small letters in an inch."""
SMALL, LARGE = 0.155, 0.22
"""Inches of a line of small letters, and of a line of the title."""


def draw(
    paths: Sequence[Path],
    rows: Sequence[Row],
    measure: str,
    title: str,
    subtitle: str,
    settings: FigureSettings,
) -> None:
    """Write the figure, once for each path.

    Args:
        paths: the files; what they end in says their format: png, pdf or svg.
        rows: the cells and their runs.
        measure: key of the summary that is compared.
        title: heading.
        subtitle: on what, how large and with which seeds.
        settings: what the figure shows.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(layout="constrained")
        if settings.kind == "course":
            caption = course(figure, rows, settings)
        elif settings.kind == "lines" and settings.x:
            caption = lines(figure, rows, measure, settings.x, settings)
        else:
            caption = cells(figure, rows, measure, settings)
        _head(figure, title, [subtitle, caption])
        for path in paths:
            _save(figure, path)


def _head(figure: "Figure", title: str, lines: Sequence[str]) -> None:
    """Write title and small lines above what is drawn, and make room for them."""
    width, height = figure.get_size_inches()
    titles = textwrap.wrap(title, int(0.62 * LETTERS * width)) or [""]
    small = [part for line in lines for part in textwrap.wrap(line, int(LETTERS * width))]
    room = LARGE * len(titles) + SMALL * len(small) + 0.25
    figure.set_figheight(height + room)
    top = height / (height + room)
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.set(rect=(0, 0, 1, top))  # pyright: ignore[reportCallIssue]
    place = 1 - 0.08 / (height + room)
    for text, size, colour in (("\n".join(titles), 12, "black"), ("\n".join(small), 8, GREY)):
        figure.text(0.02, place, text, fontsize=size, color=colour, va="top", ha="left")
        place -= (LARGE * len(titles) + 0.06) / (height + room)


def _save(figure: "Figure", path: Path) -> None:
    format = path.suffix[1:]
    content = io.BytesIO()
    figure.savefig(content, format=format, dpi=150, metadata=METADATA[format])
    replace(path, lambda file: file.write(content.getvalue()))
