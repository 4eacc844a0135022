"""A batch on its way through one network, and errors on their way back.

Values, slopes and errors are `(width, batch)`: a row for each position of the network, as
`Networks` numbers them. Neighbours in memory are samples, so that all arithmetic of a link runs in
vector instructions.
"""

import math
from typing import Any

from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.flat import Columns
from evo.networks.functions import Aggregation
from evo.networks.kernels import float64, floats1, floats2, int64, network, uint8, void
from evo.networks.learning.response_kernels import respond
from evo.networks.learning.vector_kernels import four_dots

Array = NDArray[Any]

TRANSPOSED, GIVEN, SIGNED, NOTHING = range(4)
"""What errors return through: the links' own weights, given ones, given magnitudes with the signs
of the links' own, or nothing at all."""


@kernel(float64(floats1, floats1))
def dot(first: Array, second: Array) -> float:
    """The sum of products; four sums at once, which is faster and always in the same order."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    whole = len(first) // 4 * 4
    for i in range(0, whole, 4):
        a += first[i] * second[i]
        b += first[i + 1] * second[i + 1]
        c += first[i + 2] * second[i + 2]
        d += first[i + 3] * second[i + 3]
    for i in range(whole, len(first)):
        a += first[i] * second[i]
    return (a + b) + (c + d)


@kernel(void(floats1, floats2, int64, int64, types.int32[::1], floats1))
def correlate(
    numbers: Array, values: Array, first: int, last: int, sources: Array, sums: Array
) -> None:
    """Add to `sums` the `dot` of `numbers` with each of the rows `sources[first:last]`."""
    k = first
    while k + 4 <= last:
        a, b, c, d = four_dots(
            numbers, values, sources[k], sources[k + 1], sources[k + 2], sources[k + 3]
        )
        sums[k - first] += a
        sums[k + 1 - first] += b
        sums[k + 2 - first] += c
        sums[k + 3 - first] += d
        k += 4
    while k < last:
        sums[k - first] += dot(numbers, values[sources[k]])
        k += 1


@kernel(float64(floats1))
def total(numbers: Array) -> float:
    """The sum of numbers, as `dot` sums."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    whole = len(numbers) // 4 * 4
    for i in range(0, whole, 4):
        a += numbers[i]
        b += numbers[i + 1]
        c += numbers[i + 2]
        d += numbers[i + 3]
    for i in range(whole, len(numbers)):
        a += numbers[i]
    return (a + b) + (c + d)


@kernel(void(floats1, float64, floats1))
def add(target: Array, factor: float, numbers: Array) -> None:
    """Add `factor` times `numbers` to `target`."""
    for i in range(len(target)):
        target[i] += numbers[i] * factor


@kernel(void(floats1, int64, int64, types.int32[::1], floats1, floats2))
def gather(
    target: Array, first: int, last: int, sources: Array, weights: Array, values: Array
) -> None:
    """Add to `target` the rows `sources[first:last]` of `values` times their weights, in order.

    Four links at a time, so that the target is read and written less often.
    """
    k = first
    while k + 4 <= last:
        one, two = values[sources[k]], values[sources[k + 1]]
        three, four = values[sources[k + 2]], values[sources[k + 3]]
        a, b, c, d = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
        for i in range(len(target)):
            target[i] = (((target[i] + one[i] * a) + two[i] * b) + three[i] * c) + four[i] * d
        k += 4
    while k + 2 <= last:
        one, two = values[sources[k]], values[sources[k + 1]]
        a, b = weights[k], weights[k + 1]
        for i in range(len(target)):
            target[i] = (target[i] + one[i] * a) + two[i] * b
        k += 2
    if k < last:
        add(target, weights[k], values[sources[k]])


