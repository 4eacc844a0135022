"""What a problem is: it turns phenotypes into fitness, a whole batch at a time."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from evo.phenotype import Need
from evo.population import Evaluation, Floats
from evo.settings import Settings as BaseSettings


class Problem(ABC):
    """A task that gives phenotypes their fitness.

    Attributes:
        needs: what a phenotype has to be.
        minimise: whether the figure that people read is a cost; fitness is then its negative.
        score_name: what that figure is called: "return", "cost", "ones" …
        target: the score at which the problem counts as solved, in the sense that people read; None
            if there is none.
        noisy: whether a second evaluation under another seed may give another fitness.
        common_random_numbers: whether all individuals of a generation get the same seed.
        compiled: whether `evaluate` spends its time in kernels that release the GIL, so that
            threads help.
    """

    Settings: ClassVar[type[BaseSettings]]
    needs: Need
    minimise: bool = False
    score_name: str = "fitness"
    target: float | None = None
    noisy: bool = False
    common_random_numbers: bool = False
    compiled: bool = False

    def __init__(self, settings: Any = None):
        self.settings = self.Settings() if settings is None else settings

    @abstractmethod
    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The fitness of n phenotypes.

        Row i draws its randomness from `seeds[i]` alone, so rows can be evaluated anywhere.
        """

    def validate(self, phenotype: Any, seeds: NDArray[np.uint64]) -> Floats:
        """`(len(seeds),)` scores of a batch of one phenotype, one per seed, in the real environment where there is one.

        Scores are in the sense that people read. This is what a champion is judged by.
        """
        scores = [
            self.score(self.evaluate(phenotype, seeds[i : i + 1]).fitness[0])
            for i in range(len(seeds))
        ]
        return np.array(scores)

    def score(self, fitness: Any) -> Any:
        """The figure that people read, from fitness, and back."""
        return -fitness if self.minimise else fitness

    @property
    def target_fitness(self) -> float | None:
        """`target` in the sense that is maximised."""
        return None if self.target is None else float(self.score(self.target))
