"""Guards against cheats: what a body may not do, each a check with a name.

Source: the exploits are those of K. Sims' creatures (falling towers, parts that explode out of each
other, energy from rounding errors; see J. Lehman et al., The Surprising Creativity of Digital
Evolution, Artificial Life 26, 2020, sections 3.1 and 3.3), and those that evolution found here.
"""

import numpy as np
from evo_envs.creatures.kernels import BURST, ENERGY, LOST, POWER, RESTLESS, WORK
from evo_envs.creatures.limits import Limits
from evo_envs.creatures.worlds import TICK

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
    LOST: "finite",
    RESTLESS: "rest",
    BURST: "overlap",
    kernels.FAST: "speed",
    kernels.TIRED: "power",
    kernels.TUMBLED: "tumbling",
    kernels.SHAKEN: "vibration",
}
"""The guard that ended a life, by its outcome."""
UNTIL_REST = 3.0
"""The violation of a body that has no life at all; one that is stopped at once has 2."""


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
