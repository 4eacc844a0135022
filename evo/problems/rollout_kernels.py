"""Control tasks, compiled: from an observation to an action, and whole episodes."""

import math
from collections.abc import Callable

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
from evo.networks.plasticity_kernels import Plasticity, be_born, experience, plasticity_type
from evo.problems.changes import BEFORE, NONE, STRETCHES, Change, alter, end_of
from evo.problems.wiring import Wiring, rewire, wiring_type

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


ints3 = int64[:, :, ::1]
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
        action[0] = wiring.centre[0] + wiring.half[0] * best
    return FINE


@kernel(void(floats1))
def to_single(numbers: Floats) -> None:
    """Round to float32, which is what environments give and take."""
    for i in range(len(numbers)):
        numbers[i] = np.float32(numbers[i])


_played = types.Tuple((int64, int64, float64, float64))
_roles = (step_type, observe_type, network, int64, flag, wiring_type)


@kernel(_played(*_roles, int64, int64, float64, floats2, floats1, floats1, floats1))
def play_until(
    step: Callable[[Floats, Floats], float],
    observe: Callable[[Floats, Floats], None],
    net: Columns,
    row: int,
    recurrent: bool,
    wiring: Wiring,
    end: int,
    count: int,
    total: float,
    values: Floats,
    state: Floats,
    observation: Floats,
    action: Floats,
) -> tuple[int, int, float, float]:
    """Go on with an episode of network `row`, whose weights stay as they are.

    Args:
        step: moves a state on under an action and returns the reward, see `evo_envs.Dynamics`.
        observe: fills an observation from a state, see `evo_envs.Dynamics`.
        net: the columns of all networks.
        row: the network that acts.
        recurrent: whether it remembers the steps before.
        wiring: how it is connected to the task.
        end: steps of the episode after which to stop, if it has not ended before.
        count: steps of the episode that have been played.
        total: the sum of their rewards.
        values: `(2, width)` node values.
        state: `(state size,)` where the task is; the last number says that it has ended.
        observation: `(inputs,)` what is observed there.
        action: `(outputs,)` room for an action.

    Returns:
        FINE, or why the episode failed, see `REASONS`; steps played; the sum of all rewards; the
        sum of those from here on.
    """
    old, new, rewards, outcome = 0, 0, 0.0, FINE
    if recurrent:
        old, new = 1 - count % 2, count % 2
    while count < end and state[-1] == 0.0:
        if recurrent:
            old, new = new, 1 - new
        outcome = respond(net, row, wiring, observation, values, old, new, action)
        if outcome != FINE:
            break
        to_single(action)
        reward = step(state, action)
        total += reward
        rewards += reward
        observe(state, observation)
        to_single(observation)
        count += 1
    return outcome, count, total, rewards


_arguments = (
    step_type,
    observe_type,
    network,
    plasticity_type,
    flag,
    wiring_type,
    ints1,
    floats3,
    floats3,
    int64,
    ints3,
    int64,
    wiring_type,
    floats2,
    floats1,
    floats1,
    floats1,
)


@kernel(void(*_arguments, floats2, ints2, floats3, uint8[::1]))
def rollout(
    step: Callable[[Floats, Floats], float],
    observe: Callable[[Floats, Floats], None],
    net: Columns,
    plasticity: Plasticity,
    recurrent: bool,
    wiring: Wiring,
    start: Ints,
    states: Floats,
    observations: Floats,
    kind_of_change: int,
    changes: Ints,
    max_steps: int,
    current: Wiring,
    values: Floats,
    state: Floats,
    observation: Floats,
    action: Floats,
    returns: Floats,
    steps: Ints,
    rewards: Floats,
    failure: Codes,
) -> None:
    """Play the same number of episodes with each of n networks.

    Args:
        step: moves a state on under an action and returns the reward, see `evo_envs.Dynamics`.
        observe: fills an observation from a state, see `evo_envs.Dynamics`.
        net: the columns of all networks; plastic ones have the weights of birth in each episode's
            first step, and at the end those of the last episode's end.
        plasticity: how links change while a network acts.
        recurrent: whether networks remember the steps before.
        wiring: how networks are connected to the task.
        start: `(n,)` rows of `states` and `observations` from which each network starts.
        states: `(k, episodes, state size)` first states; the last number says that it has ended.
        observations: `(k, episodes, inputs)` what is observed in them.
        kind_of_change: what happens to the task in every episode, see `Change`.
        changes: `(k, episodes, 2)` at which step, and to which component.
        max_steps: steps after which an episode ends at the latest.
        current: room for how networks are connected now; equals `wiring`.
        values: `(2, width)` room for node values.
        state: `(state size,)` room for a state.
        observation: `(inputs,)` room for an observation.
        action: `(outputs,)` room for an action.
        returns: `(n, episodes)`, filled: sums of rewards, NaN where an episode failed.
        steps: `(n, episodes)`, filled: steps played.
        rewards: `(n, episodes, STRETCHES)`, filled: sums of the rewards of each stretch of an
            episode, see `end_of`.
        failure: `(n,)`, filled: FINE, or why an episode failed, which ends the row; see `REASONS`.
    """
    for row in range(returns.shape[0]):
        failure[row] = FINE
        for episode in range(returns.shape[1]):
            returns[row, episode] = math.nan
            steps[row, episode] = 0
            for stretch in range(STRETCHES):
                rewards[row, episode, stretch] = 0.0
            if failure[row] != FINE:
                continue
            for i in range(len(state)):
                state[i] = states[start[row], episode, i]
            for i in range(len(observation)):
                observation[i] = observations[start[row], episode, i]
            if plasticity.plastic:
                be_born(net, plasticity, row)
            if recurrent:
                forget(net, len(observation), row, values)
            change = Change(
                kind_of_change, changes[start[row], episode, 0], changes[start[row], episode, 1]
            )
            stretches = 1
            if change.kind != NONE:
                stretches = STRETCHES
                rewire(wiring, current)
            outcome, count, total = FINE, 0, 0.0
            for stretch in range(stretches):
                if stretch == BEFORE + 1:
                    alter(current, change)
                end = end_of(change, stretch, max_steps)
                while outcome == FINE and count < end and state[-1] == 0.0:
                    outcome, count, total, gained = play_until(
                        step,
                        observe,
                        net,
                        row,
                        recurrent,
                        current,
                        # Others play on at one go: a loop in which weights may change is slower.
                        count + 1 if plasticity.plastic else end,
                        count,
                        total,
                        values,
                        state,
                        observation,
                        action,
                    )
                    rewards[row, episode, stretch] += gained
                    if plasticity.plastic and outcome == FINE:
                        new = count % 2 if recurrent else 0
                        old = 1 - new if recurrent else 0
                        experience(net, plasticity, len(observation), row, values, old, new, gained)
                if outcome != FINE or state[-1] != 0.0:
                    break
            steps[row, episode] = count
            if outcome == FINE and math.isfinite(total):
                returns[row, episode] = total
            elif outcome == FINE:
                failure[row] = INFINITE_RETURN
            else:
                failure[row] = outcome
