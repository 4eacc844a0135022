"""Which column of the picture each node of a network stands in."""

from collections.abc import Sequence

from evo.reports.views.network.names import Link


def arrange(
    inputs: int, nodes: int, outputs: Sequence[int], links: Sequence[Link], recurrent: bool
) -> list[list[int]]:
    """The positions in each column of the picture.

    A node is to the right of everything that it reads, and outputs are in the last column. Links
    that lead back do not count: those whose source comes after their target. A feed-forward network
    has its nodes in topological order already; the nodes of a recurrent one are ordered by the
    number of links from the inputs.

    Args:
        inputs: how many; they have the first positions.
        nodes: how many; they have the positions behind.
        outputs: positions of nodes.
        links: from position to position.
        recurrent: whether links may lead back.

    Returns:
        The positions of each column, from the left, from top to bottom.
    """
    sources: dict[int, list[int]] = {}
    for link in links:
        sources.setdefault(link.target, []).append(link.source)
    last_ones = set(outputs)
    order = list(range(inputs, inputs + nodes))
    if recurrent:
        far = _distances(inputs, links)
        order.sort(key=lambda position: (position in last_ones, far.get(position, 0), position))
    depth = dict.fromkeys(range(inputs), 0)
    for position in order:
        depth[position] = 1 + max(
            (depth[source] for source in sources.get(position, ()) if source in depth), default=0
        )
    inner = [d + 1 for position, d in depth.items() if position not in last_ones]
    last = max([*inner, *(depth[output] for output in outputs)])
    depth |= dict.fromkeys((output for output in outputs if output >= inputs), last)
    columns: list[list[int]] = [[] for _ in range(last + 1)]
    for position, d in depth.items():
        columns[d].append(position)
    place = {output: number for number, output in reversed(list(enumerate(outputs)))}
    columns[-1].sort(key=lambda position: place.get(position, len(place)))
    return [column for column in columns if column]


def _distances(inputs: int, links: Sequence[Link]) -> dict[int, int]:
    """How many links there are at least from an input to each node that an input reaches."""
    targets: dict[int, list[int]] = {}
    for link in links:
        targets.setdefault(link.source, []).append(link.target)
    steps, edge, far = dict.fromkeys(range(inputs), 0), list(range(inputs)), 0
    while edge:
        far += 1
        edge = sorted(
            {target for source in edge for target in targets.get(source, ())} - steps.keys()
        )
        steps |= dict.fromkeys(edge, far)
    return steps
