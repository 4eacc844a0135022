"""A network of too many links to draw: how its weights are spread, and its size as a table."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from evo.reports.numbers import grouped
from evo.reports.svg.counts import histogram
from evo.reports.table import Table

SHOWN = 3_000
"""Numbers that stand for the weights in the histogram."""


def draw(description: Mapping[str, Any]) -> str:
    """A histogram of the weights. Raises `ValueError` if edges and counts do not fit."""
    edges = [float(edge) for edge in description["weights"]["edges"]]
    counts = [int(count) for count in description["weights"]["counts"]]
    if len(edges) != len(counts) + 1 or not sum(counts):
        raise ValueError(f"{len(edges)} edges around {len(counts)} counts")
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    share = max(1.0, sum(counts) / SHOWN)
    values = [
        middle
        for middle, count in zip(middles, counts, strict=True)
        for _ in range(round(count / share))
    ]
    title = f"Weights of {grouped(int(description['links']))} links"
    name = f"of {grouped(len(values))} links"
    return histogram(title, values, x_name="weight", y_name=name, bins=len(counts))


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The size of the network."""
    names = ("inputs", "outputs", "nodes", "links")
    rows = [[name, grouped(int(description[name]))] for name in names]
    return [Table("Too large to be drawn link by link", ("", "how many"), rows)]
