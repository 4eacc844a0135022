"""Graphs of creatures that are built by hand or drawn, for tests."""

from typing import Any

import numpy as np

from evo.genomes.bodies.graph import Graph, Link, Node
from evo.genomes.bodies.start import random_graph

BOX, CAPSULE, ELLIPSOID = range(3)
RIGID, HINGE, TWIST, UNIVERSAL, BEND_TWIST, TWIST_BEND, BALL = range(7)
FRONT, BEHIND, LEFT, RIGHT, ABOVE, BELOW = range(6)
NONE = (0.0, 0.0, 0.0)


def node(identity: int, half: tuple[float, float, float] = (0.2, 0.1, 0.05), **more: Any) -> Node:
    """A box on a hinge, which has one copy and does not move by itself, unless `more` says so."""
    usual: dict[str, Any] = {
        "shape": BOX,
        "half": half,
        "joint": HINGE,
        "limits": (1.0, 1.0, 1.0),
        "strength": 1.0,
        "repeats": 1,
    }
    usual |= dict.fromkeys(("amplitude", "phase", "offset", "left", "upwards"), NONE)
    return Node(identity, **{**usual, **more})


def link(identity: int, source: int, target: int, **more: Any) -> Link:
    """A link to a child of the same scale, in front of its parent, unless `more` says else."""
    usual: dict[str, Any] = {"face": FRONT, "place": (0.0, 0.0), "turn": NONE, "scale": 1.0}
    usual |= dict.fromkeys(("mirrored", "paired", "opposed", "terminal"), False)
    return Link(identity, source, target, **{**usual, "lag": 0.0, **more})


def graph(nodes: list[Node], links: list[Link]) -> Graph:
    """A graph with a rhythm of one turn per second."""
    return Graph(tuple(nodes), tuple(links), 1.0, 1.0)


def drawn(count: int, seed: int, most_nodes: int = 6) -> list[Graph]:
    """First graphs of up to `most_nodes` nodes."""
    return [random_graph(each, most_nodes) for each in np.random.default_rng(seed).spawn(count)]
