"""Pictures as files for papers: SVG as it is, PDF with its fonts in it, PNG at twice the size.

Text is set in DejaVu Sans, which comes with matplotlib, so that it is the same on every machine.
"""

import logging
import re
from pathlib import Path

from evo.errors import MissingExtra

FONTS = {
    ("DejaVu Sans", ""): "DejaVuSans.ttf",
    ("DejaVu Sans", "B"): "DejaVuSans-Bold.ttf",
    ("DejaVu Sans Mono", ""): "DejaVuSansMono.ttf",
}
ZOOM = 2
"""Pixels of a PNG for each pixel of a picture."""

_FAMILY = re.compile(r'font-family="([^"]*)"')


def svg(picture: str) -> bytes:
    """SVG text as it stands in a file."""
    return picture.encode()


def pdf(picture: str) -> bytes:
    """SVG text as a PDF file of one page, as large as the picture.

    Raises `MissingExtra` if what writes it is not installed.
    """
    try:
        from fpdf import FPDF
        from fpdf.svg import SVGObject
    except ImportError:
        raise MissingExtra("fpdf2, which writes PDF,", "figures") from None
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    drawing = SVGObject(_in_dejavu(picture))
    page = FPDF(unit="pt", format=(float(drawing.width or 0), float(drawing.height or 0)))
    page.set_margin(0)
    page.set_auto_page_break(False)
    for (family, style), file in FONTS.items():
        page.add_font(family, style, _fonts() / file)  # pyright: ignore[reportArgumentType]
    page.add_page()
    drawing.draw_to_page(page)
    return bytes(page.output())


def png(picture: str) -> bytes:
    """SVG text as a PNG file, `ZOOM` pixels for each of the picture's.

    Raises `MissingExtra` if what writes it is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise MissingExtra("resvg-py, which writes PNG,", "figures") from None
    files = [str(_fonts() / file) for file in FONTS.values()]
    written = svg_to_bytes(
        svg_string=_in_dejavu(picture), zoom=ZOOM, font_files=files, skip_system_fonts=True
    )
    return bytes(written)


FORMATS = {"svg": svg, "pdf": pdf, "png": png}
"""What writes a picture, by the ending of the file."""


def _in_dejavu(picture: str) -> str:
    """The same picture with all its text in DejaVu Sans."""

    def family(found: re.Match[str]) -> str:
        return f'font-family="DejaVu Sans{" Mono" if found[1] == "monospace" else ""}"'

    return _FAMILY.sub(family, picture)


def _fonts() -> Path:
    from matplotlib import get_data_path

    return Path(get_data_path()) / "fonts" / "ttf"
