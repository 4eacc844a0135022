"""Control tasks, compiled.

From an observation to an action, and whole episodes in which nothing else runs.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types

from evo.jit import kernel
from evo.networks.flat import Columns
from evo.networks.kernels import (
    Array,
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

FINE, BLIND, LOST, WORTHLESS = range(4)
REASONS = {
    BLIND: "an observation is NaN",
    LOST: "an output of the network is NaN",
    WORTHLESS: "the return is not finite",
}


class Body(NamedTuple):
    """How a network is connected to a task.

    Observations enter as ``observation * scale + shift``. Of `m` outputs the first largest one
    names a discrete action, counted from `start`; otherwise they are clipped to `low` and `high`
    and act as ``centre + half * output``.
    """

    scale: Array
    shift: Array
    discrete: bool
    start: int
    low: Array
    high: Array
    centre: Array
    half: Array


body = types.NamedTuple((floats1, floats1, flag, int64, floats1, floats1, floats1, floats1), Body)
step_type = types.FunctionType(float64(floats1, floats1))
observe_type = types.FunctionType(void(floats1, floats1))


@kernel(int64(network, int64, body, floats1, floats2, int64, int64, floats1))
def respond(
    net: Columns,
    row: int,
    task: Body,
    observation: Array,
    values: Array,
    old: int,
    new: int,
    action: Array,
) -> int:
    """The `action` of network `row` upon an observation; anything but FINE says what is wrong."""
    inputs = len(task.scale)
    for i in range(inputs):
        seen = observation[i] * task.scale[i] + task.shift[i]
        if math.isnan(seen):
            return BLIND
        values[old, i] = seen
        values[new, i] = seen
    advance(net, inputs, row, values, old, new)
    best, largest = 0, -math.inf
    for k in range(net.output.shape[1]):
        output = values[new, net.output[row, k]]
        if math.isnan(output):
            return LOST
        if task.discrete:
            if output > largest:
                best, largest = k, output
        else:
            action[k] = task.centre[k] + task.half[k] * min(max(output, task.low[k]), task.high[k])
    if task.discrete:
        action[0] = task.start + best
    return FINE


@kernel(void(floats1))
def to_single(numbers: Array) -> None:
    """Round to float32, which is what environments give and take."""
    for i in range(len(numbers)):
        numbers[i] = np.float32(numbers[i])


_arguments = (
    step_type,
    observe_type,
    network,
    flag,
    body,
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
    step: Any,
    observe: Any,
    net: Columns,
    recurrent: bool,
    task: Body,
    start: Array,
    states: Array,
    observations: Array,
    max_steps: int,
    values: Array,
    state: Array,
    observation: Array,
    action: Array,
    returns: Array,
    steps: Array,
    failure: Array,
) -> None:
    """Play `returns.shape[1]` episodes with each network.

    Network `row` starts episode e in ``states[start[row], e]``, where it observes
    ``observations[start[row], e]``. `values`, `state`, `observation` and `action` are room to work
    in; the last three arguments, all of one row per network, are filled.
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
                failure[row] = respond(net, row, task, observation, values, old, new, action)
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
                failure[row] = WORTHLESS
