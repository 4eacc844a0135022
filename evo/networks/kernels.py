"""The compiled core: one activation of one network.

Every activation of a network, wherever it happens, runs this code.

Values stand in a buffer of shape `(2, width)` with `width >= inputs + nodes`, at the positions that
`Networks` describes: nodes read row `old` and write row `new`. For a feed-forward network both are
the same row; for a recurrent one they are swapped from step to step.
"""

import math
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.flat import Columns, Networks
from evo.networks.functions import Activation, Aggregation

Array = NDArray[Any]
flag, uint8, int64, float64, void = (
    types.boolean,
    types.uint8,
    types.int64,
    types.float64,
    types.void,
)
ints1, ints2 = types.int64[::1], types.int64[:, ::1]
floats1, floats2, floats3 = float64[::1], float64[:, ::1], float64[:, :, ::1]


_TYPES = (
    ints1,
    floats1,
    uint8[::1],
    uint8[::1],
    ints1,
    types.int32[::1],
    floats1,
    types.int32[:, ::1],
)
_DTYPES = (np.int64, np.float64, np.uint8, np.uint8, np.int64, np.int32, np.float64, np.int32)
network = types.NamedTuple(_TYPES, Columns)


def columns(networks: Networks, changing: bool = False) -> Columns:
    """The arrays of `networks` in the types that the kernels were compiled for.

    A column is copied only if it is not of the right type or cannot be written to.

    Args:
        networks: n of them.
        changing: whether weights are about to change; they are copied too then.
    """
    arrays = networks.columns()
    if changing:
        arrays = arrays._replace(weights=arrays.weights.copy())
    return Columns(
        *(
            np.require(array, dtype, ["C", "W"])
            for array, dtype in zip(arrays, _DTYPES, strict=True)
        )
    )


def of_each(numbers: Any, networks: int, kind: Any = np.float64) -> Array:
    """`(n,)` numbers as kernels take them, from these or from one for all networks."""
    return np.require(np.broadcast_to(np.asarray(numbers, kind), (networks,)), kind, ["C", "W"])


def buffer(networks: Networks) -> Array:
    """Values for the largest of `networks`, all 0: `(2, inputs + nodes)`."""
    return np.zeros((2, networks.inputs + int(np.diff(networks.nodes).max(initial=0))))


@kernel(float64(float64, float64, float64))
def clip(x: float, low: float, high: float) -> float:
    """The number between `low` and `high` that is nearest to `x`.

    Args:
        x: any number.
        low: the smallest number that may come out.
        high: the largest one.
    """
    return max(low, min(high, x))


@kernel(float64(float64))
def tanh(x: float) -> float:
    """The hyperbolic tangent from one exponential.

    It takes half the time of the library's and is off by less than 4e-16.
    """
    return 1.0 - 2.0 / (math.exp(2.0 * x) + 1.0)


@kernel(float64(uint8, float64))
def activate(code: int, x: float) -> float:
    """The value at `x` of the activation function with this code; NaN for an unknown code."""
    if code == Activation.TANH:
        return tanh(x)
    if code == Activation.IDENTITY:
        return x
    if code == Activation.SIGMOID:
        return 1.0 / (1.0 + math.exp(-x))
    if code == Activation.STEEPENED_SIGMOID:
        return 1.0 / (1.0 + math.exp(-4.9 * x))
    if code == Activation.RELU:
        return max(x, 0.0)
    if code == Activation.SIN:
        return math.sin(x)
    if code == Activation.GAUSS:
        return math.exp(-x * x)
    if code == Activation.SOFTPLUS:
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
    if code == Activation.ABS:
        return abs(x)
    if code == Activation.SQUARE:
        return x * x
    if code == Activation.CUBE:
        return x * x * x
    if code == Activation.CLAMPED:
        return clip(x, -1.0, 1.0)
    if code == Activation.HAT:
        return max(0.0, 1.0 - abs(x))
    if code == Activation.ELU:
        return x if x > 0.0 else math.exp(x) - 1.0
    if code == Activation.SELU:
        return 1.0507009873554804934 * (
            x if x > 0.0 else 1.6732632423543772848 * (math.exp(x) - 1.0)
        )
    if code == Activation.LELU:
        return x if x > 0.0 else 0.005 * x
    if code == Activation.EXP:
        return math.exp(clip(x, -60.0, 60.0))
    if code == Activation.LOG:
        return math.log(max(1e-7, x))
    if code == Activation.INV:
        return 0.0 if x == 0.0 else 1.0 / x
    if code == Activation.NEAT_TANH:
        return tanh(clip(2.5 * x, -60.0, 60.0))
    if code == Activation.NEAT_SIGMOID:
        return 1.0 / (1.0 + math.exp(-clip(5.0 * x, -60.0, 60.0)))
    if code == Activation.NEAT_SIN:
        return math.sin(clip(5.0 * x, -60.0, 60.0))
    if code == Activation.NEAT_GAUSS:
        bounded = clip(x, -3.4, 3.4)
        return math.exp(-5.0 * bounded * bounded)
    if code == Activation.NEAT_SOFTPLUS:
        return 0.2 * math.log(1.0 + math.exp(clip(5.0 * x, -60.0, 60.0)))
    return math.nan


