"""The genome of a creature: a directed graph of kinds of parts, with what moves them.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 3.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from evo.networks.brains.neurons import Function

Triple = tuple[float, float, float]
SOURCES = 6 * 64
"""Codes of what neurons take from are from 0 to one less, see `evo.genomes.bodies.circuits`."""


@dataclass(frozen=True)
class Neuron:
    """A neuron with a function of its own, see `evo.networks.brains.neurons`.

    Attributes:
        function: its code.
        constants: numbers of the function.
        sources: where its three inputs come from, see `evo.genomes.bodies.circuits`.
        weights: of the inputs.
    """

    function: int
    constants: tuple[float, float]
    sources: tuple[int, int, int]
    weights: Triple


@dataclass(frozen=True)
class Node:
    """A kind of part, of which a body may have several copies.

    Attributes:
        identity: a number that it keeps when it is inherited.
        shape: the number of its shape in `evo_envs.creatures.film.SHAPES`.
        half: half sizes in m.
        joint: the number of the kind of its joint in `evo_envs.creatures.body.JOINTS`.
        limits: how far each of the joint's axes turns to either side, in rad.
        strength: of its actuators; 1 is usual.
        repeats: how many copies may hang on each other, where it leads to itself.
        amplitude, phase, offset, left, upwards: of the oscillator of each joint axis, see
            `evo.networks.brains.columns.Oscillators`; phases in rad.
        neurons: that each copy has.
        drivers: where each joint axis takes its value from, as `Neuron.sources`.
        gains: the weights of these.
    """

    identity: int
    shape: int
    half: Triple
    joint: int
    limits: Triple
    strength: float
    repeats: int
    amplitude: Triple
    phase: Triple
    offset: Triple
    left: Triple
    upwards: Triple
    neurons: tuple[Neuron, ...] = ()
    drivers: tuple[int, int, int] = (0, 0, 0)
    gains: Triple = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Link:
    """That a part of one kind carries one of another.

    Attributes:
        identity: a number that it keeps when it is inherited.
        source, target: identities of two nodes, or of one twice.
        face: where the child sits on its parent: in front, behind, left, right, above, below.
        place: where on that face, from -1 to 1.
        turn: by what the child is turned away from the face's direction about the three axes of
            its parent, in rad.
        scale: the child's size, and that of all it carries, relative to its node's.
        mirrored: whether the child and all that it carries are mirrored, left and right.
        paired: whether there is a second child, the mirror image of the first.
        opposed: whether the oscillators of the second child are late by half a turn.
        terminal: whether it counts only at the last copy of a node that leads to itself.
        lag: by what the oscillators of the child, and of all that it carries, are late, in rad.
    """

    identity: int
    source: int
    target: int
    face: int
    place: tuple[float, float]
    turn: Triple
    scale: float
    mirrored: bool
    paired: bool
    opposed: bool
    terminal: bool
    lag: float


@dataclass(frozen=True)
class Graph:
    """Nodes, of which the first is the root's, and links between them.

    Attributes:
        nodes, links: each kind with identities of its own.
        frequency: of the oscillators, in turns per second.
        coupling: how strongly oscillators draw their neighbours, in 1/s.
        neurons: that belong to no part.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    frequency: float
    coupling: float
    neurons: tuple[Neuron, ...] = ()

    def check(self) -> None:
        """Raise `ValueError` unless links lead from nodes to nodes, and neurons are known."""
        identities = [node.identity for node in self.nodes]
        if not self.nodes or len(set(identities)) != len(identities):
            raise ValueError("a graph has nodes of different identities")
        if len({link.identity for link in self.links}) != len(self.links):
            raise ValueError("two links have the same identity")
        if not {end for link in self.links for end in (link.source, link.target)} <= set(
            identities
        ):
            raise ValueError("a link leads from or to a node that there is not")
        neurons = [neuron for owner in (*self.nodes, self) for neuron in owner.neurons]
        if not all(0 <= neuron.function < len(Function) for neuron in neurons):
            raise ValueError("a neuron has a function that there is not")
        taken = [source for neuron in neurons for source in neuron.sources]
        taken += [source for node in self.nodes for source in node.drivers]
        if not all(0 <= source < SOURCES for source in taken):
            raise ValueError("a neuron or a joint takes from a source that there is not")

    def reached(self) -> Self:
        """The graph without what cannot be reached from its root."""
        seen, waiting = set(), [self.nodes[0].identity]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += [link.target for link in self.links if link.source == node]
        if len(seen) == len(self.nodes):
            return self
        return replace(
            self,
            nodes=tuple(node for node in self.nodes if node.identity in seen),
            links=tuple(link for link in self.links if link.source in seen),
        )


def numbers(thing: Any) -> list[float]:
    """The fields of a node or link as a flat list of numbers, neurons left out."""
    flat: list[float] = []
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.name != "neurons":
            flat += value if isinstance(value, tuple) else [value]
    return [float(value) for value in flat]


def node_of(row: Iterable[float], neurons: tuple[Neuron, ...] = ()) -> Node:
    """Inverse of `numbers` for a node, with its neurons."""
    return Node(**_read(Node, _NODE, row), neurons=neurons)


def link_of(row: Iterable[float]) -> Link:
    """Inverse of `numbers` for a link."""
    return Link(**_read(Link, _LINK, row))


_NODE: dict[str, tuple[int, type]] = {
    "identity": (0, int),
    "shape": (0, int),
    "half": (3, float),
    "joint": (0, int),
    "limits": (3, float),
    "strength": (0, float),
    "repeats": (0, int),
    "amplitude": (3, float),
    "phase": (3, float),
    "offset": (3, float),
    "left": (3, float),
    "upwards": (3, float),
    "drivers": (3, int),
    "gains": (3, float),
}
_LINK: dict[str, tuple[int, type]] = {
    "identity": (0, int),
    "source": (0, int),
    "target": (0, int),
    "face": (0, int),
    "place": (2, float),
    "turn": (3, float),
    "scale": (0, float),
    "mirrored": (0, bool),
    "paired": (0, bool),
    "opposed": (0, bool),
    "terminal": (0, bool),
    "lag": (0, float),
}
"""How many numbers each field has, 0 where it is not a tuple, and of which type."""
NODE_NUMBERS = sum(max(count, 1) for count, _ in _NODE.values())
LINK_NUMBERS = sum(max(count, 1) for count, _ in _LINK.values())


def _read(kind: type, layout: Any, row: Iterable[float]) -> dict[str, Any]:
    values, cells = {}, iter(row)
    for name, (count, type_) in layout.items():
        if count:
            values[name] = tuple(type_(next(cells)) for _ in range(count))
        else:
            values[name] = type_(next(cells))
    return values
