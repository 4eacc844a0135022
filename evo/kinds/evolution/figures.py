"""The figures of one score or of several, as they are written and shown.

One score is a number; several are numbers by the name of the score.
"""

from typing import Any

import numpy as np

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
