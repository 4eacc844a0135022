"""Evaluation in this thread."""

import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.evaluation.base import Evaluator, Piece
from evo.population import take_genomes
from evo.scenes import Scene


class Serial(Evaluator):
    """Evaluates in this thread: nothing to start, and the right choice for one worker."""

    def pieces(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None
    ) -> Iterable[Piece]:
        """One batch after the other."""
        first = 0
        while first < len(seeds):
            rows = self.pace.rows(first, len(seeds))
            started = time.perf_counter()
            yield rows, self.task(take_genomes(genomes, rows), seeds[rows], scene)
            self.pace.took(time.perf_counter() - started, rows.stop - first)
            first = rows.stop
