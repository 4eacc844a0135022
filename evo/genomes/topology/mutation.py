"""Mutation of NEAT genomes: weights, biases, functions and structure.

Two passes over the genomes and one agreement in between: `_plan` decides the structural mutations
of every genome and so its new size; identical structural mutations of one generation get the same
historical marking (`_share`); `_write` emits each genome once. New innovation numbers and node ids
exceed all older ones, so new genes are appended and stay in order.

Source: Stanley & Miikkulainen 2002, sections 3.1 (Fig. 3), 3.2 (markings) and 4.1 (rates).
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.genomes.topology.genomes import Genes, TopologyGenomes
from evo.jit import kernel, part
from evo.rng_kernels import below, bits, draw_key, normal, stream, unit

_NONE = -1
# New connections are looked for this often in one genome before it goes without: Stanley's NEAT C++
# (newlink_tries) has 20.
_TRIES = 20


class Rates(NamedTuple):
    """How often and how far; probabilities are per genome unless said otherwise."""

    add_node: float
    add_connection: float
    delete_node: float
    delete_connection: float
    toggle: float
    mutate_weights: float
    # Of each weight and bias of a genome whose weights mutate; the others are replaced.
    perturb: float
    perturb_std: float
    replace_std: float
    weight_limit: float
    change_activation: float  # per node
    change_aggregation: float  # per node


class Plan(NamedTuple):
    """The structural mutations of n genomes, in columns `(n,)`; -1 stands for none.

    Attributes:
        delete_node: position of the hidden node that goes.
        delete_connection: number, within the genome, of the connection gene that goes.
        split: likewise, of the connection that gets a new node in its middle.
        toggle: likewise, of the connection that is enabled or disabled.
        source, target: positions between which a new connection runs.
        split_key, edge_key: equal for equal structure in different genomes, which then gets equal
            innovation numbers.
        connection_count, node_count: numbers of genes after the mutation.
    """

    delete_node: NDArray[np.int64]
    delete_connection: NDArray[np.int64]
    split: NDArray[np.int64]
    toggle: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    split_key: NDArray[np.int64]
    edge_key: NDArray[np.int64]
    connection_count: NDArray[np.int64]
    node_count: NDArray[np.int64]


@part
def _reaches(
    genes: Genes,
    first: int,
    last: int,
    goal: int,
    start: int,
    size: int,
    deleted: int,
    mark: NDArray[np.uint8],
) -> np.uint8:
    """Whether genes first .. last - 1, disabled ones included, lead from `start` to `goal`."""
    for v in range(size):
        mark[v] = 0
    mark[start] = 1
    grown = True
    while grown and not mark[goal]:
        grown = False
        for i in range(first, last):
            u, v = genes.source[i], genes.target[i]
            if mark[u] and not mark[v] and u != deleted and v != deleted:
                mark[v] = 1
                grown = True
    return mark[goal]


@part
def _free_edge(
    genes: Genes,
    first: int,
    last: int,
    inputs: int,
    outputs: int,
    size: int,
    deleted: int,
    recurrent: bool,
    state: np.uint64,
    mark: NDArray[np.uint8],
) -> tuple[np.uint64, np.int64, np.int64]:
    """The stream's next state, and source and target of a new connection.

    Unless `recurrent`, the connection closes no cycle. Source and target are -1 if `_TRIES` draws
    did not give any.
    """
    hidden = inputs + outputs
    for _ in range(_TRIES):
        state, word = bits(state)
        target = inputs + below(word, size - inputs)
        state, word = bits(state)
        if recurrent:
            source = below(word, size)
        else:
            # An output that feeds nothing closes no cycle: only hidden nodes have to be followed.
            source = below(word, size - outputs)
            if source >= inputs:
                source += outputs
        if source == deleted or target == deleted or (source == target and not recurrent):
            continue
        taken = False
        for i in range(first, last):
            if genes.source[i] == source and genes.target[i] == target:
                taken = True
                break
        if taken:
            continue
        loops = not recurrent and source >= hidden and target >= hidden
        if loops and _reaches(genes, first, last, source, target, size, deleted, mark):
            continue
        return state, source, target
    return state, np.int64(_NONE), np.int64(_NONE)


@kernel
def _plan(
    genes: Genes,
    inputs: int,
    outputs: int,
    recurrent: bool,
    rates: Rates,
    key: np.uint64,
    plan: Plan,
    mark: NDArray[np.uint8],
) -> None:
    for row in range(len(genes.nodes) - 1):
        state = stream(key, row)
        first, last = genes.connections[row], genes.connections[row + 1]
        node = genes.nodes[row]
        count, nodes = last - first, genes.nodes[row + 1] - node
        size, deleted, gone = inputs + nodes, np.int64(_NONE), np.int64(_NONE)
        plan.connection_count[row], plan.node_count[row] = count, nodes

        state, word = bits(state)
        if unit(word) < rates.delete_node and nodes > outputs:
            state, word = bits(state)
            deleted = inputs + outputs + below(word, nodes - outputs)
            plan.node_count[row] -= 1
            for i in range(first, last):
                if genes.source[i] == deleted or genes.target[i] == deleted:
                    plan.connection_count[row] -= 1
        plan.delete_node[row] = deleted

        state, word = bits(state)
        if unit(word) < rates.delete_connection and count > 0:
            state, word = bits(state)
            i = first + below(word, count)
            if genes.source[i] != deleted and genes.target[i] != deleted:
                gone = i - first
                plan.connection_count[row] -= 1
        plan.delete_connection[row] = gone

        plan.source[row] = plan.target[row] = plan.edge_key[row] = _NONE
        state, word = bits(state)
        if unit(word) < rates.add_connection:
            state, u, v = _free_edge(
                genes, first, last, inputs, outputs, size, deleted, recurrent, state, mark
            )
            if u >= 0:
                plan.source[row], plan.target[row] = u, v
                begin = u if u < inputs else np.int64(genes.node[node + u - inputs])
                plan.edge_key[row] = (begin << 32) | np.int64(genes.node[node + v - inputs])
                plan.connection_count[row] += 1

        plan.split[row] = plan.split_key[row] = _NONE
        state, word = bits(state)
        if unit(word) < rates.add_node and count > 0:
            state, word = bits(state)
            i = first + below(word, count)
            if (
                genes.enabled[i]
                and i - first != gone
                and genes.source[i] != deleted
                and genes.target[i] != deleted
            ):
                plan.split[row], plan.split_key[row] = i - first, genes.innovation[i]
                plan.connection_count[row] += 2
                plan.node_count[row] += 1

        plan.toggle[row] = _NONE
        state, word = bits(state)
        if unit(word) < rates.toggle and count > 0:
            state, word = bits(state)
            plan.toggle[row] = below(word, count)


@part
def _vary(state: np.uint64, value: float, rates: Rates) -> tuple[np.uint64, float]:
    """The stream's next state, and a weight or bias perturbed or replaced."""
    state, word = bits(state)
    state, step = normal(state)
    value = (
        value + rates.perturb_std * step if unit(word) < rates.perturb else rates.replace_std * step
    )
    return state, min(max(value, -rates.weight_limit), rates.weight_limit)


