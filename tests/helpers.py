"""What several tests need."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evo.phenotype import Reals
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.scenes import Setting
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


class Dated(Problem):
    """Noise in the place of another problem's figures and descriptors.

    `results["call"]` says in which generation it was drawn.
    """

    noisy = True

    def __init__(self, problem: Problem):
        super().__init__()
        self.needs, self.scores = problem.needs, problem.scores
        self.descriptors = problem.descriptors
        self.generation = 0

    def arrange(self, setting: Setting) -> None:
        self.generation = setting.generation

    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        streams = [np.random.default_rng(int(seed)) for seed in seeds]
        fitness = np.array([rng.standard_normal(len(self.scores)) for rng in streams])
        results = {
            each.name: np.array([rng.uniform(each.lower, each.upper) for rng in streams])
            for each in self.descriptors
        }
        results["call"] = np.full(len(seeds), self.generation)
        return Evaluation(fitness if len(self.scores) > 1 else fitness[:, 0], results)


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