@kernel(float64(network, int64, int64, floats2, int64))
def ordered(net: Columns, node: int, rank: int, values: Array, old: int) -> float:
    """One of the values that a node's links bring in, by its place in ascending order.

    It compares every value with every other, and so needs no room to sort in.

    Args:
        net: the columns of all networks.
        node: the node, counted over all networks.
        rank: how many smaller values there are, from 0 on.
        values: `(2, width)` node values.
        old: the row of `values` that nodes read.

    Returns:
        The value; NaN if values that are NaN leave none with this rank.
    """
    first, last = net.links[node], net.links[node + 1]
    for k in range(first, last):
        value = values[old, net.sources[k]] * net.weights[k]
        smaller, equal = 0, 0
        for j in range(first, last):
            other = values[old, net.sources[j]] * net.weights[j]
            if other < value:
                smaller += 1
            elif other == value:
                equal += 1
        if smaller <= rank < smaller + equal:
            return value
    return math.nan


@kernel(float64(network, int64, floats2, int64))
def aggregate(net: Columns, node: int, values: Array, old: int) -> float:
    """The values that a node's links bring in, joined by any aggregation function but the sum.

    Args:
        net: the columns of all networks.
        node: the node, counted over all networks.
        values: `(2, width)` node values.
        old: the row of `values` that nodes read.
    """
    code = net.aggregation[node]
    first, last = net.links[node], net.links[node + 1]
    if first == last:
        return 1.0 if code == Aggregation.PRODUCT else 0.0
    if code == Aggregation.MEDIAN:
        count = last - first
        return (
            ordered(net, node, (count - 1) // 2, values, old)
            + ordered(net, node, count // 2, values, old)
        ) / 2.0
    result = float(values[old, net.sources[first]] * net.weights[first])
    for k in range(first + 1, last):
        value = values[old, net.sources[k]] * net.weights[k]
        if code == Aggregation.PRODUCT:
            result *= value
        elif code == Aggregation.MAX:
            result = max(result, value)
        elif code == Aggregation.MIN:
            result = min(result, value)
        elif code == Aggregation.MAXABS:
            result = value if abs(value) > abs(result) else result
        else:
            result += value
    return result / (last - first) if code == Aggregation.MEAN else result


@kernel(void(network, int64, int64, floats2, int64, int64))
def advance(net: Columns, inputs: int, row: int, values: Array, old: int, new: int) -> None:
    """Give every node of one network its value.

    Args:
        net: the columns of all networks.
        inputs: number of inputs.
        row: the network.
        values: `(2, width)` node values; the inputs are in both rows already.
        old: the row of `values` that nodes read.
        new: the row that they write; the same row in a feed-forward network.
    """
    base = inputs - net.nodes[row]
    for node in range(net.nodes[row], net.nodes[row + 1]):
        if net.aggregation[node] == Aggregation.SUM:
            total = 0.0
            for k in range(net.links[node], net.links[node + 1]):
                total += values[old, net.sources[k]] * net.weights[k]
        else:
            total = aggregate(net, node, values, old)
        total += net.bias[node]
        if net.activation[node] == Activation.TANH:
            values[new, base + node] = tanh(total)
        else:
            values[new, base + node] = activate(net.activation[node], total)


@kernel(void(network, int64, int64, floats2))
def forget(net: Columns, inputs: int, row: int, values: Array) -> None:
    """Set the nodes of one network to 0, their value before the first step.

    Args:
        net: the columns of all networks.
        inputs: number of inputs, whose values stay.
        row: the network.
        values: `(2, width)` node values.
    """
    for position in range(inputs, inputs + net.nodes[row + 1] - net.nodes[row]):
        values[0, position] = 0.0
        values[1, position] = 0.0
