"""Evaluation that takes more cores once they pay."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import parent_process
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.development import IDENTITY
from evo.errors import UsageError
from evo.evaluation.base import Evaluator, Piece, shifted
from evo.evaluation.serial import Serial
from evo.population import take_genomes
from evo.problems.base import Problem
from evo.scenes import Scene

THREADS_AFTER, PROCESSES_AFTER = 0.5, 3.0
"""Seconds of evaluation after which more threads, and more processes, are started.

Threads cost nothing; processes cost a second or two each.
"""


class Auto(Evaluator):
    """Evaluates in this thread at first, and by all cores once that has taken a while.

    Problems with compiled kernels go on in threads. All others go on in processes, but only where
    the command evo runs: a script of the user's own may not be made to be imported by them. What
    comes out is the same.

    Args:
        problem: gives phenotypes their fitness.
        development: from genomes to phenotypes.
        workers: how many batches run at a time then.
    """

    def __init__(
        self, problem: Problem, development: Callable[[Any], Any] = IDENTITY, *, workers: int
    ) -> None:
        super().__init__(problem, development, workers=workers)
        self._alone = Serial(problem, development)
        self._team: Evaluator | None = None
        self._seconds = 0.0
        self._patience = THREADS_AFTER if problem.compiled else PROCESSES_AFTER
        if workers == 1 or not (problem.compiled or is_command()):
            self._patience = float("inf")

    def pieces(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None
    ) -> Iterator[Piece]:
        """Batches in this thread until patience ends, and then as many as there are workers."""
        first = 0
        if self._team is None:
            started = time.perf_counter()
            for rows, piece in self._alone.pieces(genomes, seeds, scene):
                yield rows, piece
                first = rows.stop
                now = time.perf_counter()
                self._seconds, started = self._seconds + now - started, now
                if self._seconds > self._patience and first < len(seeds):
                    self._team = self._gathered()
                    break
        if first < len(seeds):
            team, rest = self._team or self._alone, slice(first, len(seeds))
            pieces = team.pieces(take_genomes(genomes, rest), seeds[rest], scene)
            yield from shifted(pieces, first)

    def _gathered(self) -> Evaluator | None:
        """The evaluator with all workers; None where the problem cannot be sent to them."""
        self._patience = float("inf")
        if self.problem.compiled:
            from evo.evaluation.threads import Threads

            return Threads(self.problem, self.task.development, workers=self.workers)
        from evo.evaluation.processes import Processes

        team = Processes(self.problem, self.task.development, workers=self.workers)
        try:
            team.pickled()
        except UsageError:
            return None
        return team

    def close(self) -> None:
        """Give the workers back."""
        if self._team is not None:
            self._team.close()


def cores() -> int:
    """How many cores this process may use; one in a process that shares the machine with others."""
    if parent_process() is not None:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def is_command() -> bool:
    """Whether this process is the command evo, whose main module can be imported again."""
    main = sys.modules.get("__main__")
    spec, file = getattr(main, "__spec__", None), getattr(main, "__file__", None) or ""
    return getattr(spec, "name", "") == "evo.__main__" or os.path.splitext(os.path.basename(file))[
        0
    ] in ("evo", "evo-script")
