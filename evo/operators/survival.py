"""Survivor selection: who of the present population and its offspring makes the next population.

Each operator takes `population` (empty in the first generation) and `offspring`, both evaluated,
and returns the survivors. Of equal scores the first row wins. Where both are ranked together,
offspring come first, so that a search can drift over plateaus.

Source: A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015), section
5.3.
"""

from dataclasses import dataclass

import numpy as np

from evo.operators.selection import best_first
from evo.population import Population


@dataclass(frozen=True)
class Generational:
    """Generational survival: all offspring, and the best few of the old population, the elites."""

    elites: int = 0

    def __call__(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        if self.elites == 0 or len(population) == 0:
            return offspring
        return population.take(best_first(population.score)[: self.elites]).concat(offspring)


@dataclass(frozen=True)
class Plus:
    """Plus survival: the best of the old population and the offspring together.

    `size` survive, the best first.

    Source: H.-G. Beyer, H.-P. Schwefel, Evolution Strategies: a Comprehensive Introduction, Natural
    Computing 1 (2002), section 2.
    """

    size: int

    def __call__(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        both = offspring.concat(population) if len(population) else offspring
        return both.take(best_first(both.score)[: self.size])


@dataclass(frozen=True)
class Comma:
    """Comma survival: the best of the offspring; the old population is forgotten.

    `size` survive, the best first.

    Source: Beyer & Schwefel (2002), section 2.
    """

    size: int

    def __call__(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        return offspring.take(best_first(offspring.score)[: self.size])


@dataclass(frozen=True)
class RoundRobin:
    """Round-robin tournament: who wins most of q random encounters survives.

    Each of the old population and the offspring meets q `opponents` drawn at random, and `size`
    survive. A draw counts as a win; of equal wins the better score survives.

    Example:
        import numpy as np
        import evo
        from evo.operators.survival import RoundRobin

        three = evo.Population.unevaluated(np.zeros((3, 2)))
        old = three.evaluated(evo.Evaluation(np.array([1.0, 2.0, 3.0])))
        new = three.evaluated(evo.Evaluation(np.array([0.0, 5.0, 4.0])))
        print(RoundRobin(3, opponents=100)(old, new, np.random.default_rng(1)).fitness)

    Source: D. B. Fogel, Evolutionary Computation (1995); Eiben & Smith section 5.3.2.
    """

    size: int
    opponents: int = 10

    def __call__(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        both = offspring.concat(population) if len(population) else offspring
        score = both.score
        met = rng.integers(len(both), size=(len(both), self.opponents))
        wins = (score[:, None] >= score[met]).sum(axis=1)
        return both.take(np.lexsort((-score, -wins))[: self.size])
