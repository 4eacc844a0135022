"""The figures of one score or of several, as they are written and shown.

One score is a number; several are numbers by the name of the score.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evo.population import Population
from evo.problems.base import Problem
from evo.reports.numbers import told
from evo.scores import Goal

INFEASIBLE = "infeasible"
"""How many of a generation violate constraints, where a problem has some."""
SHOWN = ("front", "hypervolume", "elites", "coverage", "qd_score", "train_accuracy")
"""Figures of fronts and archives, and of training, which people look at first."""


def readable(goal: Goal, fitness: Any) -> Any:
    """Fitness of one individual as people read it: a number, or numbers by score.

    Args:
        goal: the scores.
        fitness: one value for each score.
    """
    figures = np.atleast_1d(goal.figures_of(fitness)).tolist()
    if len(goal.scores) == 1:
        return figures[0]
    return {score.name: each for score, each in zip(goal.scores, figures, strict=True)}


def names(goal: Goal) -> str:
    """What the scores are called."""
    return ", ".join(score.name for score in goal.scores)


def lower_is_better(scores: Sequence[Mapping[str, Any]], measure: str) -> bool | None:
    """Whether a lower measure of an evolution is better; None where nothing says.

    Args:
        scores: what run.json says of them.
        measure: a key of summary.json, as in champion.mean, or champion.mean.cost of several.
    """
    figure, _, name = measure.removeprefix("champion.").partition(".")
    if figure in ("best", "mean"):
        named = [score["minimise"] for score in scores if name == score["name"]]
        return scores[0]["minimise"] if len(scores) == 1 and not name else next(iter(named), None)
    if measure in ("evaluations", "generations", "failures") or figure == "spent":
        return True
    more = ("hypervolume", "coverage", "qd_score", "elites")
    return False if figure == "measures" and name in more else None


def in_words(problem: Problem, individual: Population) -> str:
    """What an individual does: "walks 3.2 m, 5 parts"; its figures where there are no words.

    Args:
        problem: what is solved.
        individual: a population of one.
    """
    if np.isnan(individual.fitness).any():
        return INFEASIBLE
    figure = readable(problem.goal, individual.fitness[0])
    results = {name: column[0] for name, column in individual.results.items()}
    return problem.told(figure, results) or told(figure)
