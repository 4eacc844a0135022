"""Creatures as SVG: one moment, several in one picture, and sheets of many creatures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from evo_envs.creatures.body import Body
from evo_envs.creatures.film import Film, Shape
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from evo.reports.creatures.camera import Camera
from evo.reports.creatures.colours import colours, shades
from evo.reports.creatures.ground import Ground, hull
from evo.reports.creatures.motion import (
    centres,
    checked,
    creatures,
    distances,
    read,
    side,
    view,
)
from evo.reports.creatures.scene import Placed, Stage, sunlight
from evo.reports.svg.elements import document, line, shortened, text
from evo.reports.svg.palette import BLUE, GRID, ORANGE, SOFT
from evo.reports.table import Table

Array = NDArray[np.float64]

WIDTH, HEIGHT = 760.0, 380.0
CELL = (240.0, 200.0)
MARGIN = 0.2
"""What stays empty around a creature at each side, as a share of the picture."""
MOST_MOMENTS = 24
LEVELS = 14
"""Steps of light and dark between black and white: facets of one step are one element."""


def frame_svg(film: Film, frame: int, size: tuple[float, float] = (480, 320)) -> str:
    """One moment of a film.

    Args:
        film: what is shown.
        frame: its number; from the end if below 0.
        size: width and height in pixels.

    Raises:
        ValueError: the film has no such frame, or is damaged.
    """
    frame = _existing(checked(film), frame)
    return document(*size, film.title, _moment(film, frame, size))


def strobe(film: Film, moments: int = 6) -> str:
    """Several moments of a film in one picture, from faint ones to the last.

    Of a long way only the end is shown, so that the creature stays large.

    Raises:
        ValueError: the film is damaged, or `moments` is not from 1 to 24.
    """
    checked(film)
    if not 1 <= moments <= MOST_MOMENTS:
        raise ValueError(f"{moments} moments; a picture shows 1 to {MOST_MOMENTS}")
    last = len(film.poses) - 1
    first = _start(film)
    frames = np.unique(np.linspace(first, last, moments).round().astype(int))
    stage, turn = Stage(film), side(film)
    placed = [stage.place(film.poses[frame]) for frame in frames]
    everything = np.concatenate([each.vertices for each in placed])
    camera = Camera.around(everything.mean(axis=0), 1.0, (WIDTH, HEIGHT), turn)
    ground = _ground(film)
    shown = everything
    if ground:
        shown = np.concatenate([everything, ground.on(everything)])
    camera = camera.fitted(shown, 40, 44)
    body = _floor(ground, camera, shown)
    body += _trails(film, ground, camera, first, last)
    for number, each in enumerate(placed):
        strength = 0.22 + 0.78 * ((number + 1) / len(placed)) ** 2
        inner = _light(film, int(frames[number]), camera)
        inner += _shadows(each, ground, camera, turn) + _solids(film, each, camera, turn)
        body.append(f'<g opacity="{strength:.2g}">' + "\n".join(inner) + "</g>")
    gone = " and ".join(f"{way[last]:.2f} m" for way in distances(film))
    times = f"{first * film.interval:.1f}–{last * film.interval:.1f} s"
    body.append(text(16, 26, shortened(film.title, 80), bold=True))
    body.append(text(16, HEIGHT - 14, f"{times}, {gone} from the start", fill=SOFT))
    return document(WIDTH, HEIGHT, film.title, body)


def contact_sheet(films: Sequence[Film], captions: Sequence[str], columns: int = 4) -> str:
    """One creature per cell, as it is in the middle of its film, with a caption below.

    Raises:
        ValueError: a film is damaged, or there is not one caption for each.
    """
    if len(films) != len(captions) or columns < 1:
        raise ValueError(f"{len(captions)} captions for {len(films)} films in {columns} columns")
    columns = min(columns, max(len(films), 1))
    wide, high = CELL
    body: list[str] = []
    for number, (film, caption) in enumerate(zip(films, captions, strict=True)):
        x, y = number % columns * wide, number // columns * (high + 30)
        body.append(framed(film, len(film.poses) // 2, (x, y), CELL))
        words = text(x + wide / 2, y + high + 14, shortened(caption, 32), anchor="middle")
        body.append(words)
    rows = -(-len(films) // columns)
    return document(columns * wide, rows * (high + 30) + 6, "creatures", body)


def framed(
    film: Film,
    frame: int,
    place: tuple[float, float],
    size: tuple[float, float],
    margin: float = MARGIN,
) -> str:
    """One moment of a film in a frame, as an element of a larger picture.

    Args:
        film: what is shown.
        frame: its number.
        place: of the upper left corner, in pixels.
        size: width and height in pixels.
        margin: what stays empty at each side, as a share of the size.

    Raises:
        ValueError: the film is damaged.
    """
    (x, y), (wide, high) = place, size
    moment = "\n".join(_moment(checked(film), frame, size, margin))
    # A picture within a picture cuts off what does not fit into its cell.
    return (
        f'<svg x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" '
        f'viewBox="0 0 {wide:g} {high:g}">{moment}</svg>'
        f'<rect x="{x + 0.5:g}" y="{y + 0.5:g}" width="{wide - 1:g}" height="{high - 1:g}" '
        f'fill="none" stroke="{GRID}"/>'
    )


def draw(description: Mapping[str, Any]) -> str:
    """A film's description, as from `Film.describe`, as one picture of several moments.

    Raises:
        ValueError: it is damaged.
    """
    return strobe(read(description))


def draw_body(description: Mapping[str, Any]) -> str:
    """The body of a creature at rest, as one picture.

    Raises:
        ValueError: the description is not that of a creature.
    """
    try:
        body = Body.read(description["body"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a creature: {error}") from None
    return frame_svg(still(body), 0)


def draw_sheet(description: Mapping[str, Any]) -> str:
    """Bodies at rest beside each other, each with a caption.

    Raises:
        ValueError: the description is not that of creatures.
    """
    return contact_sheet(*read_sheet(description))


def read_sheet(description: Mapping[str, Any]) -> tuple[list[Film], list[str]]:
    """The creatures of a contact sheet, at rest, and the caption of each.

    Raises:
        ValueError: the description is not that of creatures.
    """
    try:
        films = [still(Body.read(each["body"])) for each in description["creatures"]]
        captions = [str(each["caption"]) for each in description["creatures"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"no creatures: {error}") from None
    return films, captions


def still(body: Body) -> Film:
    """A film of one frame: a body at rest, its lowest point about on the ground."""
    centres, rotations = body.rest()
    halves = np.array([part.half for part in body.parts])
    low = float((centres[:, 2] - (np.abs(rotations[:, 2, :]) * halves).sum(axis=1)).min())
    poses = np.empty((1, len(centres), 7), np.float32)
    poses[0, :, :3] = centres - [0.0, 0.0, low]
    poses[0, :, 3:] = Rotation.from_matrix(rotations).as_quat(scalar_first=True)
    shapes = tuple(Shape(part.shape, part.half, 0, part.group) for part in body.parts)
    return Film(f"{len(body.parts)} parts at rest", 1.0, shapes, poses)


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The parts of a body, where the description is that of a creature."""
    if "body" not in description:
        return []
    rows = [
        [
            str(number),
            part.shape,
            " × ".join(f"{2 * half:.2f}" for half in part.half),
            str(part.parent) if number else "",
            part.joint if number else "",
        ]
        for number, part in enumerate(Body.read(description["body"]).parts)
    ]
    return [Table("Parts", ("part", "shape", "size in m", "hangs on", "joint"), rows)]


