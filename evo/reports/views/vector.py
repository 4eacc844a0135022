"""A vector as a picture: a bar for each number."""

from collections.abc import Mapping
from html import escape
from typing import Any

from evo.reports.svg import document, drawable, label

WIDTH, HEIGHT, MARGIN = 760.0, 180.0, 40.0
MOST = 2_000


def draw(description: Mapping[str, Any]) -> str:
    """The numbers of a vector from left to right. Raises `ValueError` if they are too many."""
    numbers = [drawable(float(value)) for value in description["values"]]
    numbers = [value for value in numbers if value == value]
    if not 0 < len(numbers) <= MOST:
        raise ValueError(f"{len(numbers)} numbers cannot be drawn")
    top, low = max(0.0, *numbers), min(0.0, *numbers)
    span = top - low or 1.0
    wide, tall = (WIDTH - 2 * MARGIN) / len(numbers), HEIGHT - 2 * MARGIN
    zero = MARGIN + tall * top / span
    title = f"{len(numbers)} numbers from {label(min(numbers))} to {label(max(numbers))}"
    body = [f'<text x="{MARGIN:g}" y="24" font-weight="600">{escape(title)}</text>']
    for number, value in enumerate(numbers):
        height = abs(value) / span * tall
        y = zero - height if value > 0 else zero
        body.append(
            f'<rect x="{MARGIN + number * wide:.2f}" y="{y:.2f}" width="{0.8 * wide:.2f}" '
            f'height="{max(height, 0.5):.2f}" style="fill:var(--c{0 if value >= 0 else 1})">'
            f"<title>{number}: {value:.6g}</title></rect>"
        )
    return document(WIDTH, HEIGHT, title, body)
