"""evo/Compete-v0: be nearer to a cube than a rival is.

Source: K. Sims, Evolving 3D Morphology and Behavior by Competition, Artificial Life IV (1994),
section 2.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from evo_envs.creatures import kernels
from evo_envs.creatures.contest import LAST, advantage, cube_of, face, gap, look
from evo_envs.creatures.environment import CreatureEnv, told_by
from evo_envs.creatures.sources import Source, body_from
from evo_envs.creatures.stage import AnyBody, Stage
from evo_envs.creatures.worlds import World

Policy = Callable[[NDArray[np.float32]], Any]
"""From what a creature is shown to its action."""


class Compete(CreatureEnv):
    """Compete for a cube: the return is the advantage at the end, from -1 to 1.

    The cube lies in the middle, a creature on either side, half a metre away. The advantage is the
    difference of their distances to the cube over the sum, in the mean of the last half second; a
    decision is rewarded by how much it grew. The rival is shown the same as the learner, from where
    it is. An episode takes eight seconds.

    Args:
        body: of the learner, see `sources.body_from`; a quadruped if none is given.
        rival: the body of the rival; that of the learner if none is given.
        rival_policy: what moves the rival, from what it is shown to its action; without one it
            stands still. It can be replaced later, as the attribute `rival_policy`.
        arguments: further ones of `CreatureEnv`.
    """

    targets: ClassVar[tuple[str, ...]] = ("cube", "rival")
    upright: ClassVar[bool] = False

    def __init__(
        self,
        body: Source = None,
        rival: Source = None,
        rival_policy: Policy | None = None,
        **arguments: Any,
    ) -> None:
        self.rival = body_from(body if rival is None else rival)
        self.rival_policy = rival_policy
        super().__init__(World("land"), body, **arguments)
        self.rival_layout, self.cube = self.stage.creatures[1], cube_of(self.stage)
        self._rival_places = np.zeros((len(self.targets), 3))
        self._rival_senses = np.zeros(self.rival.senses(len(self.targets)))
        self._gaps: deque[tuple[float, float]] = deque(maxlen=LAST)
        self.advantage = 0.0

    @property
    def bodies(self) -> list[AnyBody]:
        return [self.body, self.rival]

    def build(self, world: World) -> Stage:
        return face(self.body, self.rival, world, touch=True)

    def begin(self) -> None:
        self._gaps.clear()
        self.advantage = 0.0
        self._look()

    def tell_others(self) -> None:
        views, rival = self.stage.views, self.rival_layout
        actuators = len(rival.span)
        if self.rival_policy is None:
            kernels.tell(views, rival, np.zeros(actuators))
            return
        look(views, self.layout, self.cube, self._rival_places)
        shown = self.sensed(rival, self._rival_places, self._rival_senses)
        kernels.tell(views, rival, told_by(self.rival_policy(shown), actuators))

    def guard(self) -> str | None:
        return super().guard() if np.isfinite(self._gap()).all() else "finite"

    def gain(self) -> float:
        before = self.advantage
        self._look()
        self.advantage = advantage(np.array(self._gaps))
        return self.advantage - before

    def _look(self) -> None:
        """See where the cube and the rival are now."""
        look(self.stage.views, self.rival_layout, self.cube, self.seen_places)
        self._gaps.append(self._gap())

    def _gap(self) -> tuple[float, float]:
        """From the cube to either creature, in m."""
        views = self.stage.views
        return gap(views, self.layout, self.cube), gap(views, self.rival_layout, self.cube)
