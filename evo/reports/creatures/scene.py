"""Solid shapes in the order in which a painter paints them, without what lies in others.

All shapes are convex. Of two of them, a facet of one on whose outer side the other is says which
is painted first; where they reach into each other, as at joints, the facet that is passed least
says so, and what of the later one lies within the earlier one is cut off.
"""

from dataclasses import dataclass

import numpy as np
from evo_envs.creatures.film import Film
from numpy.typing import NDArray

from evo.reports.creatures.camera import NEAREST, Camera
from evo.reports.creatures.facets import outline

Array = NDArray[np.float64]
Polygon = list[tuple[float, ...]]

TOUCHING = 1e-6


@dataclass(frozen=True, eq=False)
class Solid:
    """A shape as it is painted.

    Attributes:
        shape: its number in the film.
        polygons: `(m, 2)` pixels of the corners of each piece of a facet.
        tones: of each piece, from -1 (black) over 0 (its colour) to 1 (white).
        whole: whether nothing of it was cut off.
    """

    shape: int
    polygons: list[Array]
    tones: list[float]
    whole: bool


class Stage:
    """The facets of all shapes of a film, ready to be placed frame by frame."""

    def __init__(self, film: Film) -> None:
        outlines = [outline(shape) for shape in film.shapes]
        counts = [len(each.vertices) for each in outlines]
        self.first_vertex = np.cumsum([0, *counts])
        self.first_face = np.cumsum([0, *(len(each.faces) for each in outlines)])
        self.vertices = np.concatenate([each.vertices for each in outlines])
        self.normals = np.concatenate([each.normals for each in outlines])
        self.offsets = np.concatenate([each.offsets for each in outlines])
        self.vertex_shape = np.repeat(np.arange(len(outlines)), counts)
        self.face_shape = np.repeat(np.arange(len(outlines)), np.diff(self.first_face))
        self.faces = [
            np.array(face) + start
            for each, start in zip(outlines, self.first_vertex, strict=False)
            for face in each.faces
        ]

        # Triangles say their last corner twice, so that all facets are rows of one array.
        self.corners_of_faces = np.array([[*face, face[-1]][:4] for face in self.faces])

    def place(self, poses: NDArray[np.floating]) -> "Placed":
        """The facets in the world, with `(k, 7)` poses as in `Film`."""
        turns, places = rotations(poses[:, 3:].astype(np.float64)), poses[:, :3].astype(np.float64)
        vertices = np.einsum("vij,vj->vi", turns[self.vertex_shape], self.vertices)
        normals = np.einsum("fij,fj->fi", turns[self.face_shape], self.normals)
        offsets = self.offsets + np.einsum("fi,fi->f", normals, places[self.face_shape])
        return Placed(self, vertices + places[self.vertex_shape], normals, offsets)


