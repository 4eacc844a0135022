"""MAP-Elites, multi-dimensional archive of phenotypic elites: the best of each cell of a grid.

The grid is over descriptors: properties by which solutions differ.

Source: J.-B. Mouret, J. Clune, Illuminating Search Spaces by Mapping Elites, arXiv:1504.04909
(2015), section 3 and Fig. 2. Figures of an archive: J. K. Pugh, L. B. Soros, K. O. Stanley, Quality
Diversity: A New Frontier for Evolutionary Computation, Frontiers in Robotics and AI 3 (2016).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.errors import ConfigError, UsageError
from evo.genomes.representation import Representation
from evo.operators.archive import descriptors_of, elites, grid_cells
from evo.operators.selection import best_first, fitter_first, partly_alone
from evo.population import Parents, Population, Rows
from evo.scores import FITNESS, Goal
from evo.settings import Settings as BaseSettings
from evo.skeleton import Algorithm


@dataclass(frozen=True)
class Origin:
    """The fitness from which the quality of elites is counted; None before anybody is feasible."""

    fitness: float | None = None


class MAPElites(Algorithm):
    """The population is the archive; offspring enter where they are better than who is there."""

    needs_descriptors = True
    Memory = Origin

    class Settings(BaseSettings):
        """Mouret and Clune leave all of these to the problem."""

        resolution: int = Field(
            20, ge=2, le=10_000, description="cells per descriptor; pyribs' tutorials have 20 to 50"
        )
        batch: int = Field(
            100, ge=2, le=100_000_000, description="offspring of a generation, and the first ones"
        )
        crossover_rate: float = Field(
            0.5, ge=0, le=1, description="probability that two elites are crossed"
        )

    settings: Settings

    def __init__(
        self, representation: Representation, settings: Any = None, goal: Goal = FITNESS
    ) -> None:
        super().__init__(representation, settings, goal)
        self.cells = self.settings.resolution ** len(goal.descriptors)
        if self.cells >= 2**31:
            raise ConfigError(
                [
                    f"algorithm.resolution = {self.settings.resolution}: that makes {self.cells} "
                    f"cells of {len(goal.descriptors)} descriptors; at most 2**31 can be numbered"
                ]
            )

    @property
    def individuals(self) -> int:
        return self.settings.batch

    def initialise(self, rng: np.random.Generator) -> Population:
        """Genomes drawn at random; those that are the best of their cell stay."""
        return Population.unevaluated(self.representation.start(self.settings.batch, rng), Origin())

    def select_parents(self, population: Population, rng: np.random.Generator) -> Parents:
        """Elites, all of them equally likely."""
        rows = rng.integers(len(population), size=(self.settings.batch, 2))
        if self.representation.fitter_first:
            rows = fitter_first(rows, population.score)
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
        """The best of each cell; of equals the offspring, so that the archive can drift.

        The least infeasible individual keeps a cell until a feasible one enters it.
        """
        both = offspring.concat(population) if len(population) else offspring
        cells = self._cells(both)
        rows = elites(cells, both.score)
        if not len(rows):
            raise UsageError(
                "no individual has finite descriptors, so the archive is empty",
                "evaluate() has to return a finite value for each descriptor in results",
            )
        return both.take(rows).with_columns(cell=cells[rows]).with_memory(self._origin(both))

    def carried(self, population: Population) -> Rows:
        return np.arange(len(population))

    def best(self, population: Population) -> Rows:
        """The whole archive, the fittest first; without feasible elites the least infeasible."""
        rows = best_first(population.score)
        feasible = rows[population.violation[rows] == 0]
        return feasible if len(feasible) else rows[:1]

    def _cells(self, population: Population) -> NDArray[np.int64]:
        values = descriptors_of(population, self.goal.descriptors)
        return grid_cells(values, self.goal.descriptors, self.settings.resolution)

    def _origin(self, both: Population) -> Origin:
        """What the score declares, or the worst of the first generation."""
        if both.memory.fitness is not None:
            return both.memory
        score = self.goal.scores[0]
        if score.reference is not None:
            return Origin(float(score.figure(score.reference)))
        seen = both.fitness[~np.isnan(both.fitness)]
        return Origin(float(seen.min())) if len(seen) else both.memory

    def metrics(self, population: Population) -> dict[str, float]:
        """Elites, the share of cells that have one, and their summed quality above the origin."""
        fitness = population.fitness[population.violation == 0]
        quality = np.maximum(fitness - (population.memory.fitness or 0.0), 0.0)
        return {
            "elites": len(fitness),
            "coverage": len(fitness) / self.cells,
            "qd_score": float(quality.sum()),
        }

    def picture(self, population: Population) -> Mapping[str, Any]:
        """Which cells have an elite, and its figure."""
        population = population.take(np.flatnonzero(population.violation == 0))
        return {
            "kind": "archive",
            "score": self.goal.scores[0].name,
            "descriptors": [
                {"name": each.name, "lower": each.lower, "upper": each.upper}
                for each in self.goal.descriptors
            ],
            "resolution": self.settings.resolution,
            "cells": population.columns["cell"].tolist(),
            "figures": self.goal.figures_of(population.fitness).tolist(),
        }

    def check(self, population: Population) -> None:
        super().check(population)
        cell = population.columns.get("cell")
        if cell is None or cell.dtype.kind != "i":
            raise ValueError("the elites lack their cells")
        if population.memory.fitness is None and (population.violation == 0).any():
            raise ValueError("the archive lacks its origin")
        if ((cell < 0) | (cell >= self.cells)).any() or (np.diff(cell) <= 0).any():
            raise ValueError("the cells of the elites do not ascend within the grid")