@kernel(void(floats1, floats1, int64, int64, types.int32[::1], floats1, floats2))
def gather_from(
    target: Array,
    start: Array,
    first: int,
    last: int,
    sources: Array,
    weights: Array,
    values: Array,
) -> None:
    """Copy `start` to `target`, and `gather` on top of it.

    The first four links read `start` in the same pass. Later ones must not: vector instructions
    need to know that what is read is not being written.
    """
    if first + 4 <= last:
        one, two = values[sources[first]], values[sources[first + 1]]
        three, four = values[sources[first + 2]], values[sources[first + 3]]
        a, b, c, d = weights[first], weights[first + 1], weights[first + 2], weights[first + 3]
        for i in range(len(target)):
            target[i] = (((start[i] + one[i] * a) + two[i] * b) + three[i] * c) + four[i] * d
        gather(target, first + 4, last, sources, weights, values)
    else:
        for i in range(len(target)):
            target[i] = start[i]
        gather(target, first, last, sources, weights, values)


@kernel(void(int64, floats2, float64))
def fill(rows: int, values: Array, number: float) -> None:
    """Write `number` into the first `rows` rows."""
    for i in range(rows):
        for b in range(values.shape[1]):
            values[i, b] = number


@kernel(int64(int64, int64, floats1))
def _ranked(rank: int, count: int, parts: Array) -> int:
    """Which of the first `count` parts has this place in ascending order; -1 if NaNs leave none."""
    for k in range(count):
        smaller, equal = 0, 0
        for j in range(count):
            if parts[j] < parts[k]:
                smaller += 1
            elif parts[j] == parts[k]:
                equal += 1
        if smaller <= rank < smaller + equal:
            return k
    return -1


@kernel(float64(int64, floats1, floats1))
def _product(count: int, parts: Array, gains: Array) -> float:
    """Without a division, for a factor may be 0."""
    product = 1.0
    for k in range(count):
        gains[k] = product
        product *= parts[k]
    after = 1.0
    for k in range(count - 1, -1, -1):
        gains[k] *= after
        after *= parts[k]
    return product


