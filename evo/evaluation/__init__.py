"""Where batches are evaluated: in this thread, in threads, in processes."""

from collections.abc import Callable
from typing import Any

from evo.evaluation.base import Evaluator
from evo.evaluation.serial import Serial
from evo.problems.base import Problem


def make_evaluator(
    kind: str, problem: Problem, development: Callable[[Any], Any], *, workers: int = 1, timeout: float | None = None
) -> Evaluator:
    """The evaluator called `kind`: "serial", "threads", "processes", or "auto" for what suits the problem."""
    return Serial(problem, development, timeout)
