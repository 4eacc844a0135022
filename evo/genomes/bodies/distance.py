"""How far apart two graphs are.

Source: as the compatibility distance of K. O. Stanley, R. Miikkulainen, Evolving Neural Networks
through Augmenting Topologies, Evolutionary Computation 10 (2002), section 3.3, with nodes and links
matched by their identities.
"""

import numpy as np

from evo.genomes.bodies.graph import Graph, Link, Node, numbers

UNMATCHED = 1.0
"""What a node or link that only one graph has adds."""


def distance(first: Graph, second: Graph) -> float:
    """Unmatched nodes and links, and the mean difference of the numbers of those that match."""
    total, differences = 0.0, []
    for mine, theirs in ((first.nodes, second.nodes), (first.links, second.links)):
        own, other = _by_identity(mine), _by_identity(theirs)
        total += UNMATCHED * len(own.keys() ^ other.keys())
        differences += [
            float(np.abs(own[name] - other[name]).mean()) for name in own.keys() & other.keys()
        ]
    return total + (sum(differences) / len(differences) if differences else 0.0)


def _by_identity(things: tuple[Node, ...] | tuple[Link, ...]) -> dict[int, np.ndarray]:
    # the first number is the identity; the ends of a link are identities too
    skipped = {Node: 1, Link: 3}
    return {
        thing.identity: np.array(numbers(thing)[skipped[type(thing)] :], np.float64)
        for thing in things
    }
