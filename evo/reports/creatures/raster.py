"""Films of creatures as pixels, without a display: for video files and PNG."""

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO

import numpy as np
from evo_envs.creatures.film import Film
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from evo.reports.creatures.camera import Camera
from evo.reports.creatures.colours import colours, shades
from evo.reports.creatures.ground import Ground, Tiles
from evo.reports.creatures.motion import (
    centres,
    checked,
    creatures,
    distances,
    resampled,
    side,
    view,
)
from evo.reports.creatures.scene import Placed, Stage, sunlight
from evo.reports.svg.palette import INK, ORANGE, SOFT

Array = NDArray[np.float64]
Colour = tuple[int, int, int]

FINER = 2
"""Pixels drawn to each side for one that is given, so that edges look smooth."""

CELL, CAPTION = (300, 240), 28
"""Width and height of a cell of a contact sheet, and the height of its caption, in pixels."""
MOST_PIXELS = 4096 * 4096
FLOOR, TILE, SEA, SEA_BELOW = "#f3f6f8", "#dbe2e9", "#dcebf6", "#b5d2e8"
MOTES = 260
BEYOND = 9.0
"""How far the ground is seen, in radii of what the camera follows."""


def frames(
    film: Film, width: int = 640, height: int = 360, rate: float = 25.0
) -> Iterator[NDArray[np.uint8]]:
    """All frames of a film, one after another.

    Args:
        film: what is shown.
        width, height: of a frame in pixels.
        rate: frames per second.

    Yields:
        `(height, width, 3)` red, green and blue.

    Raises:
        ValueError: the film is damaged, or the size or the rate is not above 0.
    """
    if not 0 < rate <= 1000:
        raise ValueError(f"{rate} frames per second; it is above 0 and at most 1000")
    painter = Painter(resampled(checked(film), rate), width, height)
    return (painter.paint(frame) for frame in range(len(painter.film.poses)))


def png(film: Film, frame: int, width: int = 640, height: int = 360) -> bytes:
    """One frame of a film as a PNG file.

    Raises:
        ValueError: the film has no such frame, or is damaged.
    """
    if not -len(film.poses) <= frame < len(film.poses):
        raise ValueError(f"frame {frame} of a film with {len(film.poses)} frames")
    painter = Painter(checked(film), width, height)
    file = BytesIO()
    picture = Image.fromarray(painter.paint(frame % len(film.poses)))
    picture.save(file, "png")
    return file.getvalue()


