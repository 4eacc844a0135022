"""Problems made of a function of one's own."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.phenotype import Need
from evo.population import Evaluation, take_genomes
from evo.problems.base import Problem
from evo.scores import Score


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
            or as many figures as there are scores.
        needs: what a phenotype has to be.
        scores: what the figures are called and which way is better.
        batch: whether the function gets all phenotypes at once and returns one figure for each.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        needs: Need,
        scores: Sequence[Score] = (Score(),),
        batch: bool = False,
    ) -> None:
        super().__init__()
        self.function = function
        self.needs = needs
        self.scores = tuple(scores)
        self.batch = batch

    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The function's figures as fitness."""
        if self.batch:
            return Evaluation(self.goal.fitness_of(self.function(phenotypes)))
        figures = [self.function(self._single(phenotypes, i)) for i in range(len(seeds))]
        return Evaluation(self.goal.fitness_of(figures))

    @staticmethod
    def _single(phenotypes: Any, row: int) -> Any:
        if isinstance(phenotypes, np.ndarray):
            return phenotypes[row]
        if isinstance(phenotypes, dict):
            return {name: Custom._single(part, row) for name, part in phenotypes.items()}
        return take_genomes(phenotypes, slice(row, row + 1))


def minimise(
    function: Callable[[Any], Any],
    needs: Need,
    *,
    target: float | None = None,
    batch: bool = False,
) -> Custom:
    """The problem to find what makes a function small.

    ``evo.evolution("cma-es", evo.minimise(lambda x: (x**2).sum(), evo.Reals(4))).run()``.

    Args:
        function: gets one phenotype and returns its cost.
        needs: what a phenotype has to be: `Reals`, `Bits`, `Network` …
        target: the cost at which the problem counts as solved.
        batch: whether the function gets all phenotypes at once and returns one cost for each.
    """
    return Custom(function, needs, [Score("cost", minimise=True, target=target)], batch)


def maximise(
    function: Callable[[Any], Any],
    needs: Need,
    *,
    target: float | None = None,
    batch: bool = False,
) -> Custom:
    """The problem to find what makes a function large.

    Args:
        function: gets one phenotype and returns its fitness.
        needs: what a phenotype has to be: `Reals`, `Bits`, `Network` …
        target: the fitness at which the problem counts as solved.
        batch: whether the function gets all phenotypes at once and returns a fitness for each.
    """
    return Custom(function, needs, [Score(target=target)], batch)
