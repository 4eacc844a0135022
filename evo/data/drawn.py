"""Small problems that are drawn at random: two moons, spirals, parity."""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.data.base import Data, DataSettings, Examples, Form


class MoonsSettings(DataSettings):
    """How many points, and how clear."""

    examples: int = Field(1000, ge=4, le=10_000_000, description="points to learn from")
    test_examples: int = Field(1000, ge=2, le=10_000_000, description="points to judge by")
    noise: float = Field(
        0.1,
        ge=0,
        description="standard deviation of the points around their curve, in units of a moon's "
        "radius",
    )


class TwoMoons(Data):
    """Two moons: two half circles that reach into each other, points of two classes in a plane.

    Source: scikit-learn, `make_moons`, whose curves these are.
    """

    Settings = MoonsSettings

    def form(self) -> Form:
        return Form((2,), 2)

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        return self._draw(self.settings.examples, rng), self._draw(self.settings.test_examples, rng)

    def _draw(self, count: int, rng: np.random.Generator) -> Examples:
        targets = _balanced(count, 2, rng)
        angle = rng.uniform(0, np.pi, count)
        upper = np.stack([np.cos(angle), np.sin(angle)], 1)
        lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1)
        points = np.where(
            targets[:, None] == 0, upper, lower
        ) + self.settings.noise * rng.standard_normal((count, 2))
        return Examples(points.astype(np.float32), targets)


class SpiralsSettings(MoonsSettings):
    """How many points, arms and turns, and how clear."""

    arms: int = Field(2, ge=2, le=100, description="classes, one for each arm")
    turns: float = Field(
        1.75,
        gt=0,
        description="turns of an arm; 1.75 of radius 1 are the two spirals of Lang and Witbrock "
        "(1988)",
    )
    noise: float = Field(
        0.02,
        ge=0,
        description="standard deviation of the points around their arm, in units of its length "
        "outwards",
    )


class Spirals(Data):
    """Spirals: arms that wind around each other, points of a class for each arm.

    They go from near the middle to radius 1.

    Source: K. J. Lang, M. J. Witbrock, Learning to Tell Two Spirals Apart, Connectionist Models
    Summer School 1988.
    """

    Settings = SpiralsSettings

    def form(self) -> Form:
        chosen = self.settings
        return Form((2,), min(chosen.arms, max(chosen.examples, chosen.test_examples)))

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        return self._draw(self.settings.examples, rng), self._draw(self.settings.test_examples, rng)

    def _draw(self, count: int, rng: np.random.Generator) -> Examples:
        targets = _balanced(count, self.settings.arms, rng)
        radius = np.sqrt(rng.uniform(0.01, 1, count))
        angle = 2 * np.pi * (self.settings.turns * radius + targets / self.settings.arms)
        points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
        points += self.settings.noise * rng.standard_normal((count, 2))
        return Examples(points.astype(np.float32), targets)


class ParitySettings(DataSettings):
    """How many bits."""

    bits: int = Field(8, ge=1, le=20, description="all 2^bits words are there")
    test: float = Field(0.25, gt=0, lt=1, description="share of the words that are test examples")


class Parity(Data):
    """Parity: whether the number of ones in a word of bits is odd.

    Bits are written as -1 and 1.

    Source: M. Minsky, S. Papert, Perceptrons (1969).
    """

    Settings = ParitySettings

    def form(self) -> Form:
        return Form((self.settings.bits,), 2)

    def read(self, rng: np.random.Generator) -> tuple[Examples, Examples]:
        bits = self.settings.bits
        words = rng.permutation(2**bits)[:, None] >> np.arange(bits) & 1
        whole = Examples((2 * words - 1).astype(np.float32), words.sum(1).astype(np.int64) % 2)
        cut = max(1, round(self.settings.test * len(words)))
        return whole.take(slice(cut, None)), whole.take(slice(0, cut))


def _balanced(count: int, classes: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`count` classes in random order, as many of each (to one)."""
    return rng.permutation(np.arange(count, dtype=np.int64) % classes)
