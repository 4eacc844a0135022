"""NEAT genomes of a whole population as ragged arrays.

Source: K. O. Stanley, R. Miikkulainen, Evolving Neural Networks through Augmenting Topologies,
Evolutionary Computation 10(2), 2002, section 3.1 (genetic encoding).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from evo.genomes.topology.check import check
from evo.jit import kernel
from evo.networks.flat import TraitValues

TRAITS = ("traits", "node_traits", "link_traits")
"""The names of the arrays of `TraitValues` among those of genomes."""


class Genes(NamedTuple):
    """The columns of n genomes.

    Genome i owns connection genes ``connections[i] : connections[i + 1]`` in ascending order of
    innovation, and node genes ``nodes[i] : nodes[i + 1]``: the outputs first, then hidden nodes in
    ascending order of id. Inputs have no gene. Within one genome a *position* names a node: inputs
    are 0 .. inputs - 1, node gene k is inputs + k; connections hold positions, so no kernel has to
    look up an id.

    Attributes:
        connections: `(n + 1,)` offsets into the columns of connection genes.
        innovation: innovation numbers.
        source, target: positions of the nodes that a connection leads from and to.
        weight: of the connections.
        enabled: 1, or 0 for a connection that is not expressed.
        nodes: `(n + 1,)` offsets into the columns of node genes.
        node: ids of nodes.
        bias: of the nodes.
        activation, aggregation: codes of their functions, see `evo.networks.functions`.
    """

    connections: NDArray[np.int64]
    innovation: NDArray[np.int32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    weight: NDArray[np.float64]
    enabled: NDArray[np.uint8]
    nodes: NDArray[np.int64]
    node: NDArray[np.int32]
    bias: NDArray[np.float64]
    activation: NDArray[np.uint8]
    aggregation: NDArray[np.uint8]

    @classmethod
    def sized(cls, connection_counts: NDArray[Any], node_counts: NDArray[Any]) -> Self:
        """Columns of exactly the given sizes, offsets filled in, the rest not."""
        connections, nodes = offsets(connection_counts), offsets(node_counts)
        c, n = int(connections[-1]), int(nodes[-1])
        # One block for all columns, so that those of large populations lie in huge pages; the
        # widest first, to be aligned.
        block, at, columns = np.empty(c * _CONNECTION_BYTES + n * _NODE_BYTES, np.uint8), 0, {}
        for name, dtype in _WIDEST_FIRST:
            end = at + dtype.itemsize * (n if name in NODE_COLUMNS else c)
            columns[name] = block[at:end].view(dtype)
            at = end
        return cls(connections=connections, nodes=nodes, **columns)


CONNECTION_COLUMNS = ("innovation", "source", "target", "weight", "enabled")
NODE_COLUMNS = ("node", "bias", "activation", "aggregation")
DTYPES = {
    "connections": np.int64,
    "innovation": np.int32,
    "source": np.int32,
    "target": np.int32,
    "weight": np.float64,
    "enabled": np.uint8,
    "nodes": np.int64,
    "node": np.int32,
    "bias": np.float64,
    "activation": np.uint8,
    "aggregation": np.uint8,
}
_SIZES = {name: np.dtype(DTYPES[name]) for name in (*CONNECTION_COLUMNS, *NODE_COLUMNS)}
_WIDEST_FIRST = sorted(_SIZES.items(), key=lambda item: -item[1].itemsize)
_CONNECTION_BYTES = sum(_SIZES[name].itemsize for name in CONNECTION_COLUMNS)
_NODE_BYTES = sum(_SIZES[name].itemsize for name in NODE_COLUMNS)


def offsets(counts: NDArray[Any]) -> NDArray[np.int64]:
    """`(n + 1,)` offsets of n consecutive pieces of the given sizes."""
    out = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=out[1:])
    return out


@kernel
def _gather(genes: Genes, rows: NDArray[np.int64], out: Genes) -> None:
    for k in range(len(rows)):
        at = out.connections[k]
        for i in range(genes.connections[rows[k]], genes.connections[rows[k] + 1]):
            out.innovation[at], out.source[at], out.target[at] = (
                genes.innovation[i],
                genes.source[i],
                genes.target[i],
            )
            out.weight[at], out.enabled[at] = genes.weight[i], genes.enabled[i]
            at += 1
        at = out.nodes[k]
        for i in range(genes.nodes[rows[k]], genes.nodes[rows[k] + 1]):
            out.node[at], out.bias[at] = genes.node[i], genes.bias[i]
            out.activation[at], out.aggregation[at] = genes.activation[i], genes.aggregation[i]
            at += 1


@dataclass(frozen=True, eq=False)
class TopologyGenomes:
    """`n` NEAT genomes over the same inputs and outputs.

    Attributes:
        inputs, outputs: numbers of input and output nodes.
        genes: the columns.
        traits: what the networks carry for their learning, rows beside those of node and connection
            genes; None if nothing.
        next_innovation, next_node: the first innovation number and node id that no gene has or
            ever had. They travel with the genomes, so that new genes get new numbers whatever
            algorithm varies these genomes. By default they follow the highest ones of `genes`.
    """

    kind: ClassVar[str] = "topology"

    inputs: int
    outputs: int
    genes: Genes
    next_innovation: int = -1
    next_node: int = -1
    traits: TraitValues | None = None

    def __post_init__(self) -> None:
        innovation, node = self.genes.innovation, self.genes.node
        if self.next_innovation < 0:
            least = self.inputs * self.outputs
            highest = int(innovation.max(initial=-1))
            object.__setattr__(self, "next_innovation", max(least, highest + 1))
        if self.next_node < 0:
            least = self.inputs + self.outputs
            object.__setattr__(self, "next_node", max(least, int(node.max(initial=-1)) + 1))

    def __len__(self) -> int:
        return len(self.genes.connections) - 1

    @cached_property
    def connection_counts(self) -> NDArray[np.int64]:
        """`(n,)` connection genes per genome, disabled ones included."""
        return np.diff(self.genes.connections)

    @cached_property
    def node_counts(self) -> NDArray[np.int64]:
        """`(n,)` node genes per genome: outputs and hidden nodes."""
        return np.diff(self.genes.nodes)

    def take(self, rows: Any) -> Self:
        """The genomes of `rows`, in that order; of a slice with step 1, as views."""
        genes = self.genes
        if isinstance(rows, slice):
            first, last, step = rows.indices(len(self))
            if step == 1 and last >= first:
                return self._view(first, last)
        rows = np.arange(len(self))[rows]
        out = Genes.sized(self.connection_counts[rows], self.node_counts[rows])
        _gather(genes, rows, out)
        return replace(self, genes=out, traits=self._traits_of(rows))

    def _traits_of(self, rows: NDArray[np.int64]) -> TraitValues | None:
        if self.traits is None:
            return None
        return TraitValues(
            self.traits.network[rows],
            self.traits.node[_pieces(self.genes.nodes, rows)],
            self.traits.link[_pieces(self.genes.connections, rows)],
        )

    def _view(self, first: int, last: int) -> Self:
        genes = self.genes
        c = slice(genes.connections[first], genes.connections[last])
        n = slice(genes.nodes[first], genes.nodes[last])
        cut = {name: getattr(genes, name)[c] for name in CONNECTION_COLUMNS}
        cut |= {name: getattr(genes, name)[n] for name in NODE_COLUMNS}
        cut["connections"] = genes.connections[first : last + 1] - c.start
        cut["nodes"] = genes.nodes[first : last + 1] - n.start
        traits = self.traits and TraitValues(
            self.traits.network[first:last], self.traits.node[n], self.traits.link[c]
        )
        return replace(self, genes=Genes(**cut), traits=traits)

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """All genomes of `parts`, one after the other."""
        counts = (
            np.concatenate([part.connection_counts for part in parts]),
            np.concatenate([part.node_counts for part in parts]),
        )
        out = Genes.sized(*counts)
        for name in _SIZES:
            np.concatenate([getattr(part.genes, name) for part in parts], out=getattr(out, name))
        return replace(
            parts[0],
            genes=out,
            next_innovation=max(part.next_innovation for part in parts),
            next_node=max(part.next_node for part in parts),
            traits=TraitValues.concat([part.traits for part in parts]),
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """The columns by name, "shape": (inputs, outputs), "next": (innovation, node), and traits.

        Of genomes without traits there are no arrays of them.
        """
        traits = {} if self.traits is None else dict(zip(TRAITS, self.traits, strict=True))
        return {
            "shape": np.array([self.inputs, self.outputs]),
            "next": np.array([self.next_innovation, self.next_node]),
            **self.genes._asdict(),
            **traits,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Inverse of `to_arrays`.

        Raises:
            ValueError: the arrays do not describe valid genomes; nothing that passes can lead a
                kernel out of bounds.
        """
        missing = {"shape", "next", *DTYPES} - set(arrays)
        if missing:
            raise ValueError(f"genomes lack the columns {', '.join(sorted(missing))}")
        shape = np.asarray(arrays["shape"])
        if (
            shape.shape != (2,)
            or shape.dtype.kind not in "iu"
            or (shape < 1).any()
            or (shape > 2**30).any()
        ):
            raise ValueError("genomes need a shape (inputs, outputs) of positive integers")
        for name, dtype in DTYPES.items():
            column = arrays[name]
            if not isinstance(column, np.ndarray) or column.ndim != 1 or column.dtype != dtype:
                raise ValueError(f"genome column {name!r} is not a vector of {np.dtype(dtype)}")
        genes = Genes(**{name: np.ascontiguousarray(arrays[name]) for name in DTYPES})
        check(int(shape[0]), int(shape[1]), genes)
        marks = np.asarray(arrays["next"])
        if marks.shape != (2,) or marks.dtype.kind not in "iu" or (marks > 2**31).any():
            raise ValueError("genomes need the next innovation number and node id")
        highest = genes.innovation.max(initial=-1), genes.node.max(initial=-1)
        if (marks <= highest).any():
            raise ValueError("the next innovation number or node id is one that a gene has")
        size = int(shape[0]), int(shape[1])
        return cls(*size, genes, int(marks[0]), int(marks[1]), _read_traits(arrays, genes))


def _read_traits(arrays: Mapping[str, NDArray[Any]], genes: Genes) -> TraitValues | None:
    """The traits among the arrays of genomes; None if there are none.

    Raises `ValueError` if they do not fit the genes.
    """
    if not any(name in arrays for name in TRAITS):
        return None
    rows = (len(genes.nodes) - 1, len(genes.node), len(genes.innovation))
    for name, count in zip(TRAITS, rows, strict=True):
        values = arrays.get(name)
        if not isinstance(values, np.ndarray) or values.ndim != 2 or len(values) != count:
            raise ValueError(f"genomes need {name!r} with {count} rows")
        if values.dtype != np.float64 or not (np.abs(values) <= 1.0).all():
            raise ValueError(f"genome column {name!r} is not of numbers from -1 to 1")
    return TraitValues(*(np.ascontiguousarray(arrays[name]) for name in TRAITS))


def _pieces(ends: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of all items of the pieces `rows`, one piece after the other."""
    counts = np.diff(ends)[rows]
    shifts = np.repeat(ends[:-1][rows] - (np.cumsum(counts) - counts), counts)
    return np.arange(len(shifts)) + shifts
