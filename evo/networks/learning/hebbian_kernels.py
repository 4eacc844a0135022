"""Hebbian learning: links change by the values at their two ends; no error is sent anywhere.

    ABCD   dw = eta (A x y + B x + C y + D)
    Oja    dw = eta y (x - y w)

x is what a link reads, y the value of the node that it leads to. Every link has coefficients A, B,
C and D of its own; a learning rate of its own would be a factor in all four. Biases do not learn.

Source: E. Najarro, S. Risi, Meta-Learning through Hebbian Plasticity in Random Networks, NeurIPS
2020, equation 1; E. Oja, Simplified neuron model as a principal component analyzer, Journal of
Mathematical Biology 15, 1982, equation 3.
"""

import math
from typing import Any

from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.flat import Columns
from evo.networks.kernels import flag, float64, floats1, floats2, int64, network, void
from evo.networks.learning.gradient_kernels import Way, attempt, way_type
from evo.networks.learning.lesson_kernels import (
    Lessons,
    Room,
    descend,
    forget,
    lessons_type,
    room_type,
)
from evo.networks.learning.pass_kernels import dot, total

Array = NDArray[Any]


@kernel(void(network, int64, int64, floats2, int64, int64, floats2, float64))
def abcd_step(
    net: Columns,
    inputs: int,
    row: int,
    values: Array,
    old: int,
    new: int,
    coefficients: Array,
    rate: float,
) -> None:
    """Change the weights of one network by what it has just seen and done.

    Call it after `evo.networks.kernels.advance` with the same values, as often as a life has steps.

    Args:
        net: the columns of all networks; weights change.
        inputs: number of inputs.
        row: the network.
        values: `(2, width)` node values.
        old: the row of `values` that nodes read.
        new: the row that they wrote; the same row in a feed-forward network.
        coefficients: `(links, 4)` A, B, C and D of each link of all networks.
        rate: eta.
    """
    base = inputs - net.nodes[row]
    for node in range(net.nodes[row], net.nodes[row + 1]):
        after = values[new, base + node]
        for k in range(net.links[node], net.links[node + 1]):
            before = values[old, net.sources[k]]
            net.weights[k] += rate * (
                coefficients[k, 0] * before * after
                + coefficients[k, 1] * before
                + coefficients[k, 2] * after
                + coefficients[k, 3]
            )


@kernel(void(network, int64, int64, flag, floats2, float64, floats2, floats2, floats1))
def associate(
    net: Columns,
    inputs: int,
    row: int,
    oja: bool,
    coefficients: Array,
    share: float,
    old: Array,
    new: Array,
    gradients: Array,
) -> None:
    """Subtract what a batch changes, without eta, from the gradients of one network's weights.

    Args:
        net: the columns of all networks.
        inputs: number of inputs.
        row: the network.
        oja: Oja's rule; otherwise ABCD.
        coefficients: `(links, 4)` of all networks; not read by Oja's rule.
        share: weight of each sample.
        old: `(width, batch)` what nodes read.
        new: `(width, batch)` what they wrote.
        gradients: `(links,)` of this network.
    """
    start = net.nodes[row]
    base, origin = inputs - start, net.links[start]
    for node in range(start, net.nodes[row + 1]):
        after = new[base + node]
        mean, square = total(after), dot(after, after)
        for k in range(net.links[node], net.links[node + 1]):
            before = old[net.sources[k]]
            if oja:
                change = dot(after, before) - square * net.weights[k]
            else:
                change = (
                    coefficients[k, 0] * dot(after, before)
                    + coefficients[k, 1] * total(before)
                    + coefficients[k, 2] * mean
                    + coefficients[k, 3] * len(after)
                )
            gradients[k - origin] -= share * change


@kernel(void(network, lessons_type, way_type, flag, floats2, room_type, floats1))
def teach(
    net: Columns,
    lessons: Lessons,
    way: Way,
    oja: bool,
    coefficients: Array,
    work: Room,
    losses: Array,
) -> None:
    """Let n networks learn, each by itself.

    Args:
        net: the columns of all networks; weights change.
        lessons: the examples; what outputs should be is judged only.
        way: tells whether networks are recurrent.
        oja: Oja's rule; otherwise ABCD.
        coefficients: `(links, 4)`; not read by Oja's rule.
        work: room for values and gradients.
        losses: `(n,)` filled, as in `gradient_kernels.teach`.
    """
    inputs, length = lessons.inputs.shape[2], lessons.inputs.shape[1]
    share = 1.0 / (lessons.order.shape[2] * length)
    for row in range(len(losses)):
        forget(net, row, work, True)
        for step in range(lessons.order.shape[1]):
            loss = attempt(net, row, step, lessons, way, work)
            losses[row] = math.nan
            if not math.isfinite(loss):
                break
            forget(net, row, work, False)
            for t in range(length):
                old = work.values[t]
                new = work.values[t + 1] if way.recurrent else old
                associate(net, inputs, row, oja, coefficients, share, old, new, work.weights)
            if not descend(net, row, lessons.rates[row], lessons.momentum[row], work):
                break
            losses[row] = loss
