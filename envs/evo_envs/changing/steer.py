"""evo/Steer-v0: steer a point to a goal that jumps to another place.

The point lies in a square of 2 × 2. Two actions between -1 and 1 are its velocity; a step moves it
by 0.1 times that, and no wall is left. It observes where the goal is from here, and its own last
move. The reward of a step is how much nearer it has come to the goal, in tenths: 1 for full speed
along an axis to it, 0 for standing still, less than 0 for the wrong way. The goal jumps when the
point is nearer than 0.1, or after 25 steps.

What an action does shows at once in the last move, so that a network which learns while it acts
can find out when actions act the other way round (`problem.change=reversed-actions`).

State: place (x, y), last move (x, y), steps since the goal jumped, number of the goal, places of
all goals, ended (never).

Source: chosen here, for plasticity under reversed actions in the manner of E. A. Di Paolo,
Homeostatic Adaptation to Inversion of the Visual Field and Other Sensorimotor Disruptions, SAB
2000.
"""

import math
from collections import deque
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numba import njit, types
from numpy.typing import NDArray

from evo_envs.changing.canvas import BLUE, GROUND, ORANGE, WHITE, Canvas
from evo_envs.changing.environment import CompiledEnv
from evo_envs.dynamics import Dynamics, Floats, initial_state, observe_kernel, step_kernel

SPEED = 0.1
REACHED = 0.1
PATIENCE = 25
GOALS = 64
"""Places of the goal in an episode, after which it begins again with the first."""
X, MOVE, WAITED, GOAL, PLACES = 0, 2, 4, 5, 6
"""Where in the state its parts begin."""
SIZE = PLACES + 2 * GOALS + 1
PIXELS = 400


@njit(types.float64(types.float64[::1]), cache=True, nogil=True, error_model="numpy")
def distance(state: Floats) -> float:
    """From the point to the goal."""
    goal = PLACES + 2 * int(state[GOAL])
    across, up = state[goal] - state[X], state[goal + 1] - state[X + 1]
    return math.sqrt(across * across + up * up)


@step_kernel
def step(state: Floats, action: Floats) -> float:
    """Move `state` on by one step; the reward."""
    before = distance(state)
    for i in range(2):
        velocity = min(max(action[i], -1.0), 1.0)
        place = min(max(state[X + i] + SPEED * velocity, -1.0), 1.0)
        state[MOVE + i] = place - state[X + i]
        state[X + i] = place
    after = distance(state)
    state[WAITED] += 1.0
    if after < REACHED or state[WAITED] >= PATIENCE:
        state[WAITED] = 0.0
        state[GOAL] = (state[GOAL] + 1.0) % GOALS
    return (before - after) / SPEED


@observe_kernel
def observe(state: Floats, observation: Floats) -> None:
    """Fill `observation` from `state`."""
    goal = PLACES + 2 * int(state[GOAL])
    for i in range(2):
        observation[i] = state[goal + i] - state[X + i]
        observation[2 + i] = state[MOVE + i]


class Steer(CompiledEnv):
    """The task as a Gymnasium environment."""

    dynamics: ClassVar[Dynamics] = Dynamics("evo/Steer-v0", SIZE, 4, step, observe, initial_state())
    observation_names: ClassVar = ("goal to the right", "goal upwards", "x moved", "y moved")
    action_names: ClassVar = ("x velocity", "y velocity")

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        reach = np.array([2.0, 2.0, SPEED, SPEED], np.float32)
        self.observation_space = spaces.Box(-reach, reach)
        self.action_space = spaces.Box(-1.0, 1.0, (2,), np.float32)
        self.trail: deque[tuple[float, float]] = deque(maxlen=PATIENCE)

    def start(self, rng: np.random.Generator) -> Floats:
        """Point and goals anywhere."""
        state = np.zeros(SIZE)
        state[X : X + 2] = rng.uniform(-1.0, 1.0, 2)
        state[PLACES:-1] = rng.uniform(-1.0, 1.0, 2 * GOALS)
        self.trail.clear()
        return state

    def step(self, action: Any) -> Any:
        self.trail.append((self.state[X], self.state[X + 1]))
        return super().step(action)

    def render(self) -> NDArray[np.uint8] | None:
        """The goal, the point, and where it was in the last steps."""
        if self.render_mode is None:
            return None
        canvas, (x, y) = Canvas(PIXELS, PIXELS, GROUND), _pixel(*self.state[X : X + 2])
        goal = PLACES + 2 * int(self.state[GOAL])
        for radius, colour in ((24, ORANGE), (17, WHITE), (10, ORANGE)):
            canvas.disc(*_pixel(*self.state[goal : goal + 2]), radius, colour)
        for age, place in enumerate(reversed(self.trail)):
            canvas.disc(*_pixel(*place), 5, BLUE, 0.5 * (1.0 - age / PATIENCE))
        canvas.disc(x, y, 12, BLUE)
        return canvas.image()


def _pixel(x: float, y: float) -> tuple[float, float]:
    half = PIXELS / 2
    return half + 0.9 * half * x, half - 0.9 * half * y


DYNAMICS = Steer.dynamics
