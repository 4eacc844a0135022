"""What several tests need."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evo.phenotype import Reals
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.settings import Settings as BaseSettings


class NoisySphere(Problem):
    """A sphere whose fitness has noise of standard deviation 1, drawn from each row's own seed."""

    class Settings(BaseSettings):
        """How noise is shared."""

        common: bool = False

    noisy = True

    def __init__(self, settings: Any = None):
        super().__init__(settings)
        self.needs = Reals(3)
        self.common_random_numbers = self.settings.common
        self.seeds: list[NDArray[np.uint64]] = []

    def evaluate(self, phenotypes: Floats, seeds: NDArray[np.uint64]) -> Evaluation:
        self.seeds.append(seeds.copy())
        noise = [
            np.random.Generator(np.random.PCG64(int(seed))).standard_normal() for seed in seeds
        ]
        return Evaluation(-np.square(phenotypes).sum(axis=1) + np.array(noise))


class FailingSphere(Problem):
    """A sphere on which about a quarter of all points fail, scattered everywhere, or all do."""

    class Settings(BaseSettings):
        """What fails."""

        failing: Literal["some", "all"] = "some"

    def __init__(self, settings: Any = None):
        super().__init__(settings)
        self.needs = Reals(3)

    def evaluate(self, phenotypes: Floats, seeds: NDArray[np.uint64]) -> Evaluation:
        fails = (np.floor(1e6 * phenotypes[:, 0]) % 4 == 0) | (self.settings.failing == "all")
        fitness = np.where(fails, np.nan, -np.square(phenotypes).sum(axis=1))
        return Evaluation(
            fitness,
            errors={int(row): "the point is on a bad stripe" for row in np.flatnonzero(fails)},
        )


def same(a: Any, b: Any) -> bool:
    """Whether two nested states are equal to the bit, NaN equal to NaN."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return a == b or (a != a and b != b)
