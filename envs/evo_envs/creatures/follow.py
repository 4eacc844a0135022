"""evo/Follow-v0: go to a light, and to the next one.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 5.4, for the task; where lights
are is chosen here.
"""

from typing import Any, ClassVar

import numpy as np

from evo_envs.creatures.environment import CreatureEnv, Floats
from evo_envs.creatures.sources import Source
from evo_envs.creatures.worlds import LIGHT_HEIGHT, World

NEAREST, FARTHEST = 4.0, 6.0
"""How far a new light is from the root, in m."""
REACHED = 0.5
"""How near the root has to come to it, in m."""


class Follow(CreatureEnv):
    """Follow a light above the ground: the return is how much nearer the root comes to it, in m.

    The light is 4 to 6 m away in a random direction. When the root is within half a metre of it,
    there is a new one.

    Args:
        body: see `sources.body_from`; a quadruped if none is given.
        friction: of the ground.
        arguments: further ones of `CreatureEnv`.
    """

    targets: ClassVar[tuple[str, ...]] = ("light",)

    def __init__(self, body: Source = None, friction: float = 1.0, **arguments: Any) -> None:
        super().__init__(World("land", friction), body, **arguments)
        self.reached, self.distance = 0, 0.0

    @property
    def lights(self) -> Floats:
        return self.seen_places

    def begin(self) -> None:
        self.reached = 0
        self._shine()

    def gain(self) -> float:
        distance = self._distance()
        nearer = self.distance - distance
        self.distance = distance
        if distance < REACHED:
            self.reached += 1
            self._shine()
        return nearer

    def _distance(self) -> float:
        """From the root to the light over the ground, in m."""
        return float(np.linalg.norm(self.seen_places[0, :2] - self.root[:2]))

    def _shine(self) -> None:
        """Put the light somewhere else."""
        angle = self.np_random.uniform(0.0, 2.0 * np.pi)
        away = self.np_random.uniform(NEAREST, FARTHEST)
        direction = np.array([np.cos(angle), np.sin(angle)])
        self.seen_places[0, :2] = self.root[:2] + away * direction
        self.seen_places[0, 2] = LIGHT_HEIGHT
        self.distance = self._distance()