@dataclass(frozen=True, eq=False)
class Placed:
    """The facets of a `Stage` in the world: corners, unit normals, `normal @ corner`."""

    stage: Stage
    vertices: Array
    normals: Array
    offsets: Array

    def corners(self, shape: int) -> Array:
        """`(v, 3)` corners of a shape."""
        first = self.stage.first_vertex
        return self.vertices[first[shape] : first[shape + 1]]

    def painted(self, camera: Camera, sun: Array) -> list[Solid]:
        """All that is seen in the light of `sun`, from the farthest to the nearest."""
        stage, eye = self.stage, camera.eye
        pixels, deep = camera.project(self.vertices)
        beyond = self.normals @ self.vertices.T
        beyond -= self.offsets[:, None]
        faces_eye = self.normals @ eye - self.offsets > 0
        least = np.minimum.reduceat(beyond, stage.first_vertex[:-1], axis=1)
        order, overlaps = self._order(pixels, deep, least, faces_eye)
        tones = tone(self.normals, sun, (eye - camera.target) / camera.distance)
        solids: list[Solid] = []
        for rank, shape in enumerate(order):
            inside = [other for other in order[:rank] if overlaps[shape, other]]
            first, last = stage.first_face[shape : shape + 2]
            corners = slice(*stage.first_vertex[shape : shape + 2])
            if deep[corners].min() < NEAREST:
                continue
            faces = first + np.flatnonzero(faces_eye[first:last])
            cut = self._cut(faces, inside, beyond)
            polygons = [pixels[stage.faces[face]] for face in faces if face not in cut]
            shades = [float(tones[face]) for face in faces if face not in cut]
            pieces = [piece for face in cut for piece in cut[face]]
            if pieces:
                ends = np.cumsum([len(piece) for piece in pieces])[:-1]
                flat = np.array([corner for piece in pieces for corner in piece])
                polygons += np.split(camera.project(flat)[0], ends)
                shades += [float(tones[face]) for face in cut for _ in cut[face]]
            solids.append(Solid(shape, polygons, shades, not cut))
        return solids

    def _order(
        self, pixels: Array, deep: Array, least: Array, faces_eye: NDArray[np.bool_]
    ) -> tuple[list[int], NDArray[np.bool_]]:
        """Shapes from back to front, and `(k, k)` which reach into each other."""
        stage = self.stage
        starts, count = stage.first_vertex[:-1], len(stage.first_vertex) - 1
        gaps, outside = np.empty((count, count)), np.empty((count, count), bool)
        for shape in range(count):
            first, last = stage.first_face[shape : shape + 2]
            best = least[first:last].argmax(axis=0)
            gaps[shape] = least[first + best, np.arange(count)]
            outside[shape] = faces_eye[first + best]
        low = np.minimum.reduceat(pixels, starts, axis=0)
        high = np.maximum.reduceat(pixels, starts, axis=0)
        meet = np.all((low[:, None] < high) & (high[:, None] > low), axis=-1)
        own = (gaps > gaps.T) | ((gaps == gaps.T) & np.tri(count, dtype=bool))
        before = np.where(own, outside, ~outside.T) & meet
        np.fill_diagonal(before, False)
        overlaps = meet & (np.maximum(gaps, gaps.T) < -TOUCHING)
        far = np.add.reduceat(deep, starts) / np.diff(stage.first_vertex)
        order: list[int] = []
        left = [int(shape) for shape in np.argsort(-far, kind="stable")]
        waits = before.sum(axis=0)
        while left:
            # A ring of shapes, each before the next, has no order: the farthest goes first.
            shape = next((shape for shape in left if waits[shape] == 0), left[0])
            left.remove(shape)
            waits = waits - before[shape]
            order.append(shape)
        return order, overlaps

    def _cut(
        self, faces: NDArray[np.int_], others: list[int], beyond: Array
    ) -> dict[int, list[Polygon]]:
        """The pieces outside of other shapes of those facets that reach into one."""
        stage = self.stage
        pieces: dict[int, list[Polygon]] = {}
        rows = stage.corners_of_faces[faces]
        for other in others:
            first, last = stage.first_face[other : other + 2]
            over = beyond[first:last][:, rows]
            low, high = over.min(axis=2), over.max(axis=2) > TOUCHING
            for number in np.flatnonzero(low.max(axis=0) < -TOUCHING):
                face = int(faces[number])
                planes = [
                    (*self.normals[plane].tolist(), float(self.offsets[plane]))
                    for plane in first + np.flatnonzero(high[:, number])
                ]
                whole = [tuple(corner) for corner in self.vertices[stage.faces[face]].tolist()]
                parts = pieces.get(face, [whole])
                pieces[face] = [piece for part in parts for piece in subtract(part, planes)]
        return pieces


def subtract(polygon: Polygon, planes: list[tuple[float, ...]]) -> list[Polygon]:
    """What of a convex polygon is not behind all of the planes (normal, offset): convex pieces.

    Plain numbers: arrays of three or four rows are slower.
    """
    kept: list[Polygon] = []
    for x, y, z, offset in planes:
        over = [a * x + b * y + c * z - offset for a, b, c in polygon]
        if max(over) <= TOUCHING:
            continue
        if min(over) >= -TOUCHING:
            return [*kept, polygon]
        kept.append(_above(polygon, over))
        polygon = _above(polygon, [-each for each in over])
    return kept


def _above(polygon: Polygon, over: list[float]) -> Polygon:
    """The part of a convex polygon where `over`, of its corners, is above 0."""
    corners: Polygon = []
    for i, (b, to) in enumerate(zip(polygon, over, strict=True)):
        a, start = polygon[i - 1], over[i - 1]
        if start * to < 0:
            part = start / (start - to)
            corners.append(tuple(p + part * (q - p) for p, q in zip(a, b, strict=True)))
        if to >= 0:
            corners.append(b)
    return corners


def sunlight(turn: float) -> Array:
    """The direction in which the light is, for a camera that stands at `turn`: to its left."""
    return np.array([0.57 * np.cos(turn - 1.0), 0.57 * np.sin(turn - 1.0), 0.82])


def tone(normals: Array, sun: Array, to_eye: Array) -> Array:
    """How light facets with `(f, 3)` normals are: from -1 (black) over 0 to 1 (white)."""
    light = 0.5 + 0.5 * (normals @ sun)
    light = 0.78 * light**1.3 + 0.22 * np.clip(normals @ to_eye, 0, 1)
    return np.where(light > 0.66, 1.0 * (light - 0.66), 0.95 * (light - 0.66))


def rotations(turns: Array) -> Array:
    """`(k, 3, 3)` matrices of `(k, 4)` quaternions (w, x, y, z)."""
    w, x, y, z = (turns / np.linalg.norm(turns, axis=1, keepdims=True)).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.array(rows).transpose(2, 0, 1)
