"""Slow and obvious versions of what the kernels compute, and genomes written by hand."""

import math
from collections.abc import Sequence

import numpy as np

from evo.genomes.topology import Genes, TopologyGenomes
from evo.genomes.topology.distance import Coefficients
from evo.genomes.topology.genomes import offsets

Connection = tuple[int, int, int, float, bool]  # innovation, source, target, weight, enabled
Node = tuple[int, float]  # id, bias


def genomes(
    inputs: int, outputs: int, *individuals: tuple[Sequence[Connection], Sequence[Node]]
) -> TopologyGenomes:
    """Genomes from lists of connection and node genes; all nodes are tanh of a sum."""
    connections = [c for each, _ in individuals for c in each]
    nodes = [n for _, each in individuals for n in each]
    columns = list(zip(*connections, strict=True)) or [()] * 5
    ids = list(zip(*nodes, strict=True))
    genes = Genes(
        offsets(np.array([len(c) for c, _ in individuals])),
        np.array(columns[0], np.int32),
        np.array(columns[1], np.int32),
        np.array(columns[2], np.int32),
        np.array(columns[3], np.float64),
        np.array(columns[4], np.uint8),
        offsets(np.array([len(n) for _, n in individuals])),
        np.array(ids[0], np.int32),
        np.array(ids[1], np.float64),
        np.zeros(len(nodes), np.uint8),
        np.zeros(len(nodes), np.uint8),
    )
    return TopologyGenomes.from_arrays(TopologyGenomes(inputs, outputs, genes).to_arrays())


def connections(population: TopologyGenomes, row: int) -> list[Connection]:
    """The connection genes of one genome."""
    g = population.genes
    span = range(g.connections[row], g.connections[row + 1])
    return [
        (
            int(g.innovation[i]),
            int(g.source[i]),
            int(g.target[i]),
            float(g.weight[i]),
            bool(g.enabled[i]),
        )
        for i in span
    ]


def nodes(population: TopologyGenomes, row: int) -> list[Node]:
    """The node genes of one genome."""
    g = population.genes
    return [(int(g.node[i]), float(g.bias[i])) for i in range(g.nodes[row], g.nodes[row + 1])]


def node_id(population: TopologyGenomes, row: int, position: int) -> int:
    """The id of the node at `position` of one genome."""
    return (
        position
        if position < population.inputs
        else nodes(population, row)[position - population.inputs][0]
    )


def distance(a: list[Connection], b: list[Connection], c: Coefficients) -> float:
    """Eq. 1 of Stanley & Miikkulainen 2002 by sets, with this project's N."""
    first, second = {k: w for k, _, _, w, _ in a}, {k: w for k, _, _, w, _ in b}
    matching = first.keys() & second.keys()
    newest = min(max(first, default=-1), max(second, default=-1))
    odd = first.keys() ^ second.keys()
    excess = sum(k > newest for k in odd)
    n = max(1.0, max(len(first), len(second)) / 20)
    total = (c.excess * excess + c.disjoint * (len(odd) - excess)) / n
    if matching:
        total += c.weight * sum(abs(first[k] - second[k]) for k in matching) / len(matching)
    return total


def outputs(population: TopologyGenomes, row: int, inputs: Sequence[float]) -> list[float]:
    """What an acyclic genome computes, by recursion from its outputs."""
    biases, enabled = (
        [b for _, b in nodes(population, row)],
        [c for c in connections(population, row) if c[4]],
    )

    def value(position: int) -> float:
        if position < population.inputs:
            return inputs[position]
        total = biases[position - population.inputs]
        return math.tanh(
            total
            + sum(w * value(source) for _, source, target, w, _ in enabled if target == position)
        )

    return [value(population.inputs + k) for k in range(population.outputs)]


def acyclic(population: TopologyGenomes, row: int) -> bool:
    """Whether no node can be reached from itself, over disabled connections either."""
    edges = {(s, t) for _, s, t, _, _ in connections(population, row)}
    while edges:
        ends = {t for _, t in edges}
        loose = {(s, t) for s, t in edges if s not in ends}
        if not loose:
            return False
        edges -= loose
    return True
