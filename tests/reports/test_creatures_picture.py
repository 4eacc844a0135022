"""Creatures as SVG, and frames of their films as pixels."""

import re
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageColor

from evo.reports.creatures.colours import colours, shades
from evo.reports.creatures.picture import contact_sheet, draw, frame_svg, strobe
from evo.reports.creatures.raster import CAPTION, CELL, Painter, frames, png
from evo.reports.creatures.raster import contact_sheet as contact_png
from evo.reports.svg import palette
from tests.reports.test_creatures_films import FILMS, damaged, duel, hills, swimmer, walker, walled

CHARACTERS = 2_500
"""At most, of a shape at a moment."""


def fills(picture):
    return set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', picture))


@pytest.mark.parametrize("name", FILMS)
def test_a_film_is_drawn_in_the_colours_of_the_palette(name):
    film = FILMS[name]()
    picture = draw(film.describe())
    root = ElementTree.fromstring(picture)
    assert root.attrib["class"] == "evo" and root.attrib["aria-label"] == film.title
    assert 5_000 < len(picture) < CHARACTERS * len(film.shapes) * 6
    assert fills(picture) <= {*palette.DARK, "#000000", "#ffffff"}
    assert set(colours(film.shapes)) <= fills(picture)
    assert "nan" not in picture and "inf" not in picture


@pytest.mark.parametrize("name", damaged())
def test_a_damaged_description_is_refused(name):
    with pytest.raises(ValueError, match=r"film|poses|shape|terrain|lights"):
        draw(damaged()[name])


def places(picture):
    """All corners of the shapes in a picture, one row for each."""
    found = []
    for path in re.findall(r'stroke-width="0.6"[^>]* d="([^"]*)"', picture):
        for part in path.split("M")[1:]:
            start, moves = part.rstrip("z").split("l")
            numbers = [float(each) for each in f"{start} {moves}".split()]
            found.append(np.cumsum(np.reshape(numbers, (-1, 2)), axis=0))
    return np.concatenate(found)


@pytest.mark.parametrize("name", FILMS)
def test_all_moments_are_within_the_picture(name):
    corners = places(strobe(FILMS[name]()))
    assert np.all(corners >= 0) and np.all(corners <= [760, 380])
    assert np.ptp(corners[:, 0]) > 380 or np.ptp(corners[:, 1]) > 190


def test_moments_are_counted_and_go_from_faint_to_full():
    strengths = [float(each) for each in re.findall(r'<g opacity="([^"]*)"', strobe(walker(), 5))]
    assert len(strengths) == 5 and strengths == sorted(strengths) and strengths[-1] == 1
    for wrong in (0, 25):
        with pytest.raises(ValueError, match="moments"):
            strobe(walker(), wrong)


def test_of_a_long_way_the_end_is_shown():
    film = swimmer()
    poses = film.poses.copy()
    poses[..., 0] += np.linspace(0, 200, len(poses))[:, None]
    picture = strobe(replace(film, poses=poses))
    assert "0.0–" not in picture and "–4.0 s" in picture
    assert np.ptp(places(picture)[:, 0]) > 380


def test_one_moment_is_in_the_middle_of_its_picture():
    film = walker()
    corners = places(frame_svg(film, -1, (300, 200)))
    assert (corners.min(axis=0) + corners.max(axis=0)) / 2 == pytest.approx([150, 100], abs=6)
    assert frame_svg(film, -1) == frame_svg(film, len(film.poses) - 1)
    for wrong in (len(film.poses), -len(film.poses) - 1):
        with pytest.raises(ValueError, match="frame"):
            frame_svg(film, wrong)


def test_a_sheet_has_a_cell_and_a_caption_for_each():
    sheet = contact_sheet([walker(), swimmer(), hills()], ["a < b", "second", "third"], 2)
    root = ElementTree.fromstring(sheet)
    cells = root.findall("{http://www.w3.org/2000/svg}svg")
    assert [(cell.attrib["x"], cell.attrib["y"]) for cell in cells] == [
        ("0", "0"),
        ("240", "0"),
        ("0", "230"),
    ]
    assert "a &lt; b" in sheet and "third" in sheet
    with pytest.raises(ValueError, match="captions"):
        contact_sheet([walker()], [], 2)


def test_titles_are_escaped():
    picture = strobe(replace(walker(), title='<script>"&'))
    ElementTree.fromstring(picture)
    assert "<script>" not in picture


def test_parts_of_one_kind_have_one_colour_and_of_several_creatures_each_has_its_own():
    one, two = walker(), duel()
    by_group = dict(zip([s.group for s in one.shapes], colours(one.shapes), strict=True))
    assert len(set(by_group.values())) == len(by_group) == 4
    assert colours(one.shapes) == [by_group[shape.group] for shape in one.shapes]
    of = [{c for s, c in zip(two.shapes, colours(two.shapes), strict=True) if s.creature == n}
          for n in (-1, 0, 1)]  # fmt: skip
    assert of[0] == {palette.GREY} and len(of[1]) == len(of[2]) == 1 and of[1] != of[2]
    assert set(shades(one.shapes)) == {0} and len(set(shades(two.shapes))) == 3


