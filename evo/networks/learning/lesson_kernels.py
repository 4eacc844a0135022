"""What every rule needs of a network at school: its examples, its room to work in, its next step.

One step takes a batch of examples, all of which may be sequences; examples of feed-forward networks
are sequences of length 1.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.flat import Columns, Networks
from evo.networks.kernels import (
    flag,
    float64,
    floats1,
    floats2,
    floats3,
    int64,
    network,
    void,
)

Array = NDArray[Any]
order_type = types.int32[:, :, ::1]


class Lessons(NamedTuple):
    """Examples, and how networks learn from them, as kernels take them.

    Attributes:
        inputs: `(k, T, inputs)`.
        aims: `(k, T, outputs)` what outputs should be at each step; `(k, 1, outputs)` at the last.
        order: `(n, steps, batch)` which examples each network sees; `(1, steps, batch)` for all.
        rates: `(n,)` learning rates.
        momentum: `(n,)` of gradient descent, 0 for none.
        loss: its code.
    """

    inputs: Array
    aims: Array
    order: Array
    rates: Array
    momentum: Array
    loss: int


lessons_type = types.NamedTuple((floats3, floats3, order_type, floats1, floats1, int64), Lessons)


class Room(NamedTuple):
    """Room for the largest of some networks at work on one batch.

    Attributes:
        values: `(T, width, batch)`, one more for recurrent networks.
        slopes: `(T, width, batch)` derivatives of values by totals.
        outputs: `(outputs, batch)`.
        aims: `(outputs, batch)`.
        wrong: `(T, outputs, batch)` errors of the outputs.
        spare: `(2, batch)` for what `loss_kernels.judge` works with.
        weights, biases: `(links,)` and `(nodes,)` gradients.
        weight_speeds, bias_speeds: `(links,)` and `(nodes,)` gradients with momentum.
        parts, gains: one number per link of a node.
    """

    values: Array
    slopes: Array
    outputs: Array
    aims: Array
    wrong: Array
    spare: Array
    weights: Array
    biases: Array
    weight_speeds: Array
    bias_speeds: Array
    parts: Array
    gains: Array


room_type = types.NamedTuple(
    (floats3, floats3, floats2, floats2, floats3, floats2, *(floats1,) * 6),
    Room,
)


def room(networks: Networks, length: int, batch: int, states: int) -> Room:
    """Room for any of `networks`.

    Args:
        networks: they.
        length: T, steps of a sequence.
        batch: examples in a batch.
        states: how many `(width, batch)` arrays of values are needed.
    """
    nodes = int(np.diff(networks.nodes).max(initial=0))
    links = int(np.diff(networks.links[networks.nodes]).max(initial=0))
    fan = int(np.diff(networks.links).max(initial=0))
    wide, outputs = (networks.inputs + nodes, batch), (networks.outputs, batch)
    shapes = (
        (states, *wide),
        (length, *wide),
        outputs,
        outputs,
        (length, *outputs),
        (2, batch),
        *(links, nodes) * 2,
        *(fan, fan),
    )
    return Room(*(np.zeros(shape) for shape in shapes))


@kernel(void(lessons_type, int64, int64, int64, floats2))
def show(lessons: Lessons, row: int, step: int, moment: int, values: Array) -> None:
    """Write a batch's inputs at one moment of its sequences into `values`, `(width, batch)`."""
    chosen = lessons.order[row if len(lessons.order) > 1 else 0, step]
    for i in range(lessons.inputs.shape[2]):
        for b in range(len(chosen)):
            values[i, b] = lessons.inputs[chosen[b], moment, i]


@kernel(void(lessons_type, int64, int64, int64, floats2))
def ask(lessons: Lessons, row: int, step: int, moment: int, aims: Array) -> None:
    """Write what a batch's outputs should be at one moment into `aims`, `(outputs, batch)`."""
    chosen = lessons.order[row if len(lessons.order) > 1 else 0, step]
    for o in range(len(aims)):
        for b in range(len(chosen)):
            aims[o, b] = lessons.aims[chosen[b], moment, o]


@kernel(void(network, int64, floats2, floats2))
def read(net: Columns, row: int, values: Array, outputs: Array) -> None:
    """Write one network's outputs, from where they stand in `values`, into `outputs`."""
    for o in range(len(outputs)):
        position = net.output[row, o]
        for b in range(outputs.shape[1]):
            outputs[o, b] = values[position, b]


@kernel(void(network, int64, room_type, flag))
def forget(net: Columns, row: int, work: Room, speeds: bool) -> None:
    """Set one network's gradients to 0, and with `speeds` those with momentum too."""
    start, end = net.nodes[row], net.nodes[row + 1]
    for k in range(net.links[end] - net.links[start]):
        work.weights[k] = 0.0
        if speeds:
            work.weight_speeds[k] = 0.0
    for k in range(end - start):
        work.biases[k] = 0.0
        if speeds:
            work.bias_speeds[k] = 0.0


@kernel(flag(int64, int64, floats1, floats1, floats1, float64, float64))
def _hurry(
    first: int,
    last: int,
    parameters: Array,
    gradients: Array,
    speeds: Array,
    rate: float,
    momentum: float,
) -> bool:
    """Bring the speeds up to date; whether all parameters will stay finite."""
    fine = True
    for k in range(first, last):
        speed = momentum * speeds[k - first] + gradients[k - first]
        speeds[k - first] = speed
        fine = fine and math.isfinite(parameters[k] - rate * speed)
    return fine


@kernel(flag(network, int64, float64, float64, room_type))
def descend(net: Columns, row: int, rate: float, momentum: float, work: Room) -> bool:
    """One step of gradient descent of one network.

    Args:
        net: the columns of all networks; weights and biases change.
        row: the network.
        rate: the learning rate.
        momentum: see `Lessons`.
        work: with the gradients.

    Returns:
        Whether all parameters stay finite. Otherwise none of them changes.
    """
    start, end = net.nodes[row], net.nodes[row + 1]
    first, last = net.links[start], net.links[end]
    fine = _hurry(first, last, net.weights, work.weights, work.weight_speeds, rate, momentum)
    fine = _hurry(start, end, net.bias, work.biases, work.bias_speeds, rate, momentum) and fine
    if fine:
        for k in range(first, last):
            net.weights[k] -= rate * work.weight_speeds[k - first]
        for node in range(start, end):
            net.bias[node] -= rate * work.bias_speeds[node - start]
    return fine
