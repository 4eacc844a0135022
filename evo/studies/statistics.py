"""Statistics of the numbers of one cell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 9_999
SEED = 20_161
BATCH = 4_000_000
"""Numbers that are held at a time while resampling."""
DECIMALS = 12
"""Digits of a mean that count: means of the same numbers in another order are the same."""


@dataclass(frozen=True)
class Statistics:
    """Statistics of the runs of one cell that have a number; NaN where none can be computed.

    Attributes:
        n: how many have a number.
        median, mean: of the numbers.
        iqm: their interquartile mean, without the lowest and the highest quarter of them, rounded
            down to whole numbers: of fewer than four it is the mean.
        low, high: the ends of the mean's 95 % interval.
        least, most: the smallest and the largest number.

    Source: R. Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice
    (2021), section 4.3, for the IQM.
    """

    n: int
    median: float
    mean: float
    iqm: float
    low: float
    high: float
    least: float
    most: float


def finite(values: Sequence[float | None]) -> np.ndarray:
    """The values that are finite numbers, in ascending order."""
    numbers = [value for value in values if value is not None and math.isfinite(value)]
    return np.sort(np.array(numbers, np.float64))


def describe(values: Sequence[float | None]) -> Statistics:
    """Median, mean with its 95 % interval, IQM and range; missing values are left out."""
    from scipy.stats import trim_mean

    numbers = finite(values)
    if not len(numbers):
        return Statistics(0, *[math.nan] * 7)
    with np.errstate(over="ignore"):  # the mean of numbers near the largest is infinite
        low, high = interval(numbers)
        median, mean = float(np.median(numbers)), float(numbers.mean())
        iqm = float(trim_mean(numbers, 0.25))
    least, most = float(numbers[0]), float(numbers[-1])
    return Statistics(len(numbers), median, mean, iqm, low, high, least, most)


def interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """The BCa bootstrap interval of the mean; the same for the same values in any order.

    Args:
        values: finite numbers.
        level: share of samples whose interval holds the mean of all runs, if there are many values.

    Returns:
        Both ends. NaN for fewer than two values, and for a range that is no finite number. The
        value itself where all are equal. Of two values it goes from one to the other, and of three
        nearly always too, whatever the level: so few say little more than their range.

    Source: B. Efron, Better Bootstrap Confidence Intervals (1987); `scipy.stats.bootstrap`.
    """
    from scipy.stats import bootstrap

    if len(values) < 2:
        return math.nan, math.nan
    values = np.sort(values)
    least, spread = float(values[0]), float(np.ptp(values))
    if spread == 0:
        return least, least
    if not math.isfinite(spread):
        return math.nan, math.nan
    found = bootstrap(
        ((values - least) / spread,),  # cubes of tiny or huge numbers would leave the range
        lambda sample, axis: np.mean(sample, axis=axis).round(DECIMALS),
        n_resamples=RESAMPLES,
        batch=max(1, BATCH // len(values)),
        confidence_level=level,
        method="BCa",
        rng=np.random.Generator(np.random.PCG64(SEED)),
    ).confidence_interval
    low, high = (least + spread * float(end) for end in found)
    return max(low, least), min(high, float(values[-1]))
