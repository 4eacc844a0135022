"""A described network, checked, and what its inputs, nodes and outputs are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Link:
    """From one position to another; positions count inputs first, then nodes."""

    source: int
    target: int
    weight: float


@dataclass(frozen=True)
class Drawn:
    """A network to be drawn.

    Attributes:
        inputs: how many; they have the first positions.
        nodes: the description of each; they have the positions behind.
        outputs: the positions that hold the outputs.
        links: from position to position.
        recurrent: whether links may lead back.
        input_names: one for each input.
        output_names: one for each output.
    """

    inputs: int
    nodes: Sequence[Mapping[str, Any]]
    outputs: Sequence[int]
    links: Sequence[Link]
    recurrent: bool
    input_names: Sequence[str]
    output_names: Sequence[str]

    @property
    def size(self) -> int:
        """How many positions there are."""
        return self.inputs + len(self.nodes)

    @property
    def hidden(self) -> list[int]:
        """The positions of nodes that are no outputs."""
        outputs = set(self.outputs)
        return [p for p in range(self.inputs, self.size) if p not in outputs]

    def names(self) -> list[str]:
        """What each position is called."""
        named = [*self.input_names, *[""] * len(self.nodes)]
        for number, position in enumerate(self.hidden, 1):
            named[position] = f"hidden {number}"
        for position, name in zip(self.outputs, self.output_names, strict=True):
            named[position] = f"{named[position]}, {name}" if named[position] else name
        return named


def read(description: Mapping[str, Any]) -> Drawn:
    """The network that `Networks.describe` has described.

    Raises `LookupError`, `TypeError` or `ValueError` if it is none.
    """
    inputs, nodes = int(description["inputs"]), description["nodes"]
    outputs = [int(position) for position in description["outputs"]]
    links = [
        Link(int(link["source"]), int(link["target"]), float(link["weight"]))
        for link in description["links"]
    ]
    size = inputs + len(nodes)
    used = [*outputs, *(end for link in links for end in (link.source, link.target))]
    if inputs < 0 or (used and not 0 <= min(used) <= max(used) < size):
        raise ValueError(f"an output or a link is at a position beyond {size - 1}")
    if any(link.target < inputs for link in links):
        raise ValueError("a link ends at an input")
    return Drawn(
        inputs,
        nodes,
        outputs,
        links,
        bool(description.get("recurrent")),
        _named(description.get("input_names"), inputs, "in"),
        _named(description.get("output_names"), len(outputs), "out"),
    )


def _named(given: Any, count: int, else_called: str) -> list[str]:
    """The names given, if there is one for each; numbers otherwise."""
    if isinstance(given, list) and len(given) == count:
        return [str(name) for name in given]
    return [f"{else_called} {number}" for number in range(count)]
