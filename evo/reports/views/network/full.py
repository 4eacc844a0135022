"""The picture of a network with every node and every link."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from evo.reports.svg.elements import (
    DOT,
    KEY_ROW,
    document,
    key,
    key_rows,
    line,
    shortened,
    text,
    tooltip,
    width_of,
)
from evo.reports.svg.palette import BLUE, GREEN, GREY, INK, ORANGE, PAPER, PURPLE, SOFT
from evo.reports.views.network.names import Drawn, Link
from evo.reports.views.network.places import heights, stops

WIDTH, MARGIN, SIZE = 760.0, 18.0, 12.0
ROW, TIGHT_ROW = 34.0, 16.0
GAP = 150.0
LONGEST_NAME = 30
DASHES = 'stroke-dasharray="6 4"'

Place = tuple[float, float]


def draw_all(network: Drawn, columns: Sequence[Sequence[int]], title: str) -> str:
    """The SVG text.

    Args:
        network: what is drawn.
        columns: the positions in each, as `arrange` found them.
        title: what stands below.
    """
    column = {position: x for x, each in enumerate(columns) for position in each}
    forward = [link for link in network.links if column[link.source] < column[link.target]]
    back = [link for link in network.links if column[link.source] >= column[link.target]]
    most = max(len(each) for each in columns)
    row = max(TIGHT_ROW, min(ROW, 700 / most))
    at, tall = heights(columns, forward, row)
    radius = max(4.5, min(9.0, row / 2 - 4))
    names = [shortened(name, LONGEST_NAME) for name in network.names()]
    ends = [
        max((width_of(names[p], SIZE) for p in each), default=0)
        for each in (range(network.inputs), network.outputs)
    ]
    reach = 14.0 if any(column[link.source] == len(columns) - 1 for link in back) else 0.0
    first = MARGIN + ends[0] + radius + 8
    last = WIDTH - MARGIN - ends[1] - radius - 8 - reach
    gap = min(max(GAP, tall / 3), (last - first) / max(1, len(columns) - 1))
    first += (last - first - gap * (len(columns) - 1)) / 2
    lanes = _lanes([link for link in back if link.source != link.target], at, tall)
    top = MARGIN + 14 + max([0.0, *(-y for y in lanes.values())])
    floor = top + max([tall, *lanes.values()])
    places = {
        item: (first + gap * (column[item] if isinstance(item, int) else item[1]), top + y)
        for item, y in at.items()
    }
    body = _links(network, names, column, places, lanes, (radius, gap, top))
    for position in column:
        body += _node(network, position, names[position], places[position], radius, reach)
    body += _activations(network, places, radius)
    legend = _legend(network, back)
    under = floor + 26
    body += key(legend, MARGIN, WIDTH - MARGIN, under)
    under += KEY_ROW * key_rows(legend, MARGIN, WIDTH - MARGIN)
    body.append(text(MARGIN, under, f"{title}{_alike(network)}", fill=SOFT))
    return document(WIDTH, under + 14, title, body)


def _links(
    network: Drawn,
    names: Sequence[str],
    column: Mapping[int, int],
    places: Mapping[int | tuple[int, int], Place],
    lanes: Mapping[Link, float],
    measures: tuple[float, float, float],
) -> list[str]:
    """Each link as a line, the weakest first, so that the strongest are on top."""
    radius, gap, top = measures
    finite = [abs(link.weight) for link in network.links if math.isfinite(link.weight)]
    strongest = max(finite, default=1.0) or 1.0
    faint = max(0.15, min(0.8, 30 / max(1, len(network.links))))
    body = []
    for link in sorted(network.links, key=lambda link: abs(link.weight)):
        strength = min(1.0, abs(link.weight) / strongest) if link.weight == link.weight else 0.0
        more = f'stroke-opacity="{faint + (1 - faint) * strength:.2f}"'
        if link.source == link.target:
            x, y = places[link.source]
            way = f"M{x - 5:.1f} {y - radius + 2:.1f}c-10 -20 20 -20 10 0"
        elif link in lanes:
            way = _around(places[link.source], places[link.target], top + lanes[link], radius, gap)
        else:
            way = _forward([places[item] for item in stops(link, column)], radius + 1)
        if column[link.source] >= column[link.target]:
            more += f" {DASHES}"
        said = f"{names[link.source]} → {names[link.target]}: {link.weight:.4g}"
        stroke = BLUE if link.weight >= 0 else ORANGE
        body.append(line(way, stroke, 0.6 + 3.2 * strength, more=more, title=said))
    return body


def _forward(way: Sequence[Place], level: float) -> str:
    """A curve through places; it is level for so many pixels around each, where nodes may stand."""
    parts = [f"M{way[0][0]:.1f} {way[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(way):
        start, end = x0 + level, x1 - level
        middle = (start + end) / 2
        parts.append(f"H{start:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {end:.1f} {y1:.1f}")
    return "".join([*parts, f"H{way[-1][0]:.1f}"])


def _lanes(
    back: Sequence[Link], at: Mapping[int | tuple[int, int], float], tall: float
) -> dict[Link, float]:
    """How far down each link that leads back runs: above all nodes, or below all of them."""
    above = [link for link in back if at[link.source] + at[link.target] < tall]
    below = [link for link in back if at[link.source] + at[link.target] >= tall]
    step = min(8.0, 120 / max(1, len(above), len(below)))
    lanes = {link: -step * (number + 1) for number, link in enumerate(above)}
    return lanes | {link: tall + step * (number + 1) for number, link in enumerate(below)}


def _around(source: Place, target: Place, lane: float, radius: float, gap: float) -> str:
    """A way out to the right of the source, along the lane, and in from the left of the target."""
    turn = min(12.0, max(2.0, gap / 2 - radius - 2))
    (x0, y0), (x1, y1) = source, target
    out, home = x0 + radius + turn, x1 - radius - turn
    up0, up1 = math.copysign(turn, lane - y0), math.copysign(turn, y1 - lane)
    return (
        f"M{x0:.1f} {y0:.1f}H{out - turn:.1f}Q{out:.1f} {y0:.1f} {out:.1f} {y0 + up0:.1f}"
        f"V{lane - up0 / 2:.1f}Q{out:.1f} {lane:.1f} {out - turn:.1f} {lane:.1f}"
        f"H{home + turn:.1f}Q{home:.1f} {lane:.1f} {home:.1f} {lane + up1 / 2:.1f}"
        f"V{y1 - up1:.1f}Q{home:.1f} {y1:.1f} {home + turn:.1f} {y1:.1f}H{x1:.1f}"
    )


def _node(
    network: Drawn, position: int, name: str, place: Place, radius: float, reach: float
) -> list[str]:
    (x, y), about, fill, words = place, name, GREEN, ""
    if position >= network.inputs:
        node = network.nodes[position - network.inputs]
        about += f": {node['activation']} of {node['aggregation']}, "
        about += f"bias {float(node['bias']):.4g}"
    if position in network.outputs:
        fill = PURPLE
        words = text(x + radius + 7 + reach, y + 4, name, fill=INK, size=SIZE)
    elif position < network.inputs:
        fill = GREY
        words = text(x - radius - 7, y + 4, name, fill=INK, size=SIZE, anchor="end")
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" '
    return [f'{circle}stroke="{PAPER}" stroke-width="1.5">{tooltip(about)}</circle>', words]


def _computes(network: Drawn) -> list[str]:
    return [f"{node['activation']} of {node['aggregation']}" for node in network.nodes]


def _alike(network: Drawn) -> str:
    """What all nodes compute, if it is the same."""
    kinds = set(_computes(network))
    return f"; each node is {kinds.pop()}" if len(kinds) == 1 else ""


def _activations(
    network: Drawn, places: Mapping[int | tuple[int, int], Place], radius: float
) -> list[str]:
    """What each node computes, above it; nothing if all compute the same or they are many."""
    said = [words.removesuffix(" of sum") for words in _computes(network)]
    if len(set(said)) < 2 or len(said) > 40:
        return []
    found = []
    for position, words in enumerate(said, network.inputs):
        x, y = places[position]
        found.append(text(x, y - radius - 3, words, fill=SOFT, size=10, anchor="middle"))
    return found


def _legend(network: Drawn, back: Sequence[Link]) -> list[tuple[str, str, str]]:
    """What the colours and dashes mean, as far as they occur."""
    entries = [
        ("input", GREY, DOT),
        *([("hidden node", GREEN, DOT)] if network.hidden else []),
        ("output", PURPLE, DOT),
    ]
    if any(link.weight >= 0 for link in network.links):
        entries.append(("excites (weight > 0)", BLUE, ""))
    if any(link.weight < 0 for link in network.links):
        entries.append(("inhibits (weight < 0)", ORANGE, ""))
    if back:
        entries.append(("leads back: felt one step later", SOFT, DASHES))
    return entries
