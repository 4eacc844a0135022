"""A tour as a picture: cities, and the way through all of them."""

from collections.abc import Mapping
from typing import Any

from evo.reports.svg import document, drawable

SIZE, MARGIN, MOST = 460.0, 30.0, 5_000


def draw(description: Mapping[str, Any]) -> str:
    """The cities as dots and the tour as a line. Raises `ValueError` if they are too many."""
    order = [int(city) for city in description["order"]]
    cities = [(drawable(float(x)), drawable(float(y))) for x, y in description["cities"]]
    if not 0 < len(cities) <= MOST or sorted(order) != list(range(len(cities))):
        raise ValueError(f"{len(order)} stops in {len(cities)} cities are no tour to draw")
    left, low = min(x for x, _ in cities), min(y for _, y in cities)
    span = max(max(x for x, _ in cities) - left, max(y for _, y in cities) - low) or 1.0
    scale = (SIZE - 2 * MARGIN) / span
    places = [(MARGIN + (x - left) * scale, SIZE - MARGIN - (y - low) * scale) for x, y in cities]
    way = "L".join(f"{places[city][0]:.1f} {places[city][1]:.1f}" for city in order)
    title = f"Tour through {len(cities)} cities"
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" style="fill:var(--c1)">'
        f"<title>city {city}</title></circle>"
        for city, (x, y) in enumerate(places)
    ]
    line = f'<path class="line" style="stroke:var(--c0)" stroke-width="1.6" d="M{way}Z"/>'
    return document(SIZE, SIZE, title, [line, *dots])
