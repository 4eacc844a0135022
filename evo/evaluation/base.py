"""What every evaluator shares.

The task, batches of a fitting size, and what a failed evaluation means.

An individual whose evaluation raises, or returns NaN or infinity, gets the fitness NaN and its
reason in `Evaluation.errors`; the others of its batch are not affected. Errors of this project
(`EvoError`) are about the request, not about an individual, and pass through.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evo.errors import EvoError
from evo.population import Evaluation
from evo.problems.base import Problem
from evo.skeleton import identity

# Long enough for the cost of a batch not to matter, short enough for Ctrl-C to be answered at once.
_BATCH_SECONDS = 0.1
_FIRST_BATCH = 8

Rows = slice
Piece = tuple[Rows, Evaluation]


@dataclass(frozen=True)
class Task:
    """What a worker does with a batch: develop the genomes, then evaluate the phenotypes.

    Small, and can be sent.
    """

    problem: Problem
    development: Callable[[Any], Any] = identity

    def __call__(self, genomes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The batch's evaluation. If it raises, each row is evaluated by itself."""
        try:
            result = self.problem.evaluate(self.development(genomes), seeds)
        except EvoError:
            raise
        except Exception as error:  # whatever a problem raises is that individual's failure
            if len(seeds) == 1:
                return failure(f"{type(error).__name__}: {error}".strip(": "))
            rows = [slice(i, i + 1) for i in range(len(seeds))]
            return join(len(seeds), ((row, self(cut(genomes, row), seeds[row])) for row in rows))
        if len(result.fitness) != len(seeds):
            name = type(self.problem).__name__
            raise EvoError(
                f"{name}.evaluate returned {len(result.fitness)} fitness values for {len(seeds)} "
                "individuals",
                "it has to return one per phenotype, in their order",
            )
        bad = ~np.isfinite(result.fitness).reshape(len(seeds), -1).all(axis=1)
        if not bad.any():
            return result
        fitness = np.array(result.fitness, np.float64)
        fitness[bad] = np.nan
        reasons = {int(row): "fitness is not a finite number" for row in np.flatnonzero(bad)}
        return Evaluation(fitness, result.columns, {**reasons, **result.errors})


def failure(reason: str) -> Evaluation:
    """The evaluation of one individual that failed."""
    return Evaluation(np.full(1, np.nan), errors={0: reason})


def cut(genomes: Any, rows: slice) -> Any:
    """The genomes of consecutive `rows`, without a copy."""
    return genomes[rows] if isinstance(genomes, np.ndarray) else genomes.take(rows)


def join(n: int, pieces: Iterable[Piece]) -> Evaluation:
    """The evaluation of n individuals from those of consecutive rows.

    Where a column is not known it is NaN or 0.
    """
    pieces = list(pieces)
    if len(pieces) == 1:
        return pieces[0][1]
    shape = max((piece.fitness.shape[1:] for _, piece in pieces), key=len)
    fitness = np.full((n, *shape), np.nan)
    columns: dict[str, NDArray[Any]] = {}
    errors: dict[int, str] = {}
    for rows, piece in pieces:
        fitness[rows] = piece.fitness if piece.fitness.ndim == fitness.ndim else np.nan
        errors |= {rows.start + row: reason for row, reason in piece.errors.items()}
        for name, column in piece.columns.items():
            if name not in columns:
                unknown = np.nan if column.dtype.kind == "f" else 0
                columns[name] = np.full((n, *column.shape[1:]), unknown, column.dtype)
            columns[name][rows] = column
    return Evaluation(fitness, columns, dict(sorted(errors.items())))


class Pace:
    """Cuts n rows into batches that take about a tenth of a second, from how long earlier ones took.

    The size of a batch decides when work is done, never what comes out.
    """

    def __init__(self, workers: int = 1):
        self._workers = workers
        self._seconds_per_row: float | None = None

    def rows(self, first: int, n: int) -> slice:
        """The next batch after row `first`."""
        share = -(-n // self._workers)
        size = (
            _FIRST_BATCH
            if self._seconds_per_row is None
            else int(_BATCH_SECONDS / max(self._seconds_per_row, 1e-9))
        )
        return slice(first, min(n, first + max(1, min(size, share))))

    def took(self, seconds: float, rows: int) -> None:
        """A batch of `rows` took `seconds`."""
        # The slower of old and new: one batch that is too long is worse than several that are too
        # short.
        now, before = seconds / rows, self._seconds_per_row
        self._seconds_per_row = now if before is None else max(now, 0.5 * (now + before))


class Evaluator:
    """Runs a task's batches somewhere. A context manager: `close` gives its workers back.

    `progress`, where set, is called with (individuals evaluated, all of them) after each batch.
    """

    progress: Callable[[int, int], None] | None = None

    def __init__(
        self, problem: Problem, development: Callable[[Any], Any] = identity, *, workers: int = 1
    ):
        self.task = Task(problem, development)
        self.workers = workers
        self.pace = Pace(workers)

    @property
    def problem(self) -> Problem:
        """The problem that is evaluated."""
        return self.task.problem

    @property
    def noisy(self) -> bool:
        """Whether a second evaluation under another seed may give another fitness."""
        return self.problem.noisy

    @property
    def common_random_numbers(self) -> bool:
        """Whether all individuals of a generation get the same seed."""
        return self.problem.common_random_numbers

    def evaluate(self, genomes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The fitness of n genomes, NaN with a reason in `errors` for each that failed.

        Row i is seeded by `seeds[i]` alone.
        """
        return join(len(seeds), self._told(self.pieces(genomes, seeds), len(seeds)))

    def _told(self, pieces: Iterable[Piece], n: int) -> Iterator[Piece]:
        done = 0
        for rows, piece in pieces:
            done += rows.stop - rows.start
            if self.progress is not None:
                self.progress(done, n)
            yield rows, piece

    def pieces(self, genomes: Any, seeds: NDArray[np.uint64]) -> Iterable[Piece]:
        """Evaluations of consecutive rows, together all of them, in any order."""
        raise TypeError(
            f"{type(self).__name__} does not say where its batches run; override pieces()"
        )

    def close(self) -> None:
        """Give back what was taken; the evaluator cannot be used afterwards."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
