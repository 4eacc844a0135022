"""The axes of a chart: from numbers to places, and round numbers to write beside them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LARGEST = 1e250


@dataclass(frozen=True)
class Scale:
    """From the numbers of an axis to places on the picture.

    Attributes:
        low, high: the numbers at the ends of the axis.
        start, end: the places of these two, in pixels.
        logarithmic: whether equal distances are equal ratios.
        whole: whether ticks are at whole numbers only.
    """

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False
    whole: bool = False

    def __call__(self, value: float) -> float:
        low, high, at = (
            math.log10(v) if self.logarithmic else v for v in (self.low, self.high, value)
        )
        return self.start + (at - low) / (high - low) * (self.end - self.start)

    def ticks(self, about: int = 6) -> list[float]:
        """About so many round numbers within the axis."""
        if self.logarithmic:
            first, last = (
                math.ceil(math.log10(self.low) - 1e-9),
                math.floor(math.log10(self.high) + 1e-9),
            )
            return [
                10.0**power for power in range(first, last + 1, max(1, (last - first) // about + 1))
            ]
        step = max(round_step((self.high - self.low) / about), float(self.whole))
        first = math.ceil(self.low / step - 1e-9)
        return [i * step for i in range(first, math.floor(self.high / step + 1e-9) + 1)]


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10 … times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))


def label(value: float) -> str:
    """A number on an axis."""
    if 1e4 <= abs(value) < 1e7 and value == round(value):
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.6g}" if abs(value) < 1e5 else f"{value:.3g}"


def drawable(value: float) -> float:
    """The number to draw for `value`: NaN if it is too large or not finite, 0 if it is tiny."""
    if not math.isfinite(value) or abs(value) > LARGEST:
        return math.nan
    return 0.0 if abs(value) < 1 / LARGEST else float(value)


def room(values: Sequence[float], share: float) -> tuple[float, float]:
    """The ends of an axis: lowest and highest value, and a share of their span beyond each.

    The two always differ.
    """
    low, high = min(values), max(values)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        spare = 0.5 if not share else abs(high) * 0.1 or 1.0
        return low - spare, high + spare
    return low - share * (high - low), high + share * (high - low)


def decades(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten around positive values; the two always differ."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return 10.0**low, 10.0 ** max(high, low + 1)
