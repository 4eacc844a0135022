"""Telling classes apart: a network whose greatest output says which class an input is of.

Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, for the
cross-entropy of softmax outputs.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from evo.data import Data, Examples
from evo.errors import UsageError
from evo.networks.flat import Networks
from evo.population import Floats
from evo.problems.example_kernels import add_classes, count_confusion
from evo.problems.examples import FromExamples
from evo.scores import Score

ACCURACY = Score("accuracy")
CROSS_ENTROPY = Score("cross-entropy", minimise=True)
MOST_CLASSES = 20
"""Classes of which a table still shows which is taken for which."""


class Classification(FromExamples):
    """Classification: a network has an output for each class, and its greatest says which it is.

    By default fitness is the negative cross-entropy of the softmax of its outputs, in nats. The
    champion is judged by accuracy, the share of examples that it tells rightly.

    Args:
        data: where the examples are from; its answers are classes.
        settings: of `ExampleSettings`.
    """

    taught_by = "cross-entropy"

    def __init__(self, data: Data, settings: Any = None) -> None:
        super().__init__(data, settings)
        if not (self.settings.drift == 0 or 2 <= self.settings.drift <= self.form.classes):
            raise UsageError(
                f"problem.drift = {self.settings.drift}: so many classes cannot change places",
                f"give 0, or 2 to {self.form.classes}",
            )
        by_loss = self.settings.score == "loss"
        self.scores = (CROSS_ENTROPY if by_loss else ACCURACY,)
        self.judged = ACCURACY if by_loss else None

    def figures(self, networks: Networks, examples: Examples) -> dict[str, Floats]:
        """Mean cross-entropy, and accuracy."""
        count = len(examples.targets)
        loss, right = np.zeros(len(networks)), np.zeros(len(networks), np.int64)
        for rows, given in self.given(networks, examples):
            add_classes(given, examples.targets[rows], loss, right)
        return {CROSS_ENTROPY.name: loss / count, ACCURACY.name: right / count}

    def answers(self, examples: Examples) -> Floats:
        """1 for the right class and 0 for all others."""
        return np.eye(self.form.classes)[examples.targets]

    def drifted(self, examples: Examples, rng: np.random.Generator) -> Examples:
        """The examples with some classes, drawn anew, in each other's places."""
        moving = rng.permutation(self.form.classes)[: self.settings.drift]
        places = np.arange(self.form.classes)
        places[moving] = np.roll(moving, 1)
        return examples._replace(targets=places[examples.targets])

    def test(self, phenotype: Networks) -> Mapping[str, Any] | None:
        """Figures on the test examples, and which class is taken for which.

        "confusion" counts examples: a row for each class, a column for each that is told. It is
        there for at most `MOST_CLASSES` classes.
        """
        found = super().test(phenotype)
        if found is None:
            return None
        classes, examples = self.form.classes, self.examples.test
        if classes > MOST_CLASSES:
            return found
        table = np.zeros((classes, classes), np.int64)
        for rows, given in self.given(phenotype, examples):
            count_confusion(given, examples.targets[rows], table)
        return {**found, "confusion": table.tolist()}

    def describe(self, phenotypes: Networks, row: int = 0) -> dict[str, Any]:
        """A network with the names of its inputs, where they are few, and of the classes."""
        names = [f"class {k}" for k in range(self.form.classes)]
        return {**super().describe(phenotypes, row), "output_names": names}
