"""The rules that every valid NEAT genome keeps."""

from typing import Any

import numpy as np

from evo.networks.functions import Activation, Aggregation


def check(inputs: int, outputs: int, genes: Any) -> None:
    """Raise `ValueError` unless the columns of n genomes are valid.

    Args:
        inputs: number of input nodes.
        outputs: number of output nodes.
        genes: the columns, a `Genes`.

    Raises:
        ValueError: they are not; the message names the broken rule.
    """
    for ends, column, what in (
        (genes.connections, genes.innovation, "connection"),
        (genes.nodes, genes.node, "node"),
    ):
        if len(ends) < 1 or ends[0] != 0 or ends[-1] != len(column) or (np.diff(ends) < 0).any():
            raise ValueError(f"offsets of {what} genes do not ascend from 0 to their number")
    if len(genes.connections) != len(genes.nodes):
        raise ValueError("connection and node genes belong to different numbers of genomes")
    for name in ("source", "target", "weight", "enabled"):
        if len(getattr(genes, name)) != len(genes.innovation):
            raise ValueError(f"column {name!r} does not have one entry per connection gene")
    for name in ("bias", "activation", "aggregation"):
        if len(getattr(genes, name)) != len(genes.node):
            raise ValueError(f"column {name!r} does not have one entry per node gene")

    for name, kind in (("activation", Activation), ("aggregation", Aggregation)):
        if (getattr(genes, name) >= len(kind)).any():
            raise ValueError(f"a node has an {name} function that does not exist")
    if (genes.enabled > 1).any():
        raise ValueError("a connection is neither enabled nor disabled")

    counts = np.diff(genes.nodes)
    if (counts < outputs).any():
        raise ValueError("a genome has fewer node genes than outputs")
    owner = np.repeat(np.arange(len(counts)), np.diff(genes.connections))
    size = inputs + counts[owner]
    if ((genes.source < 0) | (genes.source >= size)).any():
        raise ValueError("a connection starts at a node that its genome does not have")
    if ((genes.target < inputs) | (genes.target >= size)).any():
        raise ValueError(
            "a connection ends at an input, or at a node that its genome does not have"
        )
    for ends, column, what in (
        (genes.connections, genes.innovation, "innovation numbers"),
        (genes.nodes, genes.node, "node ids"),
    ):
        rising = np.diff(column) > 0
        first = ends[1:-1]
        rising[first[(first > 0) & (first < len(column))] - 1] = True
        if not rising.all() or (column < 0).any():
            raise ValueError(f"{what} of a genome do not ascend")
    edges = (
        np.unique(np.stack([owner, genes.source, genes.target]), axis=1)
        if len(owner)
        else np.empty((3, 0))
    )
    if edges.shape[1] != len(owner):
        raise ValueError("a genome has two connections between the same nodes")
    if not (np.isfinite(genes.weight).all() and np.isfinite(genes.bias).all()):
        raise ValueError("a weight or bias is not finite")
