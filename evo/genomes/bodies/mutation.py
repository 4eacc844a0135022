"""Mutation of graphs: numbers, kinds, links and whole parts.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 6.1: numbers are adjusted, flags
flipped, new nodes and links added, links led elsewhere, and what is no longer reached removed. That
a link becomes paired, so that limbs come in pairs, is chosen here.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from evo_envs.creatures.body import JOINTS
from evo_envs.creatures.film import SHAPES

from evo.genomes.bodies.graph import Graph, Link, Node
from evo.genomes.bodies.start import (
    COUPLING,
    FREQUENCY,
    HALF,
    LIMIT,
    MOST_REPEATS,
    SCALE,
    STRENGTH,
    random_link,
    random_node,
)

Change = Callable[[Graph, np.random.Generator], Graph]
STEP = 0.25
"""Standard deviation of the change of a number, relative to its range or to itself."""


def _scaled(rng: np.random.Generator, value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return float(min(max(value * math.exp(STEP * rng.normal()), low), high))


def _moved(rng: np.random.Generator, value: float, low: float, high: float) -> float:
    return float(min(max(value + STEP * rng.normal() * (high - low) / 2, low), high))


def _turned(rng: np.random.Generator, angle: float) -> float:
    return float((angle + 2.0 * STEP * math.pi * rng.normal()) % (2.0 * math.pi))


def _three(
    rng: np.random.Generator, values: tuple[float, float, float], change: Callable[[float], float]
) -> tuple[float, float, float]:
    """The three numbers, one of them or all of them changed."""
    which = rng.integers(4)
    a, b, c = (change(value) if which in (k, 3) else value for k, value in enumerate(values))
    return a, b, c


def _on_node(change: Callable[[Node, np.random.Generator], Node]) -> Change:
    def changed(graph: Graph, rng: np.random.Generator) -> Graph:
        place = int(rng.integers(len(graph.nodes)))
        nodes = list(graph.nodes)
        nodes[place] = change(nodes[place], rng)
        return replace(graph, nodes=tuple(nodes))

    return changed


def _on_link(change: Callable[[Link, np.random.Generator], Link]) -> Change:
    def changed(graph: Graph, rng: np.random.Generator) -> Graph:
        if not graph.links:
            return add_node(graph, rng)
        place = int(rng.integers(len(graph.links)))
        links = list(graph.links)
        links[place] = change(links[place], rng)
        return replace(graph, links=tuple(links))

    return changed


def _size(node: Node, rng: np.random.Generator) -> Node:
    return replace(node, half=_three(rng, node.half, lambda half: _scaled(rng, half, HALF)))


def _shape(node: Node, rng: np.random.Generator) -> Node:
    return replace(node, shape=int(rng.integers(len(SHAPES))))


def _joint(node: Node, rng: np.random.Generator) -> Node:
    return replace(node, joint=int(rng.integers(len(JOINTS))))


def _limits(node: Node, rng: np.random.Generator) -> Node:
    limits = _three(rng, node.limits, lambda limit: _scaled(rng, limit, LIMIT))
    return replace(node, limits=limits)


def _strength(node: Node, rng: np.random.Generator) -> Node:
    return replace(node, strength=_scaled(rng, node.strength, STRENGTH))


def _repeats(node: Node, rng: np.random.Generator) -> Node:
    step = 1 if rng.random() < 0.5 else -1
    return replace(node, repeats=min(max(node.repeats + step, 1), MOST_REPEATS))


def _amplitude(node: Node, rng: np.random.Generator) -> Node:
    return replace(node, amplitude=_three(rng, node.amplitude, lambda x: _moved(rng, x, 0.0, 1.0)))


def _phase(node: Node, rng: np.random.Generator) -> Node:
    return replace(node, phase=_three(rng, node.phase, lambda x: _turned(rng, x)))


def _offset(node: Node, rng: np.random.Generator) -> Node:
    return replace(node, offset=_three(rng, node.offset, lambda x: _moved(rng, x, -1.0, 1.0)))


def _steering(node: Node, rng: np.random.Generator) -> Node:
    def change(gain: float) -> float:
        return _moved(rng, gain, -2.0, 2.0)

    if rng.random() < 0.5:
        return replace(node, left=_three(rng, node.left, change))
    return replace(node, upwards=_three(rng, node.upwards, change))


def _place(link: Link, rng: np.random.Generator) -> Link:
    if rng.random() < 0.15:
        return replace(link, face=int(rng.integers(6)))
    u, v = (_moved(rng, place, -1.0, 1.0) for place in link.place)
    return replace(link, place=(u, v))


def _direction(link: Link, rng: np.random.Generator) -> Link:
    turn = _three(rng, link.turn, lambda angle: _moved(rng, angle, -math.pi, math.pi))
    return replace(link, turn=turn)


def _scale(link: Link, rng: np.random.Generator) -> Link:
    return replace(link, scale=_scaled(rng, link.scale, SCALE))


def _flag(link: Link, rng: np.random.Generator) -> Link:
    name = ("mirrored", "paired", "opposed", "terminal")[rng.integers(4)]
    return replace(link, **{name: not getattr(link, name)})


def _lag(link: Link, rng: np.random.Generator) -> Link:
    return replace(link, lag=_turned(rng, link.lag))


def redirect(graph: Graph, rng: np.random.Generator) -> Graph:
    """A link leads to another node."""
    target = graph.nodes[int(rng.integers(len(graph.nodes)))].identity
    return _on_link(lambda link, _: replace(link, target=target))(graph, rng)


def add_node(graph: Graph, rng: np.random.Generator) -> Graph:
    """A new node that an old one leads to."""
    node = random_node(rng, [each.identity for each in graph.nodes])
    grown = replace(graph, nodes=(*graph.nodes, node))
    source = graph.nodes[int(rng.integers(len(graph.nodes)))].identity
    return _with_link(grown, rng, source, node.identity)


def add_link(graph: Graph, rng: np.random.Generator) -> Graph:
    """A new link between two nodes, or from one to itself."""
    source, target = (int(place) for place in rng.integers(len(graph.nodes), size=2))
    return _with_link(graph, rng, graph.nodes[source].identity, graph.nodes[target].identity)


def remove_link(graph: Graph, rng: np.random.Generator) -> Graph:
    """A link fewer, where there are several."""
    if len(graph.links) < 2:
        return graph
    place = int(rng.integers(len(graph.links)))
    return replace(graph, links=graph.links[:place] + graph.links[place + 1 :])


def _with_link(graph: Graph, rng: np.random.Generator, source: int, target: int) -> Graph:
    link = random_link(rng, [each.identity for each in graph.links], source, target)
    return replace(graph, links=(*graph.links, link))


def _rhythm(graph: Graph, rng: np.random.Generator) -> Graph:
    if rng.random() < 0.7:
        return replace(graph, frequency=_scaled(rng, graph.frequency, FREQUENCY))
    return replace(graph, coupling=_scaled(rng, graph.coupling, COUPLING))


OF_BODIES: tuple[tuple[Change, float], ...] = (
    (_on_node(_size), 3.0),
    (_on_node(_shape), 0.5),
    (_on_node(_joint), 0.7),
    (_on_node(_limits), 1.0),
    (_on_node(_strength), 0.7),
    (_on_node(_repeats), 0.7),
    (_on_link(_place), 2.0),
    (_on_link(_direction), 1.5),
    (_on_link(_scale), 1.0),
    (_on_link(_flag), 1.5),
    (redirect, 0.4),
    (add_node, 0.6),
    (add_link, 0.5),
    (remove_link, 0.8),
)
"""Changes of the body, and how often each happens relative to the others."""
OF_RHYTHM: tuple[tuple[Change, float], ...] = ((_on_link(_lag), 1.5), (_rhythm, 1.5))
"""Changes of how fast creatures move, and of how late their limbs are."""
OF_OSCILLATORS: tuple[tuple[Change, float], ...] = (
    (_on_node(_amplitude), 2.0),
    (_on_node(_phase), 2.0),
    (_on_node(_offset), 1.0),
    *OF_RHYTHM,
)
"""Changes of oscillators."""
OF_STEERING: tuple[tuple[Change, float], ...] = ((_on_node(_steering), 3.0),)
"""Changes of how oscillators heed what is followed."""


def mutate(
    graph: Graph,
    changes: tuple[tuple[Change, float], ...],
    mean: float,
    rng: np.random.Generator,
) -> Graph:
    """A graph after one change or more.

    Args:
        graph: the one that is varied.
        changes: what may happen, with weights.
        mean: how many changes there are on average, at least 1.
        rng: the stream of this graph.
    """
    weights = np.array([weight for _, weight in changes])
    count = 1 + int(rng.poisson(mean - 1.0))
    for which in rng.choice(len(changes), size=count, p=weights / weights.sum()):
        graph = changes[which][0](graph, rng)
    return graph.reached()
