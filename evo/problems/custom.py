"""Problems made of a function of one's own."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.phenotype import Need
from evo.population import VIOLATION, Evaluation, Floats, Rows, single, take_genomes
from evo.problems.base import Problem
from evo.scores import Score

HOW = "evo.minimise(function, evo.Reals(4)), or evo.maximise(…)"
WHO = "the function"
MOST = 1e300
"""The greatest violation: one that is infinite is as bad as any, and a number still."""


class Unscored(Problem):
    """A problem without a fitness: its user evaluates between `ask` and `tell`."""

    def __init__(self, needs: Need) -> None:
        super().__init__()
        self.needs = needs

    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """Not possible: the caller of `ask` evaluates."""
        raise NotImplementedError("evaluate what ask() returns, and hand it to tell()")


class Custom(Problem):
    """A function, and what it takes.

    Args:
        function: gets one phenotype (a vector, bits, `Networks` of one, …) and returns its figure,
            or as many figures as there are scores. It is not called for infeasible phenotypes.
        needs: what a phenotype has to be.
        scores: what the figures are called and which way is better.
        batch: whether function and constraints get all phenotypes at once, and return a row for
            each.
        constraints: functions of a phenotype; it is feasible where all that they return, a number
            or an array, is at most 0. What exceeds 0 is added up to say how far it is from
            feasible, so constraints are best scaled alike. Any feasible solution is better than any
            infeasible one.

    Raises:
        UsageError: an argument is not what it has to be, or the function or a constraint, when it
            is called, returns something else than these figures.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        needs: Need,
        scores: Sequence[Score] = (Score(),),
        batch: bool = False,
        constraints: Callable[[Any], Any] | Sequence[Callable[[Any], Any]] = (),
    ) -> None:
        super().__init__()
        if isinstance(function, Need) or not callable(function):
            swapped = "; the two are swapped" if callable(needs) else ""
            raise UsageError(f"{_told(function)} stands where the function has to be{swapped}", HOW)
        if not isinstance(needs, Need):
            raise UsageError(
                f"{_told(needs)} stands where it has to be said what the function takes", HOW
            )
        given = [constraints] if callable(constraints) else list(constraints)
        for constraint in given:
            if not callable(constraint):
                raise UsageError(
                    f"constraints has {_told(constraint)}: it takes functions of a solution",
                    "constraints=[lambda x: x[0] + x[1] - 1.5] keeps that sum at most 1.5",
                )
        self.function = function
        self.needs = needs
        self.scores = tuple(scores)
        self.batch = batch
        self.constraints: tuple[Callable[[Any], Any], ...] = tuple(given)

    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The function's figures as fitness; the sum of what constraints exceed 0 by."""
        n = len(seeds)
        if not self.constraints:
            return Evaluation(self._fitness(phenotypes, np.arange(n)))
        violation = np.zeros(n)
        for constraint in self.constraints:
            if self.batch:
                values = checked_values(constraint(phenotypes), "a constraint")
                if values.shape[:1] != (n,):
                    raise UsageError(
                        f"a constraint returned the shape {values.shape} for a batch of {n}",
                        "with batch=True it returns a row for each solution",
                    )
                excess = np.maximum(values, 0.0).reshape(n, -1).sum(axis=1)
            else:
                each = [
                    checked_values(constraint(single(phenotypes, i)), "a constraint")
                    for i in range(n)
                ]
                excess = np.array([np.maximum(values, 0.0).sum() for values in each])
            violation = np.minimum(violation + excess, MOST)
        feasible = np.flatnonzero(violation == 0)
        scores = len(self.scores)
        fitness = np.full(n if scores == 1 else (n, scores), np.nan)
        if len(feasible):
            fitness[feasible] = self._fitness(phenotypes, feasible)
        return Evaluation(fitness, {VIOLATION: violation})

    def _fitness(self, phenotypes: Any, rows: Rows) -> Floats:
        """The fitness of some of the phenotypes, `(len(rows),)` or a column for each score."""
        scores = len(self.scores)
        shape = (scores,) if scores > 1 else ()
        if not self.batch:
            each = [checked_values(self.function(single(phenotypes, i)), WHO) for i in rows]
            for values in each:
                if values.size != scores:
                    raise UsageError(
                        f"{WHO} returned the shape {values.shape}: it has to return "
                        + (f"{scores} numbers" if scores > 1 else "one number"),
                        "(x**2).sum() is one number; batch=True is for functions of many solutions",
                    )
            return self.goal.fitness_of([values.reshape(shape) for values in each])
        values = checked_values(self.function(several(phenotypes, rows)), WHO)
        if values.size != len(rows) * scores or values.shape[:1] != (len(rows),):
            raise UsageError(
                f"{WHO} returned the shape {values.shape} for a batch of {len(rows)}: it has to "
                f"return {(len(rows), *shape)}",
                "(x**2).sum(axis=1) is one number for each solution",
            )
        return self.goal.fitness_of(values.reshape(len(rows), *shape))


