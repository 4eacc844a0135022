"""MountainCarContinuous-v0: drive an underpowered car out of a valley, with little force.

State: position, velocity, whether it is still that of the reset, ended. The original keeps its
state in float32 from the first step on, and adds up velocities there.

Source: Gymnasium `continuous_mountain_car.py`.
"""

import math

import numpy as np

from evo_envs.dynamics import Dynamics, Floats, initial_state, observe_kernel, step_kernel

MIN_POSITION, MAX_POSITION = np.float32(-1.2), np.float32(0.6)
MAX_SPEED = np.float32(0.07)
GOAL = np.float32(0.45)
POWER = np.float32(0.0015)
STEEPNESS = 0.0025
THREE, NONE = np.float32(3.0), np.float32(0.0)


@step_kernel
def step(state: Floats, action: Floats) -> float:
    """Move `state` on by one step; the reward."""
    force = np.float32(min(max(action[0], -1.0), 1.0)) * POWER
    if state[2] == 1.0:
        # A car that was just reset is far from every limit.
        exact = state[1] + (force - np.float32(STEEPNESS * math.cos(3.0 * state[0])))
        velocity, position = np.float32(exact), np.float32(state[0] + exact)
        state[2] = 0.0
    else:
        position, velocity = np.float32(state[0]), np.float32(state[1])
        velocity += force - np.float32(STEEPNESS * math.cos(np.float64(THREE * position)))
        velocity = min(max(velocity, -MAX_SPEED), MAX_SPEED)
        position = min(max(position + velocity, MIN_POSITION), MAX_POSITION)
        if position == MIN_POSITION and velocity < NONE:
            velocity = NONE
    state[0], state[1] = position, velocity
    ended = position >= GOAL and velocity >= NONE
    state[3] = 1.0 if ended else 0.0
    return (100.0 if ended else 0.0) - action[0] * action[0] * 0.1


@observe_kernel
def observe(state: Floats, observation: Floats) -> None:
    """Fill `observation` from `state`."""
    observation[0], observation[1] = state[0], state[1]


DYNAMICS = Dynamics("MountainCarContinuous-v0", 4, 2, step, observe, initial_state(1.0, 0.0))
