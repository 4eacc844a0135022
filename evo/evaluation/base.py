"""What every evaluator shares: a problem, the development of its genomes, and what a failed evaluation means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evo.population import Evaluation
from evo.problems.base import Problem
from evo.skeleton import identity


@dataclass(frozen=True)
class Task:
    """What a worker does with a batch: develop the genomes, then evaluate the phenotypes. Small, and can be sent."""

    problem: Problem
    development: Callable[[Any], Any] = identity

    def __call__(self, genomes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        return self.problem.evaluate(self.development(genomes), seeds)


class Evaluator:
    """Runs a task's batches somewhere. A context manager: `close` gives its workers back."""

    def __init__(self, problem: Problem, development: Callable[[Any], Any] = identity, timeout: float | None = None):
        self.task = Task(problem, development)
        self.timeout = timeout

    @property
    def noisy(self) -> bool:
        return self.task.problem.noisy

    @property
    def common_random_numbers(self) -> bool:
        return self.task.problem.common_random_numbers

    def evaluate(self, genomes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The fitness of n genomes, NaN with a reason in `errors` for each that failed."""
        return self.task(genomes, seeds)

    def close(self) -> None:
        """Give back what was taken; the evaluator can not be used afterwards."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
