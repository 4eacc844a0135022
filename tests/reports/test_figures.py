"""Pictures as files for papers."""

import sys

import pytest

from evo.errors import MissingExtra
from evo.reports import figures, svg

SERIES = {"a": [(0, 1.0), (1, 2.0)], "b": [(0, 2.0), (1, 0.0)]}
PICTURE = svg.chart("Rückkehr → 95 % …", SERIES, x_name="x", y_name="y")


def test_svg_is_the_text_itself():
    assert figures.svg(PICTURE).decode() == PICTURE


def test_a_pdf_is_one_page_with_its_fonts_in_it():
    pytest.importorskip("fpdf")
    written = figures.pdf(PICTURE)
    assert written.startswith(b"%PDF")
    assert written.count(b"/MediaBox [0 0 760") == 1
    assert b"/FontFile2" in written
    assert b"DejaVuSans" in written


def test_a_png_has_twice_the_pixels_and_all_colours():
    pytest.importorskip("resvg_py")
    image_of = pytest.importorskip("PIL.Image")
    from io import BytesIO

    image = image_of.open(BytesIO(figures.png(PICTURE))).convert("RGB")
    assert image.size == (2 * svg.WIDTH, 2 * 398)
    shown = {colour for count, colour in image.getcolors(1 << 24) if count > 20}
    assert {(0x21, 0x66, 0xAC), (0xE0, 0x82, 0x14), (255, 255, 255)} <= shown


@pytest.mark.parametrize(("format", "module"), [("pdf", "fpdf"), ("png", "resvg_py")])
def test_what_is_missing_is_said(format, module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra) as caught:
        figures.FORMATS[format](PICTURE)
    assert "[figures]" in caught.value.hint
