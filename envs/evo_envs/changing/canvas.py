"""Pictures of environments: discs and bars with smooth edges, on an array of pixels."""

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

WHITE, GROUND, GREY = (255, 255, 255), (236, 239, 243), (176, 184, 196)
BLUE, GREEN, ORANGE, RED = (37, 99, 175), (46, 139, 87), (232, 141, 32), (200, 52, 52)


class Canvas:
    """A picture that is drawn on; x goes to the right, y goes down, both in pixels.

    Args:
        width: of the picture.
        height: of the picture.
        ground: its colour before anything is drawn.
    """

    def __init__(self, width: int, height: int, ground: Colour = WHITE) -> None:
        self._pixels = np.empty((height, width, 3))
        self._pixels[:] = ground

    def disc(self, x: float, y: float, radius: float, colour: Colour, opacity: float = 1.0) -> None:
        """Fill a disc around (x, y)."""
        rows, columns = self._near(y, radius, 0), self._near(x, radius, 1)
        across = np.arange(columns.start, columns.stop) + 0.5 - x
        down = np.arange(rows.start, rows.stop) + 0.5 - y
        distance = np.sqrt(across[None, :] ** 2 + down[:, None] ** 2)
        self._paint(rows, columns, np.clip(radius + 0.5 - distance, 0.0, 1.0) * opacity, colour)

    def bar(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle whose upper left corner is (x, y)."""
        rows, columns = (
            self._near(y + height / 2, height / 2, 0),
            self._near(x + width / 2, width / 2, 1),
        )
        covered = _covered(rows, y, y + height)[:, None] * _covered(columns, x, x + width)[None, :]
        self._paint(rows, columns, covered, colour)

    def image(self) -> NDArray[np.uint8]:
        """`(height, width, 3)` the picture so far."""
        return np.rint(self._pixels).astype(np.uint8)

    def _near(self, centre: float, reach: float, axis: int) -> slice:
        """The pixels along an axis that a shape can touch."""
        size = self._pixels.shape[axis]
        first = min(max(int(np.floor(centre - reach - 1)), 0), size)
        return slice(first, min(max(int(np.ceil(centre + reach + 1)), first), size))

    def _paint(
        self, rows: slice, columns: slice, opacity: NDArray[np.float64], colour: Colour
    ) -> None:
        part = self._pixels[rows, columns]
        part += opacity[:, :, None] * (np.array(colour) - part)


def _covered(pixels: slice, first: float, last: float) -> NDArray[np.float64]:
    """Which share of each pixel lies between two places."""
    edges = np.arange(pixels.start, pixels.stop)
    return np.clip(np.minimum(edges + 1, last) - np.maximum(edges, first), 0.0, 1.0)