def checked_values(returned: Any, who: str) -> Floats:
    """What a function returned as an array. Raises `UsageError` if these are no numbers."""
    try:
        values = np.asarray(returned)
        if values.dtype.kind in "SUMmcV" or returned is None:
            raise TypeError
        numbers = values.astype(np.float64)
    except (TypeError, ValueError):
        raise UsageError(
            f"{who} returned {_told(returned)}: it has to return numbers",
            "has it a return in every branch?" if returned is None else "a float, or an array",
        ) from None
    if who != WHO and values.dtype.kind == "b":
        raise UsageError(
            f"{who} returned {returned!r:.40}: it has to return a number, at most 0 where all is "
            "well",
            "lambda x: x[0] - 3 keeps x[0] at most 3",
        )
    return numbers


def several(phenotypes: Any, rows: Rows) -> Any:
    """Some of a batch of phenotypes, as a batch."""
    if isinstance(phenotypes, dict):
        return {name: several(part, rows) for name, part in phenotypes.items()}
    return phenotypes if len(rows) == len(phenotypes) else take_genomes(phenotypes, rows)


def as_problem(given: Any) -> Problem:
    """`given`, if it is a problem. Raises `UsageError` with what to write instead if it is not."""
    if isinstance(given, Problem):
        if not isinstance(getattr(given, "needs", None), Need):
            raise UsageError(
                f"{type(given).__name__} does not say what it needs",
                "needs = evo.Reals(4) in its class, or self.needs in its __init__",
            )
        return given
    if isinstance(given, type) and issubclass(given, Problem):
        raise UsageError(
            f"{given.__name__} is a class of problems, not a problem", f"{given.__name__}()"
        )
    hint = (
        HOW if callable(given) else "the name of a problem, a problem, or a need such as Reals(4)"
    )
    raise UsageError(f"{_told(given)} is no problem", hint)


def minimise(
    function: Callable[[Any], Any],
    needs: Need,
    *,
    constraints: Callable[[Any], Any] | Sequence[Callable[[Any], Any]] = (),
    scores: Sequence[str] = (),
    target: float | None = None,
    batch: bool = False,
) -> Custom:
    """The problem to find what makes a function small.

    ``evo.evolution("cma-es", evo.minimise(lambda x: (x**2).sum(), evo.Reals(4))).run()``.

    Args:
        function: gets one phenotype and returns its cost, or a cost for each of `scores`.
        needs: what a phenotype has to be: `Reals`, `Bits`, `Network` …
        constraints: functions of a phenotype, which is feasible where all of them are at most 0;
            see `Custom`.
        scores: what several costs are called; for one cost it is left out.
        target: the cost at which the problem counts as solved.
        batch: whether the functions get all phenotypes at once and return a row for each.
    """
    return _custom(function, needs, constraints, scores, target, batch, minimise=True)


def maximise(
    function: Callable[[Any], Any],
    needs: Need,
    *,
    constraints: Callable[[Any], Any] | Sequence[Callable[[Any], Any]] = (),
    scores: Sequence[str] = (),
    target: float | None = None,
    batch: bool = False,
) -> Custom:
    """The problem to find what makes a function large.

    Args:
        function: gets one phenotype and returns its fitness, or a figure for each of `scores`.
        needs: what a phenotype has to be: `Reals`, `Bits`, `Network` …
        constraints: functions of a phenotype, which is feasible where all of them are at most 0;
            see `Custom`.
        scores: what several figures are called; for one fitness it is left out.
        target: the fitness at which the problem counts as solved.
        batch: whether the functions get all phenotypes at once and return a row for each.
    """
    return _custom(function, needs, constraints, scores, target, batch, minimise=False)


def _custom(
    function: Callable[[Any], Any],
    needs: Need,
    constraints: Callable[[Any], Any] | Sequence[Callable[[Any], Any]],
    scores: Sequence[str],
    target: float | None,
    batch: bool,
    *,
    minimise: bool,
) -> Custom:
    if isinstance(scores, str) or not all(isinstance(name, str) for name in scores):
        raise UsageError(
            f"scores = {scores!r}: it takes a list of names", 'scores=["weight", "cost"]'
        )
    if len(set(scores)) != len(scores):
        raise UsageError(f"scores = {scores!r}: two have the same name")
    if len(scores) > 1 and target is not None:
        raise UsageError(
            f"target = {target!r} of {len(scores)} scores: which one is it of?",
            "evo.Custom(function, needs, [evo.Score(name, minimise=True, target=…), …])",
        )
    names = scores or ["cost" if minimise else "fitness"]
    goals = [Score(name, minimise=minimise, target=target) for name in names]
    return Custom(function, needs, goals, batch, constraints)


def _told(value: Any) -> str:
    """A value in a message: what it is rather than where it is in memory."""
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {value.__name__}"
    return f"{value!r:.60}"
