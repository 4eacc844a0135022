"""Control tasks, compiled: from an observation to an action, and whole episodes."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.flat import Columns
from evo.networks.kernels import (
    advance,
    flag,
    float64,
    floats1,
    floats2,
    floats3,
    forget,
    int64,
    ints1,
    ints2,
    network,
    uint8,
    void,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.uint8]

FINE, NAN_OBSERVATION, NAN_OUTPUT, INFINITE_RETURN = range(4)
"""How an episode went."""
REASONS = {
    NAN_OBSERVATION: "an observation is NaN",
    NAN_OUTPUT: "an output of the network is NaN",
    INFINITE_RETURN: "the return is not finite",
}


class Wiring(NamedTuple):
    """How a network is connected to a task.

    Observations enter as ``observation * scale + shift``. A `discrete` action is the place of the
    largest output (the first of equals), counted from `start`. Outputs for any other action are
    clipped to between `low` and `high` and act as ``centre + half * output``.
    """

    scale: Floats
    shift: Floats
    discrete: bool
    start: int
    low: Floats
    high: Floats
    centre: Floats
    half: Floats


_WIRING = (floats1, floats1, flag, int64, floats1, floats1, floats1, floats1)
wiring_type = types.NamedTuple(_WIRING, Wiring)
step_type = types.FunctionType(float64(floats1, floats1))
observe_type = types.FunctionType(void(floats1, floats1))


@kernel(int64(network, int64, wiring_type, floats1, floats2, int64, int64, floats1))
def respond(
    net: Columns,
    row: int,
    wiring: Wiring,
    observation: Floats,
    values: Floats,
    old: int,
    new: int,
    action: Floats,
) -> int:
    """Let network `row` act upon an observation.

    Args:
        net: the columns of all networks.
        row: the network that acts.
        wiring: how networks are connected to the task.
        observation: `(inputs,)` numbers as the environment gives them.
        values: `(2, width)` node values, see `evo.networks.kernels`.
        old: the row of `values` that nodes read.
        new: the row that they write; the same row in a feed-forward network.
        action: filled: the number of the choice, or one number per output.

    Returns:
        FINE, or what is wrong, see `REASONS`.
    """
    inputs = len(wiring.scale)
    for i in range(inputs):
        seen = observation[i] * wiring.scale[i] + wiring.shift[i]
        if math.isnan(seen):
            return NAN_OBSERVATION
        values[old, i] = seen
        values[new, i] = seen
    advance(net, inputs, row, values, old, new)
    best, largest = 0, -math.inf
    for k in range(net.output.shape[1]):
        output = values[new, net.output[row, k]]
        if math.isnan(output):
            return NAN_OUTPUT
        if wiring.discrete:
            if output > largest:
                best, largest = k, output
        else:
            clipped = min(max(output, wiring.low[k]), wiring.high[k])
            action[k] = wiring.centre[k] + wiring.half[k] * clipped
    if wiring.discrete:
        action[0] = wiring.start + best
    return FINE


@kernel(void(floats1))
def to_single(numbers: Floats) -> None:
    """Round to float32, which is what environments give and take."""
    for i in range(len(numbers)):
        numbers[i] = np.float32(numbers[i])


_arguments = (
    step_type,
    observe_type,
    network,
    flag,
    wiring_type,
    ints1,
    floats3,
    floats3,
    int64,
    floats2,
    floats1,
    floats1,
    floats1,
)


@kernel(void(*_arguments, floats2, ints2, uint8[::1]))
def rollout(
    step: Callable[[Floats, Floats], float],
    observe: Callable[[Floats, Floats], None],
    net: Columns,
    recurrent: bool,
    wiring: Wiring,
    start: Ints,
    states: Floats,
    observations: Floats,
    max_steps: int,
    values: Floats,
    state: Floats,
    observation: Floats,
    action: Floats,
    returns: Floats,
    steps: Ints,
    failure: Codes,
) -> None:
    """Play the same number of episodes with each of n networks.

    Args:
        step: moves a state on under an action and returns the reward, see `evo_envs.Dynamics`.
        observe: fills an observation from a state, see `evo_envs.Dynamics`.
        net: the columns of all networks.
        recurrent: whether networks remember the steps before.
        wiring: how networks are connected to the task.
        start: `(n,)` rows of `states` and `observations` from which each network starts.
        states: `(k, episodes, state size)` first states; the last number says that it has ended.
        observations: `(k, episodes, inputs)` what is observed in them.
        max_steps: steps after which an episode ends at the latest.
        values: `(2, width)` room for node values.
        state: `(state size,)` room for a state.
        observation: `(inputs,)` room for an observation.
        action: `(outputs,)` room for an action.
        returns: `(n, episodes)`, filled: sums of rewards, NaN where an episode failed.
        steps: `(n, episodes)`, filled: steps played.
        failure: `(n,)`, filled: FINE, or why an episode failed, which ends the row; see `REASONS`.
    """
    for row in range(returns.shape[0]):
        failure[row] = FINE
        for episode in range(returns.shape[1]):
            returns[row, episode] = math.nan
            steps[row, episode] = 0
            if failure[row] != FINE:
                continue
            for i in range(len(state)):
                state[i] = states[start[row], episode, i]
            for i in range(len(observation)):
                observation[i] = observations[start[row], episode, i]
            if recurrent:
                forget(net, len(observation), row, values)
            total, count, old, new = 0.0, 0, 0, 0
            while count < max_steps and state[-1] == 0.0:
                if recurrent:
                    old, new = new, 1 - new
                failure[row] = respond(net, row, wiring, observation, values, old, new, action)
                if failure[row] != FINE:
                    break
                to_single(action)
                total += step(state, action)
                observe(state, observation)
                to_single(observation)
                count += 1
            steps[row, episode] = count
            if failure[row] == FINE and math.isfinite(total):
                returns[row, episode] = total
            elif failure[row] == FINE:
                failure[row] = INFINITE_RETURN
