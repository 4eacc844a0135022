"""The ground below creatures: its height, its tiles, and the shadows on it."""

import numpy as np
from evo_envs.creatures.film import Film
from numpy.typing import NDArray

Array = NDArray[np.float64]

AROUND = np.array([np.cos(np.arange(32) * np.pi / 16), np.sin(np.arange(32) * np.pi / 16)])
"""`(2, 32)` directions on the map: a shadow reaches as far as its shape does in each."""


class Ground:
    """The ground of a film on land: a plane or a terrain."""

    def __init__(self, film: Film) -> None:
        self.slope = film.slope if film.world == "slope" else 0.0
        self.extent = film.extent if film.world == "terrain" else np.inf
        self.heights = film.heights.astype(np.float64) if film.world == "terrain" else None

    def height(self, places: Array) -> Array:
        """`(...)` heights in m at `(..., 2 or more)` places."""
        x, y = places[..., 0], places[..., 1]
        if self.heights is None:
            return self.slope * x
        rows, columns = self.heights.shape
        u = np.clip((x / self.extent + 1) / 2, 0, 1) * (columns - 1)
        v = np.clip((y / self.extent + 1) / 2, 0, 1) * (rows - 1)
        i, j = np.minimum(u.astype(int), columns - 2), np.minimum(v.astype(int), rows - 2)
        u, v, h = u - i, v - j, self.heights
        low = h[j, i] * (1 - u) + h[j, i + 1] * u
        return low * (1 - v) + (h[j + 1, i] * (1 - u) + h[j + 1, i + 1] * u) * v

    def on(self, places: Array) -> Array:
        """`(n, 3)` places on the ground below or above `(n, 2 or more)` places."""
        return np.column_stack([places[:, :2], self.height(places)])

    def shadow(self, corners: Array, sun: Array) -> Array:
        """`(m, 3)` corners of the shadow of a convex shape with `(v, 3)` corners."""
        if self.heights is None:
            slope, base = self.slope, 0.0
        else:
            # A small shadow lies about as on a plane at the height below its shape.
            slope, base = 0.0, float(self.height(corners.mean(axis=0)))
        down = (slope * corners[:, 0] + base - corners[:, 2]) / (sun[2] - slope * sun[0])
        flat = corners[:, :2] + down[:, None] * sun[:2]
        farthest = np.unique((flat @ AROUND).argmax(axis=0))
        middle = flat[farthest] - flat[farthest].mean(axis=0)
        turns = np.argsort(np.arctan2(middle[:, 1], middle[:, 0]))
        return self.on(flat[farthest[turns]])

    def tiles(self, target: Array, radius: float) -> "Tiles":
        """Tiles around a place, up to `radius` m away, from all over the ground where it is rough.

        Every second one of a plane, as on a board of chess with fields of 1 m; where more than
        about 50 would lie side by side, they are larger.
        """
        rough = self.heights is not None
        wanted = radius / (22 if rough else 26)
        step = next(size for size in (0.5, 1.0, 5.0, 20.0, 100.0, 1e3, 1e5) if size >= wanted)
        step = step if rough else max(step, 1.0)
        count = int(radius / step) + 1
        i, j = np.meshgrid(
            *(np.floor(target[axis] / step) + np.arange(-count, count) for axis in (0, 1))
        )
        field = np.floor(i * min(step, 1)) + np.floor(j * min(step, 1))
        odd = (field.ravel() % 2).astype(bool)
        low = np.stack([i.ravel(), j.ravel()], axis=1) * step
        away = np.linalg.norm(low + step / 2 - target[:2], axis=1)
        chosen = (away < radius) & (rough | odd)
        chosen &= np.all((low >= -self.extent - 1e-9) & (low + step <= self.extent + 1e-9), axis=1)
        chosen = np.flatnonzero(chosen)
        low, away, odd = low[chosen], away[chosen], odd[chosen]
        flat = low[:, None] + step * np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
        corners = np.concatenate([flat, self.height(flat)[..., None]], axis=-1)
        normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        return Tiles(corners, normals, odd, 1 - (away / radius) ** 2)


class Tiles:
    """Pieces of the ground.

    Attributes:
        corners: `(n, 4, 3)` in m.
        normals: `(n, 3)` unit vectors upwards.
        odd: `(n,)` whether it is one of the darker ones.
        strength: `(n,)` how much is seen of it, from 1 in the middle to 0 at the rim.
    """

    def __init__(
        self, corners: Array, normals: Array, odd: NDArray[np.bool_], strength: Array
    ) -> None:
        self.corners, self.normals, self.odd, self.strength = corners, normals, odd, strength


def hull(points: Array) -> Array:
    """`(m, 2)` corners of the convex hull of `(n, 2)` points, counter-clockwise."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    if len(ordered) < 3:
        return np.array(ordered)
    halves: list[list[tuple[float, float]]] = []
    for line in (ordered, ordered[::-1]):
        half: list[tuple[float, float]] = []
        for x, y in line:
            while len(half) > 1:
                (ax, ay), (bx, by) = half[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                half.pop()
            half.append((x, y))
        halves.append(half[:-1])
    return np.array([*halves[0], *halves[1]])
