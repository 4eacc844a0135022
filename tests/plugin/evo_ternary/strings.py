"""Strings of the digits 0, 1 and 2: what problems need, genomes, a problem, a picture."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from pydantic import Field

import evo


@dataclass(frozen=True)
class Ternary(evo.Need):
    words: ClassVar[str] = "ternary strings"

    length: int


class Operators(evo.Settings):
    """How digits vary."""

    mutation_rate: float = Field(0.1, ge=0, le=1, description="probability per digit")


class TernaryStrings(evo.Representation[Ternary]):
    serves = Ternary
    words = "ternary strings"
    Operators = Operators

    def start(self, count, rng):
        return rng.integers(3, size=(count, self.need.length))

    def cross(self, genomes, rows, rng):
        first, second = genomes[rows[:, 0]], genomes[rows[:, 1]]
        return np.where(rng.random(first.shape) < 0.5, first, second)

    def mutate(self, genomes, rng):
        chosen = rng.random(genomes.shape) < self.settings.mutation_rate
        return np.where(chosen, rng.integers(3, size=genomes.shape), genomes)


class Twos(evo.Problem):
    class Settings(evo.Settings):
        """How many digits."""

        length: int = Field(20, ge=1, description="digits")

    def __init__(self, settings=None):
        super().__init__(settings)
        self.needs = Ternary(self.settings.length)
        self.scores = (evo.Score("twos", target=float(self.settings.length)),)

    def evaluate(self, phenotypes, seeds):
        return evo.Evaluation((phenotypes == 2).sum(axis=1).astype(float))

    def describe(self, phenotypes, row=0):
        return {"kind": "ternary", "digits": "".join(map(str, phenotypes[row]))}


def draw(description):
    return f"<svg><text>{description['digits']}</text></svg>"
