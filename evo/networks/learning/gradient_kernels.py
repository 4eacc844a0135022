"""Rules that send errors back: backpropagation, feedback alignment, direct feedback alignment.

    delta_j = f'(a_j) (e_j + sum over links k from j of V_k delta_target(k))
    dw_k = delta_target(k) x_source(k),    db_j = delta_j

Here e_j is the error of the outputs that node j gives, 0 where it gives none. V_k is the link's own
weight (backpropagation), a fixed random one (feedback alignment), or a fixed random magnitude with
the sign of the own one. In direct feedback alignment nothing returns through links: every other
node that is read gets B_j . e, a fixed random sum of all outputs' errors. Aggregations other than
the sum always have their exact derivative.

In a recurrent network the same happens from moment to moment, as nodes read the values of the
moment before: backpropagation through time, truncated where it is told to be.

Source: D. E. Rumelhart, G. E. Hinton, R. J. Williams, Learning representations by back-propagating
errors, Nature 323, 1986; T. P. Lillicrap et al., Random synaptic feedback weights support error
backpropagation for deep learning, Nature Communications 7:13276, 2016; A. Nøkland, Direct Feedback
Alignment Provides Learning in Deep Neural Networks, NIPS 29, 2016; Q. Liao, J. Z. Leibo, T. Poggio,
How Important Is Weight Symmetry in Backpropagation?, AAAI 2016 (frSF); R. J. Williams, J. Peng, An
efficient gradient-based algorithm for on-line training of recurrent network trajectories, Neural
Computation 2(4), 1990 (truncation).
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
from evo.networks.learning.pass_kernels import NOTHING, add, backward, fill, forward

Array = NDArray[Any]


class Way(NamedTuple):
    """The way that errors take.

    Attributes:
        recurrent: whether nodes read the values of the moment before.
        through: what errors return through, see `pass_kernels`.
        links: one feedback weight per link of all networks, or none at all.
        nodes: `(nodes, outputs)` feedback weights of all networks, or none at all.
        heard: `(nodes,)` 1 for nodes that get their error through `nodes`, 0 for others.
        truncation: moments that errors go back at the most; they stop at its multiples. 0 is all.
    """

    recurrent: bool
    through: int
    links: Array
    nodes: Array
    heard: Array
    truncation: int


way_type = types.NamedTuple((flag, int64, floats1, floats2, floats1, int64), Way)


@kernel(float64(network, int64, int64, lessons_type, way_type, room_type))
def attempt(net: Columns, row: int, step: int, lessons: Lessons, way: Way, work: Room) -> float:
    """The loss of one network on a batch; fills `work` with values, slopes and errors."""
    inputs, length, moments = (
        lessons.inputs.shape[2],
        lessons.inputs.shape[1],
        lessons.aims.shape[1],
    )
    batch = work.outputs.shape[1]
    nodes = net.nodes[row + 1] - net.nodes[row]
    cost = 0.0
    if way.recurrent:
        fill(inputs + nodes, work.values[0], 0.0)
    for t in range(length):
        old = work.values[t]
        new = work.values[t + 1] if way.recurrent else old
        show(lessons, row, step, t, old)
        forward(net, inputs, row, old, new, work.slopes[t], work.parts, work.gains)
        first = t - (length - moments)
        if first >= 0:
            if way.recurrent:
                show(lessons, row, step, t, new)
            read(net, row, new, work.outputs)
            ask(lessons, row, step, first, work.aims)
            wrong = work.wrong[t]
            cost += judge(lessons.loss, work.outputs, work.aims, wrong, work.spare)
            for o in range(len(wrong)):
                for b in range(batch):
                    wrong[o, b] /= batch * moments
    return cost / (batch * moments)


@kernel(void(network, int64, int64, lessons_type, way_type, room_type, floats3))
def trace_back(
    net: Columns, row: int, step: int, lessons: Lessons, way: Way, work: Room, errors: Array
) -> None:
    """Add up the gradients of one network from what `attempt` filled.

    Args:
        net: the columns of all networks.
        row: the network.
        step: which batch.
        lessons: the examples.
        way: that errors take.
        work: from `attempt`.
        errors: `(2, width, batch)` room for errors.
    """
    inputs, length, moments = (
        lessons.inputs.shape[2],
        lessons.inputs.shape[1],
        lessons.aims.shape[1],
    )
    start, width = net.nodes[row], inputs + net.nodes[row + 1] - net.nodes[row]
    fill(width, errors[0], 0.0)
    now = 0
    for t in range(length - 1, -1, -1):
        above = errors[now]
        if t >= length - moments:
            wrong = work.wrong[t]
            for o in range(len(wrong)):
                add(above[net.output[row, o]], 1.0, wrong[o])
            if way.through == NOTHING:
                for node in range(start, net.nodes[row + 1]):
                    if way.heard[node] > 0.0:
                        for o in range(len(wrong)):
                            add(above[inputs - start + node], way.nodes[node, o], wrong[o])
        below = above
        if way.recurrent:
            now = 1 - now
            below = errors[now]
            fill(width, below, 0.0)
        backward(
            net,
            inputs,
            row,
            way.through,
            way.links,
            work.values[t],
            work.slopes[t],
            above,
            below,
            work.weights,
            work.biases,
            work.parts,
            work.gains,
        )
        if way.truncation > 0 and t % way.truncation == 0:
            fill(width, below, 0.0)


@kernel(void(network, lessons_type, way_type, room_type, floats3, floats1))
def teach(
    net: Columns, lessons: Lessons, way: Way, work: Room, errors: Array, losses: Array
) -> None:
    """Let n networks learn, each by itself.

    Args:
        net: the columns of all networks; weights and biases change.
        lessons: the examples.
        way: that errors take.
        work: room for values and gradients.
        errors: `(2, width, batch)` room for errors.
        losses: `(n,)` filled with the loss of each network's last batch, before its step; NaN for
            a network whose loss or parameters would no longer be finite, which stays as it was.
    """
    for row in range(len(losses)):
        forget(net, row, work, True)
        for step in range(lessons.order.shape[1]):
            loss = attempt(net, row, step, lessons, way, work)
            losses[row] = math.nan
            if not math.isfinite(loss):
                break
            forget(net, row, work, False)
            trace_back(net, row, step, lessons, way, work, errors)
            if not descend(net, row, lessons.rates[row], lessons.momentum[row], work):
                break
            losses[row] = loss
