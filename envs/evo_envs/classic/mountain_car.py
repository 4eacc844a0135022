"""MountainCar-v0: drive an underpowered car out of a valley.

State: position, velocity, ended.

Source: A. W. Moore, Efficient Memory-based Learning for Robot Control, PhD thesis, Cambridge, 1990;
Gymnasium `mountain_car.py`.
"""

import math

from evo_envs.dynamics import Dynamics, Floats, initial_state, observe_kernel, step_kernel

MIN_POSITION, MAX_POSITION = -1.2, 0.6
MAX_SPEED = 0.07
GOAL = 0.5
FORCE = 0.001
GRAVITY = 0.0025


@step_kernel
def step(state: Floats, action: Floats) -> float:
    """Move `state` on by one step; the reward."""
    velocity = state[1] + ((action[0] - 1.0) * FORCE + math.cos(3.0 * state[0]) * (-GRAVITY))
    velocity = min(max(velocity, -MAX_SPEED), MAX_SPEED)
    position = min(max(state[0] + velocity, MIN_POSITION), MAX_POSITION)
    if position == MIN_POSITION and velocity < 0.0:
        velocity = 0.0
    state[0], state[1] = position, velocity
    state[2] = 1.0 if position >= GOAL and velocity >= 0.0 else 0.0
    return -1.0


@observe_kernel
def observe(state: Floats, observation: Floats) -> None:
    """Fill `observation` from `state`."""
    observation[0], observation[1] = state[0], state[1]


DYNAMICS = Dynamics("MountainCar-v0", 3, 2, step, observe, initial_state(0.0))
