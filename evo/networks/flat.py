"""Many different networks at once, as flat arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evo.networks.functions import Activation, Aggregation

Ints = NDArray[np.int64]


class TraitValues(NamedTuple):
    """What n networks carry beside their weights, see `evo.phenotype.Traits`; from -1 to 1.

    Attributes:
        network: `(n, traits of a network)`.
        node: `(nodes[n], traits of a node)`, rows beside `Networks.bias`.
        link: `(links[-1], traits of a link)`, rows beside `Networks.weights`.
    """

    network: NDArray[np.float64]
    node: NDArray[np.float64]
    link: NDArray[np.float64]

    @classmethod
    def concat(cls, parts: "Sequence[TraitValues | None]") -> "TraitValues | None":
        """The traits of all `parts`, one after the other; None if they have none.

        Raises `ValueError` if only some have.
        """
        carried = [part for part in parts if part is not None]
        if not carried:
            return None
        if len(carried) != len(parts):
            raise ValueError("only some of these carry traits")
        return cls(*(np.concatenate(columns) for columns in zip(*carried, strict=True)))


class Columns(NamedTuple):
    """The arrays of `Networks`, as kernels take them."""

    nodes: Ints
    bias: NDArray[np.float64]
    activation: NDArray[np.uint8]
    aggregation: NDArray[np.uint8]
    links: Ints
    sources: NDArray[np.int32]
    weights: NDArray[np.float64]
    output: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Networks:
    """`n` networks over the same inputs and outputs, each with nodes and links of its own.

    Within one network a *position* names a value: positions `0 .. inputs - 1` are the inputs,
    position `inputs + k` is node k. Nodes of a feed-forward network stand in topological order:
    every source of a node is an input or an earlier node. Nodes of a recurrent network stand in any
    order; all of them read the values of the step before.

    Attributes:
        inputs, outputs: numbers of input and output values.
        recurrent: whether nodes read the previous step's values, which start at 0.
        nodes: `(n + 1,)` offsets into the node columns: network i owns
            ``nodes[i] : nodes[i + 1]``.
        bias: `(nodes[n],)`.
        activation, aggregation: `(nodes[n],)` codes, see `evo.networks.functions`.
        links: `(nodes[n] + 1,)` offsets into the link columns: node k (counted over all networks)
            owns `links[k] : links[k + 1]`.
        sources: `(links[-1],)` positions within the network that the links come from.
        weights: `(links[-1],)`.
        output: `(n, outputs)` positions that hold the outputs, in order.
        traits: what the networks carry for their learning; None if nothing.
    """

    inputs: int
    outputs: int
    recurrent: bool
    nodes: Ints
    bias: NDArray[np.float64]
    activation: NDArray[np.uint8]
    aggregation: NDArray[np.uint8]
    links: Ints
    sources: NDArray[np.int32]
    weights: NDArray[np.float64]
    output: NDArray[np.int32]
    traits: TraitValues | None = None

    def __len__(self) -> int:
        return len(self.nodes) - 1

    def columns(self) -> Columns:
        """The arrays alone, as kernels take them."""
        return Columns(*(getattr(self, name) for name in Columns._fields))

    def describe(self, row: int = 0) -> dict[str, Any]:
        """Network `row` as dicts, lists, numbers and strings.

        Positions 0 … inputs - 1 are the inputs; every node has its position. "outputs" lists the
        positions that hold the outputs.
        """
        first, last = int(self.nodes[row]), int(self.nodes[row + 1])
        nodes, links = [], []
        for node in range(first, last):
            position = self.inputs + node - first
            nodes.append(
                {
                    "position": position,
                    "bias": float(self.bias[node]),
                    "activation": _words(Activation(self.activation[node])),
                    "aggregation": _words(Aggregation(self.aggregation[node])),
                }
            )
            for k in range(int(self.links[node]), int(self.links[node + 1])):
                links.append(
                    {
                        "source": int(self.sources[k]),
                        "target": position,
                        "weight": float(self.weights[k]),
                    }
                )
        return {
            "kind": "network",
            "inputs": self.inputs,
            "outputs": self.output[row].tolist(),
            "recurrent": self.recurrent,
            "nodes": nodes,
            "links": links,
        }

    def repeat(self, count: int) -> "Networks":
        """All networks, one after the other, `count` times."""

        def again(array: Any) -> Any:
            return np.tile(array, (count, *[1] * (array.ndim - 1)))

        def offsets(array: Ints) -> Ints:
            return np.append(0, np.cumsum(again(np.diff(array))))

        return replace(
            self,
            nodes=offsets(self.nodes),
            bias=again(self.bias),
            activation=again(self.activation),
            aggregation=again(self.aggregation),
            links=offsets(self.links),
            sources=again(self.sources),
            weights=again(self.weights),
            output=again(self.output),
            traits=self.traits and TraitValues(*(again(each) for each in self.traits)),
        )

    def take(self, rows: slice) -> "Networks":
        """The networks of consecutive `rows`."""
        first, last, _ = rows.indices(len(self))
        a, b = self.nodes[first], self.nodes[last]
        c, d = self.links[a], self.links[b]
        return replace(
            self,
            nodes=self.nodes[first : last + 1] - a,
            bias=self.bias[a:b],
            activation=self.activation[a:b],
            aggregation=self.aggregation[a:b],
            links=self.links[a : b + 1] - c,
            sources=self.sources[c:d],
            weights=self.weights[c:d],
            output=self.output[first:last],
            traits=self.traits
            and TraitValues(
                self.traits.network[first:last], self.traits.node[a:b], self.traits.link[c:d]
            ),
        )


def _words(function: Activation | Aggregation) -> str:
    return function.name.lower().replace("_", "-")