def hues(image):
    """How far the three colours of each pixel are apart."""
    return np.ptp(image.astype(int), axis=-1)


@pytest.mark.parametrize("name", FILMS)
def test_frames_show_the_creatures_in_the_middle(name):
    film = replace(FILMS[name](), lights=np.empty((0, 3), np.float32))
    shown = list(frames(film, 320, 180, 2))
    assert len(shown) == 9
    for image in shown:
        assert image.shape == (180, 320, 3) and image.dtype == np.uint8
        across = np.flatnonzero((hues(image) > 90).sum(axis=0) > 8)
        assert 110 < (across[0] + across[-1]) / 2 < 210
    colourful = np.mean([hues(image) > 90 for image in shown], axis=0)
    assert colourful[60:130, 100:220].mean() > 0.1
    assert colourful[:, :20].mean() < 0.02 and colourful[:15].mean() < 0.02
    assert (shown[3] != shown[4]).any()


def test_a_frame_has_the_colours_of_its_parts():
    image = next(frames(walker(kinds=("box",) * 3), 640, 360)).reshape(-1, 3).astype(int)
    for colour in set(colours(walker().shapes)):
        pure = np.array(ImageColor.getrgb(colour))
        assert (np.abs(image - pure).sum(axis=1) < 60).sum() > 40, colour


def test_nothing_shows_between_the_pieces_of_a_facet():
    film, gaps = walker(kinds=("box",) * 3), 0
    for image in frames(film, 640, 360, 5):
        # Specks in the trunk, which is blue, are lighter than what is above and below.
        red, _, blue = np.moveaxis(image.astype(int), -1, 0)
        trunk = blue - red > 70
        between = trunk[1:-1] & trunk[:-2] & trunk[2:]
        gaps += (between & (red[1:-1] > 20 + np.maximum(red[:-2], red[2:]))).sum()
    assert gaps < 10


def test_the_ground_moves_below_a_creature_that_the_camera_follows():
    film = walker()
    still = replace(film, poses=np.repeat(film.poses[:1], 2, axis=0))
    gone = replace(film, poses=still.poses + np.float32([0.5, 0, 0, 0, 0, 0, 0]))
    before = Painter(still, 320, 180).paint(0)
    after = Painter(gone, 320, 180).paint(0)
    changed = (before.astype(int) - after).any(axis=-1)
    assert changed[120:160].mean() > 0.02
    assert (hues(before) > 90)[60:120].mean() == pytest.approx(
        (hues(after) > 90)[60:120].mean(), abs=0.01
    )


def test_a_hill_hides_what_is_behind_it():
    shown, hidden = (Painter(walled(high), 320, 180).paint(60) for high in (0, 2.5))
    assert (hues(shown) > 90).mean() > 0.02
    assert (hues(hidden) > 90).mean() < 0.3 * (hues(shown) > 90).mean()


def test_a_light_glows():
    film = hills()
    dark = replace(film, lights=np.empty((0, 3), np.float32))
    lit = Painter(replace(film, lights=film.poses[:, 0, :3] + np.float32([0, 0, 0.5])), 320, 180)
    changed = lit.paint(5) != Painter(dark, 320, 180).paint(5)
    assert 20 < changed.any(axis=-1).sum() < 3000


def test_a_png_is_the_frame():
    film = walker()
    picture = np.asarray(Image.open(BytesIO(png(film, 7, 320, 180))))
    assert np.array_equal(picture, Painter(film, 320, 180).paint(7))
    with pytest.raises(ValueError, match="frame"):
        png(film, 1000)


def test_what_cannot_be_a_picture_is_refused():
    for size in ((0, 10), (10, -1), (100_000, 100_000)):
        with pytest.raises(ValueError, match="pixels"):
            frames(walker(), *size)
    for rate in (0, float("nan"), -1):
        with pytest.raises(ValueError, match="frames per second"):
            frames(walker(), rate=rate)


def test_a_sheet_of_pixels_has_a_creature_and_a_caption_in_each_cell():
    films = [walker(), swimmer(), hills()]
    picture = np.asarray(Image.open(BytesIO(contact_png(films, ["first", "second", "third"], 2))))
    wide, high = CELL[0], CELL[1] + CAPTION
    assert picture.shape == (2 * high, 2 * wide, 3)
    for number in range(4):
        x, y = number % 2 * wide, number // 2 * high
        cell, caption = np.split(picture[y : y + high, x : x + wide], [CELL[1]])
        there = number < len(films)
        assert (len(np.unique(cell.reshape(-1, 3), axis=0)) > 50) == there
        assert (caption.min() < 100) == there
    with pytest.raises(ValueError, match="zip"):
        contact_png(films, ["first"])
