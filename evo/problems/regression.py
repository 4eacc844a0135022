"""Fitting numbers: a network whose outputs are to be the numbers that the data has.

Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 5.2, for the squared
error of networks.
"""

from typing import Any

import numpy as np

from evo.data import Data, Examples
from evo.errors import UsageError
from evo.networks.flat import Networks
from evo.population import Floats
from evo.problems.example_kernels import add_squares
from evo.problems.examples import FromExamples
from evo.scores import Score

SQUARED_ERROR = Score("squared-error", minimise=True)


class Regression(FromExamples):
    """Regression: a network has an output for each number of an answer.

    Fitness is the negative mean squared error, over examples and numbers.

    Args:
        data: where the examples are from; its answers are numbers.
        settings: of `ExampleSettings`.

    Raises:
        UsageError: the settings ask for accuracy, which numbers do not have.
    """

    scores = (SQUARED_ERROR,)

    def __init__(self, data: Data, settings: Any = None) -> None:
        super().__init__(data, settings)
        if self.drifts:
            raise UsageError(
                f"problem.drift = {self.settings.drift}: there are no classes that could change "
                "places",
                "leave problem.drift out",
            )
        if self.settings.score == "accuracy":
            raise UsageError(
                "problem.score = accuracy: answers that are numbers are more or less right",
                "set problem.score=loss, the squared error",
            )

    def figures(self, networks: Networks, examples: Examples) -> dict[str, Floats]:
        """The mean squared error."""
        loss = np.zeros(len(networks))
        answers = np.require(examples.targets, np.float64, ["C", "W"])
        for rows, given in self.given(networks, examples):
            add_squares(given, answers[rows], loss)
        return {SQUARED_ERROR.name: loss / len(answers)}

    def answers(self, examples: Examples) -> Floats:
        """The numbers themselves."""
        return examples.targets.astype(np.float64)

    def describe(self, phenotypes: Networks, row: int = 0) -> dict[str, Any]:
        """A network with the names of its inputs and outputs, where they are few."""
        described = super().describe(phenotypes, row)
        return {**described, "output_names": [f"y{k}" for k in range(self.form.outputs)]}
