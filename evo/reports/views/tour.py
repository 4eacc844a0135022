"""A tour as a picture: cities, and the way through all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from evo.reports.svg.elements import SIZE as LETTERS
from evo.reports.svg.elements import document, line, text, tooltip
from evo.reports.svg.palette import BLUE, ORANGE
from evo.reports.svg.scale import drawable
from evo.reports.table import Table

SIZE, MARGIN = 520.0, 30.0
MOST_DOTS, MOST_NUMBERS, MOST_STOPS = 2_000, 60, 60_000
"""The largest tours with a dot for each city, with their numbers, and with the whole way."""


def draw(description: Mapping[str, Any]) -> str:
    """The cities as dots and the tour as a line. Raises `ValueError` if it is no tour."""
    order = [int(city) for city in description["order"]]
    cities = [(drawable(float(x)), drawable(float(y))) for x, y in description["cities"]]
    if not cities or sorted(order) != list(range(len(cities))):
        raise ValueError(f"{len(order)} stops in {len(cities)} cities are no tour to draw")
    left, low = min(x for x, _ in cities), min(y for _, y in cities)
    span = max(max(x for x, _ in cities) - left, max(y for _, y in cities) - low) or 1.0
    scale = (SIZE - 2 * MARGIN) / span
    top = 20.0
    places = [
        (MARGIN + (x - left) * scale, top + SIZE - MARGIN - (y - low) * scale) for x, y in cities
    ]
    stride = -(-len(order) // MOST_STOPS)
    way = "L".join(f"{places[city][0]:.1f} {places[city][1]:.1f}" for city in order[::stride])
    title = f"Tour through {len(cities)} cities"
    said = f"{title}; one of every {stride} stops drawn" if stride > 1 else title
    body = [text(MARGIN, 24, said, bold=True), line(f"M{way}Z", BLUE, 1.6)]
    if len(cities) <= MOST_DOTS:
        body += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ORANGE}">'
            f"{tooltip(f'city {city}')}</circle>"
            for city, (x, y) in enumerate(places)
        ]
    if len(cities) <= MOST_NUMBERS:
        for city, (x, y) in enumerate(places):
            out = 8 if x >= SIZE / 2 else -8
            at = y - 5 if y < top + SIZE / 2 else y + 5 + LETTERS / 2
            anchor = "start" if out > 0 else "end"
            body.append(text(x + out, at, str(city), size=11, anchor=anchor))
    return document(SIZE, SIZE + top, said, body)


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The cities in the order of the tour."""
    order = [str(int(city)) for city in description["order"]]
    lines = [[" ".join(order[i : i + 20])] for i in range(0, len(order), 20)]
    return [Table("The cities in the order of the tour", (), lines, prose=True)]
