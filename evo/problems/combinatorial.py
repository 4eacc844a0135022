"""Problems over bit strings."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.phenotype import Bits
from evo.population import Evaluation
from evo.problems.base import Problem
from evo.scores import Score
from evo.settings import Settings as BaseSettings


class OneMax(Problem):
    """OneMax: a string of bits with as many ones as possible.

    Source: J. D. Schaffer, L. J. Eshelman, On Crossover as an Evolutionarily Viable Strategy, ICGA
    1991.
    """

    class Settings(BaseSettings):
        """How many bits."""

        length: int = Field(100, ge=1, le=1_000_000, description="number of bits")

    settings: Settings

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.needs = Bits(self.settings.length)
        self.scores = (Score("ones", target=float(self.settings.length)),)

    def evaluate(self, phenotypes: NDArray[np.bool_], seeds: NDArray[np.uint64]) -> Evaluation:
        """Fitness of `(n, length)` bit strings."""
        return Evaluation(phenotypes.sum(axis=1).astype(np.float64))
