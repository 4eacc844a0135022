"""Tasks with known answers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.networks.activate import outputs
from evo.networks.flat import Networks
from evo.phenotype import Network
from evo.population import Evaluation
from evo.problems.base import Lessons, Problem
from evo.scores import Score

PATTERNS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
ANSWERS = np.array([0.0, 1.0, 1.0, 0.0])
STEPS = 4
"""Steps for which a recurrent network sees each pattern: enough for three hidden nodes in a row."""


class Xor(Problem):
    """Exclusive or: whether just one of two inputs is 1, which takes a hidden node to tell.

    Fitness is ``(4 - sum of |error|) ** 2`` over the four patterns, at most 16. Answers are 0 and
    1. Outputs need not be bounded, so a sum beyond 4 makes fitness negative instead of larger
    again.

    The target is ``3.5 ** 2``. A network that reaches it has every pattern on the right side of
    0.5, since a single one on the wrong side is off by more than 0.5.

    Source: K. O. Stanley, R. Miikkulainen, Evolving Neural Networks through Augmenting Topologies,
    Evolutionary Computation 10(2), 2002, section 4.1.
    """

    needs = Network(2, 1)
    scores = (Score(target=3.5**2),)
    compiled = True

    def evaluate(self, phenotypes: Networks, seeds: NDArray[np.uint64]) -> Evaluation:
        """The fitness of n networks."""
        given = outputs(phenotypes, PATTERNS, STEPS if phenotypes.recurrent else 1)[:, :, 0]
        error = np.abs(given - ANSWERS).sum(axis=1)
        return Evaluation((4.0 - error) * np.abs(4.0 - error))

    def describe(self, phenotypes: Networks, row: int = 0) -> dict[str, Any]:
        """A network, with the names of its inputs and of its output."""
        names = {"input_names": ["a", "b"], "output_names": ["a xor b"]}
        return super().describe(phenotypes, row) | names

    def lessons(self, rng: np.random.Generator) -> Lessons:
        """The four patterns and their answers."""
        return Lessons(PATTERNS, ANSWERS[:, None])
