"""Where batches are evaluated: in this thread, in threads or in processes.

The results are the same everywhere, bit for bit.
"""

from collections.abc import Callable
from typing import Any

from evo.errors import UsageError, did_you_mean
from evo.evaluation.auto import Auto as Auto
from evo.evaluation.auto import cores as cores
from evo.evaluation.base import Evaluator as Evaluator
from evo.evaluation.serial import Serial as Serial
from evo.problems.base import Problem

EVALUATORS = ("auto", "serial", "threads", "processes")


def make_evaluator(
    kind: str,
    problem: Problem,
    development: Callable[[Any], Any],
    *,
    workers: int | None = None,
    timeout: float | None = None,
) -> Evaluator:
    """The evaluator called `kind`.

    "auto" takes processes if there is a time-out. Otherwise it takes this thread for one worker;
    threads for problems with compiled kernels, and processes for all others, if their number is
    given; and if it is not, it begins in this thread and goes on with all cores once they pay.

    Args:
        kind: one of `EVALUATORS`.
        problem: what is evaluated.
        development: from genomes to the phenotypes that the problem takes.
        workers: how many batches run at a time; by default all cores, and one for "serial".
        timeout: seconds after which an evaluation counts as hung; only processes can be stopped.

    Raises:
        UsageError: there is no such evaluator, or the settings do not fit it.
    """
    if kind not in EVALUATORS:
        raise UsageError(
            f"unknown evaluator {kind!r}{did_you_mean(kind, EVALUATORS)}",
            f"evaluators: {', '.join(EVALUATORS)}",
        )
    if workers is None:
        if kind == "auto" and not timeout:
            return Auto(problem, development, workers=cores())
        workers = 1 if kind == "serial" else cores()
    if workers < 1:
        raise UsageError(
            f"workers = {workers}: there has to be at least one",
            "--workers 1 evaluates in the main process",
        )
    if timeout is not None and not timeout > 0:
        raise UsageError(f"timeout = {timeout}: it has to be positive, in seconds")
    if kind == "auto":
        kind = (
            "processes"
            if timeout
            else "serial"
            if workers == 1
            else "threads"
            if problem.compiled
            else "processes"
        )
    if timeout and kind != "processes":
        raise UsageError(
            f"an evaluation in {kind} cannot be stopped, so there can be no time-out",
            "use --evaluator processes",
        )
    if kind == "serial" and workers > 1:
        raise UsageError(
            f"serial evaluation has one worker, not {workers}",
            "use --evaluator threads or --evaluator processes",
        )
    if kind == "threads":
        from evo.evaluation.threads import Threads

        return Threads(problem, development, workers=workers)
    if kind == "processes":
        from evo.evaluation.processes import Processes

        return Processes(problem, development, workers=workers, timeout=timeout)
    return Serial(problem, development)
