"""What a champion saw and did in one episode, over time: a strip for each quantity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evo.reports.numbers import counted, exact
from evo.reports.svg.elements import document, line, shortened, text, tooltip
from evo.reports.svg.frame import path, thinned
from evo.reports.svg.palette import BLUE, GREEN, GRID, PURPLE, RED, SOFT
from evo.reports.svg.scale import Scale, drawable, label, room

WIDTH, LEFT, RIGHT, TOP = 760.0, 226.0, 24.0, 44.0
SIZE, LONGEST_NAME = 12.0, 22
STRIP, SPACE = 44.0, 16.0
MOST_STRIPS = 12
"""Of more observations, those that change most are shown."""
MOST_CHOICES = 12


@dataclass(frozen=True)
class Strip:
    """One quantity over time."""

    name: str
    values: Sequence[float]
    stroke: str


def draw(description: Mapping[str, Any]) -> str:
    """The SVG text of an episode, as `Control.recording` describes it.

    Raises `ValueError` if its parts do not fit together.
    """
    steps, every = int(description["steps"]), int(description["every"])
    strips, left_out = _observed(description)
    actions, choices = description["actions"], description["choices"]
    count = len(actions)
    if not 0 < count <= 100_000 or every < 1:
        raise ValueError(f"{count} actions cannot be drawn")
    if not choices:
        names = [str(name) for name in description["action_names"]]
        strips += _strips(names, actions, PURPLE)[:MOST_STRIPS]
    strips.append(Strip("reward", [drawable(float(r)) for r in description["rewards"]], GREEN))
    title = f"One episode of {counted(steps, 'step')}, return {exact(float(description['return']))}"
    across = Scale(0, max(1, (count - 1) * every), LEFT, WIDTH - RIGHT, whole=True)
    body, y = [text(20, 24, title, bold=True)], TOP
    for strip in strips:
        body += _drawn(strip, across, y, every)
        y += STRIP + SPACE
    if choices:
        rows = _choices([str(name) for name in description["action_names"]], actions)
        body += _chosen(rows, [int(action) for action in actions], across, y, every)
        y += 18 * len(rows) + SPACE
    if change := description.get("change"):
        kind, place = str(change["kind"]), across(int(change["step"]))
        body.append(line(f"M{place:.1f} {TOP:g}V{y - SPACE:g}", RED, title=kind))
        body.append(text(place, TOP - 6, kind, fill=RED, size=11, anchor="middle"))
    for tick in across.ticks():
        body.append(text(across(tick), y + 8, label(tick), fill=SOFT, anchor="middle"))
    about = "step"
    if left_out:
        about += f"; {counted(left_out, 'more observation')}, which changed less, not shown"
    body.append(text((LEFT + WIDTH - RIGHT) / 2, y + 28, about, anchor="middle"))
    return document(WIDTH, y + 40, title, body)


def _observed(description: Mapping[str, Any]) -> tuple[list[Strip], int]:
    """The observations that are shown, and how many are not."""
    names = [str(name) for name in description["observation_names"]]
    strips = _strips(names, description["observations"], BLUE)
    if len(strips) <= MOST_STRIPS:
        return strips, 0
    by_change = sorted(range(len(strips)), key=lambda i: -_change(strips[i].values))
    kept = sorted(by_change[:MOST_STRIPS])
    return [strips[i] for i in kept], len(strips) - MOST_STRIPS


def _strips(names: Sequence[str], rows: Sequence[Sequence[float]], stroke: str) -> list[Strip]:
    columns = [[drawable(float(value)) for value in column] for column in zip(*rows, strict=True)]
    if rows and len(columns) != len(names):
        raise ValueError(f"{len(names)} names for {len(columns)} numbers")
    return [Strip(name, values, stroke) for name, values in zip(names, columns, strict=False)]


def _change(values: Sequence[float]) -> float:
    """How much a quantity varies, compared with its size."""
    finite = [value for value in values if value == value]
    span = max(finite, default=0.0) - min(finite, default=0.0)
    return span / (max(map(abs, finite), default=0.0) or 1.0)


def _drawn(strip: Strip, across: Scale, top: float, every: int) -> list[str]:
    points = [(i * every, value) for i, value in enumerate(strip.values) if value == value]
    body = [text(20, top + STRIP / 2 + 4, shortened(strip.name, LONGEST_NAME), size=SIZE)]
    if not points:
        return body
    low, high = min(y for _, y in points), max(y for _, y in points)
    up = Scale(*room([low, high], 0.05), top + STRIP, top)
    body.append(line(f"M{LEFT:g} {top:g}V{top + STRIP:g}", GRID))
    if up.low < 0 < up.high:
        body.append(line(f"M{LEFT:g} {up(0):.1f}H{WIDTH - RIGHT:g}", GRID))
    for value, y in ((high, top + 9), (low, top + STRIP)) if high > low else ((low, up(low) + 4),):
        body.append(text(LEFT - 6, y, f"{value:.3g}", fill=SOFT, size=11, anchor="end"))
    if len(points) == 1:
        points = [points[0], (points[0][0] + 0.5, points[0][1])]
    drawn = path(thinned(points), across, up)
    return [*body, line(drawn, strip.stroke, 1.6, title=strip.name)]


def _choices(names: Sequence[str], actions: Sequence[Any]) -> list[tuple[int, str]]:
    """The choices that get a row: all of them, or those that were made most often."""
    numbers = [int(action) for action in actions]
    if any(not 0 <= number < len(names) for number in numbers):
        raise ValueError("an action has no name")
    if len(names) <= MOST_CHOICES:
        return list(enumerate(names))
    often = sorted(range(len(names)), key=lambda number: -numbers.count(number))[:MOST_CHOICES]
    return [(number, names[number]) for number in sorted(often)]


def _chosen(
    rows: Sequence[tuple[int, str]],
    actions: Sequence[int],
    across: Scale,
    top: float,
    every: int,
) -> list[str]:
    """A row for each choice, with a mark for every step in which it was made."""
    body, wide = [], max(1.0, across(every) - across(0))
    for row, (number, name) in enumerate(rows):
        y = top + 18 * row
        body.append(text(20, y + 12, shortened(name, LONGEST_NAME), size=SIZE))
        body.append(line(f"M{LEFT:g} {y + 8:g}H{WIDTH - RIGHT:g}", GRID))
        marks = "".join(
            f"M{across(first * every) - wide / 2:.1f} {y + 3:g}h{wide * length:.1f}v10"
            f"h{-wide * length:.1f}Z"
            for first, length in _runs(actions, number)
        )
        if marks:
            body.append(f'<path fill="{PURPLE}" d="{marks}">{tooltip(name)}</path>')
    return body


def _runs(actions: Sequence[int], number: int) -> list[tuple[int, int]]:
    """Where `number` begins to be repeated, and how often it is."""
    runs: list[tuple[int, int]] = []
    for i, action in enumerate(actions):
        if action != number:
            continue
        if runs and sum(runs[-1]) == i:
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        else:
            runs.append((i, 1))
    return runs
