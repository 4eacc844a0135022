"""First graphs, and parts of graphs that are drawn at random.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 6 (random first genotypes).
"""

import math
from collections.abc import Collection

import numpy as np
from evo_envs.creatures.body import JOINTS
from evo_envs.creatures.film import SHAPES

from evo.genomes.bodies.graph import Graph, Link, Node

HALF = (0.05, 0.5)
"""Half sizes of parts in m."""
LIMIT = (0.2, 1.4)
"""How far joints turn to either side, in rad."""
STRENGTH = (0.2, 3.0)
SCALE = (0.5, 1.4)
FREQUENCY = (0.3, 3.0)
COUPLING = (0.5, 8.0)
MOST_REPEATS = 5
SINGLE = len(JOINTS)


def fresh(rng: np.random.Generator, taken: Collection[int]) -> int:
    """An identity that none of `taken` has, and hardly anybody else."""
    while (number := int(rng.integers(1, 2**52))) in taken:
        pass
    return number


def between(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    """A number between two positive bounds; its logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(bounds[0]), np.log(bounds[1]))))


def random_node(rng: np.random.Generator, taken: Collection[int]) -> Node:
    """A node of any shape and joint."""

    def three(low: float, high: float) -> tuple[float, float, float]:
        a, b, c = (float(value) for value in rng.uniform(low, high, 3))
        return a, b, c

    return Node(
        fresh(rng, taken),
        int(rng.integers(len(SHAPES))),
        (between(rng, HALF), between(rng, HALF), between(rng, HALF)),
        # a joint that does not move is rare
        0 if rng.random() < 0.05 else int(rng.integers(1, len(JOINTS))),
        three(*LIMIT),
        between(rng, STRENGTH),
        1 if rng.random() < 0.75 else int(rng.integers(2, MOST_REPEATS)),
        three(0.0, 1.0),
        three(0.0, 2.0 * math.pi),
        three(-0.5, 0.5),
        three(-0.5, 0.5),
        three(-0.5, 0.5),
    )


def random_link(rng: np.random.Generator, taken: Collection[int], source: int, target: int) -> Link:
    """A link between two nodes, anywhere on the parent."""
    place, turn = rng.uniform(-1.0, 1.0, 2), rng.normal(0.0, 0.4, 3)
    return Link(
        fresh(rng, taken),
        source,
        target,
        int(rng.integers(6)),
        (float(place[0]), float(place[1])),
        (float(turn[0]), float(turn[1]), float(turn[2])),
        between(rng, SCALE),
        bool(rng.random() < 0.2),
        bool(rng.random() < 0.35),
        bool(rng.random() < 0.5),
        bool(rng.random() < 0.15),
        float(rng.uniform(0.0, 2.0 * math.pi)),
    )


def random_graph(rng: np.random.Generator, most_nodes: int) -> Graph:
    """A graph of 2 to `most_nodes` nodes, of which each is led to by an earlier one."""
    count = int(rng.integers(2, most_nodes + 1))
    nodes: list[Node] = []
    links: list[Link] = []
    for number in range(count):
        nodes.append(random_node(rng, [node.identity for node in nodes]))
        if number:
            source = nodes[int(rng.integers(number))].identity
            links.append(_linked(rng, links, source, nodes[number].identity))
    for node in nodes:
        if node.repeats > 1 and rng.random() < 0.7:
            links.append(_linked(rng, links, node.identity, node.identity))
    return Graph(tuple(nodes), tuple(links), between(rng, FREQUENCY), between(rng, COUPLING))


def _linked(rng: np.random.Generator, links: list[Link], source: int, target: int) -> Link:
    return random_link(rng, [link.identity for link in links], source, target)
