"""The best individuals on the way: those that were better than all before them.

They are kept where a problem can film what an individual does, and shown beside the course of a
run, as the film of K. Sims' creatures (SIGGRAPH 1994) shows the best of its generations.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from evo.kinds.evolution.figures import in_words
from evo.population import Population
from evo.problems.base import Problem
from evo.skeleton import Evolution

SHOWN = 6
"""How many are shown at most, the first and the last among them."""
MOST = 64
"""How many are kept: of more, every second one is dropped."""
POPULATION = 12
"""Individuals of the last generation that are shown."""


class Milestones:
    """Keeps the best individual of each generation that brought a better one.

    Args:
        problem: what is solved; nothing is kept unless it can film individuals.

    Attributes:
        individuals: populations of one, in the order of their birth.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.films = getattr(problem, "film", None) is not None and len(problem.scores) == 1
        self.individuals: list[Population] = []

    def look_at(self, evolution: Evolution) -> None:
        """Keep the best individual so far, if it is new."""
        best = evolution.best
        if not self.films or best is None or len(best) != 1 or np.isnan(best.fitness).any():
            return
        born = best.columns["birth"][0]
        if self.individuals and self.individuals[-1].columns["birth"][0] >= born:
            return
        self.individuals.append(best.with_memory(None))
        if len(self.individuals) > MOST:
            self.individuals = self.individuals[::2]

    def describe(self, development: Callable[[Any], Any], seed: int) -> dict[str, Any] | None:
        """Films of some of them as plain data, with captions; None if there are none.

        Args:
            development: from genomes to phenotypes.
            seed: of their episodes.
        """
        if not self.individuals:
            return None
        last = len(self.individuals) - 1
        rows = sorted({round(k * last / max(SHOWN - 1, 1)) for k in range(SHOWN)})
        film: Callable[..., Any] = getattr(self.problem, "film")  # noqa: B009
        films = []
        for row in rows:
            individual = self.individuals[row]
            recorded = film(development(individual.genomes), seed, every=4)
            caption = f"generation {int(individual.columns['birth'][0])}: {recorded.title}"
            films.append({"caption": caption, "film": recorded.describe()})
        return {"kind": "milestones", "films": films}

    def state_dict(self) -> list[dict[str, Any]]:
        """Plain data for a checkpoint."""
        return [individual.state_dict() for individual in self.individuals]

    def load_state_dict(self, state: list[Mapping[str, Any]]) -> None:
        """Inverse of `state_dict`. Raises `ValueError` or `KeyError` if it is none."""
        self.individuals = [Population.from_state_dict(each) for each in state]


def bodies_evolve(problem: Problem) -> bool:
    """Whether individuals can be filmed and differ in their bodies."""
    films = getattr(problem, "film", None) is not None
    return films and getattr(problem, "body", None) is None


def sheet(
    problem: Problem, development: Callable[[Any], Any], population: Population
) -> dict[str, Any] | None:
    """The fittest of a population as plain data for one picture; None where no bodies evolve.

    Args:
        problem: what is solved.
        development: from genomes to phenotypes.
        population: the survivors.
    """
    if not bodies_evolve(problem) or not len(population):
        return None
    order = np.argsort(-population.score.reshape(len(population), -1)[:, 0], kind="stable")
    chosen = population.take(order[:POPULATION])
    body: Callable[..., Any] = getattr(problem, "creature")  # noqa: B009
    phenotypes = development(chosen.genomes)
    creatures = [
        {
            "caption": in_words(problem, chosen.take(slice(row, row + 1))),
            "body": body(phenotypes, row)[0].describe(),
        }
        for row in range(len(chosen))
    ]
    return {"kind": "sheet", "creatures": creatures}
