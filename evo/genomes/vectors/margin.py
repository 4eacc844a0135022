"""A lower bound on the probability that a sample of a normal distribution has another whole number.

Source: R. Hamano, S. Saito, M. Nomura, S. Shirakawa, CMA-ES with Margin: Lower-Bounding Marginal
Probability for Mixed-Integer Black-Box Optimization, GECCO 2022, arXiv:2205.13482, section 4.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.population import Floats


def with_margin(
    mean: Floats, spread: Floats, least: Floats, most: Floats, margin: float
) -> tuple[Floats, Floats]:
    """Means and standard deviations under which no whole number is all but certain.

    A number in its first or last cell leaves it with probability `margin` at least; any other goes
    down, and goes up, with probability `margin` / 2 at least. What keeps to this is left as it is.

    Args:
        mean: `(k,)` of the k whole numbers, in their own units.
        spread: `(k,)` their standard deviations.
        least, most: `(k,)` their bounds.
        margin: a probability, at most 1/2.

    Returns:
        `(k,)` means and `(k,)` standard deviations.
    """
    from scipy.special import ndtr, ndtri

    mean = np.clip(mean, least - 0.5, most + 0.5)
    cell = np.clip(np.rint(mean), least, most)
    first, last = cell <= least, cell >= most
    below, above = cell - 0.5, cell + 0.5
    # in an end cell the mean comes near enough to the one border that it has
    border, side = np.where(first, above, below), np.where(first, -1.0, 1.0)
    reach = -ndtri(margin) * spread
    ended = border + side * np.minimum(np.abs(mean - border), reach)
    down, up = ndtr((below - mean) / spread), ndtr((mean - above) / spread)
    inner = ~(first | last)
    short = inner & (np.minimum(down, up) < margin / 2)
    low, high = np.maximum(down, margin / 2), np.maximum(up, margin / 2)
    excess = 1.0 - low - high - (1.0 - down - up)
    room = low + high + (1.0 - down - up) - 1.5 * margin
    low, high = (each + excess * (each - margin / 2) / room for each in (low, high))
    far, near = -ndtri(np.minimum(low, 0.5 - 1e-10)), -ndtri(np.minimum(high, 0.5 - 1e-10))
    centre = (below * near + above * far) / (far + near)
    moved: NDArray[Any] = np.where(short, centre, np.where(inner, mean, ended))
    return moved, np.where(short, 1.0 / (far + near), spread)
