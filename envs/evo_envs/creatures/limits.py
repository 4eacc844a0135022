"""What a creature may do before it counts as a cheat, wherever it lives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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

    @property
    def least_upright(self) -> float:
        """The cosine of the tilt: what `kernels.UPRIGHT` may not be less than for long."""
        return float(np.cos(np.radians(self.tilt)))

    def array(self, mass: float) -> NDArray[np.float64]:
        """What the kernel watches, for a body of this mass in kg."""
        return np.array(
            [self.speed, self.power * mass, self.tilted, self.least_upright, self.reversals]
        )


LIMITS = Limits()
"""What is allowed where nothing else is said."""
