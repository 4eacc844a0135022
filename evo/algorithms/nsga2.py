"""NSGA-II, nondominated sorting genetic algorithm: fronts of solutions, spread by crowding.

Source: K. Deb, A. Pratap, S. Agarwal, T. Meyarivan, A Fast and Elitist Multiobjective Genetic
Algorithm: NSGA-II, IEEE Transactions on Evolutionary Computation 6 (2002). Section numbers are
its. Real vectors cross and mutate as there with ``genome.crossover=sbx`` and
``genome.mutation=polynomial``, which are the defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from evo.operators.pareto import crowded_first, crowding, hypervolume, ranks
from evo.operators.selection import Tournament, fitter_first, partly_alone
from evo.population import Floats, Parents, Population, Rows
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm


@dataclass(frozen=True, eq=False)
class Reference:
    """From where hypervolume is measured: `(m,)` fitness; empty before anybody is feasible."""

    point: Floats


class NSGA2(Algorithm):
    """The result is a front: solutions of which none is better in one score and worse in none."""

    objectives = "several"
    Memory = Reference

    class Settings(BaseSettings):
        """The defaults of section IV-B."""

        population: int = Field(
            100, ge=4, le=100_000_000, description="individuals, and as many offspring (IV-B)"
        )
        crossover_rate: float = Field(
            0.9, ge=0, le=1, description="probability that a pair is crossed (IV-B)"
        )

    settings: Settings

    def initialise(self, rng: np.random.Generator) -> Population:
        """Genomes drawn at random."""
        genomes = self.representation.start(self.settings.population, rng)
        return Population.unevaluated(genomes, Reference(np.empty(0)))

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Binary tournaments by front and crowding distance (III-B)."""
        columns, size = population.columns, self.settings.population
        score = np.empty(len(population))
        score[crowded_first(columns["rank"], columns["crowding"])] = -np.arange(len(population))
        rows = Tournament(2)(score, 2 * size, rng).reshape(size, 2)
        if self.representation.fitter_first:
            rows = fitter_first(rows, score)
        return Parents(population, rows)

    def recombine(self, parents: Parents, rng: np.random.Generator) -> Population:
        """A share of the pairs is crossed; the other children are copies of one parent."""
        pairs = partly_alone(parents.rows, self.settings.crossover_rate, rng)
        population = parents.population
        genomes = self.representation.cross(population.genomes, pairs, rng)
        return Population.unevaluated(genomes, population.memory, **parents.named(pairs))

    def mutate(self, offspring: Population, rng: np.random.Generator) -> Population:
        """Every child, by the representation's mutation."""
        return offspring.with_genomes(self.representation.mutate(offspring.genomes, rng))

    def survive(
        self, population: Population, offspring: Population, rng: np.random.Generator
    ) -> Population:
        """The best fronts of parents and offspring together, the last one by crowding (III-C)."""
        both = offspring.concat(population) if len(population) else offspring
        fitness = both.fitness.reshape(len(both), -1)
        rank = ranks(fitness, both.violation)
        distance = crowding(fitness, rank)
        rows = crowded_first(rank, distance)[: self.settings.population]
        survivors = both.with_columns(rank=rank, crowding=distance).take(rows)
        return survivors.with_memory(self._reference(offspring.memory, fitness))

    def carried(self, population: Population) -> Rows:
        return np.arange(len(population))

    def best(self, population: Population) -> Rows:
        """The first front, from one end of the first score to the other.

        As long as nobody is feasible, it is the least infeasible individuals.
        """
        front = np.flatnonzero(
            (population.columns["rank"] == 0) & np.isfinite(population.violation)
        )
        return front[np.argsort(-population.fitness.reshape(len(population), -1)[front, 0])]

    def _reference(self, memory: Reference, fitness: Floats) -> Reference:
        """What the problem declares, or the worst of the first generation with feasible ones."""
        feasible = fitness[~np.isnan(fitness).any(axis=1)]
        if len(memory.point) or not len(feasible):
            return memory
        declared = [score.reference for score in self.goal.scores]
        if None in declared:
            return Reference(feasible.min(axis=0))
        return Reference(np.atleast_1d(self.goal.fitness_of(np.array(declared, np.float64))))

    def metrics(self, population: Population) -> dict[str, float]:
        front = self._figures(population)
        volume = hypervolume(front, population.memory.point) if len(front) else 0.0
        return {"front": len(front), "hypervolume": volume}

    def _figures(self, population: Population) -> Floats:
        """`(n, m)` fitness of the first front; nobody's, as long as nobody is feasible."""
        front = population.fitness.reshape(len(population), -1)[self.best(population)]
        return front[~np.isnan(front).any(axis=1)]

    def picture(self, population: Population) -> Mapping[str, Any]:
        """The figures of the first front."""
        figures = self._figures(population)
        if len(self.goal.scores) == 1:
            figures = figures[:, 0]
        figures = self.goal.figures_of(figures)
        return {
            "kind": "front",
            "scores": [score.name for score in self.goal.scores],
            "points": figures.reshape(len(figures), len(self.goal.scores)).tolist(),
        }

    def check(self, population: Population) -> None:
        super().check(population)
        columns = population.columns
        if not {"rank", "crowding"} <= set(columns) or columns["rank"].dtype.kind != "i":
            raise ValueError("the individuals lack their front or crowding distance")
        if population.memory.point.shape not in ((0,), (len(self.goal.scores),)):
            raise ValueError("the hypervolume's reference has another number of scores")
