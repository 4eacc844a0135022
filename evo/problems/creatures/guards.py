"""Guards against cheats: what a body may not do, each a check with a name.

Source: the exploits are those of K. Sims' creatures (falling towers, parts that explode out of each
other, energy from rounding errors; see J. Lehman et al., The Surprising Creativity of Digital
Evolution, Artificial Life 26, 2020, sections 3.1 and 3.3), and those that evolution found here.
"""

from dataclasses import dataclass

import numpy as np
from evo_envs.creatures.kernels import ENERGY, POWER, WORK
from evo_envs.creatures.worlds import TICK
from numpy.typing import NDArray

from evo.problems.creatures import kernels
from evo.problems.creatures.life import Life

GRAVITY = 9.81
GUARDS: dict[str, str] = {
    "joints": "a body has a joint that moves",
    "rest": "a body comes to rest before it moves",
    "overlap": "parts do not drive each other apart while a body comes to rest",
    "finite": "every number stays finite",
    "speed": "the centre is never faster than problem.top_speed",
    "power": "actuators use no more than problem.power on average",
    "tumbling": "the root stays upright, but for a tenth of the time; on land",
    "vibration": "an actuator turns back no more than 16 times a second",
    "energy": "energy grows by no more than actuators give",
}
"""What each guard demands, by its name."""
NAMES = tuple(GUARDS)
OF_OUTCOMES = {
    kernels.LOST: "finite",
    kernels.RESTLESS: "rest",
    kernels.BURST: "overlap",
    kernels.FAST: "speed",
    kernels.TIRED: "power",
    kernels.TUMBLED: "tumbling",
    kernels.SHAKEN: "vibration",
}
"""The guard that ended a life, by its outcome."""
UNTIL_REST = 3.0
"""The violation of a body that has no life at all; one that is stopped at once has 2."""


@dataclass(frozen=True)
class Limits:
    """How much is allowed.

    Attributes:
        speed: of the centre, in m/s.
        power: mean of all actuators, in W per kg of the body.
        tilt: of the root, in degrees.
        tilted: the share of the time in which it may tilt further.
        reversals: how often an actuator turns back, per second.
        lifted: the energy that may come from nowhere, as the height in m that it lifts the body.
    """

    speed: float = 6.0
    power: float = 30.0
    tilt: float = 60.0
    tilted: float = 0.1
    reversals: float = 16.0
    lifted: float = 0.1

    def array(self, mass: float) -> NDArray[np.float64]:
        """What the kernel watches, for a body of this mass in kg."""
        return np.array(
            [
                self.speed,
                self.power * mass,
                self.tilted,
                np.cos(np.radians(self.tilt)),
                self.reversals,
            ]
        )


NO_LIMITS = np.array([np.inf, np.inf, np.inf, -np.inf, np.inf])


def broken(life: Life, limits: Limits) -> str | None:
    """The guard that a life breaks; None if it breaks none."""
    if not life.complete:
        return OF_OUTCOMES[life.outcome]
    if gained(life) > limits.lifted * GRAVITY * life.mass + 0.02 * used(life):
        return "energy"
    return None


def gained(life: Life) -> float:
    """The most energy in J that a body ever had beyond what it began with and was given."""
    free = life.track[:, ENERGY] - life.track[:, WORK]
    return float((free - free[0]).max())


def used(life: Life) -> float:
    """The work of all actuators in J, positive and negative alike."""
    return float(life.track[1:, POWER].sum() * TICK)


def violation(guard: str, share: float) -> float:
    """How far a body is from breaking no guard: the later it was stopped, the less.

    Args:
        guard: the one that it breaks.
        share: of its time for which it lived.
    """
    if guard in ("joints", "rest", "overlap"):
        return UNTIL_REST
    return 2.0 - share
