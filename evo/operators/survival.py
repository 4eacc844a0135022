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
    """The best `elites` of the population, followed by all offspring."""

    elites: int = 0

    def __call__(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        if self.elites == 0 or len(population) == 0:
            return offspring
        return population.take(best_first(population.score)[: self.elites]).concat(offspring)


@dataclass(frozen=True)
class Plus:
    """The best `size` of population and offspring together, best first.

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
    """The best `size` of the offspring, best first; the population is forgotten.

    Source: Beyer & Schwefel (2002), section 2.
    """

    size: int

    def __call__(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        return offspring.take(best_first(offspring.score)[: self.size])


@dataclass(frozen=True)
class RoundRobin:
    """The `size` individuals of population and offspring with most wins (q-tournament).

    Each meets `opponents` drawn at random. A draw counts as a win; of equal wins the better score
    survives.

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
