"""Settings of learning that genomes carry, so that evolution finds them.

A number of a genome from -1 to 1 stands for a value in the setting's range. The range of a setting
with two bounds is what lies between them. One that has none and may be negative runs as far as its
value to both sides of 0, or as far as 1 if it is 0. Any other runs, on a logarithmic scale, from a
tenth of its value to ten times that.

Source: D. H. Ackley, M. L. Littman, Interactions between learning and evolution, Artificial Life II
(1991), for learners whose constants evolve.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.settings import Settings

FEEDBACK = "feedback"
"""What stands among the names for the entries of feedback weights, which are no setting."""
FIXED = ("steps", "batch", "samples", "inherit", "innate", "evolve")
"""Numbers that decide what a life costs or is judged by: they are the same for all."""
MARGIN = 0.01
"""How far a range stays away from a bound that is not in it, as a share of the range."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Range:
    """What a setting may be in the genome of an individual.

    Attributes:
        name: of the setting.
        low, high: its bounds.
        logarithmic: whether equal steps of the gene are equal factors.
        whole: whether it is a whole number.
    """

    name: str
    low: float
    high: float
    logarithmic: bool
    whole: bool

    def values(self, genes: Floats) -> NDArray[Any]:
        """The settings that genes from -1 to 1 stand for."""
        share = (genes + 1.0) / 2.0
        if self.logarithmic:
            values = self.low * (self.high / self.low) ** share
        else:
            values = self.low + (self.high - self.low) * share
        return np.rint(values).astype(np.int64) if self.whole else values


def ranges(settings: Settings) -> tuple[Range, ...]:
    """The ranges of the settings of a lifetime that genomes carry, as `evolve` names them.

    Raises:
        UsageError: there is no such number among the settings, or nothing says its range.
    """
    evolve: Any = getattr(settings, "evolve", ())
    return tuple(_range(settings, name) for name in evolve if name != FEEDBACK)


def constants(given: tuple[Range, ...], networks: Any) -> Mapping[str, NDArray[Any]]:
    """`(n,)` values of settings by name, as n networks carry them; the first of their traits."""
    if not given:
        return {}
    genes = networks.traits.network
    return {each.name: each.values(genes[:, k]) for k, each in enumerate(given)}


def numbers(settings: Settings) -> dict[str, float]:
    """The settings that may be carried, by name."""
    return {
        name: value
        for name, value in settings.model_dump().items()
        if name not in FIXED and isinstance(value, int | float) and not isinstance(value, bool)
    }


def _range(settings: Settings, name: str) -> Range:
    allowed = numbers(settings)
    if name not in allowed:
        names = ", ".join([*allowed, FEEDBACK])
        raise UsageError(f"lifetime.evolve names {name!r}", f"what genomes can carry: {names}")
    value = allowed[name]
    low, high = _bounds(settings, name)
    whole = isinstance(value, int)
    if not whole and math.isfinite(low) and math.isfinite(high):
        return Range(name, low, high, logarithmic=False, whole=False)
    if not whole and math.isinf(low) and math.isinf(high):
        reach = abs(value) or 1.0
        return Range(name, -reach, reach, logarithmic=False, whole=False)
    if value <= 0:
        raise UsageError(
            f"lifetime.evolve names {name}, which is {value:g}: nothing says its range",
            f"set lifetime.{name} to the middle of the range; it runs from a tenth to ten times it",
        )
    return Range(name, max(value / 10, low), min(value * 10, high), logarithmic=True, whole=whole)


def _bounds(settings: Settings, name: str) -> tuple[float, float]:
    """The least and the greatest value of a setting, a little within bounds that are not in."""
    low, high, open_low, open_high = -math.inf, math.inf, False, False
    for each in type(settings).model_fields[name].metadata:
        for key in ("ge", "gt"):
            if (bound := getattr(each, key, None)) is not None:
                low, open_low = float(bound), key == "gt"
        for key in ("le", "lt"):
            if (bound := getattr(each, key, None)) is not None:
                high, open_high = float(bound), key == "lt"
    if math.isfinite(low) and math.isfinite(high):
        margin = MARGIN * (high - low)
        low, high = low + margin * open_low, high - margin * open_high
    return low, high