@kernel(float64(uint8, int64, floats1, floats1))
def join(code: int, count: int, parts: Array, gains: Array) -> float:
    """What an aggregation function makes of the parts that links bring in, and its derivatives.

    Of equal parts that are the largest, the smallest or in the middle, the first one counts.

    Args:
        code: of the aggregation function.
        count: number of links.
        parts: what each brings in, at least `count` of them.
        gains: the first `count` are filled with the derivatives of the result by the parts.
    """
    if code == Aggregation.PRODUCT:
        return _product(count, parts, gains)
    if count == 0:
        return 0.0
    if code == Aggregation.MEAN or code == Aggregation.SUM:
        share = 1.0 / count if code == Aggregation.MEAN else 1.0
        whole = 0.0
        for k in range(count):
            gains[k] = share
            whole += parts[k]
        return whole / count if code == Aggregation.MEAN else whole
    for k in range(count):
        gains[k] = 0.0
    if code == Aggregation.MEDIAN:
        low, high = _ranked((count - 1) // 2, count, parts), _ranked(count // 2, count, parts)
        if low < 0 or high < 0:
            return math.nan
        gains[low] += 0.5
        gains[high] += 0.5
        return float(parts[low] + parts[high]) / 2.0
    best = 0
    for k in range(1, count):
        if code == Aggregation.MAX:
            better = parts[k] > parts[best]
        elif code == Aggregation.MIN:
            better = parts[k] < parts[best]
        else:
            better = abs(parts[k]) > abs(parts[best])
        best = k if better else best
    gains[best] = 1.0
    return parts[best]


@kernel(float64(network, int64, floats2, int64, floats1, floats1))
def _joined(net: Columns, node: int, old: Array, b: int, parts: Array, gains: Array) -> float:
    """What a node's links bring in for sample `b`; fills `parts` and `gains`, see `join`."""
    first, last = net.links[node], net.links[node + 1]
    for k in range(first, last):
        parts[k - first] = old[net.sources[k], b] * net.weights[k]
    return join(net.aggregation[node], last - first, parts, gains)


@kernel(void(network, int64, int64, floats2, floats2, floats2, floats1, floats1))
def forward(
    net: Columns,
    inputs: int,
    row: int,
    old: Array,
    new: Array,
    slopes: Array,
    parts: Array,
    gains: Array,
) -> None:
    """Give every node of one network its values.

    Args:
        net: the columns of all networks.
        inputs: number of inputs.
        row: the network.
        old: `(width, batch)` what nodes read; the inputs stand there already.
        new: `(width, batch)` what they write; of a feed-forward network the same array.
        slopes: `(width, batch)` filled with the derivatives of values by totals.
        parts: room for one number per link of a node.
        gains: as much again.
    """
    base, batch = inputs - net.nodes[row], new.shape[1]
    for node in range(net.nodes[row], net.nodes[row + 1]):
        values = new[base + node]
        if net.aggregation[node] == Aggregation.SUM:
            for b in range(batch):
                values[b] = 0.0
            first, last = net.links[node], net.links[node + 1]
            gather(values, first, last, net.sources, net.weights, old)
            for b in range(batch):
                values[b] += net.bias[node]
        else:
            for b in range(batch):
                values[b] = _joined(net, node, old, b, parts, gains) + net.bias[node]
        respond(net.activation[node], values, slopes[base + node])


@kernel(float64(int64, float64, float64))
def returning(through: int, weight: float, feedback: float) -> float:
    """The weight that errors return through.

    Args:
        through: see `TRANSPOSED` and so on.
        weight: the link's own.
        feedback: the given one.
    """
    if through == TRANSPOSED:
        return weight
    if through == GIVEN:
        return feedback
    if weight == 0.0:
        return 0.0
    return abs(feedback) if weight > 0.0 else -abs(feedback)


_back = (network, int64, int64, int64, floats1, floats2, floats2, floats2, floats2)


@kernel(void(*_back, floats1, floats1, floats1, floats1))
def backward(
    net: Columns,
    inputs: int,
    row: int,
    through: int,
    feedback: Array,
    old: Array,
    slopes: Array,
    above: Array,
    below: Array,
    weights: Array,
    biases: Array,
    parts: Array,
    gains: Array,
) -> None:
    """Send the errors of one network's nodes back, and add up its gradients.

    Args:
        net: the columns of all networks.
        inputs: number of inputs.
        row: the network.
        through: what errors return through.
        feedback: one weight per link of all networks; not read where none are given.
        old: `(width, batch)` what nodes read in `forward`.
        slopes: `(width, batch)` from `forward`.
        above: `(width, batch)` errors of values, overwritten by those of totals.
        below: `(width, batch)` errors of what nodes read, added to; of a feed-forward network the
            same array as `above`.
        weights: gradients of the network's weights, added to.
        biases: gradients of its biases, added to.
        parts: room for one number per link of a node.
        gains: as much again.
    """
    start = net.nodes[row]
    base, origin = inputs - start, net.links[start]
    for node in range(net.nodes[row + 1] - 1, start - 1, -1):
        error, steep = above[base + node], slopes[base + node]
        for b in range(len(error)):
            error[b] *= steep[b]
        biases[node - start] += total(error)
        first, last = net.links[node], net.links[node + 1]
        if net.aggregation[node] == Aggregation.SUM:
            correlate(error, old, first, last, net.sources, weights[first - origin :])
            if through == NOTHING:
                continue
            for k in range(first, last):
                source = net.sources[k]
                if source >= inputs:
                    add(below[source], returning(through, net.weights[k], feedback[k]), error)
            continue
        for b in range(len(error)):
            _joined(net, node, old, b, parts, gains)
            for k in range(first, last):
                source, part = net.sources[k], gains[k - first] * error[b]
                weights[k - origin] += part * old[source, b]
                if through != NOTHING and source >= inputs:
                    below[source, b] += part * returning(through, net.weights[k], feedback[k])
