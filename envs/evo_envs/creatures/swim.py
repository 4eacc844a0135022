"""evo/Swim-v0: get far through water, without weight."""

from typing import Any, ClassVar

import numpy as np

from evo_envs.creatures.environment import CreatureEnv
from evo_envs.creatures.kernels import X, Z
from evo_envs.creatures.sources import Source
from evo_envs.creatures.worlds import World


class Swim(CreatureEnv):
    """Swim: the return is how far the centre gets from where it rested, in m.

    There is no up, so that a creature may turn over.

    Args:
        body: see `sources.body_from`; a quadruped if none is given. One from an MJCF file should
            weigh what water of its volume does: the physics of much lighter ones is not stable.
        arguments: further ones of `CreatureEnv`.
    """

    upright: ClassVar[bool] = False

    def __init__(self, body: Source = None, **arguments: Any) -> None:
        super().__init__(World("water"), body, **arguments)

    def gain(self) -> float:
        start = self.first[X : Z + 1]
        now, before = self.after[X : Z + 1] - start, self.before[X : Z + 1] - start
        return float(np.linalg.norm(now) - np.linalg.norm(before))
