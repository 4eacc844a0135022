"""Where the nodes of a network stand, and the way of a link past the nodes between its ends.

A link over several columns passes each of them at a stop of its own, where no node is. The links of
one node share their stops, and so run side by side as far as they can.

Source: K. Sugiyama, S. Tagawa, M. Toda, Methods for Visual Understanding of Hierarchical System
Structures, IEEE Transactions on Systems, Man, and Cybernetics 11 (1981): columns, stops (dummy
vertices), and the order in a column by the mean place of neighbours.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from evo.reports.views.network.names import Link

Item = int | tuple[int, int]
"""A position, or the stop in column b of the links of position a: (a, b)."""

SWEEPS = 8
STOP = 9.0
"""Room for a stop, in pixels of height."""


def stops(link: Link, column: Mapping[int, int]) -> list[Item]:
    """What a link that leads forward passes, from its source to its target."""
    between = range(column[link.source] + 1, column[link.target])
    return [link.source, *((link.source, at) for at in between), link.target]


def heights(
    columns: Sequence[Sequence[int]], links: Sequence[Link], row: float
) -> tuple[dict[Item, float], float]:
    """How far down each position and each stop is.

    Args:
        columns: the positions in each; the first and the last column keep their order.
        links: those that lead forward.
        row: room for a node, in pixels of height.

    Returns:
        Pixels from the top, and the height of all.
    """
    column = {position: x for x, each in enumerate(columns) for position in each}
    left: dict[Item, list[Item]] = {}
    right: dict[Item, list[Item]] = {}
    grid: list[list[Item]] = [list(each) for each in columns]
    for pair in dict.fromkeys(pair for link in links for pair in _pairs(stops(link, column))):
        a, b = pair
        right.setdefault(a, []).append(b)
        left.setdefault(b, []).append(a)
        if isinstance(b, tuple) and len(left[b]) == 1:
            grid[b[1]].append(b)
    for sweep in range(SWEEPS):
        _sort(grid, left if sweep % 2 == 0 else right, backwards=sweep % 2 == 1)
    return _placed(grid, left, right, row)


def _pairs(items: Sequence[Item]) -> list[tuple[Item, Item]]:
    return list(pairwise(items))


def _sort(
    grid: Sequence[list[Item]], neighbours: Mapping[Item, Sequence[Item]], *, backwards: bool
) -> None:
    """Sort each inner column by where the neighbours in the column before stand."""
    inner = list(range(1, len(grid) - 1))
    for x in reversed(inner) if backwards else inner:
        beside = grid[x + 1] if backwards else grid[x - 1]
        at = {item: (y + 0.5) / len(beside) for y, item in enumerate(beside)}
        own = {item: (y + 0.5) / len(grid[x]) for y, item in enumerate(grid[x])}
        wish = {
            item: _mean([at[n] for n in neighbours.get(item, ())], own[item]) for item in grid[x]
        }
        grid[x].sort(key=wish.__getitem__)


def _placed(
    grid: Sequence[Sequence[Item]],
    left: Mapping[Item, Sequence[Item]],
    right: Mapping[Item, Sequence[Item]],
    row: float,
) -> tuple[dict[Item, float], float]:
    """Every item as near to its neighbours as the order in its column allows."""

    def room(item: Item) -> float:
        return STOP if isinstance(item, tuple) else row

    tall = max(sum(map(room, column)) for column in grid)
    at: dict[Item, float] = {}
    for column in grid:
        top = (tall - sum(map(room, column))) / 2
        for item in column:
            at[item] = top + room(item) / 2
            top += room(item)
    inner = range(1, len(grid))
    for sweep in range(SWEEPS):
        beside = left if sweep % 2 == 0 else right
        for x in inner if sweep % 2 == 0 else reversed(inner):
            wishes = [_mean([at[n] for n in beside.get(item, ())], at[item]) for item in grid[x]]
            at |= zip(grid[x], spread(grid[x], wishes, room), strict=True)
    low = min(at[item] - room(item) / 2 for column in grid for item in column)
    high = max(at[item] + room(item) / 2 for column in grid for item in column)
    return {item: y - low for item, y in at.items()}, high - low


def spread(
    items: Sequence[Item], wishes: Sequence[float], room: Callable[[Item], float]
) -> list[float]:
    """Places in the given order that leave room for each item, in all as near as can be to wishes.

    The sum of squared distances is least: an isotonic regression, by pooling adjacent violators.
    """
    offsets, total = [], 0.0
    for item in items:
        offsets.append(total + room(item) / 2)
        total += room(item)
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        mean, count = wish - offset, 1
        while pools and pools[-1][0] > mean:
            other, more = pools.pop()
            mean = (mean * count + other * more) / (count + more)
            count += more
        pools.append((mean, count))
    levels = [mean for mean, count in pools for _ in range(count)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
