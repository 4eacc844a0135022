"""Problems made of examples: a network is to answer inputs as the data does."""

import copy
import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.data import Data, DataSet, Examples, Form
from evo.errors import UsageError
from evo.networks.activate import outputs
from evo.networks.flat import Networks
from evo.phenotype import Network
from evo.population import Evaluation, Floats
from evo.problems.base import Lessons, Problem, lesson_stream
from evo.rng import Role, Streams
from evo.settings import Settings as BaseSettings

CHUNK = 2048
"""Examples whose outputs are in memory at a time."""
NAMED = 16
"""Inputs that are few enough to have names."""


class ExampleSettings(BaseSettings):
    """How networks are scored on examples."""

    score: Literal["loss", "accuracy"] = Field(
        "loss",
        description="what is improved: the loss, which every small change of a network moves, or "
        "the share of examples that are told rightly, which stays the same over wide stretches. "
        "The champion is judged by accuracy either way",
    )
    batch: int | None = Field(
        None,
        ge=1,
        description="training examples that a generation is scored on, drawn anew for each and the "
        "same for all its individuals; none: all of them, every time",
    )
    drift: int = Field(
        0,
        ge=0,
        description="how many classes change places anew in every generation, so that what was "
        "right in one is wrong in the next; 0: none",
    )
    steps: int = Field(
        4,
        ge=1,
        le=1000,
        description="steps for which a recurrent network sees each example; others need one",
    )


