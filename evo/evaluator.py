"""What the loop asks of whatever evaluates genomes."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from evo.population import Evaluation
from evo.scenes import Scene, Setting


class Evaluator(Protocol):
    """What gives genomes their fitness: a problem with a place where its batches run.

    `progress`, where set, is called with (individuals evaluated, all of them).
    """

    progress: Callable[[int, int], None] | None

    @property
    def noisy(self) -> bool:
        """Whether a second evaluation under another seed may give another fitness."""
        ...

    @property
    def common_random_numbers(self) -> bool:
        """Whether all individuals of a generation get the same seed."""
        ...

    def arrange(self, setting: Setting) -> Scene | None:
        """What the evaluations of a generation take from others; None for nothing."""
        ...

    def evaluate(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None = None
    ) -> Evaluation:
        """The fitness of n genomes.

        Args:
            genomes: n of them.
            seeds: `(n,)`; row i draws its randomness from `seeds[i]` alone.
            scene: what `arrange` returned for this generation.
        """
        ...
