"""What creatures did in an episode, as shapes that move: for players and pictures."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

SHAPES = ("box", "capsule", "ellipsoid")


@dataclass(frozen=True)
class Shape:
    """A shape that moves as a whole.

    Attributes:
        kind: one of `SHAPES`.
        half: half sizes along its own axes in m. A capsule lies along x: the first number is half
            of its length with both caps, the others are its radius.
        creature: the number of the creature that it belongs to; -1 for a thing, as a cube.
        group: the number of the kind of part that it is: parts of one kind have one colour.
    """

    kind: str
    half: tuple[float, float, float]
    creature: int = 0
    group: int = 0


@dataclass(frozen=True, eq=False)
class Film:
    """Shapes, and where they are in each frame.

    Attributes:
        title: what is seen.
        interval: seconds from one frame to the next.
        shapes: k of them.
        poses: `(frames, k, 7)` place in m, z upwards, and rotation as a unit quaternion (w, x, y,
            z) from the shape's axes to those of the world.
        world: "land", "water" (no ground, no up), "slope" or "terrain".
        slope: how much the ground rises per m in the direction of x.
        heights: `(rows, columns)` heights of a terrain in m, rows along y; empty elsewhere.
        extent: half of the side of the square that `heights` covers, in m.
        lights: `(frames, 3)` places of the light that is followed; empty where there is none.
    """

    title: str
    interval: float
    shapes: tuple[Shape, ...]
    poses: NDArray[np.float32]
    world: str = "land"
    slope: float = 0.0
    heights: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    extent: float = 0.0
    lights: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 3), np.float32))

    @property
    def duration(self) -> float:
        """Seconds from the first to the last frame."""
        return self.interval * max(len(self.poses) - 1, 0)

    def describe(self) -> dict[str, Any]:
        """The film as plain data; arrays as base64 of little-endian float32."""
        return {
            "kind": "film",
            "title": self.title,
            "interval": self.interval,
            "shapes": [
                {
                    "kind": shape.kind,
                    "half": list(shape.half),
                    "creature": shape.creature,
                    "group": shape.group,
                }
                for shape in self.shapes
            ],
            "poses": _text(self.poses),
            "world": self.world,
            "slope": self.slope,
            "heights": _text(self.heights),
            "extent": self.extent,
            "lights": _text(self.lights),
        }

    @classmethod
    def read(cls, description: Mapping[str, Any]) -> Self:
        """Inverse of `describe`.

        Raises:
            ValueError: the description is not that of a film.
        """
        try:
            shapes = tuple(
                Shape(
                    str(each["kind"]),
                    tuple(float(half) for half in each["half"]),  # pyright: ignore[reportArgumentType]
                    int(each["creature"]),
                    int(each["group"]),
                )
                for each in description["shapes"]
            )
            film = cls(
                str(description["title"]),
                float(description["interval"]),
                shapes,
                _array(description["poses"]),
                str(description["world"]),
                float(description["slope"]),
                _array(description["heights"]),
                float(description["extent"]),
                _array(description["lights"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a film: {type(error).__name__}: {error}") from None
        film.check()
        return film

    def check(self) -> None:
        """Raise `ValueError` unless the parts fit together."""
        if self.poses.ndim != 3 or self.poses.shape[1:] != (len(self.shapes), 7):
            raise ValueError(f"poses of shape {self.poses.shape} for {len(self.shapes)} shapes")
        for shape in self.shapes:
            if shape.kind not in SHAPES or len(shape.half) != 3 or not min(shape.half) > 0:
                raise ValueError(f"no shape: {shape}")
        if not (0 < self.interval < 1e3 and np.isfinite(self.poses).all()):
            raise ValueError("a film has finite poses, some time apart")
        if self.lights.ndim != 2 or len(self.lights) not in (0, len(self.poses)):
            raise ValueError("a light has a place in each frame")
        if self.heights.ndim != 2 or not np.isfinite(self.heights).all():
            raise ValueError("a terrain has finite heights in rows and columns")


def _text(array: NDArray[np.float32]) -> dict[str, Any]:
    data = np.ascontiguousarray(array, "<f4").tobytes()
    return {"shape": list(array.shape), "float32": base64.b64encode(data).decode()}


def _array(described: Mapping[str, Any]) -> NDArray[np.float32]:
    data = base64.b64decode(str(described["float32"]), validate=True)
    return np.frombuffer(data, "<f4").reshape([int(n) for n in described["shape"]])
