"""Which networks are plain layers, and their weights as a matrix for each layer."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evo.networks.flat import Networks
from evo.networks.functions import Activation, Aggregation
from evo.population import Floats


class Weights(NamedTuple):
    """The numbers of one layer in n networks.

    Attributes:
        weight: `(n, outputs of the layer, inputs of the layer)`.
        bias: `(n, outputs of the layer)`.
    """

    weight: Floats
    bias: Floats


@dataclass(frozen=True)
class Layers:
    """What n networks have in common that consist of the same fully connected layers.

    Attributes:
        widths: numbers of values, of the inputs, each hidden layer, and the outputs.
        activations: of each layer's nodes, the first hidden layer first.
    """

    widths: tuple[int, ...]
    activations: tuple[Activation, ...]

    def weights(self, networks: Networks) -> list[Weights]:
        """Views of the networks' weights and biases, layer by layer."""
        n = len(networks)
        weights, bias = networks.weights.reshape(n, -1), networks.bias.reshape(n, -1)
        parts, node, link = [], 0, 0
        for fan, width in pairwise(self.widths):
            matrix = weights[:, link : link + width * fan].reshape(n, width, fan)
            parts.append(Weights(matrix, bias[:, node : node + width]))
            node, link = node + width, link + width * fan
        return parts


def find_layers(networks: Networks) -> Layers | None:
    """The layers that all of the networks consist of; None where they do not.

    Every node of a layer reads all values of the layer before it, in their order, and nothing else;
    all nodes of a layer have one activation function, and all add up what they read. The last
    layer's nodes are the outputs, in their order.
    """
    if networks.recurrent or not _all_alike(networks):
        return None
    first = networks.take(slice(0, 1))
    fan, starts = np.diff(first.links), first.links[:-1]
    if (first.aggregation != Aggregation.SUM).any() or not fan.all():
        return None
    read = first.sources[starts]  # the first position that each node reads
    if not np.array_equal(first.sources, np.repeat(read - starts, fan) + np.arange(fan.sum())):
        return None
    breaks = np.flatnonzero(np.diff(read)) + 1
    nodes = np.array([0, *breaks, len(read)])
    widths = np.array([first.inputs, *np.diff(nodes)])
    before = np.cumsum([0, *widths[:-1]])  # where the values of each layer begin
    activations = first.activation[nodes[:-1]]
    plain = (
        np.array_equal(read, np.repeat(before[:-1], widths[1:]))
        and np.array_equal(fan, np.repeat(widths[:-1], widths[1:]))
        and np.array_equal(first.activation, np.repeat(activations, widths[1:]))
        and np.array_equal(first.output[0], before[-1] + np.arange(widths[-1]))
    )
    if not plain:
        return None
    return Layers(tuple(widths.tolist()), tuple(Activation(code) for code in activations))


def _all_alike(networks: Networks) -> bool:
    """Whether all of the networks have the same nodes and links."""
    n = len(networks)
    return (
        n > 0
        and len(networks.bias) > 0
        and _repeated(np.diff(networks.nodes), n)
        and _repeated(np.diff(networks.links), n)
        and all(
            _repeated(each, n)
            for each in (
                networks.activation,
                networks.aggregation,
                networks.sources,
                networks.output,
            )
        )
    )


def _repeated(column: NDArray[np.number], n: int) -> bool:
    """Whether a column of n networks, one after the other, holds the same for each of them."""
    if len(column) % n:
        return False
    rows = column.reshape(n, -1)
    return bool((rows == rows[0]).all())