class FromExamples(Problem):
    """Networks that are scored on the training examples of some data.

    A champion is judged on the validation examples, where there are some, and at the end of a run
    once on the test examples.

    Args:
        data: where the examples are from.
        settings: of `ExampleSettings`.

    Attributes:
        data: the same.
        form: of its examples.
        seed: of the run, which divides the examples as a run of ``evo learn`` with this seed does.
        part: the examples that give fitness.
        taught_by: the name of the loss that those who learn from the examples go down.
    """

    taught_by: ClassVar[str] = "squared-error"
    Settings = ExampleSettings
    settings: ExampleSettings
    common_random_numbers = True
    compiled = True

    def __init__(self, data: Data, settings: Any = None) -> None:
        super().__init__(settings)
        self.data, self.seed = data, 0
        self.part: Literal["train", "validation"] = "train"
        self.drifts = self.settings.drift > 0
        self.noisy = self.settings.batch is not None or self.drifts
        self.form: Form = data.form() or self.examples.form
        self.needs = Network(math.prod(self.form.shape), self.form.outputs)

    @property
    def noisy_validation(self) -> bool:
        """No, unless classes drift: a champion is judged on the same examples under each seed."""
        return self.drifts

    @abstractmethod
    def figures(self, networks: Networks, examples: Examples) -> dict[str, Floats]:
        """What n networks are worth on some examples: `(n,)` by the name of the figure."""

    @abstractmethod
    def answers(self, examples: Examples) -> Floats:
        """`(k, outputs)` what a network's outputs should be."""

    def seeded(self, seed: int) -> Self:
        """The problem with the examples divided, and where they are drawn, drawn by this seed."""
        return self._changed(seed=seed)

    def for_learners(self) -> Self:
        """The problem that scores on the validation examples, on all of them every time.

        Raises:
            UsageError: the settings leave no validation examples.
        """
        if getattr(self.data.settings, "validation", None) == 0:
            raise UsageError(
                "who learns from the training examples is scored on validation examples, and "
                "problem.validation is 0",
                "set problem.validation=0.2",
            )
        return self._changed(part="validation", noisy=self.drifts)

    def _changed(self, **attributes: Any) -> Self:
        """The same problem with other attributes."""
        other = copy.copy(self)
        if "seed" in attributes:
            for name in ("examples", "_taught"):
                vars(other).pop(name, None)
        vars(other).update(attributes)
        return other

    @cached_property
    def examples(self) -> DataSet:
        """All examples, their inputs as rows of numbers; read when they are first asked for.

        Raises:
            UsageError: they cannot be read, or are not of the form that the data says.
        """
        found = self.data.load(Streams(self.seed).generator(0, Role.DATA))
        said = getattr(self, "form", found.form)
        if not found.form.fits(said):
            raise UsageError(
                f"{type(self.data).__name__} has examples of {found.form}, but says {said}",
                "correct its form()",
            )
        return found.flattened()

    @property
    def scored(self) -> Examples:
        """The examples that give fitness.

        Raises:
            UsageError: there are fewer than a batch takes.
        """
        if self.part == "validation":
            return self.examples.validation
        found, batch = self.examples.train, self.settings.batch
        if batch is not None and batch > len(found.targets):
            raise UsageError(
                f"problem.batch = {batch}: there are {len(found.targets)} examples to score on",
                "none takes all of them",
            )
        return found

    def evaluate(self, phenotypes: Networks, seeds: NDArray[np.uint64]) -> Evaluation:
        """What n networks are worth; row i on the batch that `seeds[i]` draws, or on everything."""
        parts, counts = [], np.zeros(len(seeds), np.int64)
        for rows, examples in self._batches(seeds):
            parts.append(self.figures(phenotypes.take(rows), examples))
            counts[rows] = len(examples.targets)
        found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        score = self.scores[0]
        fitness = score.figure(found.pop(score.name))
        results = {} if self.judged is None else {self.judged.name: found[self.judged.name]}
        return Evaluation(fitness, results, spent={"examples": counts})

    def _batches(self, seeds: NDArray[np.uint64]) -> Iterator[tuple[slice, Examples]]:
        """Rows with the same seed that follow each other, and the examples that they get."""
        scored, batch = self.scored, self.settings.batch
        if self.part == "validation":
            batch = None
        if batch is None and not self.drifts:
            yield slice(0, len(seeds)), scored
            return
        ends = [*(np.flatnonzero(seeds[1:] != seeds[:-1]) + 1).tolist(), len(seeds)]
        first = 0
        for last in ends:
            examples = self.drifted(scored, lesson_stream(seeds[first]))
            if batch is not None:
                rng = np.random.Generator(np.random.PCG64(int(seeds[first])))
                examples = examples.take(rng.choice(len(scored.targets), batch, replace=False))
            yield slice(first, last), examples
            first = last

    def drifted(self, examples: Examples, rng: np.random.Generator) -> Examples:
        """The examples as they are in the generation that `rng`, a `lesson_stream`, is of."""
        return examples

    def given(self, networks: Networks, examples: Examples) -> Iterator[tuple[slice, Floats]]:
        """The outputs of n networks for some examples, `(n, rows, outputs)`, rows by rows."""
        steps = self.settings.steps if networks.recurrent else 1
        for first in range(0, len(examples.targets), CHUNK):
            rows = slice(first, min(first + CHUNK, len(examples.targets)))
            yield rows, outputs(networks, examples.inputs[rows], steps)

    def validate(self, phenotype: Networks, seeds: NDArray[np.uint64]) -> Floats:
        """The figure of one network on the validation examples, the same under each seed.

        Where there are no validation examples, it is that on the training examples.
        """
        validation = self.examples.validation
        asked = validation if len(validation.targets) else self.examples.train
        name = self.verdict.scores[0].name
        if self.drifts:
            each = [self.drifted(asked, lesson_stream(seed)) for seed in seeds]
            return np.array([self.figures(phenotype, examples)[name][0] for examples in each])
        return np.full(len(seeds), self.figures(phenotype, asked)[name][0])

    def test(self, phenotype: Networks) -> Mapping[str, Any] | None:
        """What one network is worth on the test examples; None where there is no one task."""
        if self.drifts:
            return None
        found = self.figures(phenotype, self.examples.test)
        figures = {name: float(values[0]) for name, values in found.items()}
        return {"examples": len(self.examples.test.targets), "figures": figures}

    def lessons(self, rng: np.random.Generator) -> Lessons:
        """The training examples, every time the same unless classes drift."""
        if self.drifts:
            return self._lessons_of(self.drifted(self.examples.train, rng))
        return self._taught

    @cached_property
    def _taught(self) -> Lessons:
        return self._lessons_of(self.examples.train)

    def _lessons_of(self, train: Examples) -> Lessons:
        return Lessons(train.inputs.astype(np.float64), self.answers(train), self.taught_by)

    def describe(self, phenotypes: Networks, row: int = 0) -> dict[str, Any]:
        """A network; inputs have names where they are few."""
        described, inputs = super().describe(phenotypes, row), math.prod(self.form.shape)
        names = {"input_names": [f"x{i}" for i in range(inputs)]} if inputs <= NAMED else {}
        return {**described, **names}
