"""Outlines of shapes, and the order in which they are painted."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from evo_envs.creatures.film import Shape

from evo.reports.creatures.camera import Camera
from evo.reports.creatures.facets import outline
from evo.reports.creatures.ground import Ground, hull
from evo.reports.creatures.motion import side
from evo.reports.creatures.scene import Stage, subtract, sunlight
from tests.reports.test_creatures_films import FILMS, film, hills, turns, walker

SHAPES = [
    Shape("box", (0.5, 0.2, 0.1)),
    Shape("capsule", (0.5, 0.1, 0.1)),
    Shape("capsule", (0.1, 0.1, 0.1)),
    Shape("ellipsoid", (0.5, 0.3, 0.1)),
    Shape("ellipsoid", (0.05, 0.3, 0.3)),
]
VOLUMES = {
    "box": lambda a, b, c: 8 * a * b * c,
    "capsule": lambda a, b, c: np.pi * b * c * (2 * (a - b) + 4 / 3 * b),
    "ellipsoid": lambda a, b, c: 4 / 3 * np.pi * a * b * c,
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_an_outline_is_closed_flat_and_as_large_as_its_shape(shape):
    facets = outline(shape)
    edges = Counter(
        (a, b) for face in facets.faces for a, b in zip(face, (*face[1:], face[0]), strict=True)
    )
    assert set(edges.values()) == {1} and all((b, a) in edges for a, b in edges)
    assert facets.vertices.max(axis=0) == pytest.approx(shape.half, abs=1e-12)
    assert facets.vertices.min(axis=0) == pytest.approx([-half for half in shape.half], abs=1e-12)
    volume = 0.0
    for face, normal, offset in zip(facets.faces, facets.normals, facets.offsets, strict=True):
        assert facets.vertices[list(face)] @ normal == pytest.approx(offset)
        assert np.linalg.norm(normal) == pytest.approx(1) and offset > 0
        corners = facets.vertices[list(face)]
        fan = pairwise(corners[1:])
        volume += sum(np.linalg.det([corners[0], b, c]) for b, c in fan) / 6
    inside = facets.vertices @ facets.normals.T - facets.offsets
    assert inside.max() < 1e-9  # convex: no corner is beyond a facet
    assert volume == pytest.approx(VOLUMES[shape.kind](*shape.half), rel=0.15)
    assert volume <= VOLUMES[shape.kind](*shape.half) * (1 + 1e-9)


def test_a_square_loses_what_lies_in_a_cube():
    facets = outline(Shape("box", (1, 1, 1)))
    planes = [(*n, d) for n, d in zip(facets.normals.tolist(), facets.offsets, strict=True)]

    def area(polygons):
        return sum(
            np.linalg.norm(np.cross(p, np.roll(p, -1, axis=0)).sum(axis=0)) / 2
            for p in map(np.array, polygons)
        )

    square = [(0.0, 0.0, 0.5), (3.0, 0.0, 0.5), (3.0, 3.0, 0.5), (0.0, 3.0, 0.5)]
    assert area(subtract(square, planes)) == pytest.approx(9 - 1)
    above = [(x, y, 1.5) for x, y, _ in square]
    assert area(subtract(above, planes)) == pytest.approx(9)
    within = [(x / 4, y / 4, z) for x, y, z in square]
    assert subtract(within, planes) == []


def seen(placed, camera, pixel):
    """The depths and numbers of the shapes that a ray through a pixel meets, nearest first."""
    across = (pixel - camera.middle) / camera.focus * [1, -1]
    ray = camera.axes.T @ [*across, 1]
    hits = []
    for shape in range(len(placed.stage.first_vertex) - 1):
        faces = slice(*placed.stage.first_face[shape : shape + 2])
        slow = placed.normals[faces] @ ray
        far = (placed.offsets[faces] - placed.normals[faces] @ camera.eye) / slow
        enter, leave = far[slow < 0].max(), far[slow > 0].min()
        if enter < leave:
            hits.append((enter, shape))
    hits.sort()
    return hits


def painted_at(solids, pixel):
    """The shape that is painted last over a pixel."""
    for solid in reversed(solids):
        for polygon in solid.polygons:
            if np.all(polygon.min(axis=0) <= pixel) and np.all(polygon.max(axis=0) >= pixel):
                side = np.roll(polygon, -1, axis=0) - polygon
                off = pixel - polygon
                turn = side[:, 0] * off[:, 1] - side[:, 1] * off[:, 0]
                if np.all(turn > 0) or np.all(turn < 0):
                    return solid.shape
    return None


@pytest.mark.parametrize("name", ["swimmer", "walker", "boxes", "duel"])
def test_what_is_painted_is_what_rays_meet(name):
    film, rng = FILMS[name](), np.random.default_rng(1)
    stage, size = Stage(film), (400.0, 300.0)
    right = wrong = 0
    for frame in (3, 40, 77):
        turn = side(film) + frame
        placed = stage.place(film.poses[frame])
        camera = Camera.around(placed.vertices.mean(axis=0), 1.0, size, turn)
        camera = camera.fitted(placed.vertices, 20, 20)
        solids = placed.painted(camera, sunlight(turn))
        pixels, _ = camera.project(placed.vertices)
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        for pixel in low + rng.random((60, 2)) * (high - low):
            hits = seen(placed, camera, pixel)
            found = painted_at(solids, pixel)
            expected = hits[0][1] if hits else None
            right += expected == found
            wrong += expected != found
    assert right > 170 and wrong <= 2


def test_a_camera_puts_its_target_into_the_middle_and_fits_what_it_shows():
    camera = Camera.around(np.array([3.0, -2.0, 1.0]), 0.5, (640, 360))
    pixels, deep = camera.project(camera.target[None])
    assert pixels[0] == pytest.approx([320, 180]) and deep[0] == pytest.approx(camera.distance)
    up, _ = camera.project(camera.target[None] + [0, 0, 0.1])
    assert up[0, 0] == pytest.approx(320) and up[0, 1] < 180
    places = np.random.default_rng(0).normal(size=(50, 3)) * [5, 1, 1]
    pixels, _ = camera.fitted(places, 40, 30).project(places)
    room = (pixels.max(axis=0) - pixels.min(axis=0)) / [560, 300]
    assert room.max() == pytest.approx(1, abs=0.03)
    assert np.all(pixels > 20) and np.all(pixels < [620, 340])


def test_a_shadow_lies_on_the_ground_below():
    box = film(
        "",
        [Shape("box", (0.5, 0.5, 0.5))],
        [(np.zeros((1, 3)), turns([0, 0, 1], np.zeros(1)))],
        0.1,
        "slope",
        slope=0.5,
    )
    corners = Stage(box).place(box.poses[0]).corners(0) + np.array([0, 0, 2])
    shadow = Ground(box).shadow(corners, np.array([0.0, 0.0, 1.0]))
    assert len(shadow) == 4 and shadow[:, 2] == pytest.approx(0.5 * shadow[:, 0])
    assert np.abs(shadow[:, :2]) == pytest.approx(np.full((4, 2), 0.5))


def test_heights_are_those_of_the_terrain():
    terrain = hills()
    ground = Ground(terrain)
    rows = np.linspace(-6, 6, 49)
    assert ground.height(np.array([rows[30], rows[11]])) == pytest.approx(terrain.heights[11, 30])
    between = ground.height(np.array([(rows[30] + rows[31]) / 2, rows[11]]))
    assert between == pytest.approx(terrain.heights[11, 30:32].mean(), abs=1e-6)


def test_tiles_lie_on_a_board_of_one_metre():
    tiles = Ground(walker()).tiles(np.array([0.3, 0.2, 0]), 6.0)
    low = tiles.corners.min(axis=1)[:, :2]
    assert np.array_equal(low, np.round(low)) and set(low.sum(axis=1) % 2) == {1.0}
    again = Ground(walker()).tiles(np.array([0.9, 0.2, 0]), 6.0)
    assert set(again.corners.min(axis=1)[:, :2].sum(axis=1) % 2) == {1.0}


def test_a_hull_is_convex_and_holds_its_points():
    points = np.random.default_rng(2).normal(size=(40, 2))
    rim = hull(points)
    sides = np.roll(rim, -1, axis=0) - rim
    for point in points:
        off = point - rim
        assert np.all(sides[:, 0] * off[:, 1] - sides[:, 1] * off[:, 0] >= -1e-12)
