"""A needle in a haystack that learning turns into a slope."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.phenotype import Reals
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.scores import Score
from evo.settings import Settings as BaseSettings

ALLELES = ("wrong", "right", "open", "open too")
"""Two of four are open, so that half of the first population's alleles are."""
OPEN = 2


class HintonNowlan(Problem):
    """Hinton and Nowlan's needle in a haystack: one combination of switches counts, no other.

    Every allele sets a switch right or wrong, or leaves it open. A life has a number of trials; in
    each the open switches are guessed. An individual with a wrong switch never succeeds. One that
    succeeds in trial t of T is worth 1 + (length - 1) (T - t) / T, any other 1. Without learning
    open switches count as wrong ones.

    Source: G. E. Hinton, S. J. Nowlan, How Learning Can Guide Evolution, Complex Systems 1 (1987).
    """

    class Settings(BaseSettings):
        """How many switches, and whether lives are spent on learning."""

        length: int = Field(20, ge=1, le=1000, description="number of switches")
        trials: int = Field(1000, ge=1, le=10**9, description="guesses in a life")
        learning: bool = Field(True, description="whether open switches are guessed at all")

    settings: Settings
    noisy = True

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        length = self.settings.length
        names = [f"switch {place}" for place in range(1, length + 1)]
        labels = dict.fromkeys(range(length), ALLELES)
        self.needs = Reals([0.0] * length, [1.0] * length, categories=labels, names=names)
        self.scores = (Score("fitness"),)

    def evaluate(self, phenotypes: Floats, seeds: NDArray[np.uint64]) -> Evaluation:
        """Fitness of `(n, length)` places of alleles; `results` has the share of open ones."""
        chosen, alleles = self.settings, np.rint(phenotypes)
        unknown, right = alleles >= OPEN, alleles == 1
        count = unknown.sum(axis=1)
        able = (unknown | right).all(axis=1) & (chosen.learning | (count == 0))
        # A seed is a random number by itself; the first success of guesses is geometric.
        luck = ((seeds >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
        with np.errstate(divide="ignore", invalid="ignore"):
            first = np.ceil(np.log(luck) / np.log1p(-(0.5**count)))
        first = np.where(count == 0, 0.0, np.maximum(first, 1.0))
        left = np.clip(chosen.trials - first, 0.0, None) / chosen.trials
        fitness = 1.0 + (chosen.length - 1.0) * np.where(able, left, 0.0)
        return Evaluation(fitness, {"open": unknown.mean(axis=1)})
