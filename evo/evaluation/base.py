"""What evaluators share: the task, batches of a fitting size, and what a failed evaluation means.

An individual whose evaluation raises, or returns NaN or infinity, gets the fitness NaN and its
reason in `Evaluation.errors`; the others of its batch are not affected. Errors of this project
(`EvoError`) are about the request, not about an individual, and pass through.

Where the problem has groups (`Problem.group`), each request is first cut into them, from its first
row on: `evaluate` gets one group at a time, whole, wherever it runs and however long it takes. The
last group of a request is short. A request is what is evaluated in one call: of a generation, the
survivors that are looked at again and then the offspring; of the judge's screening, each candidate
under all of its seeds. Where a group raises, hangs or kills its process, each of its rows is
evaluated as a group of its own; the other groups keep their results.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evo.development import IDENTITY
from evo.errors import EvoError, UsageError
from evo.population import Evaluation, Population, concat_genomes, take_genomes
from evo.problems.base import Problem
from evo.scenes import Scene, Setting

# Long enough for the cost of a batch not to matter, short enough for Ctrl-C to be answered at once.
_BATCH_SECONDS = 0.1
_FIRST_BATCH = 8

Rows = slice
Piece = tuple[Rows, Evaluation]


@dataclass(frozen=True)
class Task:
    """What a worker does with a batch: develop the genomes, then evaluate the phenotypes.

    It is small and can be sent to another process.
    """

    problem: Problem
    development: Callable[[Any], Any] = IDENTITY

    def __call__(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None = None
    ) -> Evaluation:
        """The batch's evaluation, group by group; if one raises, each of its rows by itself.

        Args:
            genomes: n of them; where the problem has groups, whole ones, the last perhaps short.
            seeds: `(n,)`.
            scene: what the evaluations take from others; None if nothing.
        """
        group = self.problem.group
        if group is not None and len(seeds) > group:
            return self._in_parts(genomes, seeds, scene, group)
        try:
            with self.problem.at_work():
                result = self._evaluation(genomes, seeds, scene)
        except EvoError:
            raise
        except Exception as error:  # whatever a problem raises is that individual's failure
            if len(seeds) == 1:
                return failure(f"{type(error).__name__}: {error}".strip(": "))
            return self._in_parts(genomes, seeds, scene, 1)
        if len(result.fitness) != len(seeds):
            name = type(self.problem).__name__
            raise EvoError(
                f"{name}.evaluate returned {len(result.fitness)} fitness values for {len(seeds)} "
                "individuals",
                "it has to return one per phenotype, in their order",
            )
        bad = ~np.isfinite(result.fitness).reshape(len(seeds), -1).all(axis=1)
        bad &= ~result.infeasible
        if not bad.any():
            return result
        fitness = np.array(result.fitness, np.float64)
        fitness[bad] = np.nan
        reasons = {int(row): "fitness is not a finite number" for row in np.flatnonzero(bad)}
        return replace(result, fitness=fitness, errors={**reasons, **result.errors})

    def _in_parts(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None, size: int
    ) -> Evaluation:
        parts = divided(slice(0, len(seeds)), size)
        pieces = ((rows, self(take_genomes(genomes, rows), seeds[rows], scene)) for rows in parts)
        return join(genomes, pieces)

    def _evaluation(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None
    ) -> Evaluation:
        phenotypes = self.development(genomes)
        if scene is None:
            result: Any = self.problem.evaluate(phenotypes, seeds)
        else:
            result = self.problem.evaluate_among(phenotypes, seeds, self.developed(scene))
        if not isinstance(result, Evaluation):
            raise EvoError(
                f"{type(self.problem).__name__}.evaluate returned {type(result).__name__}",
                "it has to return evo.Evaluation(fitness), with a fitness for each phenotype",
            )
        if result.phenotypes is None:
            return result
        if not hasattr(self.development, "absorb"):
            raise EvoError(
                f"{type(self.development).__name__} has no way from phenotypes back to genomes",
                "what an evaluation changes can be inherited through a development with absorb()",
            )
        inherited = self.development.absorb(genomes, result.phenotypes)  # pyright: ignore[reportFunctionMemberAccess]
        return replace(result, phenotypes=None, genomes=inherited)

    def developed(self, scene: Scene) -> Mapping[str, Any]:
        """A scene with the phenotypes of each population in place of it."""
        return {
            name: self.development(value.genomes) if isinstance(value, Population) else value
            for name, value in scene.items()
        }


def failure(reason: str) -> Evaluation:
    """The evaluation of one individual that failed."""
    return Evaluation(np.full(1, np.nan), errors={0: reason})


def join(genomes: Any, pieces: Iterable[Piece]) -> Evaluation:
    """The evaluation of n genomes from those of consecutive rows, in any order.

    A result that a piece lacks is NaN or 0 in its rows; genomes that did not change are the old
    ones.
    """
    n, pieces = len(genomes), sorted(pieces, key=lambda piece: piece[0].start)
    if len(pieces) == 1:
        return pieces[0][1]
    shape = max((piece.fitness.shape[1:] for _, piece in pieces), key=len)
    fitness = np.full((n, *shape), np.nan)
    errors: dict[int, str] = {}
    for rows, piece in pieces:
        fitness[rows] = piece.fitness if piece.fitness.ndim == fitness.ndim else np.nan
        errors |= {rows.start + row: reason for row, reason in piece.errors.items()}
    changed = None
    if any(piece.genomes is not None for _, piece in pieces):
        changed = concat_genomes(
            [
                take_genomes(genomes, rows) if piece.genomes is None else piece.genomes
                for rows, piece in pieces
            ]
        )
    return Evaluation(
        fitness,
        _columns(n, [(rows, piece.results) for rows, piece in pieces]),
        dict(sorted(errors.items())),
        _columns(n, [(rows, piece.spent) for rows, piece in pieces]),
        genomes=changed,
    )


def divided(rows: Rows, size: int) -> list[Rows]:
    """Consecutive `rows` in parts of `size` rows, the last one perhaps short."""
    return [
        slice(first, min(first + size, rows.stop)) for first in range(rows.start, rows.stop, size)
    ]


def shifted(pieces: Iterable[Piece], first: int) -> Iterator[Piece]:
    """Pieces of the rows from `first` on, whose rows were counted from 0."""
    for rows, piece in pieces:
        yield slice(rows.start + first, rows.stop + first), piece


def _columns(
    n: int, pieces: Iterable[tuple[Rows, Mapping[str, NDArray[Any]]]]
) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {}
    for rows, piece in pieces:
        for name, column in piece.items():
            if name not in columns:
                missing = np.nan if column.dtype.kind == "f" else 0
                columns[name] = np.full((n, *column.shape[1:]), missing, column.dtype)
            columns[name][rows] = column
    return columns


class Pace:
    """Cuts n rows into batches of about a tenth of a second, judged by how long earlier ones took.

    The size of a batch decides when work is done, never what comes out: batches are made of whole
    groups, however long these take.

    Args:
        workers: how many batches run at a time.
        group: rows of a group; 1 where every row is evaluated by itself.
    """

    def __init__(self, workers: int = 1, group: int = 1) -> None:
        self._workers, self._group = workers, group
        self._seconds_per_row: float | None = None

    def rows(self, first: int, n: int) -> slice:
        """The next batch of `n` rows, from row `first` on, which is the first of a group."""
        groups = -(-n // self._group)
        share = -(-groups // self._workers)
        size = (
            _FIRST_BATCH
            if self._seconds_per_row is None
            else int(_BATCH_SECONDS / max(self._seconds_per_row, 1e-9))
        )
        taken = max(1, min(size // self._group, share)) * self._group
        return slice(first, min(n, first + taken))

    def took(self, seconds: float, rows: int) -> None:
        """Learn from a batch of `rows` rows that took `seconds`."""
        # The slower of old and new: one batch that is too long is worse than several that are too
        # short.
        now, before = seconds / rows, self._seconds_per_row
        self._seconds_per_row = now if before is None else max(now, 0.5 * (now + before))


class Evaluator:
    """Runs a task's batches somewhere. A context manager: `close` gives its workers back.

    `progress`, where set, is called with (individuals evaluated, all of them) after each batch.

    Args:
        problem: gives phenotypes their fitness.
        development: from genomes to phenotypes.
        workers: how many batches run at a time.
    """

    progress: Callable[[int, int], None] | None = None

    def __init__(
        self, problem: Problem, development: Callable[[Any], Any] = IDENTITY, *, workers: int = 1
    ) -> None:
        group = problem.group
        if group is not None and group < 1:
            raise UsageError(
                f"{type(problem).__name__}.group = {group}: a group has at least one row",
                "group = None evaluates every row by itself",
            )
        self.task = Task(problem, development)
        self.workers = workers
        self.pace = Pace(workers, group or 1)

    @property
    def problem(self) -> Problem:
        """The problem that is evaluated."""
        return self.task.problem

    @property
    def noisy(self) -> bool:
        """Whether a second evaluation under another seed, or in another scene, may differ."""
        return self.problem.noisy or self.problem.arranges

    @property
    def common_random_numbers(self) -> bool:
        """Whether all individuals of a generation get the same seed."""
        return self.problem.common_random_numbers

    def arrange(self, setting: Setting) -> Scene | None:
        """What the evaluations of a generation take from others; None for nothing."""
        return self.problem.arrange(setting)

    def evaluate(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None = None
    ) -> Evaluation:
        """The fitness of n genomes, NaN with a reason in `errors` for each that failed.

        Args:
            genomes: n of them.
            seeds: `(n,)`; row i draws its randomness from `seeds[i]` alone.
            scene: what `arrange` returned for this generation.
        """
        pieces = self.pieces(genomes, seeds, scene)
        return join(genomes, self._reported(pieces, len(seeds)))

    def _reported(self, pieces: Iterable[Piece], n: int) -> Iterator[Piece]:
        done = 0
        for rows, piece in pieces:
            done += rows.stop - rows.start
            if self.progress is not None:
                self.progress(done, n)
            yield rows, piece

    def pieces(
        self, genomes: Any, seeds: NDArray[np.uint64], scene: Scene | None
    ) -> Iterable[Piece]:
        """The evaluation, in pieces that are ready one after the other.

        Args:
            genomes: n of them.
            seeds: `(n,)`, one for each genome.
            scene: what the evaluations take from others; None if nothing.

        Returns:
            Consecutive rows and their evaluation, in any order; together they are all rows.
        """
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
