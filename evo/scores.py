"""What a search is asked for: scores to improve, and descriptors that tell solutions apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Score:
    """A figure of merit that people read.

    Attributes:
        name: what the figure is called: "return", "cost", "ones" …
        minimise: whether less is better; fitness is then the negative of the figure.
        target: the figure at which the problem counts as solved; None if there is none.
        reference: the worst figure that is of interest; where all of several scores have one, the
            hypervolume of a front is measured from there.
    """

    name: str = "fitness"
    minimise: bool = False
    target: float | None = None
    reference: float | None = None

    def figure(self, fitness: Any) -> Any:
        """The figure that people read, from fitness; and fitness from the figure."""
        return -fitness if self.minimise else fitness


@dataclass(frozen=True)
class Descriptor:
    """A property of a solution that is not better or worse, such as a height or a speed.

    Attributes:
        name: under which `Evaluation.results` has its value for each individual.
        lower, upper: the range that is of interest.
    """

    name: str
    lower: float
    upper: float


@dataclass(frozen=True)
class Goal:
    """What a problem declares: one score or several, and descriptors where it has any."""

    scores: tuple[Score, ...] = (Score(),)
    descriptors: tuple[Descriptor, ...] = ()

    def fitness_of(self, figures: Any) -> NDArray[np.float64]:
        """Fitness from figures of shape `(…, scores)`, or of shape `(…)` for a single score."""
        return np.asarray(figures, np.float64) * self._signs

    def figures_of(self, fitness: Any) -> NDArray[np.float64]:
        """The figures that people read, from fitness of the same shape."""
        return np.asarray(fitness, np.float64) * self._signs

    def reached(self, fitness: Any) -> NDArray[np.bool_]:
        """`(n,)` whether each individual meets every target; none does where there is no target.

        Args:
            fitness: `(n,)`, or `(n, m)` for m scores.
        """
        columns = np.asarray(fitness, np.float64).reshape(len(fitness), len(self.scores))
        wanted = [
            (i, score.figure(score.target))
            for i, score in enumerate(self.scores)
            if score.target is not None
        ]
        if not wanted:
            return np.zeros(len(columns), bool)
        return np.all([columns[:, i] >= least for i, least in wanted], axis=0)

    @property
    def _signs(self) -> Any:
        signs = [-1.0 if score.minimise else 1.0 for score in self.scores]
        return signs[0] if len(signs) == 1 else np.array(signs)


FITNESS = Goal()
"""One score that is called fitness, without a target."""
