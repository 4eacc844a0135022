"""Where creatures live: ground and gravity, or water."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

WorldKind = Literal["land", "water", "slope", "terrain"]
TICK = 0.02
"""Seconds from one decision of a creature to the next."""
KICK = 0.05
"""How fast joints are at the start where nothing else is said: the standard deviation in rad/s."""
LIGHT_HEIGHT = 0.3
"""Of a light above the ground, in m."""
EXTENT, CELLS = 40.0, 161
"""Half of the side of a terrain in m, and the points along a side of it."""


@dataclass(frozen=True)
class World:
    """A place to live in, and how finely time passes there.

    Attributes:
        kind: "land", a plane; "water", without weight; "slope", which rises in the direction of x;
            "terrain", hills and hollows.
        friction: of the ground.
        slope: how much a slope rises per m.
        roughness: how high the hills of a terrain are, in m.
        seed: of the hills.
        refined: by what the step of the physics is divided, which is 5 ms.
    """

    kind: WorldKind = "land"
    friction: float = 1.0
    slope: float = 0.25
    roughness: float = 0.3
    seed: int = 0
    refined: int = 1

    @property
    def step(self) -> float:
        """The step of the physics, in s."""
        return TICK / self.frame

    @property
    def frame(self) -> int:
        """Steps of the physics from one decision to the next."""
        return 4 * self.refined

    @property
    def heights(self) -> NDArray[np.float64]:
        """`(CELLS, CELLS)` heights of a terrain in m, from 0 to `roughness`, flat in the middle.

        Hills are sums of waves of random directions, 2 to 10 m long.
        """
        rng = np.random.default_rng(np.random.SeedSequence([self.seed]))
        line = np.linspace(-EXTENT, EXTENT, CELLS)
        x, y = np.meshgrid(line, line)
        heights = np.zeros_like(x)
        for _ in range(24):
            angle, phase = rng.uniform(0.0, 2.0 * np.pi, 2)
            length = np.exp(rng.uniform(np.log(2.0), np.log(10.0)))
            along = (x * np.cos(angle) + y * np.sin(angle)) / length
            heights += length * np.sin(2.0 * np.pi * along + phase)
        heights -= heights.min()
        heights /= heights.max()
        distance = np.hypot(x, y)
        return self.roughness * heights * np.clip((distance - 1.5) / 2.0, 0.0, 1.0)
