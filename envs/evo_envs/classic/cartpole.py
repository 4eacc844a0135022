"""CartPole-v1: keep a pole upright on a cart.

State: position (m), velocity (m/s), angle (rad), angular velocity (rad/s), ended.

Source: A. G. Barto, R. S. Sutton, C. W. Anderson, Neuronlike Adaptive Elements That Can Solve
Difficult Learning Control Problems, IEEE Transactions on Systems, Man, and Cybernetics 13, 1983;
Gymnasium `cartpole.py`.
"""

import math

from evo_envs.dynamics import Dynamics, Floats, initial_state, observe_kernel, step_kernel

GRAVITY = 9.8
POLE_MASS = 0.1
TOTAL_MASS = POLE_MASS + 1.0
LENGTH = 0.5
POLE_MASS_LENGTH = POLE_MASS * LENGTH
FORCE = 10.0
SECONDS = 0.02
MAX_ANGLE = 12 * 2 * math.pi / 360
MAX_POSITION = 2.4


@step_kernel
def step(state: Floats, action: Floats) -> float:
    """Move `state` on by one step; the reward."""
    x, x_dot, theta, theta_dot = state[0], state[1], state[2], state[3]
    force = FORCE if action[0] == 1.0 else -FORCE
    cosine, sine = math.cos(theta), math.sin(theta)
    push = (force + POLE_MASS_LENGTH * (theta_dot * theta_dot) * sine) / TOTAL_MASS
    inertia = LENGTH * (4.0 / 3.0 - POLE_MASS * (cosine * cosine) / TOTAL_MASS)
    theta_acceleration = (GRAVITY * sine - cosine * push) / inertia
    x_acceleration = push - POLE_MASS_LENGTH * theta_acceleration * cosine / TOTAL_MASS
    x += SECONDS * x_dot
    theta += SECONDS * theta_dot
    state[0] = x
    state[1] = x_dot + SECONDS * x_acceleration
    state[2] = theta
    state[3] = theta_dot + SECONDS * theta_acceleration
    state[4] = (
        1.0
        if x < -MAX_POSITION or x > MAX_POSITION or theta < -MAX_ANGLE or theta > MAX_ANGLE
        else 0.0
    )
    return 1.0


@observe_kernel
def observe(state: Floats, observation: Floats) -> None:
    """Fill `observation` from `state`."""
    for i in range(4):
        observation[i] = state[i]


DYNAMICS = Dynamics("CartPole-v1", 5, 4, step, observe, initial_state(0.0))
