"""Networks whose weights are all the same: a problem in which only the topology counts.

Source: A. Gaier, D. Ha, Weight Agnostic Neural Networks, NeurIPS 2019, section 3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.errors import UsageError
from evo.networks.flat import Networks
from evo.phenotype import Network
from evo.population import Evaluation, Floats
from evo.problems.around import AroundNetworks, mean_test
from evo.problems.base import Problem
from evo.scenes import Scene
from evo.settings import Settings as BaseSettings

TUNING_SEEDS = np.arange(5, dtype=np.uint64)
"""Of the validations by which a value is chosen for a champion."""

Weight = Annotated[float, Field(ge=-1e6, le=1e6)]


class WeightAgnostic(AroundNetworks):
    """Weight-agnostic networks: all weights have one value, of which several are tried.

    Fitness, and whatever else is measured, is the mean over the values. Biases are 0. So genomes
    differ by their topology and their functions alone; the weights in them have no effect. A
    champion is judged and tested as it was bred, by the mean over the values. Its picture shows it
    with the value that is best in validation, and so it acts.

    With `lifetime.inherit=afterwards` a champion has weights of its own instead: it learns them
    before it is judged, and evolution sees nothing of it.

    Args:
        inner: the problem that scores networks.
        settings: the values.

    Raises:
        UsageError: the inner problem needs no networks, or writes back what they learn.

    Source: A. Gaier, D. Ha, Weight Agnostic Neural Networks, NeurIPS 2019, section 3.
    """

    class Settings(BaseSettings):
        """The values that all weights have, one after the other."""

        values: tuple[Weight, ...] = Field(
            (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0),
            min_length=1,
            max_length=1000,
            description="values of the shared weight; by default those of the paper",
        )

    settings: Settings

    def __init__(self, inner: Problem, settings: Any = None) -> None:
        super().__init__(inner, settings)
        name = type(inner).__name__
        if not isinstance(inner.needs, Network):
            raise UsageError(
                f"{name} needs {inner.needs.words}, and only networks have weights to share",
                "leave the section weight-agnostic out",
            )
        if inner.writes_back:
            raise UsageError(
                f"{name} writes what is learnt back into weights, which all have one value here",
                "set lifetime.inherit=baldwin, or afterwards",
            )

    def seeded(self, seed: int) -> "WeightAgnostic":
        """The same around the inner problem as it is in a run with this seed."""
        return WeightAgnostic(self.inner.seeded(seed), self.settings)

    @property
    def values(self) -> tuple[float, ...]:
        """The values of the shared weight."""
        return self.settings.values

    def evaluate(self, phenotypes: Networks, seeds: NDArray[np.uint64]) -> Evaluation:
        """The mean over the values of what n topologies are worth; what is spent is the sum."""
        return _mean(
            [self.inner.evaluate(with_weight(phenotypes, value), seeds) for value in self.values]
        )

    def evaluate_among(
        self, phenotypes: Networks, seeds: NDArray[np.uint64], scene: Scene
    ) -> Evaluation:
        """The same in a scene, where others have the value of the one that is scored."""
        return _mean(
            [
                self.inner.evaluate_among(
                    with_weight(phenotypes, value), seeds, _shared_scene(scene, value)
                )
                for value in self.values
            ]
        )

    def validate(self, phenotype: Networks, seeds: NDArray[np.uint64]) -> Floats:
        """The mean over the values of the figures of one topology."""
        return _average(
            [self.inner.validate(with_weight(phenotype, value), seeds) for value in self.values]
        )

    def test(self, phenotype: Networks) -> Mapping[str, Any] | None:
        """The mean over the values of each figure on what nothing was chosen by."""
        return mean_test([self.inner.test(with_weight(phenotype, value)) for value in self.values])

    def for_learners(self) -> Problem:
        """The inner problem: whoever has learnt has weights of its own."""
        return self.inner.for_learners()

    def describe(self, phenotypes: Networks, row: int = 0) -> dict[str, Any]:
        """A network with the value that is best in validation."""
        return self.inner.describe(self.tuned(phenotypes.take(slice(row, row + 1))))

    def acting(self, phenotype: Networks) -> Networks:
        """One network with the value that is best in validation."""
        return self.tuned(phenotype)

    def tuned(self, phenotype: Networks) -> Networks:
        """One network with the value that is best in validation, the first of several."""
        score = self.inner.verdict.scores[0]
        candidates = [with_weight(phenotype, value) for value in self.values]
        figures = [
            self.inner.validate(each, TUNING_SEEDS).reshape(len(TUNING_SEEDS), -1)[:, 0].mean()
            for each in candidates
        ]
        fitness = np.nan_to_num(score.figure(np.array(figures)), nan=-np.inf)
        return candidates[int(np.argmax(fitness))]


def with_weight(networks: Networks, value: float) -> Networks:
    """The same networks with one value for all weights, and biases of 0."""
    return replace(
        networks,
        weights=np.full(len(networks.weights), value),
        bias=np.zeros(len(networks.bias)),
    )


def _shared_scene(scene: Scene, value: float) -> dict[str, Any]:
    """A scene in which all networks have one value for their weights."""
    return {
        name: with_weight(others, value) if isinstance(others, Networks) else others
        for name, others in scene.items()
    }


def _average(columns: Sequence[Floats]) -> Floats:
    """The mean of arrays of one shape, summed one after the other.

    So the bits of a row cannot depend on how many rows there are.
    """
    total = np.zeros(np.shape(columns[0]))
    for column in columns:
        total += column
    return total / len(columns)


def _mean(evaluations: Sequence[Evaluation]) -> Evaluation:
    """One evaluation from those with each of the values."""
    first = evaluations[0]
    errors: dict[int, str] = {}
    for evaluation in evaluations:
        errors = {**evaluation.errors, **errors}
    return Evaluation(
        _average([each.fitness for each in evaluations]),
        {name: _average([each.results[name] for each in evaluations]) for name in first.results},
        errors,
        {unit: np.sum([each.spent[unit] for each in evaluations], axis=0) for unit in first.spent},
    )
