"""Equilibrium propagation on networks of any shape: every node is a state, links work both ways.

With inputs x, links U from inputs and J from nodes, the states settle by

    drive = b + U x + (J + J^T) s,    s <- (1 - step) s + step f(drive)

from 0 under the inputs alone (s_*), then from s_* with outputs o pulled: + beta (y - p(o)), where p
is what the loss takes for the prediction. Links and biases learn from the difference of products

    dL/dJ_ij ~ (s_i s_j (second) - s_i s_j (first)) / (beta_first - beta_second)

in two phases (first s_*, second s_beta) or three (s_-beta and s_+beta, both from s_*). Settings and
signs are those of `evo.learning.rules.ep`.

Source: B. Scellier, Y. Bengio, Equilibrium propagation: bridging the gap between energy-based
models and backpropagation, Frontiers in Computational Neuroscience 11:24, 2017; A. Laborieux et
al., Scaling equilibrium propagation to deep ConvNets by drastically reducing its gradient estimator
bias, Frontiers in Neuroscience 15:633674, 2021 (three phases).
"""

import math
from typing import Any, NamedTuple

from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.flat import Columns
from evo.networks.kernels import (
    flag,
    float64,
    floats1,
    floats2,
    floats3,
    int64,
    ints1,
    network,
    void,
)
from evo.networks.learning.lesson_kernels import (
    Lessons,
    Room,
    ask,
    descend,
    forget,
    lessons_type,
    read,
    room_type,
    show,
)
from evo.networks.learning.loss_kernels import judge
from evo.networks.learning.pass_kernels import add, dot, fill, gather_from, total
from evo.networks.learning.response_kernels import answer
from evo.networks.learning.vector_kernels import four_dots

Array = NDArray[Any]

FREE, FIRST, SECOND = range(3)
"""Which of the arrays of states is which."""


class Phases(NamedTuple):
    """How networks settle, as kernels take it.

    Attributes:
        three: whether there are two nudged phases.
        beta: `(n, steps)` strengths of the nudge.
        free: `(n,)` steps of the free phase.
        nudged: `(n,)` steps of each nudged phase.
        step: `(n,)` how far states move towards f(drive), in (0, 1].
    """

    three: bool
    beta: Array
    free: Array
    nudged: Array
    step: Array


phases_type = types.NamedTuple((flag, floats2, ints1, ints1, floats1), Phases)


@kernel(void(network, int64, int64, floats2, floats2))
def drive_inputs(net: Columns, inputs: int, row: int, states: Array, driven: Array) -> None:
    """Write what biases and inputs drive the nodes with into `driven`, `(width, batch)`.

    Args:
        net: the columns of all networks.
        inputs: number of inputs.
        row: the network.
        states: `(width, batch)` with the inputs in their places.
        driven: filled at the nodes' positions.
    """
    base = inputs - net.nodes[row]
    for node in range(net.nodes[row], net.nodes[row + 1]):
        drive = driven[base + node]
        for b in range(len(drive)):
            drive[b] = net.bias[node]
        for k in range(net.links[node], net.links[node + 1]):
            if net.sources[k] < inputs:
                add(drive, net.weights[k], states[net.sources[k]])


class Neighbours(NamedTuple):
    """The links between nodes of one network, each from both its ends.

    Attributes:
        starts: offsets: the neighbours of node k of the network are
            `others[starts[k] : starts[k + 1]]`.
        others: positions.
        weights: of the links.
    """

    starts: Array
    others: Array
    weights: Array


neighbours_type = types.NamedTuple((ints1, types.int32[::1], floats1), Neighbours)


@kernel(void(network, int64, int64, neighbours_type))
def meet(net: Columns, inputs: int, row: int, neighbours: Neighbours) -> None:
    """Fill `neighbours` for one network."""
    first, last = net.nodes[row], net.nodes[row + 1]
    starts = neighbours.starts
    for k in range(last - first + 2):
        starts[k] = 0
    # Numbers of neighbours first, two places ahead; then their sums, one place ahead. Filling moves
    # every sum to where the next node starts.
    for node in range(first, last):
        for k in range(net.links[node], net.links[node + 1]):
            source = net.sources[k] - inputs
            if source >= 0:
                starts[node - first + 2] += 1
                starts[source + 2] += 1
    for k in range(2, last - first + 2):
        starts[k] += starts[k - 1]
    for node in range(first, last):
        for k in range(net.links[node], net.links[node + 1]):
            source = net.sources[k] - inputs
            if source >= 0:
                for end, other in ((node - first, source), (source, node - first)):
                    place = starts[end + 1]
                    starts[end + 1] += 1
                    neighbours.others[place] = inputs + other
                    neighbours.weights[place] = net.weights[k]


_settle = (network, int64, int64, phases_type, int64, float64, int64, neighbours_type)


