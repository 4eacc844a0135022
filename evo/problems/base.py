"""What a problem is: it turns phenotypes into fitness, a whole batch at a time."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from evo import own_code
from evo.phenotype import Need, describe
from evo.population import Evaluation, Floats
from evo.scenes import Scene, Setting
from evo.scores import Descriptor, Goal, Score
from evo.settings import Settings as BaseSettings
from evo.settings import settings_of


@dataclass(frozen=True, eq=False)
class Lessons:
    """Examples that individuals may learn from before they are scored.

    Attributes:
        inputs: `(k, inputs)`.
        answers: `(k, outputs)`.
        loss: the name of what outputs are judged by while they are learnt from.
    """

    inputs: Floats
    answers: Floats
    loss: str = "squared-error"


def lesson_stream(seed: int) -> np.random.Generator:
    """The random stream that `Problem.lessons` gets for an individual with this seed."""
    return np.random.default_rng(np.random.SeedSequence(int(seed), spawn_key=(0,)))


class Problem(ABC):
    """A task that gives phenotypes their fitness.

    Args:
        settings: of its class `Settings`; None for the defaults.

    A problem with constraints says by `Evaluation.results` how far rows are from satisfying them.

    Attributes:
        needs: what a phenotype has to be.
        scores: the figures that are to be improved, one or several, in the order of the columns
            of fitness.
        descriptors: properties that tell solutions apart; `Evaluation.results` has their values.
        judged: the figure by which a champion is judged, where that is another than the one score:
            `validate` returns it, and `Evaluation.results` has it under its name for each row.
        noisy: whether a second evaluation under another seed may give another fitness.
        common_random_numbers: whether all individuals of a generation get the same seed.
        compiled: whether `evaluate` spends its time in kernels that release the GIL, so that
            threads help.
        group: how many rows are evaluated together, where a row's result depends on those that it
            is evaluated with, if only in the last bits of tensors: `evaluate` gets rows 0 … group -
            1, then group … 2 group - 1 and so on, the last of them fewer. None where rows do not
            depend on each other, and any number of them is evaluated at a time.
        layered: why networks have to consist of layers, the same for all; None if they need not.
        lengthy: whether a run takes minutes, so that what pages tell to try is not carried out by
            tests.
        writes_back: whether `evaluate` returns changed phenotypes, to be inherited.
        origin: the place of a problem that stands ready in a file or module, ``module:name``; other
            processes load it from there.
    """

    Settings: ClassVar[type[BaseSettings]] = BaseSettings
    Sections: ClassVar[Mapping[str, type[BaseSettings]]] = {}
    """Further settings, by the section of a configuration where they stand: one of
    `evo.registry.SECTIONS`. A problem's constructor gets those of each under its name."""
    # the defaults, also where a constructor does not call the one here
    settings: Any = cached_property(lambda problem: problem.Settings())
    needs: Need
    scores: tuple[Score, ...] = (Score(),)
    descriptors: tuple[Descriptor, ...] = ()
    judged: Score | None = None
    noisy: bool = False
    common_random_numbers: bool = False
    compiled: bool = False
    group: int | None = None
    layered: str | None = None
    lengthy: bool = False
    writes_back: bool = False
    origin: str | None = None

    def __init__(self, settings: Any = None) -> None:
        self.settings = settings_of(self.Settings, settings, "problem")

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self.origin is not None:
            return own_code.load, (self.origin,)
        return super().__reduce_ex__(protocol)

    @property
    def goal(self) -> Goal:
        """The scores and descriptors together."""
        return Goal(self.scores, self.descriptors)

    @property
    def verdict(self) -> Goal:
        """What a champion is judged by: the figure for that, or else the scores."""
        return self.goal if self.judged is None else Goal((self.judged,))

    @property
    def noisy_validation(self) -> bool:
        """Whether `validate` may return another figure under another seed; as `noisy` says."""
        return self.noisy

    @property
    def arranges(self) -> bool:
        """Whether its class says what the evaluations of a generation take from others."""
        return type(self).arrange is not Problem.arrange

    def seeded(self, seed: int) -> "Problem":
        """The problem as it is in a run with this seed: how examples are divided, say.

        By default itself. A problem around another asks that one.
        """
        return self

    @abstractmethod
    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The fitness of n phenotypes.

        Row i draws its randomness from `seeds[i]` alone, so rows can be evaluated anywhere. What
        else it may depend on, see `group`.
        """

    def arrange(self, setting: Setting) -> Scene | None:
        """What the evaluations of the coming generation take from others; by default nothing.

        A problem that arranges something counts as noisy: a fitness belongs to its generation.
        """
        return None

    def at_work(self) -> AbstractContextManager[Any]:
        """What surrounds each call of `evaluate`, in the process and thread that makes it.

        A problem that uses torch sets one thread here, and back again: sums of floats depend on
        their number. By default nothing.
        """
        return nullcontext()

    def evaluate_among(
        self, phenotypes: Any, seeds: NDArray[np.uint64], scene: Scene
    ) -> Evaluation:
        """The fitness of n phenotypes in a scene.

        Args:
            phenotypes: n of them.
            seeds: `(n,)`.
            scene: what `arrange` returned, with the phenotypes of each population in it.
        """
        return self.evaluate(phenotypes, seeds)

    def lessons(self, rng: np.random.Generator) -> Lessons | None:
        """Examples to learn from in a lifetime; None if there are none.

        Args:
            rng: the individual's `lesson_stream`, so that `evaluate` can tell what it has learnt.
        """
        return None

    def with_plasticity(
        self, plasticity: Callable[[Any], Any], *, modulated: bool = False, inherited: bool = False
    ) -> "Problem | None":
        """The problem for networks whose links change while they act; None if they do not act.

        Args:
            plasticity: the `evo.networks.plasticity_kernels.Plasticity` of n networks.
            modulated: whether a reward at each step modulates the changes.
            inherited: whether evaluations are to hand back the networks as they have become.
        """
        return None

    def for_learners(self) -> "Problem":
        """The problem for individuals that have learnt from its lessons before they are scored.

        Where it can, it scores them on something else than the lessons. By default it is itself.
        """
        return self

    def told(self, figure: Any, results: Mapping[str, Any]) -> str | None:
        """What an individual does, in a few words for a progress line: "walks 3.2 m, 5 parts".

        Args:
            figure: its figure, as people read it.
            results: what its evaluation returned beside fitness, a number by name.

        Returns:
            The words; None where figures say enough.
        """
        return None

    def describe(self, phenotypes: Any, row: int = 0) -> dict[str, Any]:
        """Phenotype `row` as plain data, with the "kind" of picture that suits it."""
        return describe(phenotypes, row, self.needs)

    def connections(self) -> dict[str, Any] | None:
        """How a network is connected to the task, as plain data; None where no network acts.

        It goes into champion.json, from which `evo.load` acts without this problem.
        """
        return None

    def validate(self, phenotype: Any, seeds: NDArray[np.uint64]) -> Floats:
        """Figures of a batch of one phenotype, one row per seed, as people read them.

        They are from the real environment where there is one. This is what a champion is judged by.

        Returns:
            `(len(seeds),)`, or `(len(seeds), m)` for m scores; NaN where the phenotype is
            infeasible.
        """
        fitness = [self.evaluate(phenotype, seeds[i : i + 1]).fitness[0] for i in range(len(seeds))]
        return self.goal.figures_of(np.array(fitness))

    def test(self, phenotype: Any) -> Mapping[str, Any] | None:
        """What a batch of one phenotype is worth on what nothing was chosen by, as plain data.

        It is asked once, when a run ends, for its champion: "figures", numbers by name; "examples",
        how many they are of; perhaps "confusion", for each class a list of how many of its examples
        are taken for each. None where there is nothing that a run does not use.
        """
        return None
