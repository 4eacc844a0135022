"""What the observations and actions of environments are called.

An environment says it itself with attributes `observation_names` and `action_names`: a name for
each number of a Box, or for each choice of a Discrete space, in order. For Gymnasium's own, which
do not, there is a table here, from the documentation of each environment.

Source: M. Towers et al., Gymnasium, arXiv:2407.17032, 2024; https://gymnasium.farama.org.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gymnasium import spaces


@dataclass(frozen=True)
class Names:
    """The names of an environment; an empty one has none.

    Attributes:
        observations: alternatives, told apart by how many names there are.
        actions: likewise.
    """

    observations: Sequence[Sequence[str]] = ()
    actions: Sequence[Sequence[str]] = ()


_CAR = ("position", "velocity")
_COMPASS = ("left", "down", "right", "up")
_LEG = ("hip angle", "hip speed", "knee angle", "knee speed", "ground contact")

GYMNASIUM: Mapping[str, Names] = {
    "CartPole": Names(
        [("cart position", "cart velocity", "pole angle", "pole angular velocity")],
        [("push left", "push right")],
    ),
    "Acrobot": Names(
        [
            (
                *("cos shoulder angle", "sin shoulder angle", "cos elbow angle"),
                *("sin elbow angle", "shoulder velocity", "elbow velocity"),
            )
        ],
        [("torque -1", "no torque", "torque +1")],
    ),
    "MountainCar": Names([_CAR], [("push left", "no push", "push right")]),
    "MountainCarContinuous": Names([_CAR], [("force",)]),
    "Pendulum": Names([("cos angle", "sin angle", "angular velocity")], [("torque",)]),
    "LunarLander": Names(
        [
            (
                *("x", "y", "x velocity", "y velocity", "angle", "angular velocity"),
                *("left leg contact", "right leg contact"),
            )
        ],
        [
            ("no engine", "left engine", "main engine", "right engine"),
            ("main engine", "side engines"),
        ],
    ),
    "BipedalWalker": Names(
        [
            (
                *("hull angle", "hull angular velocity", "x velocity", "y velocity"),
                *(f"leg {leg} {what}" for leg in (1, 2) for what in _LEG),
                *(f"lidar {ray}" for ray in range(1, 11)),
            )
        ],
        [("hip 1 torque", "knee 1 torque", "hip 2 torque", "knee 2 torque")],
    ),
    "CarRacing": Names(
        [], [("nothing", "steer right", "steer left", "gas", "brake"), ("steering", "gas", "brake")]
    ),
    "FrozenLake": Names([], [_COMPASS]),
    "FrozenLake8x8": Names([], [_COMPASS]),
    "CliffWalking": Names([], [("up", "right", "down", "left")]),
    "Taxi": Names([], [("south", "north", "east", "west", "pick up", "drop off")]),
}
"""By id, without the version."""


def names_of(env: Any) -> tuple[list[str] | None, list[str] | None]:
    """The names of the observations and of the actions of an environment; None where unknown.

    Those that the environment gives count, then those of the table. As many names as there are
    numbers or choices are taken, any other number of them is ignored.
    """
    id = "" if env.spec is None else str(env.spec.id)
    known = GYMNASIUM.get(id.rpartition("-v")[0] or id, Names())
    seen = _fitting(env, "observation_names", known.observations, env.observation_space)
    return seen, _fitting(env, "action_names", known.actions, env.action_space)


def _fitting(
    env: Any, attribute: str, known: Sequence[Sequence[str]], space: spaces.Space[Any]
) -> list[str] | None:
    count = int(space.n) if isinstance(space, spaces.Discrete) else _size(space)
    own = getattr(env.unwrapped, attribute, None)
    given = [own, *known] if isinstance(own, list | tuple) else known
    for names in given:
        if names is not None and len(names) == count:
            return [str(name) for name in names]
    if attribute == "observation_names" and isinstance(space, spaces.Discrete):
        return [f"state {number}" for number in range(int(space.start), int(space.start) + count)]
    return None


def _size(space: spaces.Space[Any]) -> int:
    shape = space.shape or ()
    size = 1
    for side in shape:
        size *= side
    return size