@kernel(void(*_settle, floats2, floats2, floats2, room_type))
def settle(
    net: Columns,
    inputs: int,
    row: int,
    phases: Phases,
    steps: int,
    beta: float,
    loss: int,
    neighbours: Neighbours,
    driven: Array,
    states: Array,
    drives: Array,
    work: Room,
) -> None:
    """Let the states of one network move.

    Args:
        net: the columns of all networks.
        inputs: number of inputs.
        row: the network.
        phases: how far they move in a step.
        steps: how many.
        beta: strength of the nudge; 0 for none.
        loss: its code.
        neighbours: see `meet`.
        driven: see `drive_inputs`.
        states: `(width, batch)`, changed.
        drives: `(width, batch)` room.
        work: with what outputs should be in `aims`; its outputs and errors are overwritten.
    """
    base, step, starts = inputs - net.nodes[row], phases.step[row], neighbours.starts
    wrong = work.wrong[0]
    nodes = net.nodes[row + 1] - net.nodes[row]
    now, new = states, drives
    for _ in range(steps):
        for k in range(nodes):
            first, last = starts[k], starts[k + 1]
            drive, constant = new[inputs + k], driven[inputs + k]
            gather_from(drive, constant, first, last, neighbours.others, neighbours.weights, now)
        if beta != 0.0:
            read(net, row, now, work.outputs)
            judge(loss, work.outputs, work.aims, wrong, work.spare)
            for o in range(len(wrong)):
                add(new[net.output[row, o]], -beta, wrong[o])
        for node in range(net.nodes[row], net.nodes[row + 1]):
            drive, state = new[base + node], now[base + node]
            answer(net.activation[node], drive)
            if step != 1.0:
                for b in range(len(state)):
                    drive[b] = state[b] + step * (drive[b] - state[b])
        now, new = new, now
    if steps % 2 == 1:
        for position in range(inputs, inputs + nodes):
            for b in range(states.shape[1]):
                states[position, b] = drives[position, b]


@kernel(void(network, int64, int64, float64, floats2, floats2, room_type))
def contrast(
    net: Columns, inputs: int, row: int, scale: float, first: Array, second: Array, work: Room
) -> None:
    """Add (products in `second` - products in `first`) `scale` to the gradients in `work`."""
    start = net.nodes[row]
    base, origin = inputs - start, net.links[start]
    for node in range(start, net.nodes[row + 1]):
        before, after = first[base + node], second[base + node]
        work.biases[node - start] += scale * (total(after) - total(before))
        k, last = net.links[node], net.links[node + 1]
        while k + 4 <= last:
            a, b, c, d = net.sources[k], net.sources[k + 1], net.sources[k + 2], net.sources[k + 3]
            more = four_dots(after, second, a, b, c, d)
            less = four_dots(before, first, a, b, c, d)
            for i in range(4):
                work.weights[k + i - origin] += scale * (more[i] - less[i])
            k += 4
        while k < last:
            source = net.sources[k]
            work.weights[k - origin] += scale * (
                dot(after, second[source]) - dot(before, first[source])
            )
            k += 1


@kernel(void(int64, floats2, floats2))
def copy(rows: int, source: Array, target: Array) -> None:
    """Copy the first `rows` rows."""
    for i in range(rows):
        for b in range(source.shape[1]):
            target[i, b] = source[i, b]


@kernel(
    float64(network, int64, int64, lessons_type, phases_type, neighbours_type, floats3, room_type)
)
def estimate(
    net: Columns,
    row: int,
    step: int,
    lessons: Lessons,
    phases: Phases,
    neighbours: Neighbours,
    room: Array,
    work: Room,
) -> float:
    """The loss of one network's free state on a batch; adds its gradients to those in `work`."""
    inputs, batch = lessons.inputs.shape[2], work.outputs.shape[1]
    width = inputs + net.nodes[row + 1] - net.nodes[row]
    free, driven, drives = work.values[FREE], room[0], room[1]
    first, second = free, work.values[SECOND]
    fill(width, free, 0.0)
    show(lessons, row, step, 0, free)
    ask(lessons, row, step, 0, work.aims)
    drive_inputs(net, inputs, row, free, driven)
    meet(net, inputs, row, neighbours)
    loss, beta = lessons.loss, phases.beta[row, step]
    settle(
        net,
        inputs,
        row,
        phases,
        phases.free[row],
        0.0,
        loss,
        neighbours,
        driven,
        free,
        drives,
        work,
    )
    read(net, row, free, work.outputs)
    value = judge(loss, work.outputs, work.aims, work.wrong[0], work.spare) / batch
    span = -beta
    if phases.three:
        first, span = work.values[FIRST], -2.0 * beta
        copy(width, free, first)
        settle(
            net,
            inputs,
            row,
            phases,
            phases.nudged[row],
            -beta,
            loss,
            neighbours,
            driven,
            first,
            drives,
            work,
        )
    copy(width, free, second)
    settle(
        net,
        inputs,
        row,
        phases,
        phases.nudged[row],
        beta,
        loss,
        neighbours,
        driven,
        second,
        drives,
        work,
    )
    contrast(net, inputs, row, 1.0 / (span * batch), first, second, work)
    return value


@kernel(void(network, lessons_type, phases_type, neighbours_type, floats3, room_type, floats1))
def teach(
    net: Columns,
    lessons: Lessons,
    phases: Phases,
    neighbours: Neighbours,
    room: Array,
    work: Room,
    losses: Array,
) -> None:
    """Let n feed-forward networks learn, each by itself.

    Args:
        net: the columns of all networks; weights and biases change.
        lessons: the examples.
        phases: how networks settle.
        neighbours: room for the links of the largest network.
        room: `(2, width, batch)` for drives.
        work: with three arrays of values.
        losses: `(n,)` filled, as in `gradient_kernels.teach`.
    """
    for row in range(len(losses)):
        forget(net, row, work, True)
        for step in range(lessons.order.shape[1]):
            forget(net, row, work, False)
            loss = estimate(net, row, step, lessons, phases, neighbours, room, work)
            losses[row] = math.nan
            if not math.isfinite(loss):
                break
            if not descend(net, row, lessons.rates[row], lessons.momentum[row], work):
                break
            losses[row] = loss
