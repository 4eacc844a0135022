"""Problems that misbehave, each in its own way, for the individuals whose first gene says so."""

import os
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.phenotype import Reals
from evo.population import Evaluation
from evo.problems.base import Problem

RAISES, NAN, HANGS, DIES, REFUSES = 1, 2, 3, 4, 5


class Troubled(Problem):
    """Fitness is the sum of the genes and a number drawn from the row's seed.

    Gene 0 may ask for trouble.
    """

    needs = Reals(3)
    noisy = True

    def evaluate(self, phenotypes: NDArray[np.float64], seeds: NDArray[np.uint64]) -> Evaluation:
        trouble = phenotypes[:, 0].astype(int)
        if (trouble == RAISES).any():
            raise ValueError("this one raises")
        if (trouble == HANGS).any():
            time.sleep(3600)
        if (trouble == DIES).any():
            os._exit(1)
        if (trouble == REFUSES).any():
            raise UsageError("no such thing", "ask for another")
        noise = np.array([np.random.default_rng(int(seed)).random() for seed in seeds])
        fitness = phenotypes.sum(axis=1) + noise
        fitness[trouble == NAN] = np.inf
        return Evaluation(
            fitness, {"sevens": np.full(len(seeds), 7.0)}, spent={"steps": np.full(len(seeds), 3)}
        )


class Short(Troubled):
    """Returns too few values."""

    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        return Evaluation(np.zeros(len(seeds) - 1))
