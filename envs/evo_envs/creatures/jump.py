"""evo/Jump-v0: get off the ground, as high as possible."""

from typing import Any

from evo_envs.creatures.environment import CreatureEnv
from evo_envs.creatures.kernels import LOW
from evo_envs.creatures.sources import Source
from evo_envs.creatures.worlds import World


class Jump(CreatureEnv):
    """Jump: the return is the most height that the lowest point gained, in m.

    A decision is rewarded by how much higher the lowest point is than it ever was.

    Args:
        body: see `sources.body_from`; a quadruped if none is given.
        friction: of the ground.
        arguments: further ones of `CreatureEnv`.
    """

    def __init__(self, body: Source = None, friction: float = 1.0, **arguments: Any) -> None:
        super().__init__(World("land", friction, refined=2), body, **arguments)
        self.best = 0.0

    def begin(self) -> None:
        self.best = float(self.first[LOW])

    def gain(self) -> float:
        higher = max(0.0, float(self.after[LOW]) - self.best)
        self.best += higher
        return higher
