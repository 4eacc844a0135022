"""Evaluation in processes: for problems in pure Python, and for those that may hang or crash."""

import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo import own_code
from evo.development import IDENTITY
from evo.errors import EvaluationError, UsageError
from evo.evaluation.base import Evaluator, Piece, Task, divided, failure
from evo.parent import die_with_parent
from evo.population import Evaluation, take_genomes
from evo.problems.base import Problem
from evo.scenes import Scene

_START_SECONDS = 120.0

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What ends a process at once: on Windows, which has no SIGKILL, SIGTERM does."""

_task: Task | None = None
_barrier: Any = None


def _initialise(files: list[str], task: bytes, barrier: Any) -> None:
    """In the worker: keep the task, so that it is sent once.

    Ctrl-C is the main process's business; the worker ends with that process.

    Args:
        files: those of the user's own that the task needs.
        task: the task, pickled.
        barrier: where all workers meet.
    """
    global _task, _barrier
    die_with_parent()
    own_code.import_files(files)
    _task, _barrier = pickle.loads(task), barrier
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _ready() -> int:
    """In the worker: its process id, once all workers are there, so that each answers once."""
    _barrier.wait(_START_SECONDS)
    return os.getpid()


def _work(genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None) -> tuple[Evaluation, float]:
    assert _task is not None
    started = time.perf_counter()
    return _task(genomes, seeds, scene), time.perf_counter() - started


class Processes(Evaluator):
    """Evaluates batches in `workers` processes.

    A batch that takes longer than `timeout` seconds, or whose process dies, is evaluated again row
    by row, each alone; a row that then hangs or dies again has failed. Where the problem has
    groups, it is evaluated again group by group, and only a group that then hangs or dies again
    row by row. The workers are replaced when that happens.

    Args:
        problem: gives phenotypes their fitness.
        development: from genomes to phenotypes.
        workers: number of processes.
        timeout: seconds that a batch may take; None for no limit.
    """

    def __init__(
        self,
        problem: Problem,
        development: Callable[[Any], Any] = IDENTITY,
        *,
        workers: int = 1,
        timeout: float | None = None,
    ) -> None:
        super().__init__(problem, development, workers=workers)
        self.timeout = timeout
        self._pool: ProcessPoolExecutor | None = None
        self._pids: list[int] = []

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
        barrier = context.Barrier(self.workers)
        others = multiprocessing.active_children()
        sent = own_code.imported(), self.pickled(), barrier
        pool = ProcessPoolExecutor(self.workers, context, _initialise, sent)
        try:
            self._pids = [
                future.result() for future in [pool.submit(_ready) for _ in range(self.workers)]
            ]
        except (BrokenProcessPool, EOFError, OSError) as error:
            raise EvaluationError(
                "the evaluation processes died while starting",
                'a script that uses processes has to start its run under "if __name__ == '
                "'__main__':\"",
            ) from error
        except BaseException:
            # A worker that is still starting complains when what it was sent goes away.
            for process in multiprocessing.active_children():
                if process not in others:
                    process.kill()
            pool.shutdown(cancel_futures=True)
            raise
        return pool

    def pickled(self) -> bytes:
        """The task as it is sent. Raises `UsageError` if it cannot be."""
        try:
            return pickle.dumps(self.task)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise UsageError(
                f"this problem cannot be sent to other processes: {error}",
                "define its function with def, outside of other functions; or evaluate in this "
                "process: workers=1",
            ) from None

    def pieces(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None
    ) -> Iterable[Piece]:
        """As many batches at a time as there are processes.

        Rows that may have caused a crash are evaluated at the end, one group at a time.
        """
        first, suspects = 0, deque[slice]()
        running = dict[Future[tuple[Evaluation, float]], tuple[slice, float]]()
        while running or suspects or first < len(seeds):
            self._pool = pool = self._pool or self._start()
            try:
                while first < len(seeds) and len(running) < self.workers:
                    rows = self.pace.rows(first, len(seeds))
                    batch = take_genomes(genomes, rows)
                    future = pool.submit(_work, batch, seeds[rows], scene)
                    running[future] = rows, time.monotonic()
                    first = rows.stop
                if not running:
                    rows = suspects[0]
                    batch = take_genomes(genomes, rows)
                    future = pool.submit(_work, batch, seeds[rows], scene)
                    running[future] = rows, time.monotonic()
                    # only now: a pool that is broken takes nothing
                    suspects.popleft()
                oldest = min(started for _, started in running.values())
                for future in wait(running, self._patience(oldest), FIRST_COMPLETED).done:
                    result, seconds = future.result()
                    rows, _ = running.pop(future)
                    self.pace.took(seconds, rows.stop - rows.start)
                    yield rows, result
                if any(self._is_late(started) for _, started in running.values()):
                    raise TimeoutError
            except (BrokenProcessPool, TimeoutError) as error:
                hung = isinstance(error, TimeoutError)
                stopped = [(rows, started) for rows, started in running.values()]
                running.clear()
                self._kill()
                group = self.problem.group or 1
                for rows, started in stopped:
                    size = rows.stop - rows.start
                    guilty = self._is_late(started) if hung else len(stopped) == 1
                    if size > group or not guilty:
                        suspects.extend(divided(rows, group))
                    elif size > 1:
                        suspects.extend(divided(rows, 1))
                    elif hung:
                        yield rows, failure(f"took longer than {self.timeout:g} s")
                    else:
                        yield rows, failure("its process died")

    def _patience(self, started: float) -> float | None:
        """Seconds that a batch may go on which started then; None for ever."""
        if self.timeout is None:
            return None
        return max(0.0, started + self.timeout - time.monotonic())

    def _is_late(self, started: float) -> bool:
        """Whether a batch that started then, and still goes on, counts as hung."""
        return self._patience(started) == 0.0

    def _kill(self, wait: bool = False) -> None:
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, KILL)
        if self._pool is not None:
            self._pool.shutdown(wait, cancel_futures=True)
        self._pool, self._pids = None, []

    def close(self) -> None:
        """Stop the processes at once."""
        # Waiting for the pool's thread costs no time once its processes are dead; an interpreter
        # that exits before it complains.
        self._kill(wait=True)
