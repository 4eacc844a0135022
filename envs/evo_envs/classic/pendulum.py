"""Pendulum-v1: swing a pendulum up and hold it there with little effort.

State: angle (rad, 0 is upright), angular velocity (rad/s), ended (never). The original's torque and
all that only torque goes into are float32.

Source: Gymnasium `pendulum.py`.
"""

import math

import numpy as np

from evo_envs.dynamics import Dynamics, Floats, initial_state, observe_kernel, step_kernel
from evo_envs.power import squared, squared_single

MAX_TORQUE = 2.0
MAX_SPEED = 8.0
SECONDS = 0.05
GRAVITY = 10.0
EFFORT, LEVER = np.float32(0.001), np.float32(3.0)


@step_kernel
def step(state: Floats, action: Floats) -> float:
    """Move `state` on by one step; the reward."""
    theta, theta_dot = state[0], state[1]
    torque = np.float32(min(max(action[0], -MAX_TORQUE), MAX_TORQUE))
    angle = (theta + math.pi) % (2.0 * math.pi) - math.pi
    cost = squared(angle) + 0.1 * squared(theta_dot) + EFFORT * squared_single(torque)
    theta_dot += (3.0 * GRAVITY / 2.0 * math.sin(theta) + LEVER * torque) * SECONDS
    theta_dot = min(max(theta_dot, -MAX_SPEED), MAX_SPEED)
    state[0] = theta + theta_dot * SECONDS
    state[1] = theta_dot
    return float(-cost)


@observe_kernel
def observe(state: Floats, observation: Floats) -> None:
    """Fill `observation` from `state`."""
    observation[0], observation[1], observation[2] = (
        math.cos(state[0]),
        math.sin(state[0]),
        state[1],
    )


DYNAMICS = Dynamics("Pendulum-v1", 3, 3, step, observe, initial_state(0.0))
