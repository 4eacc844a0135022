"""The compiled core of networks on many samples: each node takes a block of samples at a time.

Values stand in a buffer of shape `(2, width, BLOCK)`, samples along the last dimension, so that the
processor takes several in one instruction. What comes out is what `kernels.advance` gives sample by
sample, bit for bit: every sum has the same order.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.flat import Columns, Networks
from evo.networks.functions import Activation, Aggregation
from evo.networks.kernels import (
    activate,
    aggregate,
    flag,
    floats2,
    floats3,
    int64,
    network,
    tanh,
    void,
)

Array = NDArray[Any]

BLOCK = 64
"""Samples at a time: enough for a link's cost not to matter, few enough for values to stay near."""


def blocks(networks: Networks) -> Array:
    """Values of a block of samples for the largest of `networks`: `(2, inputs + nodes, BLOCK)`."""
    return np.zeros((2, networks.inputs + int(np.diff(networks.nodes).max(initial=0)), BLOCK))


@kernel(void(network, int64, int64, int64, floats3, int64, int64))
def add_links(
    net: Columns,
    node: int,
    position: int,
    count: int,
    values: Array,
    old: int,
    new: int,
) -> None:
    """Set a node's values to the sums of what its links bring in.

    Args:
        net: the columns of all networks.
        node: the node, counted over all networks.
        position: where its values stand.
        count: samples in the block.
        values: `(2, width, BLOCK)` node values.
        old: the row of `values` that nodes read.
        new: the row that they write.
    """
    k, last = net.links[node], net.links[node + 1]
    for s in range(count):
        values[new, position, s] = 0.0
    while k + 4 <= last:
        a, b, c, d = net.sources[k], net.sources[k + 1], net.sources[k + 2], net.sources[k + 3]
        u, v, w, x = net.weights[k], net.weights[k + 1], net.weights[k + 2], net.weights[k + 3]
        for s in range(count):
            values[new, position, s] = (
                values[new, position, s]
                + values[old, a, s] * u
                + values[old, b, s] * v
                + values[old, c, s] * w
                + values[old, d, s] * x
            )
        k += 4
    while k < last:
        a, u = net.sources[k], net.weights[k]
        for s in range(count):
            values[new, position, s] += values[old, a, s] * u
        k += 1


@kernel(void(network, int64, int64, int64, floats3, int64, int64, floats2))
def advance_block(
    net: Columns, inputs: int, row: int, count: int, values: Array, old: int, new: int, room: Array
) -> None:
    """Give every node of one network its values for a block of samples.

    Args:
        net: the columns of all networks.
        inputs: number of inputs.
        row: the network.
        count: samples in the block.
        values: `(2, width, BLOCK)` node values; the inputs are in both rows already.
        old: the row of `values` that nodes read.
        new: the row that they write; the same row in a feed-forward network.
        room: `(2, width)` room for the values of one sample.
    """
    base = inputs - net.nodes[row]
    for node in range(net.nodes[row], net.nodes[row + 1]):
        position = base + node
        bias, code = net.bias[node], net.activation[node]
        if net.aggregation[node] == Aggregation.SUM:
            add_links(net, node, position, count, values, old, new)
        else:
            for s in range(count):
                for k in range(net.links[node], net.links[node + 1]):
                    room[0, net.sources[k]] = values[old, net.sources[k], s]
                values[new, position, s] = aggregate(net, node, room, 0)
        if code == Activation.IDENTITY:
            for s in range(count):
                values[new, position, s] += bias
        elif code == Activation.TANH:
            for s in range(count):
                values[new, position, s] = tanh(values[new, position, s] + bias)
        else:
            for s in range(count):
                values[new, position, s] = activate(code, values[new, position, s] + bias)


@kernel(void(network, flag, floats2, int64, floats3, floats2, floats3))
def activate_all(
    net: Columns,
    recurrent: bool,
    samples: Array,
    steps: int,
    values: Array,
    room: Array,
    outputs: Array,
) -> None:
    """The outputs of n networks for each sample; networks start each sample without memory.

    Args:
        net: the columns of all networks.
        recurrent: whether nodes read the values of the step before.
        samples: `(inputs, batch)`, the same for all networks.
        steps: activations per sample.
        values: `(2, width, BLOCK)` room for node values.
        room: `(2, width)` room for those of one sample.
        outputs: `(n, batch, outputs)`, filled.
    """
    inputs, batch = samples.shape
    for start in range(0, batch, values.shape[2]):
        count = min(values.shape[2], batch - start)
        for position in range(inputs):
            for s in range(count):
                values[0, position, s] = samples[position, start + s]
                values[1, position, s] = samples[position, start + s]
        for row in range(outputs.shape[0]):
            if recurrent:
                for position in range(inputs, inputs + net.nodes[row + 1] - net.nodes[row]):
                    for s in range(count):
                        values[0, position, s] = 0.0
                        values[1, position, s] = 0.0
            old, new = 0, 0
            for _ in range(steps):
                if recurrent:
                    old, new = new, 1 - new
                advance_block(net, inputs, row, count, values, old, new, room)
            for k in range(outputs.shape[2]):
                position = net.output[row, k]
                for s in range(count):
                    outputs[row, start + s, k] = values[new, position, s]
