"""What all environments of creatures have in common.

What an agent is shown and what it does are those of creatures that evolve, and one decision takes
as long: a fiftieth of a second.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from evo_envs.creatures import kernels
from evo_envs.creatures.engine import mujoco
from evo_envs.creatures.kernels import BURST, LIVED, LOST, POWER, RESTLESS, UPRIGHT, X
from evo_envs.creatures.limits import LIMITS
from evo_envs.creatures.native import addresses, copy_data
from evo_envs.creatures.picture import Picture
from evo_envs.creatures.sources import Source, body_from
from evo_envs.creatures.stage import AnyBody, Layout, Stage, build
from evo_envs.creatures.worlds import KICK, TICK, World

Floats = NDArray[np.float64]
EPISODE = 500
"""Decisions of an episode, ten seconds."""
RESTLESSNESS = {
    LOST: "a number is no longer finite (guard finite)",
    RESTLESS: "it still moves after three seconds (guard rest)",
    BURST: "parts that overlap drive each other apart (guard overlap)",
}
"""Why a body cannot be used, by what became of it."""
SENSED = ("clock sine", "clock cosine", "up x", "up y", "up z")


class CreatureEnv(gymnasium.Env[NDArray[np.float32], Any], ABC):
    """A creature in a world; what it is rewarded for is said by the classes that follow.

    It is shown a clock of one turn a second, the direction upwards and to what it follows, the
    angle and speed of each joint, and which of its parts touch something; see `kernels.sense`. For
    each actuator it says where to go, from -1 to 1. An episode ends early when a guard is broken,
    which ``info["guard"]`` then names: a number that is not finite, a centre that is faster than 6
    m/s, a root that is tilted by more than 60° for more than a second in all. ``info["power"]`` is
    the mean power of the actuators over the decision, in W per kg.

    Args:
        world: where it lives.
        body: see `sources.body_from`; a quadruped if none is given.
        kick: of the joints at the start, as the standard deviation of their speeds in rad/s.
        power_cost: what the actuators' work costs, in reward per J and kg.
        render_mode: "rgb_array" for pictures; None for none.

    Attributes:
        body: the one it has.
        stage: the physics.
        now: decisions since the start.

    Raises:
        OSError, ValueError: the body cannot be read, has no actuator or does not come to rest.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": ["rgb_array"],
        "render_fps": round(1 / TICK),
    }
    targets: ClassVar[tuple[str, ...]] = ()
    """Names of the things that it sees the direction to."""
    upright: ClassVar[bool] = True
    """Whether it must not tumble."""

    def __init__(
        self,
        world: World,
        body: Source = None,
        kick: float = KICK,
        power_cost: float = 0.0,
        render_mode: str | None = None,
    ) -> None:
        if not (np.isfinite([kick, power_cost]).all() and kick >= 0.0):
            raise ValueError(f"kick {kick} and power_cost {power_cost}: finite, a kick 0 or more")
        self.body, self.kick, self.power_cost = body_from(body), kick, power_cost
        self.render_mode = render_mode
        if not self.body.degrees_of_freedom:
            raise ValueError("the body has no joint that moves (guard joints)")
        self.stage = self.build(world)
        self.layout = self.stage.creatures[0]
        self._native = addresses(self.stage.model, self.stage.data)
        self.observation_names, lows = self._names()
        self.action_names = list(self.body.actuator_names)
        self.observation_space = spaces.Box(lows, np.ones_like(lows))
        self.action_space = spaces.Box(-1.0, 1.0, (len(self.action_names),), np.float32)
        self._seen = np.zeros(len(lows))
        self._upwards = np.zeros(3)
        self.seen_places = np.zeros((len(self.targets), 3))
        self.first, self.before, self.after = np.zeros((3, kernels.CHANNELS))
        self.now = self._tilted = 0
        self._rested = self._at_rest()
        self._picture: Picture | None = None

    @abstractmethod
    def gain(self) -> float:
        """What the decision from `before` to `after`, rows of the track, is worth."""

    def begin(self) -> None:
        """Prepare an episode; the creature rests, and `first` says where."""

    @property
    def bodies(self) -> list[AnyBody]:
        """All that there are, its own first."""
        return [self.body]

    @property
    def lights(self) -> Floats:
        """`(k, 3)` places of lights, for pictures, in m."""
        return np.zeros((0, 3))

    def build(self, world: World) -> Stage:
        """The physics of all bodies, in their order."""
        return build(self.bodies, world, touch=True)

    def tell_others(self) -> None:
        """Tell other creatures what to do until the next decision; there are none by default."""

    @property
    def root(self) -> Floats:
        """`(3,)` where the root is, in m."""
        return self.stage.views.xpos[self.layout.root[0]]

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        stage, layout = self.stage, self.layout
        copy_data(stage.data, stage.model, self._rested)
        for each in stage.creatures:
            speeds = self.kick * self.np_random.standard_normal(len(each.joints))
            kernels.push(stage.views, each, speeds)
        kernels.begin(self._native, stage.views, layout, self._upwards, self.first)
        self.before[:] = self.after[:] = self.first
        self.now = self._tilted = 0
        self.begin()
        return self._observed(), {"power": 0.0}

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        told = told_by(action, len(self.action_names))
        stage, layout, world = self.stage, self.layout, self.stage.world
        self.before, self.after = self.after, self.before
        kernels.tell(stage.views, layout, told)
        self.tell_others()
        kernels.move(
            self._native,
            stage.views,
            layout,
            world.frame,
            world.step,
            self._upwards,
            self.after,
            float(self.before[kernels.WORK]),
        )
        self.now += 1
        guard = self.guard()
        if guard == "finite":
            return np.zeros_like(self._observed()), 0.0, True, False, {"power": 0.0, "guard": guard}
        power = float(self.after[POWER]) / stage.masses[0]
        reward = self.gain() - self.power_cost * power * TICK
        info = {"power": power} if guard is None else {"power": power, "guard": guard}
        return self._observed(), float(reward), guard is not None, False, info

    def render(self) -> NDArray[np.uint8] | None:
        """The creature from the side; `None` unless the mode is "rgb_array"."""
        if self.render_mode is None:
            return None
        if self._picture is None:
            self._picture = Picture(self.stage, self.bodies)
        centre = self.stage.views.subtree_com[self.layout.root[0]]
        return self._picture.take(self.stage.data, centre, self.lights)

    def close(self) -> None:
        if self._picture is not None:
            self._picture.close()
            self._picture = None

    def _names(self) -> tuple[list[str], NDArray[np.float32]]:
        """Of what is shown, and the least value of each."""
        names = list(SENSED)
        names += [f"{target} {axis}" for target in self.targets for axis in "xyz"]
        for joint in self.body.joint_names:
            names += [f"{joint} angle", f"{joint} speed"]
        parts = len(self.body.parts)
        lows = np.full(len(names) + parts, -1.0, np.float32)
        lows[len(names) :] = 0.0
        return [*names, *(f"touch {part}" for part in range(parts))], lows

    def _at_rest(self) -> Any:
        """MuJoCo's data once all bodies rest, which is the same each time."""
        stage, frame = self.stage, self.stage.world.frame
        for layout in stage.creatures:
            outcome = kernels.settle(
                self._native, stage.views, layout, frame, kernels.RISE, np.zeros(3)
            )
            if outcome != LIVED:
                raise ValueError(f"a body does not come to rest: {RESTLESSNESS[outcome]}")
        rested = mujoco.MjData(stage.model)
        copy_data(rested, stage.model, stage.data)
        return rested

    def guard(self) -> str | None:
        """The guard that is broken; None if none is."""
        if not np.isfinite(self.after).all():
            return "finite"
        moved = float(np.linalg.norm(self.after[X : X + 3] - self.before[X : X + 3]))
        if moved > LIMITS.speed * TICK:
            return "speed"
        if self.upright and self.after[UPRIGHT] < LIMITS.least_upright:
            self._tilted += 1
            if self._tilted > LIMITS.tilted * EPISODE:
                return "tumbling"
        return None

    def _observed(self) -> NDArray[np.float32]:
        return self.sensed(self.layout, self.seen_places, self._seen)

    def sensed(self, layout: Layout, places: Floats, senses: Floats) -> NDArray[np.float32]:
        """What a creature is shown.

        Args:
            layout: of the creature.
            places: `(k, 3)` of what it sees the direction to.
            senses: room for as many numbers.
        """
        kernels.sense(self.stage.views, layout, self.now * TICK, places, senses)
        return np.clip(senses, -1.0, 1.0).astype(np.float32)


def told_by(action: Any, actuators: int) -> Floats:
    """What an action tells so many actuators, from -1 to 1. Raises `ValueError` if it cannot."""
    told = np.array(action, np.float64).reshape(-1)
    if told.shape != (actuators,) or not np.isfinite(told).all():
        raise ValueError(f"an action is {actuators} finite numbers, not {action}")
    return np.clip(told, -1.0, 1.0)
