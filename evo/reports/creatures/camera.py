"""A camera: from places in a world to pixels of a picture."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

OPENING = np.deg2rad(34.0)
"""The angle that the smaller side of a picture covers."""

TILT = np.deg2rad(24.0)
"""How far from above a camera looks."""

NEAREST = 0.05


@dataclass(frozen=True, eq=False)
class Camera:
    """Where a picture is taken from.

    Attributes:
        target: `(3,)` the place in its middle, in m.
        turn: the angle around z at which the camera stands as seen from there, in radians.
        tilt: how far it stands above the horizontal plane, in radians.
        distance: from the target, in m.
        size: width and height of the picture, in pixels.
        middle: where in the picture the target is, in pixels.
    """

    target: NDArray[np.float64]
    turn: float
    tilt: float
    distance: float
    size: tuple[float, float]
    middle: tuple[float, float]

    @classmethod
    def around(
        cls,
        target: NDArray[np.float64],
        radius: float,
        size: tuple[float, float],
        turn: float = -0.9,
        tilt: float = float(TILT),
    ) -> Self:
        """A camera that sees a ball of `radius` m around `target`."""
        distance = radius / np.sin(OPENING / 2) * 1.02
        return cls(target, turn, tilt, distance, size, (size[0] / 2, size[1] / 2))

    @property
    def axes(self) -> NDArray[np.float64]:
        """`(3, 3)` unit vectors to the right, upwards, and away from the camera."""
        s, c, st, ct = np.sin(self.turn), np.cos(self.turn), np.sin(self.tilt), np.cos(self.tilt)
        return np.array([[-s, c, 0.0], [-st * c, -st * s, ct], [-ct * c, -ct * s, -st]])

    @property
    def eye(self) -> NDArray[np.float64]:
        """`(3,)` where it stands."""
        return self.target - self.distance * self.axes[2]

    @property
    def focus(self) -> float:
        """Pixels of what is 1 m wide at a distance of 1 m."""
        return min(self.size) / 2 / np.tan(OPENING / 2)

    def project(
        self, places: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`(n, 2)` pixels and `(n,)` depths in m of `(n, 3)` places."""
        seen = (places - self.eye) @ self.axes.T
        deep = np.maximum(seen[:, 2], NEAREST)
        across = seen[:, :2] * (self.focus / deep)[:, None] * [1.0, -1.0]
        return across + self.middle, seen[:, 2]

    def fitted(self, places: NDArray[np.float64], left: float, top: float) -> "Camera":
        """The same direction, from where `places` fill the picture but for margins in pixels."""
        camera = self
        room = np.array([self.size[0] - 2 * left, self.size[1] - 2 * top])
        for _ in range(8):
            pixels, deep = camera.project(places)
            low, high = pixels.min(axis=0), pixels.max(axis=0)
            off = ((low + high) / 2 - [self.size[0] / 2, self.size[1] / 2]) / camera.focus
            shift = off * camera.distance * [1.0, -1.0] @ camera.axes[:2]
            grown = float(max((high - low) / room))
            if deep.min() <= NEAREST:
                grown = 2.0
            distance = max(camera.distance * grown, 1e-3)
            camera = replace(camera, target=camera.target + shift, distance=distance)
        return camera
