"""What individuals are worth on fresh seeds."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.evaluation.base import Task
from evo.population import Floats, Population
from evo.problems.base import Problem
from evo.scenes import Scene


def validated(
    problem: Problem,
    development: Callable[[Any], Any],
    individual: Population,
    seeds: NDArray[Any],
    scene: Scene | None,
) -> Floats:
    """`(len(seeds), scores)` figures of one individual, one episode each, as people read them.

    In the real environment where there is one; in the scene of the run where there is one.

    Args:
        problem: what is played.
        development: from genomes to phenotypes.
        individual: a population of one.
        seeds: of the episodes.
        scene: the last one of the run; None where the problem arranges none.
    """
    scores = len(problem.scores)
    if scene is None:
        figures = problem.validate(development(individual.genomes), seeds)
    else:
        genomes = individual.take(np.zeros(len(seeds), np.intp)).genomes
        figures = problem.goal.figures_of(Task(problem, development)(genomes, seeds, scene).fitness)
    return np.asarray(figures, np.float64).reshape(len(seeds), scores)
