"""A network as a picture.

Inputs are on the left, outputs on the right, and every node is to the right of what it reads.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from evo.reports.numbers import counted
from evo.reports.svg import document

STEP, ROW, MARGIN = 150.0, 46.0, 70.0
MOST_ROWS = 24
MOST_LINKS = 5_000


@dataclass(frozen=True)
class Link:
    """From one position to another; positions count inputs first, then nodes."""

    source: int
    target: int
    weight: float


def draw(description: Mapping[str, Any]) -> str:
    """The SVG text of a network that `Networks.describe` has described.

    Blue links excite, orange ones inhibit, dashed ones lead back. Raises `ValueError` if there are
    too many links to draw.
    """
    if len(description["links"]) > MOST_LINKS:
        raise ValueError(f"{len(description['links'])} links are too many to draw")
    inputs: int = description["inputs"]
    nodes: Sequence[Any] = description["nodes"]
    outputs = [int(position) for position in description["outputs"]]
    links = [
        Link(int(link["source"]), int(link["target"]), float(link["weight"]))
        for link in description["links"]
    ]
    columns = arrange(inputs, len(nodes), outputs, links, bool(description.get("recurrent")))
    rows = min(MOST_ROWS, max(len(column) for column in columns))
    width, height = (
        max(460, 2 * MARGIN + STEP * (len(columns) - 1)),
        2 * 34 + ROW * max(rows - 1, 1),
    )
    left = (width - STEP * (len(columns) - 1)) / 2
    places: dict[int, tuple[float, float]] = {}
    for x, column in enumerate(columns):
        gap = min(ROW, (height - 68) / max(len(column) - 1, 1))
        # Inner columns stand alternately higher and lower, so that a link does not run through the
        # nodes it passes.
        shift = 0.3 * ROW * (-1) ** x if 0 < x < len(columns) - 1 and len(column) < rows else 0
        top = height / 2 - gap * (len(column) - 1) / 2 + shift
        places |= {position: (left + STEP * x, top + gap * y) for y, position in enumerate(column)}
    crowd = min(1.0, 40 / max(len(places), 1))
    body = _links(links, places, max(0.35, min(1.0, 120 / max(len(links), 1))))
    for position, (x, y) in places.items():
        body += _node(position, x, y, inputs, outputs, nodes, 5 + 6 * crowd)
    hidden = len(nodes) - len(set(outputs))
    parts = [(inputs, "input"), (hidden, "hidden node"), (len(outputs), "output")]
    parts.append((len(links), "link"))
    title = f"Network: {', '.join(counted(count, noun) for count, noun in parts)}"
    return document(
        width,
        height + 24,
        title,
        [
            *body,
            f'<text class="soft" x="{width / 2:g}" y="{height + 12:g}" '
            f'text-anchor="middle">{title}</text>',
        ],
    )


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
    order = list(range(inputs, inputs + nodes))
    if recurrent:
        far = _distances(inputs, links)
        order.sort(key=lambda position: (position in outputs, far.get(position, 0), position))
    depth = dict.fromkeys(range(inputs), 0)
    for position in order:
        depth[position] = 1 + max(
            (depth[source] for source in sources.get(position, ()) if source in depth), default=0
        )
    inner = [d + 1 for position, d in depth.items() if position not in outputs]
    last = max([*inner, *(depth[output] for output in outputs)])
    depth |= dict.fromkeys((output for output in outputs if output >= inputs), last)
    columns = [
        [position for position, d in depth.items() if d == column] for column in range(last + 1)
    ]
    return _untangled([column for column in columns if column], sources, outputs)


def _distances(inputs: int, links: Sequence[Link]) -> dict[int, int]:
    """How many links there are at least from an input to each node that an input reaches."""
    targets: dict[int, list[int]] = {}
    for link in links:
        targets.setdefault(link.source, []).append(link.target)
    steps, edge = dict.fromkeys(range(inputs), 0), list(range(inputs))
    while edge:
        edge = sorted(
            {target for source in edge for target in targets.get(source, ())} - steps.keys()
        )
        steps |= dict.fromkeys(edge, max(steps.values()) + 1)
    return steps


def _untangled(
    columns: list[list[int]], sources: Mapping[int, Sequence[int]], outputs: Sequence[int]
) -> list[list[int]]:
    """Each inner column sorted by where its nodes read from, so that fewer links cross."""
    height: dict[int, float] = {}
    for number, column in enumerate(columns):
        if 0 < number < len(columns) - 1:
            column.sort(key=lambda p: _mean([height[s] for s in sources.get(p, ()) if s in height]))
        if number == len(columns) - 1:
            column.sort(key=lambda p: outputs.index(p) if p in outputs else len(outputs))
        height |= {p: (y + 0.5) / len(column) for y, p in enumerate(column)}
    return columns


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.5


def _links(
    links: Sequence[Link], places: Mapping[int, tuple[float, float]], opacity: float
) -> list[str]:
    body = []
    strongest = (
        max((abs(link.weight) for link in links if math.isfinite(link.weight)), default=1.0) or 1.0
    )
    for link in sorted(links, key=lambda link: abs(link.weight)):
        (x0, y0), (x1, y1) = places[link.source], places[link.target]
        colour = "--c0" if link.weight >= 0 else "--c1"
        thickness = 0.6 + 3.2 * min(1.0, abs(link.weight) / strongest)
        back = x1 <= x0
        if link.source == link.target:
            path = f"M{x0 - 5:.1f} {y0 - 7:.1f}c-14 -30 24 -30 10 0"
        elif back:
            lift = 26 + 0.12 * abs(x0 - x1)
            path = _curve(x0, y0, x0 + 30, y0 - lift, x1 - 30, y1 - lift, x1, y1)
        else:
            bend = 0.42 * (x1 - x0)
            path = _curve(x0, y0, x0 + bend, y0, x1 - bend, y1, x1, y1)
        dash = ' stroke-dasharray="6 4"' if back else ""
        body.append(
            f'<path class="line" style="stroke:var({colour})" stroke-width="{thickness:.2f}" '
            f'stroke-opacity="{opacity:.2f}"{dash} '
            f'd="{path}"><title>{link.source} → {link.target}: {link.weight:.4g}</title></path>'
        )
    return body


def _curve(*places: float) -> str:
    """A curve from the first place to the last, as x y x y …; the two between them draw it."""
    text = [f"{place:.1f}" for place in places]
    return f"M{' '.join(text[:2])}C{' '.join(text[2:])}"


def _node(
    position: int,
    x: float,
    y: float,
    inputs: int,
    outputs: Sequence[int],
    nodes: Sequence[Any],
    radius: float,
) -> list[str]:
    if position < inputs:
        colour, about = "--c7", f"input {position}"
        place = f'x="{x - radius - 6:.1f}" y="{y + 4:.1f}" text-anchor="end"'
        text = f'<text class="soft" {place}>in {position}</text>'
    else:
        node = nodes[position - inputs]
        about = f"{position}: {node['activation']} of {node['aggregation']}, "
        about += f"bias {float(node['bias']):.4g}"
        colour, text = "--c2", ""
    if position in outputs:
        colour = "--c3"
        place = f'x="{x + radius + 6:.1f}" y="{y + 4:.1f}"'
        text = f'<text class="soft" {place}>out {outputs.index(position)}</text>'
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" '
    circle += f'style="fill:var({colour});stroke:var(--paper)" stroke-width="1.5">'
    return [f"{circle}<title>{escape(about)}</title></circle>", text]
