"""Graphs of a whole population, and how they are written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from evo_envs.creatures.body import JOINTS
from evo_envs.creatures.film import SHAPES
from numpy.typing import NDArray

from evo.genomes.bodies.graph import (
    LINK_NUMBERS,
    NODE_NUMBERS,
    Graph,
    Neuron,
    link_of,
    node_of,
    numbers,
)

NEURON_NUMBERS = 9
WIDTHS = {"rhythm": 2, "node": NODE_NUMBERS, "link": LINK_NUMBERS, "neuron": NEURON_NUMBERS}
"""How many numbers a row of each table has; what is not here is a column of counts."""


@dataclass(frozen=True, eq=False)
class BodyGenomes:
    """`n` graphs.

    Attributes:
        graphs: the genomes.
    """

    kind: ClassVar[str] = "bodies"

    graphs: tuple[Graph, ...]

    def __len__(self) -> int:
        return len(self.graphs)

    def take(self, rows: Any) -> Self:
        """The graphs of `rows`, in that order."""
        return type(self)(tuple(self.graphs[row] for row in np.arange(len(self))[rows]))

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """All graphs of `parts`, one after the other."""
        return cls(tuple(graph for part in parts for graph in part.graphs))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Columns of all nodes, links and neurons, and how many of them each genome has."""
        nodes = [node for graph in self.graphs for node in graph.nodes]
        neurons = [
            neuron
            for graph in self.graphs
            for owner in (*graph.nodes, graph)
            for neuron in owner.neurons
        ]
        return {
            "rhythm": _table([(graph.frequency, graph.coupling) for graph in self.graphs], 2),
            "nodes": _counts(len(graph.nodes) for graph in self.graphs),
            "links": _counts(len(graph.links) for graph in self.graphs),
            "neurons": _counts(len(node.neurons) for node in nodes),
            "central": _counts(len(graph.neurons) for graph in self.graphs),
            "node": _table([numbers(node) for node in nodes], NODE_NUMBERS),
            "link": _table(
                [numbers(link) for graph in self.graphs for link in graph.links], LINK_NUMBERS
            ),
            "neuron": _table(
                [(n.function, *n.constants, *n.sources, *n.weights) for n in neurons],
                NEURON_NUMBERS,
            ),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Inverse of `to_arrays`.

        Raises:
            ValueError: the arrays do not describe valid graphs.
        """
        names = ("rhythm", "nodes", "links", "neurons", "central", "node", "link", "neuron")
        if missing := [name for name in names if name not in arrays]:
            raise ValueError(f"bodies lack {', '.join(missing)}")
        for name in names:
            table, kind = arrays[name], "f" if name in WIDTHS else "i"
            if table.dtype.kind != kind or not np.isfinite(table).all():
                raise ValueError(f"the column {name!r} of bodies is of another type")
            if table.ndim == 0 or table.shape[1:] != ((WIDTHS[name],) if name in WIDTHS else ()):
                raise ValueError(f"the column {name!r} of bodies has another width")
        nodes, links = _cut(arrays["node"], arrays["nodes"]), _cut(arrays["link"], arrays["links"])
        per_node = _cut(arrays["neurons"], arrays["nodes"])
        if not len(nodes) == len(links) == len(arrays["central"]) == len(arrays["rhythm"]):
            raise ValueError("the columns of bodies are of different genomes")
        owned = [[*counts, c] for counts, c in zip(per_node, arrays["central"], strict=True)]
        neurons = iter(_cut(arrays["neuron"], np.array([c for each in owned for c in each], int)))
        graphs = []
        for rhythm, node_rows, link_rows in zip(arrays["rhythm"], nodes, links, strict=True):
            owners = [tuple(map(_neuron, next(neurons))) for _ in range(len(node_rows) + 1)]
            graphs.append(
                Graph(
                    tuple(node_of(r, n) for r, n in zip(node_rows, owners, strict=False)),
                    tuple(link_of(row) for row in link_rows),
                    float(rhythm[0]),
                    float(rhythm[1]),
                    owners[-1],
                )
            )
        for graph in graphs:
            _check(graph)
        return cls(tuple(graphs))


def _check(graph: Graph) -> None:
    """Raise `ValueError` unless a graph can be developed."""
    graph.check()
    for node in graph.nodes:
        if not (0 <= node.shape < len(SHAPES) and 0 <= node.joint < len(JOINTS)):
            raise ValueError("a node has a shape or a joint that there is not")
        if not (min(node.half) > 0 and 0 < node.strength <= 100 and 1 <= node.repeats <= 64):
            raise ValueError("a node has sizes, a strength or repeats out of range")
        if not all(0 < limit <= np.pi for limit in node.limits):
            raise ValueError("a node has joint limits out of range")
    for link in graph.links:
        placed = all(-1.0 <= place <= 1.0 for place in link.place)
        if not (placed and 0 <= link.face < 6 and link.scale > 0):
            raise ValueError("a link has a face, a place or a scale out of range")


def _counts(numbers: Any) -> NDArray[np.int64]:
    return np.array(list(numbers), np.int64)


def _table(rows: Sequence[Any], width: int) -> NDArray[np.float64]:
    return np.array(rows, np.float64).reshape(len(rows), width)


def _cut(rows: NDArray[Any], counts: NDArray[Any]) -> list[NDArray[Any]]:
    """The rows of each owner. Raises `ValueError` if there are more or fewer rows."""
    # a sum of counts that are too large may wrap around to the right one
    proper = all(0 <= count <= len(rows) for count in counts.tolist())
    if not proper or counts.sum() != len(rows):
        raise ValueError("the counts of bodies do not add up")
    return np.split(rows, np.cumsum(counts)[:-1]) if len(counts) else []


def _neuron(row: Any) -> Neuron:
    function, *others = (float(number) for number in row)
    a, b = others[:2]
    sources = tuple(int(number) for number in others[2:5])
    return Neuron(int(function), (a, b), sources, tuple(others[5:]))  # pyright: ignore[reportArgumentType]
