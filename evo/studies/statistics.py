"""Statistics of the numbers of one cell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
SEED = 20_161


@dataclass(frozen=True)
class Statistics:
    """Statistics of the runs of one cell that have a number; NaN where none can be computed.

    Attributes:
        n: how many have a number.
        median, mean: of the numbers.
        low, high: the ends of the mean's 95 % interval.
        least, most: the smallest and the largest number.
    """

    n: int
    median: float
    mean: float
    low: float
    high: float
    least: float
    most: float


def describe(values: Sequence[float | None]) -> Statistics:
    """Median, mean with its bootstrap 95 % interval, and range; missing values are left out."""
    numbers = np.array(
        [value for value in values if value is not None and math.isfinite(value)], np.float64
    )
    if not len(numbers):
        return Statistics(0, *[math.nan] * 6)
    low, high = bootstrap(numbers)
    return Statistics(
        len(numbers),
        float(np.median(numbers)),
        float(numbers.mean()),
        low,
        high,
        float(numbers.min()),
        float(numbers.max()),
    )


def bootstrap(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """The percentile interval of the mean over resamples, always the same for the same values.

    Both ends are NaN for a single value. For few values the interval is too narrow: with n = 3 its
    ends are close to the least and the largest value, whatever the level.

    Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.
    """
    if len(values) < 2:
        return math.nan, math.nan
    rng = np.random.Generator(np.random.PCG64(SEED))
    means = np.sort(values)[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