def _existing(film: Film, frame: int) -> int:
    if not -len(film.poses) <= frame < len(film.poses):
        raise ValueError(f"frame {frame} of a film with {len(film.poses)} frames")
    return frame % len(film.poses)


def _ground(film: Film) -> Ground | None:
    return None if film.world == "water" else Ground(film)


def _start(film: Film) -> int:
    """The first frame from which on the creatures stay within ten times their radius."""
    middle, radii = view(film)
    near = np.linalg.norm(middle - middle[-1], axis=1) < 10 * radii.min()
    return 0 if near.all() else int(np.flatnonzero(~near)[-1]) + 1


def _moment(film: Film, frame: int, size: tuple[float, float], margin: float = MARGIN) -> list[str]:
    stage, ground, turn = Stage(film), _ground(film), side(film)
    placed = stage.place(film.poses[frame])
    camera = Camera.around(placed.vertices.mean(axis=0), 1.0, size, turn)
    camera = camera.fitted(placed.vertices, margin * size[0], margin * size[1])
    body = _floor(ground, camera, placed.vertices)
    body += _light(film, frame, camera)
    body += _shadows(placed, ground, camera, turn)
    return body + _solids(film, placed, camera, turn)


def _floor(ground: Ground | None, camera: Camera, shown: Array) -> list[str]:
    """The ground as lines 1 m apart, or water."""
    if ground is None:
        width, height = camera.size
        return [f'<rect width="{width:g}" height="{height:g}" fill="{BLUE}" fill-opacity="0.08"/>']
    low, high = shown.min(axis=0)[:2], shown.max(axis=0)[:2]
    pad = max(4.0, 2.0 * float(max(high - low)))
    step = next(
        size for size in (1, 5, 20, 100, 1e3, 1e5, 1e7) if (high - low).max() + pad < 60 * size
    )
    low, high = np.floor((low - pad) / step) * step, np.ceil((high + pad) / step) * step
    low, high = np.maximum(low, -ground.extent), np.minimum(high, ground.extent)
    parts: list[str] = []
    pieces = 48
    for axis in (0, 1):
        along = np.linspace(low[1 - axis], high[1 - axis], pieces + 1)
        for at in np.arange(low[axis], high[axis] + step / 2, step):
            points = np.stack([np.full(pieces + 1, at), along], axis=1)
            pixels, deep = camera.project(ground.on(points if axis == 0 else points[:, ::-1]))
            rows = np.flatnonzero(deep > 0.2 * camera.distance)
            if len(rows) > 1 and _inside(pixels[rows], camera.size):
                # In front of the camera lies one piece of a line; on a plane its ends say it all.
                ends = rows if ground.heights is not None else rows[[0, -1]]
                parts.append(_path(pixels[ends], closed=False))
    return [line("".join(parts), GRID, 1.0)] if parts else []


