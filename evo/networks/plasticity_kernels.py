"""Plasticity: links that change while a network acts, by what stands at their two ends.

    e <- lambda e + (A x y + B x + C y + D)        what is to change, and a trace of what was to
    dw = eta m e                                   m = 1, or m = r - mean r where reward modulates

x is what a link reads, y the value of the node that it leads to, r the reward that followed. Every
link has A, B, C and D of its own. Biases do not change.

Source: E. Najarro, S. Risi, Meta-Learning through Hebbian Plasticity in Random Networks, NeurIPS
2020, equation 1 (ABCD); A. Soltoggio, K. O. Stanley, S. Risi, Born to learn: the inspiration,
progress, and future of evolved plastic artificial neural networks, Neural Networks 108, 2018,
section 3 (modulation by reward); E. M. Izhikevich, Solving the distal reward problem through
linkage of STDP and dopamine signaling, Cerebral Cortex 17, 2007, equations 1 and 2 (traces).
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.flat import Columns
from evo.networks.kernels import flag, float64, floats1, floats2, int64, network, void

Array = NDArray[Any]


class Plasticity(NamedTuple):
    """How the links of n networks change, as kernels take it, and what they have become.

    Attributes:
        plastic: whether they change at all; if not, all arrays are empty.
        modulated: whether reward modulates the changes.
        coefficients: `(links, 4)` A, B, C and D.
        rate: `(n,)` eta.
        decay: `(n,)` lambda, from 0 to below 1.
        follow: `(n,)` how fast the mean follows the reward, from 0 (it stays 0) to 1.
        limit: the greatest magnitude of a weight.
        born: `(links,)` weights at birth.
        trace: `(links,)` e, which changes.
        level: `(n,)` the mean reward, which changes; NaN before the first.
    """

    plastic: bool
    modulated: bool
    coefficients: Array
    rate: Array
    decay: Array
    follow: Array
    limit: float
    born: Array
    trace: Array
    level: Array


plasticity_type = types.NamedTuple(
    (flag, flag, floats2, floats1, floats1, floats1, float64, floats1, floats1, floats1),
    Plasticity,
)

RIGID = Plasticity(
    plastic=False,
    modulated=False,
    coefficients=np.zeros((0, 4)),
    rate=np.zeros(0),
    decay=np.zeros(0),
    follow=np.zeros(0),
    limit=math.inf,
    born=np.zeros(0),
    trace=np.zeros(0),
    level=np.zeros(0),
)
"""Of networks that do not change while they act."""


@kernel(void(network, plasticity_type, int64))
def be_born(net: Columns, plasticity: Plasticity, row: int) -> None:
    """Give one network its weights at birth, and let it forget what was to change.

    Args:
        net: the columns of all networks; weights change.
        plasticity: how they change.
        row: the network.
    """
    if not plasticity.plastic:
        return
    for k in range(net.links[net.nodes[row]], net.links[net.nodes[row + 1]]):
        net.weights[k] = plasticity.born[k]
        plasticity.trace[k] = 0.0
    plasticity.level[row] = math.nan


@kernel(void(network, plasticity_type, int64, int64, floats2, int64, int64, float64))
def experience(
    net: Columns,
    plasticity: Plasticity,
    inputs: int,
    row: int,
    values: Array,
    old: int,
    new: int,
    reward: float,
) -> None:
    """Let one network learn from what it has just seen and done, and from what came of it.

    Args:
        net: the columns of all networks; weights change.
        plasticity: how they change.
        inputs: number of inputs.
        row: the network.
        values: `(2, width)` node values, as `evo.networks.kernels.advance` left them.
        old: the row of `values` that nodes read.
        new: the row that they wrote; the same row in a feed-forward network.
        reward: of this step.
    """
    if not plasticity.plastic:
        return
    factor, decay = plasticity.rate[row], 0.0
    if plasticity.modulated:
        decay, follow = plasticity.decay[row], plasticity.follow[row]
        level = plasticity.level[row]
        if math.isnan(level):
            level = reward if follow > 0.0 else 0.0
        factor *= reward - level
        plasticity.level[row] = level + follow * (reward - level)
    base, limit = inputs - net.nodes[row], plasticity.limit
    for node in range(net.nodes[row], net.nodes[row + 1]):
        after = values[new, base + node]
        for k in range(net.links[node], net.links[node + 1]):
            before = values[old, net.sources[k]]
            trace = decay * plasticity.trace[k] + (
                plasticity.coefficients[k, 0] * before * after
                + plasticity.coefficients[k, 1] * before
                + plasticity.coefficients[k, 2] * after
                + plasticity.coefficients[k, 3]
            )
            plasticity.trace[k] = trace
            net.weights[k] = max(-limit, min(limit, net.weights[k] + factor * trace))
