"""What individuals are worth on fresh seeds."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.evaluation.base import Task
from evo.population import Floats, Population
from evo.problems.base import Problem
from evo.scenes import Scene

AT_A_TIME = 10
"""Episodes after which it is said how many have been played."""


def validated(
    problem: Problem,
    development: Callable[[Any], Any],
    individual: Population,
    seeds: NDArray[Any],
    scene: Scene | None,
    progress: Callable[[int, int], None] | None = None,
) -> Floats:
    """`(len(seeds), scores)` figures of one individual, one episode each, as people read them.

    In the real environment where there is one; in the scene of the run where there is one.

    Args:
        problem: what is played.
        development: from genomes to phenotypes.
        individual: a population of one.
        seeds: of the episodes.
        scene: the last one of the run; None where the problem arranges none.
        progress: gets (episodes played, all of them).
    """
    group = problem.group or 1
    parts, size = [], -(-AT_A_TIME // group) * group if progress else len(seeds)
    for first in range(0, len(seeds), size):
        some = seeds[first : first + size]
        if scene is None:
            with problem.at_work():
                figures = problem.validate(development(individual.genomes), some)
        else:
            genomes = individual.take(np.zeros(len(some), np.intp)).genomes
            found, judged = Task(problem, development)(genomes, some, scene), problem.judged
            figures = (
                problem.goal.figures_of(found.fitness)
                if judged is None
                else found.results[judged.name]
            )
        parts.append(np.asarray(figures, np.float64).reshape(len(some), len(problem.scores)))
        if progress is not None:
            progress(first + len(some), len(seeds))
    return np.concatenate(parts)