def _inside(pixels: Array, size: tuple[float, float]) -> bool:
    """Whether a line may be seen in a picture."""
    return bool(np.all(pixels.max(axis=0) > 0) and np.all(pixels.min(axis=0) < size))


def _trails(film: Film, ground: Ground | None, camera: Camera, first: int, last: int) -> list[str]:
    """The ways of the centres, on the ground where there is one."""
    lines: list[str] = []
    rows = np.unique(np.linspace(first, last, 120).round().astype(int))
    for creature in creatures(film):
        way = centres(film, creature)[rows]
        pixels, _ = camera.project(ground.on(way) if ground else way)
        if len(pixels) > 1:
            lines.append(
                line(_path(pixels, closed=False), SOFT, 1.4, more='stroke-dasharray="2 5"')
            )
    return lines


def _light(film: Film, frame: int, camera: Camera) -> list[str]:
    """The light as a ball that glows."""
    if not len(film.lights):
        return []
    (pixel,), (deep,) = camera.project(film.lights[frame : frame + 1].astype(np.float64))
    if deep < 0.1:
        return []
    size = min(max(0.06 * camera.focus / deep, 3.0), 12.0)
    x, y = pixel
    return [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size * more:.1f}" fill="{ORANGE}" '
        f'fill-opacity="{opacity}"/>'
        for more, opacity in ((3, 0.12), (1.8, 0.25), (1, 1))
    ]


def _shadows(placed: Placed, ground: Ground | None, camera: Camera, turn: float) -> list[str]:
    if ground is None:
        return []
    sun = sunlight(turn)
    path = ""
    for shape in range(len(placed.stage.first_vertex) - 1):
        pixels, deep = camera.project(ground.shadow(placed.corners(shape), sun))
        if deep.min() > 0.05 and len(pixels) > 2:
            path += _path(pixels)
    return [f'<path fill="#000000" fill-opacity="0.13" d="{path}"/>'] if path else []


def _solids(film: Film, placed: Placed, camera: Camera, turn: float) -> list[str]:
    """The shapes, each as its outline in its colour with light and dark facets upon it."""
    fills, darker = colours(film.shapes), shades(film.shapes)
    body: list[str] = []
    for solid in placed.painted(camera, sunlight(turn)):
        fill = fills[solid.shape]
        layers: dict[int, str] = {}
        for polygon, tone in zip(solid.polygons, solid.tones, strict=True):
            level = round((tone - darker[solid.shape]) * LEVELS)
            layers[level] = layers.get(level, "") + _path(polygon)
        if not layers:
            continue
        under = "".join(layers.values())
        if solid.whole:
            under = _path(hull(np.concatenate(solid.polygons)))
        # The line covers what shows between neighbours that a program draws with soft edges.
        body.append(
            f'<path fill="{fill}" stroke="{fill}" stroke-width="0.6" stroke-linejoin="round" '
            f'd="{under}"/>'
        )
        for level, path in layers.items():
            if level:
                over = "#000000" if level < 0 else "#ffffff"
                opacity = min(abs(level) / LEVELS, 1)
                body.append(f'<path fill="{over}" fill-opacity="{opacity:.2f}" d="{path}"/>')
    return body


def _path(pixels: Array, closed: bool = True) -> str:
    """Letters and numbers of SVG, in tenths of pixels, each point from the one before."""
    tenths = np.clip(pixels * 10, -1e7, 1e7).round().astype(int)
    moves = np.diff(tenths, axis=0) / 10
    start = f"M{tenths[0, 0] / 10:g} {tenths[0, 1] / 10:g}l"
    return start + " ".join(f"{x:g} {y:g}" for x, y in moves) + "z" * closed
