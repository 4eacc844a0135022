"""Charts of how figures develop: curves, and areas on top of one another."""

import math
from collections.abc import Mapping

from evo.reports.svg.elements import line, tooltip
from evo.reports.svg.frame import (
    ALL_POINTS,
    LEFT,
    MOST_POINTS,
    Frame,
    Points,
    empty,
    path,
    thinned,
)
from evo.reports.svg.palette import PAPER, SERIES, SOFT, colour
from evo.reports.svg.scale import decades, drawable, room

MOST_CURVES = 200
MOST_NAMES = 16
"""How many curves have their name in the legend."""
DASHES = ("", 'stroke-dasharray="6 4"', 'stroke-dasharray="2 4"')
"""Curves of the same colour differ in these."""
LEVEL = 'stroke-dasharray="5 4"'


def chart(
    title: str,
    series: Mapping[str, Points],
    *,
    x_name: str,
    y_name: str,
    level: tuple[str, float] | None = None,
    small: bool = False,
) -> str:
    """Curves over a common axis; numbers that are not finite are left out.

    Positive values that span more than three powers of ten get a logarithmic axis.

    Args:
        title: heading.
        series: name to (x, y) points.
        x_name: label of the axis.
        y_name: label of the axis.
        level: name and height of a line to compare with.
        small: whether two of them stand beside each other on a page.
    """
    if len(series) > MOST_CURVES:
        title = f"{title}, the first {MOST_CURVES} of {len(series)}"
        series = dict(list(series.items())[:MOST_CURVES])
    kept = {
        name: [(x, drawable(y)) for x, y in points if math.isfinite(drawable(y))]
        for name, points in series.items()
    }
    values = [y for points in kept.values() for _, y in points]
    if not values:
        return empty(title)
    logarithmic = min(values) > 0 and max(values) / min(values) > 1e3
    if level and math.isfinite(drawable(level[1])) and (not logarithmic or level[1] > 0):
        level = level[0], drawable(level[1])
        values.append(level[1])
    else:
        level = None
    looks = {
        name: (colour(number), DASHES[number // len(SERIES) % len(DASHES)])
        for number, name in enumerate(kept)
    }
    legend = _legend(looks)
    if level:
        legend.append((level[0], SOFT, LEVEL))
    frame = Frame(title, x_name, y_name, legend, small)
    xs = [x for points in kept.values() for x, _ in points]
    across = frame.across(*room(xs, 0), whole=True)
    ends = decades(values) if logarithmic else room(values, 0.05)
    up = frame.up(*ends, logarithmic=logarithmic)
    body = []
    if level:
        body.append(line(f"M{LEFT:g} {up(level[1]):.1f}H{frame.end:g}", more=LEVEL))
    most = min(MOST_POINTS, max(2, ALL_POINTS // len(kept)))
    for number, (name, points) in reversed(list(enumerate(kept.items()))):
        stroke, dash = looks[name]
        thick = 2.4 if number == 0 else 1.4
        if len(points) == 1:
            x, y = across(points[0][0]), up(points[0][1])
            body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 * thick:g}" fill="{stroke}"/>')
        elif points:
            body.append(line(path(thinned(points, most), across, up), stroke, thick, more=dash))
    return frame.picture(across, up, body)


def _legend(looks: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    """An entry for each of several curves; of many, for the first of them."""
    if len(looks) < 2:
        return []
    entries = [(name, stroke, dash) for name, (stroke, dash) in looks.items()]
    more = len(entries) - MOST_NAMES
    if more <= 0:
        return entries
    return [*entries[:MOST_NAMES], (f"and {more} more", SOFT, 'stroke-opacity="0"')]


def stack(title: str, layers: Mapping[str, Points], *, x_name: str, y_name: str) -> str:
    """Areas on top of one another.

    Args:
        title: heading.
        layers: name to (x, height) points, the lowest layer first; where a layer lacks an x that
            others have, its height is 0. Of more than `MOST_CURVES`, the smallest are drawn as one,
            on top.
        x_name: label of the axis.
        y_name: label of the axis.
    """
    layers = _merged(layers)
    places = sorted({x for points in layers.values() for x, _ in points})
    if not places:
        return empty(title)
    most = min(MOST_POINTS, max(2, ALL_POINTS // len(layers)))
    places = [x for x, _ in thinned([(x, 0.0) for x in places], most)]
    floor = dict.fromkeys(places, 0.0)
    bands: list[tuple[str, Points]] = []
    for name, points in layers.items():
        height = {x: y for x, y in points if drawable(y) > 0}
        roof = {x: floor[x] + height.get(x, 0.0) for x in places}
        shown = [i for i, x in enumerate(places) if roof[x] > floor[x]]
        if shown:
            within = places[max(0, shown[0] - 1) : shown[-1] + 2]
            outline = [(x, roof[x]) for x in within] + [(x, floor[x]) for x in reversed(within)]
            bands.append((name, outline))
        floor = roof
    frame = Frame(title, x_name, y_name)
    across = frame.across(*room(places, 0), whole=True)
    up = frame.up(0, max(floor.values()) or 1)
    body = [
        f'<path fill="{colour(number)}" fill-opacity="0.8" stroke="{PAPER}" stroke-width="0.6" '
        f'd="{path(band, across, up)}Z">{tooltip(name)}</path>'
        for number, (name, band) in enumerate(bands)
    ]
    return frame.picture(across, up, body)


def _merged(layers: Mapping[str, Points]) -> Mapping[str, Points]:
    """The same layers, or the largest of them and one that stands for the others."""
    if len(layers) <= MOST_CURVES:
        return layers
    area = {name: sum(drawable(y) for _, y in points) for name, points in layers.items()}
    large = set(sorted(layers, key=lambda name: -area[name])[:MOST_CURVES])
    others: dict[float, float] = {}
    for name, points in layers.items():
        if name not in large:
            for x, y in points:
                others[x] = others.get(x, 0.0) + y
    kept = {name: points for name, points in layers.items() if name in large}
    return kept | {f"{len(layers) - len(large)} others": sorted(others.items())}
