"""The figures of one score or of several, as they are written and shown.

One score is a number; several are numbers by the name of the score.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from evo.reports.numbers import number
from evo.scores import Goal


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


def told(figure: Any, write: Callable[[Any], str] = number) -> str:
    """A number, or numbers with the names of their scores, in words."""
    if isinstance(figure, Mapping):
        return ", ".join(f"{name} {write(each)}" for name, each in figure.items())
    return write(figure)
