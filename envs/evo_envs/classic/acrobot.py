"""Acrobot-v1: swing the tip of a two-link arm above a line by the torque in its middle joint.

State: both angles (rad), both angular velocities (rad/s), ended.

Source: R. S. Sutton, Generalization in Reinforcement Learning: Successful Examples Using Sparse
Coarse Coding, NIPS 8, 1996, with the equations of R. S. Sutton, A. G. Barto, Reinforcement
Learning, 2nd ed. (2018), section 11.3; Gymnasium `acrobot.py`.
"""

import math

from numba import njit, types

from evo_envs.dynamics import Dynamics, Floats, initial_state, observe_kernel, step_kernel
from evo_envs.power import squared

SECONDS = 0.2
GRAVITY = 9.8
CENTRE = 0.5
MAX_SPEED_1, MAX_SPEED_2 = 4.0 * math.pi, 9.0 * math.pi

_slopes = types.UniTuple(types.float64, 2)


@njit(_slopes(*[types.float64] * 5), cache=True, nogil=True, error_model="numpy")
def accelerations(
    theta1: float, theta2: float, dtheta1: float, dtheta2: float, torque: float
) -> tuple[float, float]:
    """Angular accelerations of both links (rad/s²); masses, lengths and moments of inertia are 1.

    Args:
        theta1: angle of the first link (rad), 0 hanging down.
        theta2: angle of the second link to the first (rad).
        dtheta1: angular velocity of the first link (rad/s).
        dtheta2: angular velocity of the second link (rad/s).
        torque: in the joint between them (N m).
    """
    cosine, sine = math.cos(theta2), math.sin(theta2)
    d1 = CENTRE**2 + (1.0 + CENTRE**2 + 2.0 * CENTRE * cosine) + 1.0 + 1.0
    d2 = CENTRE**2 + CENTRE * cosine + 1.0
    phi2 = CENTRE * GRAVITY * math.cos(theta1 + theta2 - math.pi / 2.0)
    phi1 = (
        -CENTRE * squared(dtheta2) * sine
        - 2.0 * CENTRE * dtheta2 * dtheta1 * sine
        + (CENTRE + 1.0) * GRAVITY * math.cos(theta1 - math.pi / 2.0)
        + phi2
    )
    ddtheta2 = (torque + d2 / d1 * phi1 - CENTRE * squared(dtheta1) * sine - phi2) / (
        CENTRE**2 + 1.0 - squared(d2) / d1
    )
    return -(d2 * ddtheta2 + phi1) / d1, ddtheta2


@njit(types.float64(types.float64), cache=True, nogil=True, error_model="numpy")
def wrapped(angle: float) -> float:
    """The angle between -pi and pi."""
    while angle > math.pi:
        angle -= 2.0 * math.pi
    while angle < -math.pi:
        angle += 2.0 * math.pi
    return angle


@step_kernel
def step(state: Floats, action: Floats) -> float:
    """Move `state` on by one step; the reward."""
    a, b, c, d = state[0], state[1], state[2], state[3]
    torque, half = action[0] - 1.0, SECONDS / 2.0
    # Stages of the classical Runge-Kutta method: the slopes of (a, b) are (c, d) at the same stage.
    c1, d1 = c, d
    p1, q1 = accelerations(a, b, c1, d1, torque)
    c2, d2 = c + half * p1, d + half * q1
    p2, q2 = accelerations(a + half * c1, b + half * d1, c2, d2, torque)
    c3, d3 = c + half * p2, d + half * q2
    p3, q3 = accelerations(a + half * c2, b + half * d2, c3, d3, torque)
    c4, d4 = c + SECONDS * p3, d + SECONDS * q3
    p4, q4 = accelerations(a + SECONDS * c3, b + SECONDS * d3, c4, d4, torque)
    a = wrapped(a + SECONDS / 6.0 * (c1 + 2.0 * c2 + 2.0 * c3 + c4))
    b = wrapped(b + SECONDS / 6.0 * (d1 + 2.0 * d2 + 2.0 * d3 + d4))
    c += SECONDS / 6.0 * (p1 + 2.0 * p2 + 2.0 * p3 + p4)
    d += SECONDS / 6.0 * (q1 + 2.0 * q2 + 2.0 * q3 + q4)
    state[0], state[1] = a, b
    state[2] = min(max(c, -MAX_SPEED_1), MAX_SPEED_1)
    state[3] = min(max(d, -MAX_SPEED_2), MAX_SPEED_2)
    ended = -math.cos(a) - math.cos(b + a) > 1.0
    state[4] = 1.0 if ended else 0.0
    return 0.0 if ended else -1.0


@observe_kernel
def observe(state: Floats, observation: Floats) -> None:
    """Fill `observation` from `state`."""
    observation[0], observation[1] = math.cos(state[0]), math.sin(state[0])
    observation[2], observation[3] = math.cos(state[1]), math.sin(state[1])
    observation[4], observation[5] = state[2], state[3]


DYNAMICS = Dynamics("Acrobot-v1", 5, 6, step, observe, initial_state(0.0))
