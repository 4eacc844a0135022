"""A planar arm: reach every place, with joints that are bent as evenly as possible."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.phenotype import Reals
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.scores import Descriptor, Score
from evo.settings import Settings as BaseSettings


class Arm(Problem):
    """A planar arm: its hand is to reach every place, with joints bent as evenly as possible.

    The arm has length 1, and the cost is the variance of its joints' angles. Each joint turns the
    rest of the arm by -π to π, for values from 0 to 1.

    Source: V. Vassiliades, J.-B. Mouret, Discovering the Elite Hypervolume by Leveraging
    Interspecies Correlation, GECCO 2018, section 4.2 (the arm repertoire).
    """

    class Settings(BaseSettings):
        """How the arm is built."""

        joints: int = Field(12, ge=2, le=100_000, description="joints, with links of equal length")

    settings: Settings
    scores = (Score("variance", minimise=True, reference=np.pi**2),)
    descriptors = (Descriptor("x", -1.0, 1.0), Descriptor("y", -1.0, 1.0))

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.needs = Reals(self.settings.joints, 0.0, 1.0, bounded=True)

    def evaluate(self, phenotypes: Floats, seeds: NDArray[np.uint64]) -> Evaluation:
        """Fitness, x and y (in lengths of the arm) of `(n, joints)` angles."""
        turns = np.pi * (2.0 * phenotypes - 1.0)
        angles = np.cumsum(turns, axis=1)
        hand = {"x": np.cos(angles).mean(axis=1), "y": np.sin(angles).mean(axis=1)}
        return Evaluation(-turns.var(axis=1), hand)
