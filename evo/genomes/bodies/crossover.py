"""Mating of graphs: crossover, and grafting.

Neurons go with their kind of part; rhythm and central neurons are those of the first graph.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 6.2, Fig. 8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from evo.genomes.bodies.graph import Graph, Link, Node
from evo.genomes.bodies.start import fresh


def crossed(first: Graph, second: Graph, rng: np.random.Generator) -> Graph:
    """The first nodes of one graph, then those of the other from some place on.

    Nodes keep their links; a link to a node that was left out leads to any other.
    """
    cut = int(rng.integers(1, len(first.nodes) + 1))
    return _joined(first, first.nodes[:cut], second, second.nodes[cut:], rng)


def grafted(first: Graph, second: Graph, rng: np.random.Generator) -> Graph:
    """A graph one link of which leads to a node of another graph, with all that it carries."""
    if not first.links:
        return crossed(second, first, rng)
    start = second.nodes[int(rng.integers(len(second.nodes)))]
    order = (start, *(node for node in second.nodes if node is not start))
    carried = replace(second, nodes=order).reached()
    link = int(rng.integers(len(first.links)))
    both, names = _merged(first, first.nodes, carried, carried.nodes, rng)
    links = list(both.links)
    links[link] = replace(links[link], target=names[start.identity])
    return replace(both, links=tuple(links)).reached()


def _joined(
    first: Graph,
    kept: Sequence[Node],
    second: Graph,
    added: Sequence[Node],
    rng: np.random.Generator,
) -> Graph:
    both, _ = _merged(first, kept, second, added, rng)
    there = [node.identity for node in both.nodes]
    links = []
    for link in both.links:
        if link.target in there:
            links.append(link)
        else:
            links.append(replace(link, target=there[int(rng.integers(len(there)))]))
    return replace(both, links=tuple(links)).reached()


def _merged(
    first: Graph,
    kept: Sequence[Node],
    second: Graph,
    added: Sequence[Node],
    rng: np.random.Generator,
) -> tuple[Graph, Mapping[int, int]]:
    """Nodes of two graphs with the links from them, and new names of those of the second.

    A node or link of the second whose identity is taken gets a new one.
    """
    taken = {node.identity for node in kept}
    names: dict[int, int] = {}
    for node in added:
        name = fresh(rng, taken) if node.identity in taken else node.identity
        names[node.identity] = name
        taken.add(name)
    own = {node.identity for node in kept}
    links = [link for link in first.links if link.source in own]
    links += _renamed(second.links, names, {link.identity for link in links}, rng)
    nodes = (*kept, *(replace(node, identity=names[node.identity]) for node in added))
    return replace(first, nodes=nodes, links=tuple(links)), names


def _renamed(
    links: Sequence[Link], names: Mapping[int, int], taken: set[int], rng: np.random.Generator
) -> list[Link]:
    """The links from renamed nodes, with new ends, and new names where these are taken."""
    renamed = []
    for link in links:
        if link.source not in names:
            continue
        name = fresh(rng, taken) if link.identity in taken else link.identity
        taken.add(name)
        ends = {"source": names[link.source], "target": names.get(link.target, link.target)}
        renamed.append(replace(link, identity=name, **ends))
    return renamed