@kernel
def _write(
    genes: Genes,
    inputs: int,
    rates: Rates,
    activations: NDArray[np.uint8],
    aggregations: NDArray[np.uint8],
    key: np.uint64,
    plan: Plan,
    edge_mark: NDArray[np.int64],
    split_mark: NDArray[np.int64],
    split_node: NDArray[np.int64],
    out: Genes,
) -> None:
    for row in range(len(genes.nodes) - 1):
        # The row's plan used the stream of the same number under another key.
        state = stream(key, row)
        first, last = genes.connections[row], genes.connections[row + 1]
        deleted = plan.delete_node[row] if plan.delete_node[row] >= 0 else np.int64(1 << 32)
        gone, split, toggle = plan.delete_connection[row], plan.split[row], plan.toggle[row]
        state, word = bits(state)
        vary = unit(word) < rates.mutate_weights

        at = out.connections[row]
        before = after = np.int64(0)
        split_weight = 0.0
        for i in range(first, last):
            u, v, gene = np.int64(genes.source[i]), np.int64(genes.target[i]), i - first
            if gene == gone or u == deleted or v == deleted:
                continue
            # Positions behind a deleted node move up by one.
            u -= u > deleted
            v -= v > deleted
            weight, enabled = genes.weight[i], genes.enabled[i]
            if vary:
                state, weight = _vary(state, weight, rates)
            if gene == toggle:
                enabled = np.uint8(1 - enabled)
            if gene == split:
                before, after, split_weight, enabled = u, v, weight, np.uint8(0)
            out.innovation[at], out.source[at], out.target[at] = genes.innovation[i], u, v
            out.weight[at], out.enabled[at] = weight, enabled
            at += 1

        node, position = out.nodes[row], inputs
        for i in range(genes.nodes[row], genes.nodes[row + 1]):
            position += 1
            if position - 1 == deleted:
                continue
            bias, activation, aggregation = genes.bias[i], genes.activation[i], genes.aggregation[i]
            if vary:
                state, bias = _vary(state, bias, rates)
            if rates.change_activation > 0.0:
                state, word = bits(state)
                if unit(word) < rates.change_activation:
                    state, word = bits(state)
                    activation = activations[below(word, len(activations))]
            if rates.change_aggregation > 0.0:
                state, word = bits(state)
                if unit(word) < rates.change_aggregation:
                    state, word = bits(state)
                    aggregation = aggregations[below(word, len(aggregations))]
            out.node[node], out.bias[node] = genes.node[i], bias
            out.activation[node], out.aggregation[node] = activation, aggregation
            node += 1

        if split >= 0:
            # Into the new node with weight 1, out of it with the old weight: the effect of the
            # split is smallest then (3.1).
            position = inputs + node - out.nodes[row]
            out.node[node], out.bias[node] = split_node[row], 0.0
            out.activation[node], out.aggregation[node] = activations[0], aggregations[0]
            out.innovation[at], out.source[at], out.target[at] = split_mark[row], before, position
            out.weight[at], out.enabled[at] = 1.0, 1
            at += 1
            out.innovation[at], out.source[at], out.target[at] = (
                split_mark[row] + 1,
                position,
                after,
            )
            out.weight[at], out.enabled[at] = split_weight, 1
            at += 1
        if plan.source[row] >= 0:
            u, v = plan.source[row], plan.target[row]
            u -= u > deleted
            v -= v > deleted
            state, step = normal(state)
            out.innovation[at], out.source[at], out.target[at] = edge_mark[row], u, v
            out.weight[at], out.enabled[at] = rates.replace_std * step, 1


