"""The compiled core of Chalmers' problem: networks of one layer that learn by given rules."""

import math
from typing import Any

from numba import types
from numpy.typing import NDArray

from evo.jit import kernel, part
from evo.networks.kernels import clip

Array = NDArray[Any]
void, int64, float64 = types.void, types.int64, types.float64
floats1, floats2, floats3 = float64[::1], float64[:, ::1], float64[:, :, ::1]

LARGEST_WEIGHT = 20.0
"""Weights stay between this and its negative: a rule that lets them grow is wrong, not infinite."""


@part
def _output(weights: Array, inputs: Array) -> float:
    """The sigmoid output of a network for one example."""
    total = 0.0
    for j in range(len(weights)):
        total += weights[j] * inputs[j]
    return 1.0 / (1.0 + math.exp(-total))


@part
def _learn(rule: Array, inputs: Array, target: float, weights: Array) -> None:
    """Change the weights of a network once, after one example."""
    output = _output(weights, inputs)
    for j in range(len(weights)):
        w, a = weights[j], inputs[j]
        change = (
            rule[1] * w
            + rule[2] * a
            + rule[3] * output
            + rule[4] * target
            + rule[5] * w * a
            + rule[6] * w * output
            + rule[7] * w * target
            + rule[8] * a * output
            + rule[9] * a * target
            + rule[10] * output * target
        )
        weights[j] = clip(w + rule[0] * change, -LARGEST_WEIGHT, LARGEST_WEIGHT)


@kernel(void(floats2, floats3, floats2, floats3, int64[::1], int64, floats1, floats1))
def learn_tasks(
    rules: Array,
    inputs: Array,
    targets: Array,
    starts: Array,
    start_of: Array,
    epochs: int,
    weights: Array,
    fitness: Array,
) -> None:
    """What rules are worth: the mean over tasks of 1 - the mean absolute error after learning.

    Args:
        rules: `(n, 11)`, k0 to k10 of each.
        inputs: `(tasks, examples, inputs)`.
        targets: `(tasks, examples)`, 0 or 1.
        starts: `(draws, tasks, inputs)` weights at the start of learning.
        start_of: `(n,)` which of the draws a rule starts with.
        epochs: how often all examples are learnt from, in their order.
        weights: `(inputs,)` room to work in.
        fitness: `(n,)`, to be filled.
    """
    tasks, examples, count = inputs.shape
    for row in range(len(rules)):
        worth = 0.0
        for task in range(tasks):
            for j in range(count):
                weights[j] = starts[start_of[row], task, j]
            for _ in range(epochs):
                for i in range(examples):
                    _learn(rules[row], inputs[task, i], targets[task, i], weights)
            error = 0.0
            for i in range(examples):
                error += abs(targets[task, i] - _output(weights, inputs[task, i]))
            worth += 1.0 - error / examples
        fitness[row] = worth / tasks
