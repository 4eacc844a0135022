"""Convex outlines of the shapes of creatures as few flat facets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from evo_envs.creatures.film import Shape
from numpy.typing import NDArray

SIDES = 12
"""Corners of a round cross-section: a multiple of 4, so that the half sizes are reached."""


@dataclass(frozen=True, eq=False)
class Facets:
    """A closed convex surface around the origin.

    Attributes:
        vertices: `(v, 3)` corners in m, along the shape's own axes.
        faces: the numbers of the corners of each of f facets, counter-clockwise from outside.
        normals: `(f, 3)` unit vectors outwards.
        offsets: `(f,)` distances of the planes of the facets from the origin, in m.
    """

    vertices: NDArray[np.float64]
    faces: tuple[tuple[int, ...], ...]
    normals: NDArray[np.float64]
    offsets: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Template:
    """An outline whose half sizes are 1, and how it is stretched.

    Attributes:
        vertices: `(v, 3)` corners.
        ends: `(v,)` 1 or -1 at the ends in x between which a capsule is stretched.
        faces: as in `Facets`.
    """

    vertices: NDArray[np.float64]
    ends: NDArray[np.float64]
    faces: tuple[tuple[int, ...], ...]


def outline(shape: Shape) -> Facets:
    """The facets of a box, a capsule or an ellipsoid."""
    plan, half = template(form(shape)), np.array(shape.half)
    vertices = plan.vertices * half
    if form(shape) == "capsule":
        vertices[:, 0] = plan.vertices[:, 0] * half[1] + plan.ends * (half[0] - half[1])
    normals = np.array([_normal(vertices[list(face)]) for face in plan.faces])
    first = vertices[[face[0] for face in plan.faces]]
    return Facets(vertices, plan.faces, normals, np.einsum("ij,ij->i", normals, first))


def form(shape: Shape) -> str:
    """Its kind; of a capsule without a length between its caps, "ellipsoid"."""
    ball = shape.kind == "capsule" and shape.half[0] < 1.001 * shape.half[1]
    return "ellipsoid" if ball else shape.kind


@cache
def template(kind: str) -> Template:
    """The outline of `kind`, one of `SHAPES`, before it is stretched."""
    if kind == "box":
        corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
        faces = [
            [i for i in range(8) if corners[i, axis] == side]
            for axis in range(3)
            for side in (-1, 1)
        ]
        quads = [(a, b, d, c) for a, b, c, d in faces]
        return Template(corners, corners[:, 0], _outwards(corners, quads))
    if kind == "ellipsoid":
        return _round([(angle, 1.0) for angle in (60.0, 30.0, 0.0, -30.0, -60.0)])
    return _round([(45.0, 1.0), (0.0, 1.0), (0.0, -1.0), (-45.0, -1.0)])


def _round(rings: Sequence[tuple[float, float]]) -> Template:
    """A ball around x, of rings at latitudes in degrees, each at an end."""
    turn = 2 * np.pi * np.arange(SIDES) / SIDES
    vertices, ends = [np.array([[1.0, 0.0, 0.0]])], [[1.0]]
    for latitude, end in rings:
        angle = np.deg2rad(latitude)
        wide = np.cos(angle)
        along = np.full(SIDES, np.sin(angle))
        vertices.append(np.stack([along, wide * np.cos(turn), wide * np.sin(turn)], axis=1))
        ends.append([end] * SIDES)
    vertices.append(np.array([[-1.0, 0.0, 0.0]]))
    ends.append([-1.0])
    last = 1 + SIDES * len(rings)
    faces: list[tuple[int, ...]] = []
    for i in range(SIDES):
        j = (i + 1) % SIDES
        faces.append((0, 1 + i, 1 + j))
        for start in range(1, last - SIDES, SIDES):
            faces.append((start + i, start + SIDES + i, start + SIDES + j, start + j))
        faces.append((last, last - SIDES + j, last - SIDES + i))
    corners: NDArray[np.float64] = np.concatenate(vertices)
    sides = np.concatenate(ends)
    stretched = corners + np.outer(sides, [1.0, 0.0, 0.0])
    return Template(corners, sides, _outwards(stretched, faces))


def _outwards(
    vertices: NDArray[np.float64], faces: Sequence[tuple[int, ...]]
) -> tuple[tuple[int, ...], ...]:
    """The faces, those turned round that look inwards."""
    return tuple(
        tuple(face)
        if _normal(vertices[list(face)]) @ vertices[list(face)].mean(axis=0) > 0
        else tuple(face[::-1])
        for face in faces
    )


def _normal(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """The unit normal of a flat polygon with `(m, 3)` corners."""
    normal = np.cross(corners, np.roll(corners, -1, axis=0)).sum(axis=0)
    return normal / np.linalg.norm(normal)