def _share(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The rank of each key among the distinct keys (-1 stays -1), and their number."""
    rank = np.full(len(keys), _NONE, np.int64)
    proposed = np.flatnonzero(keys >= 0)
    distinct, rank[proposed] = np.unique(keys[proposed], return_inverse=True)
    return rank, len(distinct)


def mutate(
    genomes: TopologyGenomes,
    rates: Rates,
    rng: np.random.Generator,
    *,
    recurrent: bool = False,
    activations: NDArray[np.uint8],
    aggregations: NDArray[np.uint8],
) -> TopologyGenomes:
    """Structural mutation: weights and biases change, nodes and connections are added.

    New genes get innovation numbers of their own, from `next_innovation` and `next_node` on.

    Args:
        genomes: n of them.
        rates: how often and how far.
        rng: the stream of this step.
        recurrent: whether new connections may close cycles; otherwise acyclic genomes stay acyclic.
        activations, aggregations: codes that a node may change to; the first one is that of new
            nodes.

    Raises:
        UsageError: 2**31 innovation numbers are used up.
    """
    genes, n = genomes.genes, len(genomes)
    innovation, node = genomes.next_innovation, genomes.next_node
    plan = Plan(*np.empty((len(Plan._fields), n), np.int64))
    mark = np.empty(genomes.inputs + int(genomes.node_counts.max(initial=0)), np.uint8)
    _plan(genes, genomes.inputs, genomes.outputs, recurrent, rates, draw_key(rng), plan, mark)
    (split, splits), (edge, edges) = _share(plan.split_key), _share(plan.edge_key)
    after_splits = innovation + 2 * splits
    if after_splits + edges >= 2**31 or node + splits >= 2**31:
        raise UsageError(
            "2**31 innovation numbers are used up", "start a new run from this population"
        )
    out = Genes.sized(plan.connection_count, plan.node_count)
    markings = (after_splits + edge, innovation + 2 * split, node + split)
    _write(
        genes, genomes.inputs, rates, activations, aggregations, draw_key(rng), plan, *markings, out
    )
    return replace(
        genomes, genes=out, next_innovation=after_splits + edges, next_node=node + splits
    )
