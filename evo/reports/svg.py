"""Charts as SVG text: no library to import, readable on light and dark pages."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 78, 18, 44, 48
MOST_POINTS = 800
LARGEST = 1e250

STYLE = """
.evo { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif;
  --ink: #1f2933; --soft: #6b7785; --grid: #e4e8ec; --paper: #ffffff;
  --c0: #2166ac; --c1: #e08214; --c2: #4d9a6a; --c3: #8e5ea2;
  --c4: #c0504d; --c5: #5aa7b8; --c6: #a68a3a; --c7: #77828f; }
@media (prefers-color-scheme: dark) { .evo {
  --ink: #e6eaee; --soft: #98a4b0; --grid: #2e3740; --paper: #161b20;
  --c0: #6db3f2; --c1: #f5a94a; --c2: #7fcf9d; --c3: #c39bd8;
  --c4: #ef8a85; --c5: #86d0df; --c6: #d4b964; --c7: #a7b1bb; } }
.evo text { fill: var(--ink); } .evo .soft { fill: var(--soft); }
.evo .paper { fill: var(--paper); }
.evo .grid { stroke: var(--grid); } .evo .axis { stroke: var(--soft); }
.evo .line { fill: none; stroke-linejoin: round; stroke-linecap: round; }
"""


def document(width: float, height: float, title: str, body: Sequence[str]) -> str:
    """One self-contained picture.

    Args:
        width: in pixels.
        height: in pixels.
        title: what a screen reader says.
        body: SVG elements.
    """
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="evo" viewBox="0 0 {width:g} '
            f'{height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" aria-label="{escape(title)}">',
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{width:g}" height="{height:g}"/>',
            *body,
            "</svg>",
            "",
        ]
    )


@dataclass(frozen=True)
class Scale:
    """From the numbers of an axis to places on the picture.

    Attributes:
        low, high: the numbers at the ends of the axis.
        start, end: the places of these two, in pixels.
        logarithmic: whether equal distances are equal ratios.
        whole: whether ticks are at whole numbers only.
    """

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False
    whole: bool = False

    def __call__(self, value: float) -> float:
        low, high, at = (
            math.log10(v) if self.logarithmic else v for v in (self.low, self.high, value)
        )
        return self.start + (at - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """About six round numbers within the axis."""
        if self.logarithmic:
            first, last = (
                math.ceil(math.log10(self.low) - 1e-9),
                math.floor(math.log10(self.high) + 1e-9),
            )
            return [
                10.0**power for power in range(first, last + 1, max(1, (last - first) // 6 + 1))
            ]
        step = max(round_step((self.high - self.low) / 6), float(self.whole))
        first = math.ceil(self.low / step - 1e-9)
        return [i * step for i in range(first, math.floor(self.high / step + 1e-9) + 1)]


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10 … times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))


def label(value: float) -> str:
    """A number on an axis."""
    return f"{value:.6g}" if abs(value) < 1e5 else f"{value:.3g}"


def drawable(value: float) -> float:
    """The number to draw for `value`: NaN if it is too large or not finite, 0 if it is tiny."""
    if not math.isfinite(value) or abs(value) > LARGEST:
        return math.nan
    return 0.0 if abs(value) < 1 / LARGEST else float(value)


def thinned(points: Points) -> Points:
    """The same course with no more points than the picture has room for; first and last stay."""
    if len(points) <= MOST_POINTS:
        return points
    stride = math.ceil(len(points) / MOST_POINTS)
    return [*points[:-1:stride], points[-1]]


def chart(
    title: str,
    series: Mapping[str, Points],
    *,
    x_name: str,
    y_name: str,
    level: tuple[str, float] | None = None,
) -> str:
    """Curves over a common axis; numbers that are not finite are left out.

    Positive values that span more than three powers of ten get a logarithmic axis.

    Args:
        title: heading.
        series: name to (x, y) points.
        x_name: label of the axis.
        y_name: label of the axis.
        level: name and height of a line to aim at.
    """
    kept = {
        name: [(x, drawable(y)) for x, y in points if math.isfinite(drawable(y))]
        for name, points in series.items()
    }
    values = [y for points in kept.values() for _, y in points]
    if not values:
        return document(
            WIDTH, 60, title, [f'<text x="20" y="36">{escape(title)}: nothing to show yet</text>']
        )
    logarithmic = min(values) > 0 and max(values) / min(values) > 1e3
    if level and math.isfinite(drawable(level[1])) and (not logarithmic or level[1] > 0):
        level = level[0], drawable(level[1])
        values.append(level[1])
    else:
        level = None
    across = Scale(
        *_room([x for points in kept.values() for x, _ in points], 0),
        LEFT,
        WIDTH - RIGHT,
        whole=True,
    )
    up = Scale(
        *(_decades(values) if logarithmic else _room(values, 0.05)),
        HEIGHT - BOTTOM,
        TOP,
        logarithmic,
    )
    body = _frame(title, across, up, x_name, y_name)
    if level:
        y = up(level[1])
        above = y > (TOP + HEIGHT - BOTTOM) / 2
        body.append(
            f'<path class="axis line" stroke-dasharray="5 4" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        )
        body.append(
            f'<text class="soft" x="{LEFT + 6}" '
            f'y="{y - 5 if above else y + 15:.1f}">{escape(level[0])}</text>'
        )
    for number, (_, points) in reversed(list(enumerate(kept.items()))):
        path = _path(thinned(points), across, up)
        body.append(
            f'<path class="line" style="stroke:var(--c{number % 8})" '
            f'stroke-width="{2.4 if number == 0 else 1.4}" d="{path}"/>'
        )
    return document(WIDTH, HEIGHT, title, [*body, *_legend(list(kept))])


def stack(title: str, layers: Mapping[str, Points], *, x_name: str, y_name: str) -> str:
    """Areas on top of one another.

    Args:
        title: heading.
        layers: name to (x, height) points, the lowest layer first; where a layer lacks an x that
            others have, its height is 0.
        x_name: label of the axis.
        y_name: label of the axis.
    """
    places = sorted({x for points in layers.values() for x, _ in points})
    if not places:
        return chart(title, {}, x_name=x_name, y_name=y_name)
    places = [x for x, _ in thinned([(x, 0.0) for x in places])]
    floor = dict.fromkeys(places, 0.0)
    bands = []
    for points in layers.values():
        height = {x: y for x, y in points if drawable(y) > 0}
        roof = {x: floor[x] + height.get(x, 0.0) for x in places}
        shown = [i for i, x in enumerate(places) if roof[x] > floor[x]]
        if shown:
            within = places[max(0, shown[0] - 1) : shown[-1] + 2]
            bands.append([(x, roof[x]) for x in within] + [(x, floor[x]) for x in reversed(within)])
        floor = roof
    across = Scale(*_room(places, 0), LEFT, WIDTH - RIGHT, whole=True)
    up = Scale(0, max(floor.values()) or 1, HEIGHT - BOTTOM, TOP)
    body = _frame(title, across, up, x_name, y_name)
    for number, band in enumerate(bands):
        body.append(
            f'<path style="fill:var(--c{number % 8});stroke:var(--paper)" stroke-width="0.6" '
            'fill-opacity="0.8" '
            f'd="{_path(band, across, up)}Z"/>'
        )
    return document(WIDTH, HEIGHT, title, body)


def histogram(
    title: str, values: Sequence[float], *, x_name: str, y_name: str, bins: int = 24
) -> str:
    """How often which value occurs; numbers that are not finite are left out.

    Args:
        title: heading.
        values: the numbers.
        x_name: label of the axis.
        y_name: label of the axis.
        bins: number of bars over the range of the values.
    """
    values = [drawable(value) for value in values if math.isfinite(drawable(value))]
    if not values:
        return chart(title, {}, x_name=x_name, y_name=y_name)
    low, high = _room(values, 0 if min(values) < max(values) else 1)
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int((value - low) / (high - low) * bins))] += 1
    across = Scale(low, high, LEFT, WIDTH - RIGHT)
    up = Scale(0, max(counts), HEIGHT - BOTTOM, TOP, whole=True)
    body = _frame(title, across, up, x_name, y_name)
    width = (WIDTH - RIGHT - LEFT) / bins
    for number, count in enumerate(counts):
        if count:
            left, floor = LEFT + number * width + 1, HEIGHT - BOTTOM
            bar = f"M{left:.1f} {floor}V{up(count):.1f}h{width - 2:.1f}V{floor}Z"
            body.append(f'<path style="fill:var(--c0)" fill-opacity="0.85" d="{bar}"/>')
    return document(WIDTH, HEIGHT, title, body)


def scatter(title: str, points: Points, *, x_name: str, y_name: str) -> str:
    """A dot for each point; those that are not finite are left out.

    Args:
        title: heading.
        points: (x, y) of each.
        x_name: label of the axis.
        y_name: label of the axis.
    """
    kept = [(drawable(x), drawable(y)) for x, y in points]
    kept = [(x, y) for x, y in kept if math.isfinite(x) and math.isfinite(y)]
    if not kept:
        return chart(title, {}, x_name=x_name, y_name=y_name)
    across = Scale(*_room([x for x, _ in kept], 0.05), LEFT, WIDTH - RIGHT)
    up = Scale(*_room([y for _, y in kept], 0.05), HEIGHT - BOTTOM, TOP)
    body = _frame(title, across, up, x_name, y_name)
    for x, y in kept:
        body.append(
            f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3.5" style="fill:var(--c0)" '
            f'fill-opacity="0.7"><title>{x:.6g}, {y:.6g}</title></circle>'
        )
    return document(WIDTH, HEIGHT, title, body)


@dataclass(frozen=True)
class Axis:
    """One side of a heat map: its name, its range, and how many cells it is cut into."""

    name: str
    lower: float
    upper: float
    cells: int


def heatmap(title: str, values: Mapping[tuple[int, int], float], x: Axis, y: Axis) -> str:
    """A rectangle for each cell that has a value, the stronger the larger that is.

    Args:
        title: heading.
        values: (column, row) → value, rows counted from the lower end.
        x: the axis of the columns.
        y: the axis of the rows.
    """
    kept = {cell: value for cell, value in values.items() if math.isfinite(drawable(value))}
    if not kept:
        return chart(title, {}, x_name=x.name, y_name=y.name)
    low, high = min(kept.values()), max(kept.values())
    across = Scale(x.lower, x.upper, LEFT, WIDTH - RIGHT)
    up = Scale(y.lower, y.upper, HEIGHT - BOTTOM, TOP)
    title = f"{title}, {label(low)} (pale) to {label(high)}"
    body = _frame(title, across, up, x.name, y.name)
    wide, tall = (WIDTH - RIGHT - LEFT) / x.cells, (HEIGHT - BOTTOM - TOP) / y.cells
    for (column, row), value in kept.items():
        strength = 0.15 + 0.85 * ((value - low) / (high - low) if high > low else 1.0)
        body.append(
            f'<rect x="{LEFT + column * wide:.2f}" y="{HEIGHT - BOTTOM - (row + 1) * tall:.2f}" '
            f'width="{wide:.2f}" height="{tall:.2f}" style="fill:var(--c0)" '
            f'fill-opacity="{strength:.3f}"><title>{value:.6g}</title></rect>'
        )
    return document(WIDTH, HEIGHT, title, body)


def text_lines(title: str, lines: Sequence[str]) -> str:
    """Lines of text under a heading, as a picture."""
    height = 60 + 20 * len(lines)
    body = [f'<text x="20" y="28" font-weight="600">{escape(title)}</text>']
    body += [
        f'<text x="20" y="{56 + 20 * number}" font-family="monospace">{escape(line)}</text>'
        for number, line in enumerate(lines)
    ]
    return document(WIDTH, height, title, body)


def _room(values: Sequence[float], share: float) -> tuple[float, float]:
    """The ends of an axis: lowest and highest value, and a share of their span beyond each.

    The two always differ.
    """
    low, high = min(values), max(values)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        spare = 0.5 if not share else abs(high) * 0.1 or 1.0
        return low - spare, high + spare
    return low - share * (high - low), high + share * (high - low)


def _decades(values: Sequence[float]) -> tuple[float, float]:
    return 10.0 ** math.floor(math.log10(min(values))), 10.0 ** math.ceil(math.log10(max(values)))


def _path(points: Points, across: Callable[[float], float], up: Callable[[float], float]) -> str:
    places = [f"{across(x):.1f} {up(y):.1f}" for x, y in points]
    return "M" + "L".join(places) + ("h6" if len(places) == 1 else "")


def _frame(title: str, across: Scale, up: Scale, x_name: str, y_name: str) -> list[str]:
    body = [f'<text x="{LEFT}" y="20" font-weight="600">{escape(title)}</text>']
    for tick in up.ticks():
        y = up(tick)
        body.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        body.append(
            f'<text class="soft" x="{LEFT - 8}" y="{y + 4:.1f}" '
            f'text-anchor="end">{label(tick)}</text>'
        )
    for tick in across.ticks():
        x = across(tick)
        body.append(f'<path class="axis" d="M{x:.1f} {HEIGHT - BOTTOM}v5"/>')
        body.append(
            f'<text class="soft" x="{x:.1f}" y="{HEIGHT - BOTTOM + 19}" '
            f'text-anchor="middle">{label(tick)}</text>'
        )
    body.append(f'<path class="axis line" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    body.append(
        f'<text x="{middle:g}" y="{HEIGHT - 10}" text-anchor="middle">{escape(x_name)}</text>'
    )
    half = (TOP + HEIGHT - BOTTOM) / 2
    body.append(
        f'<text x="18" y="{half:g}" text-anchor="middle" transform="rotate(-90 18 '
        f'{half:g})">{escape(y_name)}</text>'
    )
    return body


def _legend(names: Sequence[str]) -> list[str]:
    body, x = [], float(WIDTH - RIGHT)
    for number, name in reversed(list(enumerate(names))):
        x -= 7.2 * len(name)
        body.append(f'<text x="{x:.1f}" y="20">{escape(name)}</text>')
        body.append(
            f'<path class="line" style="stroke:var(--c{number % 8})" stroke-width="3" '
            f'd="M{x - 24:.1f} 16h18"/>'
        )
        x -= 42
    return body
