"""Evaluation in threads: for problems whose kernels release the GIL."""

import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.evaluation.base import Evaluator, Piece
from evo.population import Evaluation, take_genomes
from evo.scenes import Scene


class Threads(Evaluator):
    """Evaluates batches in `workers` threads of this process."""

    _pool: ThreadPoolExecutor | None = None

    def pieces(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None
    ) -> Iterable[Piece]:
        """As many batches at a time as there are threads."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="evo")
        first, running = 0, dict[Future[tuple[Evaluation, float]], slice]()
        try:
            while running or first < len(seeds):
                while first < len(seeds) and len(running) < self.workers:
                    rows = self.pace.rows(first, len(seeds))
                    running[
                        self._pool.submit(
                            self._timed, take_genomes(genomes, rows), seeds[rows], scene
                        )
                    ] = rows
                    first = rows.stop
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    rows = running.pop(future)
                    result, seconds = future.result()
                    self.pace.took(seconds, rows.stop - rows.start)
                    yield rows, result
        finally:
            for future in running:
                future.cancel()

    def _timed(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None
    ) -> tuple[Evaluation, float]:
        started = time.perf_counter()
        return self.task(genomes, seeds, scene), time.perf_counter() - started

    def close(self) -> None:
        """Let running batches end and give the threads back."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