def contact_sheet(films: Sequence[Film], captions: Sequence[str], columns: int = 4) -> bytes:
    """The first frame of each film in a cell of its own, with a caption below, as a PNG file.

    Raises:
        ValueError: a film is damaged, or there is not one caption for each.
    """
    columns = max(min(columns, len(films)), 1)
    rows = -(-len(films) // columns)
    wide, high = CELL
    image = Image.new("RGB", (columns * wide, rows * (high + CAPTION)), "white")
    pen = ImageDraw.Draw(image)
    for number, (film, caption) in enumerate(zip(films, captions, strict=True)):
        x, y = number % columns * wide, number // columns * (high + CAPTION)
        picture = Painter(checked(film), wide - 1, high - 1).paint(0, words=False)
        image.paste(Image.fromarray(picture), (x, y))
        pen.text((x + wide / 2, y + high + 17), caption, INK, _font(13), anchor="ms")
    file = BytesIO()
    image.save(file, "png")
    return file.getvalue()


class Painter:
    """Paints any frame of a film.

    Attributes:
        film: what is painted.
    """

    def __init__(self, film: Film, width: int, height: int) -> None:
        if not (width > 0 and height > 0 and width * height <= MOST_PIXELS):
            raise ValueError(f"a picture of {width} by {height} pixels; it has 1 to {MOST_PIXELS}")
        self.film, self.size = film, (width * FINER, height * FINER)
        self._stage, self._turn = Stage(film), side(film)
        self._sun = sunlight(self._turn)
        self._ground = None if film.world == "water" else Ground(film)
        self._middle, self._radii = view(film)
        self._gone = distances(film)
        self._ways = [centres(film, creature) for creature in creatures(film)]
        self._fills = [ImageColor.getrgb(colour)[:3] for colour in colours(film.shapes)]
        self._darker = shades(film.shapes)

    def paint(self, frame: int, words: bool = True) -> NDArray[np.uint8]:
        """`(height, width, 3)` pixels of a frame.

        Args:
            frame: its number, from 0 on.
            words: whether the time and the distance are written on it.
        """
        camera = Camera.around(self._middle[frame], self._radii[frame], self.size, self._turn)
        image = self._backdrop().copy()
        pen = ImageDraw.Draw(image)
        placed = self._stage.place(self.film.poses[frame])
        hiding: Tiles | None = None
        if self._ground is None:
            self._motes(pen, camera)
        else:
            tiles = self._ground.tiles(camera.target, BEYOND * self._radii[frame])
            self._tiles(pen, camera, tiles)
            self._shadows(pen, camera, self._ground, placed)
            hiding = tiles if self._ground.heights is not None else None
        self._trails(pen, camera, frame)
        if len(self.film.lights):
            self._light(image, camera, self.film.lights[frame].astype(np.float64))
        for solid in placed.painted(camera, self._sun):
            fill, darker = self._fills[solid.shape], self._darker[solid.shape]
            for polygon, tone in zip(solid.polygons, solid.tones, strict=True):
                shade = toned(fill, tone - darker)
                corners = _corners(polygon)
                pen.polygon(corners, fill=shade, outline=shade)
                if not solid.whole:
                    # Pieces whose corners lie on edges of others leave gaps by rounding.
                    pen.line([*corners, corners[0]], fill=shade, width=3)
        if hiding is not None:
            middle = self.film.poses[frame, :, :3].mean(axis=0).astype(np.float64)
            self._tiles(pen, camera, in_front(hiding, camera, middle))
        image = image.reduce(FINER)
        if words:
            self._words(ImageDraw.Draw(image), frame)
        return np.asarray(image)

    def _backdrop(self) -> Image.Image:
        top, below = (SEA, SEA_BELOW) if self._ground is None else (FLOOR, FLOOR)
        return _gradient(self.size, top, below)

    def _tiles(self, pen: ImageDraw.ImageDraw, camera: Camera, tiles: Tiles) -> None:
        """Tiles from the farthest to the nearest, those that look away left out."""
        if not len(tiles.corners):
            return
        pixels, deep = camera.project(tiles.corners.reshape(-1, 3))
        pixels, deep = pixels.reshape(-1, 4, 2), deep.reshape(-1, 4)
        rough = self._ground is not None and self._ground.heights is not None
        seen = (deep.min(axis=1) > 0.05) & (tiles.strength > 0.01)
        seen &= (pixels.max(axis=1) > 0).all(axis=1) & (pixels.min(axis=1) < self.size).all(axis=1)
        seen &= np.einsum("ni,ni->n", tiles.normals, camera.eye - tiles.corners[:, 0]) > 0
        pale, dark = (np.array(ImageColor.getrgb(name)) for name in (FLOOR, TILE))
        shade = np.where(tiles.odd, 1.0, 0.35 if rough else 0.0)[:, None] * (dark - pale)
        if rough:
            light = tiles.normals @ (self._sun / np.linalg.norm(self._sun))
            shade = shade - 110.0 * (0.8 - light)[:, None]
        fills = np.clip(pale + tiles.strength[:, None] * shade, 0, 255).astype(int)
        rows = np.flatnonzero(seen)
        for row in rows[np.argsort(-deep[rows].mean(axis=1))] if rough else rows:
            pen.polygon(_corners(pixels[row]), fill=tuple(fills[row].tolist()))

    def _shadows(
        self, pen: ImageDraw.ImageDraw, camera: Camera, ground: Ground, placed: Placed
    ) -> None:
        fill = toned(ImageColor.getrgb(TILE)[:3], -0.16)
        for shape in range(len(self.film.shapes)):
            pixels, deep = camera.project(ground.shadow(placed.corners(shape), self._sun))
            if deep.min() > 0.05 and len(pixels) > 2:
                pen.polygon(_corners(pixels), fill=fill)

    def _trails(self, pen: ImageDraw.ImageDraw, camera: Camera, frame: int) -> None:
        """Where the creatures came from, on the ground where there is one."""
        every = max(round(0.1 / self.film.interval), 1)
        for way in self._ways:
            past = way[frame % every : frame + 1 : every]
            pixels, deep = camera.project(self._ground.on(past) if self._ground else past)
            near = np.flatnonzero(deep <= 0.1)
            pixels = pixels[near[-1] + 1 :] if len(near) else pixels
            if len(pixels) > 1:
                pen.line(_corners(pixels), fill=SOFT, width=FINER, joint="curve")

    def _light(self, image: Image.Image, camera: Camera, place: Array) -> None:
        """The light as a ball that glows."""
        (pixel,), (deep,) = camera.project(place[None])
        if deep < 0.1:
            return
        size = float(np.clip(0.07 * camera.focus / deep, 4, 0.05 * self.size[1]))
        glow = Image.new("L", self.size, 0)
        pen = ImageDraw.Draw(glow)
        for more, strength in ((3.2, 30), (2.4, 55), (1.7, 95), (1.0, 255)):
            pen.circle((float(pixel[0]), float(pixel[1])), size * more, fill=strength)
        image.paste(ImageColor.getrgb(ORANGE), (0, 0), glow)

    def _motes(self, pen: ImageDraw.ImageDraw, camera: Camera) -> None:
        """What floats in the water: the same places in every frame, around the camera."""
        cell = 2.4 * camera.distance
        # A cell of about the same size in all frames, so that motes do not wander with the zoom.
        cell = 2.0 ** np.round(np.log2(cell))
        drawn = np.random.default_rng(0).random((MOTES, 3)) * cell
        places = drawn + np.floor((camera.target - drawn) / cell + 0.5) * cell
        pixels, deep = camera.project(places)
        low, high = (np.array(ImageColor.getrgb(name)) for name in (SEA_BELOW, "#ffffff"))
        for (x, y), far in zip(pixels, deep, strict=True):
            part = min(max(1.6 - far / camera.distance, 0.0), 1.0)
            if far > 0.1 and part > 0:
                radius = min(0.008 * camera.distance * camera.focus / far, 4.0 * FINER)
                fill = tuple((low + part * (high - low)).astype(int).tolist())
                pen.circle((float(x), float(y)), radius, fill=fill)

    def _words(self, pen: ImageDraw.ImageDraw, frame: int) -> None:
        """The time and the distances from the start."""
        font = _font(max(self.size[1] // FINER // 26, 9))
        gone = "   ".join(f"{way[frame]:.2f} m" for way in self._gone)
        words = f"{frame * self.film.interval:5.1f} s   {gone}"
        pen.text((10, self.size[1] // FINER - 10), words, fill=INK, font=font, anchor="ls")


def in_front(tiles: Tiles, camera: Camera, place: Array) -> Tiles:
    """The tiles of a terrain that may hide what is at a place: nearer, and it is below them."""
    nearer = (tiles.corners.mean(axis=1) - place) @ camera.axes[2] < 0
    below = np.einsum("ni,ni->n", tiles.normals, place - tiles.corners[:, 0]) < 0
    rows = nearer & below
    return Tiles(tiles.corners[rows], tiles.normals[rows], tiles.odd[rows], tiles.strength[rows])


def toned(colour: Colour, tone: float) -> Colour:
    """A colour on its way to black (-1) or white (1)."""
    end = 255 if tone > 0 else 0
    red, green, blue = (round(part + min(abs(tone), 1.0) * (end - part)) for part in colour)
    return red, green, blue


def _corners(pixels: Array) -> list[tuple[float, float]]:
    # Whole numbers: between polygons with broken ones, edges that they share show gaps.
    return [(x, y) for x, y in pixels.clip(-1e5, 1e5).round().tolist()]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib."""
    from matplotlib import get_data_path

    return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", size)


@cache
def _gradient(size: tuple[int, int], top: str, below: str) -> Image.Image:
    ends = np.array([ImageColor.getrgb(top), ImageColor.getrgb(below)], float)
    rows = np.linspace(0, 1, size[1])[:, None]
    column = (ends[0] + rows * (ends[1] - ends[0])).round().astype(np.uint8)
    return Image.fromarray(np.repeat(column[:, None], size[0], axis=1))
