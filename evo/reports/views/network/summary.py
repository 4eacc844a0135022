"""A network too large to draw link by link: its layers, its weights, its strongest links."""

import math
from collections import Counter
from collections.abc import Sequence

from evo.reports.numbers import grouped
from evo.reports.svg.elements import document, line, shortened, text, tooltip
from evo.reports.svg.palette import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SOFT
from evo.reports.svg.scale import drawable, label
from evo.reports.views.network.names import Drawn

WIDTH, MARGIN = 760.0, 20.0
STRONGEST = 12
BARS = 24


def draw(network: Drawn, columns: Sequence[Sequence[int]], title: str) -> str:
    """The SVG text; `columns` are the positions in each, `title` what stands on top."""
    weights = [link.weight for link in network.links if math.isfinite(drawable(link.weight))]
    incoming = Counter(link.target for link in network.links)
    degrees = [float(incoming[p]) for p in range(network.inputs, network.size)]
    half = (WIDTH - 3 * MARGIN) / 2
    body = [
        text(MARGIN, 26, title, bold=True),
        text(MARGIN, 46, "Too large to draw link by link; this is a summary.", fill=SOFT),
        *_layers(network, columns, 72),
        *_spread("weights of the links", weights, MARGIN, 190, half),
        *_spread("links into each node", degrees, 2 * MARGIN + half, 190, half),
        text(MARGIN, 376, f"The {min(STRONGEST, len(network.links))} strongest links"),
    ]
    names, y = network.names(), 398.0
    for link in sorted(network.links, key=lambda link: -abs(link.weight))[:STRONGEST]:
        said = f"{shortened(names[link.source], 34)} → {shortened(names[link.target], 34)}"
        body.append(
            text(MARGIN, y, f"{link.weight:.4g}", fill=BLUE if link.weight >= 0 else ORANGE)
        )
        body.append(text(MARGIN + 80, y, said))
        y += 20
    return document(WIDTH, y + 4, title, body)


def _layers(network: Drawn, columns: Sequence[Sequence[int]], top: float) -> list[str]:
    """A bar for each layer, as tall as the logarithm of its size."""
    outputs = set(network.outputs)
    wide, tall = (WIDTH - 2 * MARGIN) / len(columns), 70.0
    most = math.log1p(max(len(column) for column in columns))
    body = []
    for number, column in enumerate(columns):
        x, height = MARGIN + number * wide, max(2.0, tall * math.log1p(len(column)) / most)
        fill = GREY if number == 0 else PURPLE if outputs & set(column) else GREEN
        what = {GREY: "inputs", PURPLE: "outputs", GREEN: "hidden nodes"}[fill]
        said = f"{grouped(len(column))} {what}"
        body.append(
            f'<rect x="{x:.2f}" y="{top + tall - height:.2f}" width="{max(0.5, 0.9 * wide):.2f}" '
            f'height="{height:.2f}" fill="{fill}">{tooltip(said)}</rect>'
        )
        if wide > 100:
            body.append(text(x, top + tall + 18, said, fill=SOFT))
    if wide <= 100:
        inner = len(columns) - 2
        said = f"{grouped(len(columns[0]))} inputs, {grouped(inner)} layers of "
        said += f"{grouped(len(network.hidden))} hidden nodes, {len(network.outputs)} outputs"
        body.append(text(MARGIN, top + tall + 18, said, fill=SOFT))
    return body


def _spread(title: str, values: Sequence[float], x: float, y: float, wide: float) -> list[str]:
    """A small histogram with its heading, least and largest value."""
    body, tall = [text(x, y, title)], 120.0
    if not values:
        return body
    low, high = min(values), max(values)
    counts = [0] * BARS
    for value in values:
        counts[min(BARS - 1, int((value - low) / (high - low or 1.0) * BARS))] += 1
    floor = y + 16 + tall
    for number, count in enumerate(counts):
        height = tall * count / max(counts)
        body.append(
            f'<rect x="{x + number * wide / BARS:.2f}" y="{floor - height:.2f}" '
            f'width="{wide / BARS - 1:.2f}" height="{height:.2f}" fill="{BLUE}" '
            f'fill-opacity="0.85">{tooltip(str(count))}</rect>'
        )
    body.append(line(f"M{x:.1f} {floor:.1f}h{wide:.1f}", SOFT))
    body.append(text(x, floor + 16, label(low), fill=SOFT))
    body.append(text(x + wide, floor + 16, label(high), fill=SOFT, anchor="end"))
    body.append(text(x + wide, y, f"most: {grouped(max(counts))}", fill=INK, anchor="end"))
    return body
