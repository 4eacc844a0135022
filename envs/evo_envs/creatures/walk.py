"""evo/Walk-v0, evo/Slope-v0, evo/Terrain-v0: get far over land, up a slope, over hills."""

from typing import Any

import numpy as np

from evo_envs.creatures.environment import CreatureEnv
from evo_envs.creatures.kernels import X, Z
from evo_envs.creatures.sources import Source
from evo_envs.creatures.worlds import World


class Walk(CreatureEnv):
    """Walk over flat land: the return is how far the centre gets from where it rested, in m.

    Args:
        body: see `sources.body_from`; a quadruped if none is given.
        friction: of the ground.
        arguments: further ones of `CreatureEnv`.
    """

    def __init__(self, body: Source = None, friction: float = 1.0, **arguments: Any) -> None:
        super().__init__(World("land", friction), body, **arguments)

    def gain(self) -> float:
        return _away(self.after, self.first, Z) - _away(self.before, self.first, Z)


class Slope(CreatureEnv):
    """Climb a slope: the return is how far the centre gets in the direction of x, uphill, in m.

    Args:
        body: see `sources.body_from`; a quadruped if none is given.
        friction: of the ground.
        slope: how much the slope rises per m.
        arguments: further ones of `CreatureEnv`.
    """

    def __init__(
        self, body: Source = None, friction: float = 1.0, slope: float = 0.25, **arguments: Any
    ) -> None:
        super().__init__(World("slope", friction, slope=slope), body, **arguments)

    def gain(self) -> float:
        return float(self.after[X] - self.before[X])


class Terrain(Walk):
    """Walk over hills and hollows: the return is how far the centre gets over ground, in m.

    Args:
        body: see `sources.body_from`; a quadruped if none is given.
        friction: of the ground.
        roughness: height of the hills in m.
        hills: their seed, which an episode's seed does not change.
        arguments: further ones of `CreatureEnv`.
    """

    def __init__(
        self,
        body: Source = None,
        friction: float = 1.0,
        roughness: float = 0.3,
        hills: int = 0,
        **arguments: Any,
    ) -> None:
        world = World("terrain", friction, roughness=roughness, seed=hills)
        CreatureEnv.__init__(self, world, body, **arguments)


def _away(row: Any, first: Any, end: int) -> float:
    """How far the centre is from where it was first, along the axes before `end`."""
    return float(np.linalg.norm(row[X:end] - first[X:end]))
