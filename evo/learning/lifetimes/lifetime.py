"""Evolve, then learn: a problem in which individuals learn before they are scored.

Source: G. E. Hinton, S. J. Nowlan, How Learning Can Guide Evolution, Complex Systems 1 (1987), for
the Baldwin effect; D. Whitley, V. S. Gordon, K. Mathias, Lamarckian Evolution, The Baldwin Effect
and Function Optimization, PPSN III (1994), for the three that are compared.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo import registry
from evo.errors import UsageError
from evo.learning.compose import threads
from evo.learning.lifetimes import compiled, modules, stacked
from evo.learning.lifetimes.constants import FEEDBACK, constants, ranges
from evo.learning.lifetimes.curriculum import curriculum
from evo.learning.lifetimes.needs import network_of, networks_in, with_traits
from evo.learning.lifetimes.settings import AUTO, Settings, of_rule, rule_of, settings_for
from evo.learning.lifetimes.starts import random_weights
from evo.networks.flat import Networks
from evo.phenotype import NO_TRAITS, Network, Traits
from evo.population import INNATE, Evaluation, Floats
from evo.problems.around import AroundNetworks, mean_test
from evo.problems.base import Lessons, Problem
from evo.problems.weight_agnostic import WeightAgnostic
from evo.scenes import Scene
from evo.settings import Settings as BaseSettings
from evo.settings import build

TEST_LIVES = 10
"""Lives of a champion in its last test."""


class Lifetime(AroundNetworks):
    """A problem around another: networks develop, learn from its lessons, and are then scored.

    Every network learns by itself, from its own seed, so results do not depend on batches. The
    whole population learns in compiled code by bp, fa, frsf, dfa and ep; by the other rules in
    groups of stacked tensors where all networks of a group have the same layers, and else one
    network after the other. By a plasticity, such as abcd, they learn while they act in the
    episodes that they are scored by.

    What genomes carry for learning are traits of the networks: settings of the rule, the entries of
    feedback weights, how links are plastic.

    Args:
        inner: the problem that gives lessons and scores; it needs networks.
        settings: how individuals learn, and what of it is inherited.

    Attributes:
        wrapped: the inner problem as it was given.
        inner: the one that gives fitness: for those who have learnt, if individuals learn.
        traits: what networks carry for their learning.
        judge: the one that a champion is judged and tested by: the same, or, where the champion
            alone learns, the one for those who have learnt.

    Raises:
        UsageError: the inner problem has no lessons, or needs no networks.
    """

    Settings = Settings

    def __init__(self, inner: Problem, settings: Any = None) -> None:
        given = _checked(settings)
        super().__init__(inner, given)
        self.settings: Any = given
        name = type(inner).__name__
        need = network_of(inner.needs)
        if need is None:
            raise UsageError(
                f"{name} needs {inner.needs.words}, and only networks can learn here",
                "leave the section lifetime out; for creatures: set brain.kind to neat or ctrnn",
            )
        if given.learns and isinstance(inner, WeightAgnostic):
            raise UsageError(
                f"lifetime.inherit={given.inherit}: weights that are learnt before the score are "
                "not shared, and [weight-agnostic] would have no effect",
                "set lifetime.inherit=afterwards, by which the champion alone learns",
            )
        self.kind: Any = rule_of(given.rule)
        self.rule_settings = of_rule(given, self.kind)
        self.ranges = ranges(given)
        self.acts = given.rule in registry.PLASTICITIES
        self.in_kernels = self.acts or compiled.serves(given.rule, self.rule_settings, given.evolve)
        self.in_stacks = not self.in_kernels and stacked.serves(given.rule, given.evolve)
        self.wrapped = self.inner = self.judge = inner
        self.steps = 0
        self.traits = self._traits(need) if given.learns else NO_TRAITS
        needs = with_traits(inner.needs, self.traits)
        if needs is None:
            raise UsageError(
                f"the networks of {name} carry traits already, and could not tell them from those "
                "that they learn by",
                "leave lifetime.evolve out, or let the problem ask for networks without traits",
            )
        self.needs = needs
        if given.learns and self.acts:
            self.inner = self.judge = self._acting(inner)
        elif given.judged_after_learning:
            self.judge, lessons = _with_lessons(inner)
            self.steps = given.steps_of(len(lessons.inputs))
            if given.learns:
                self.inner = self.judge
        self.noisy = inner.noisy or (given.learns and given.start == "random")
        self.compiled = inner.compiled and (self.in_kernels or not given.learns)
        if self.group is None and given.learns and self.in_stacks:
            self.group = stacked.STACK
        if given.judged_after_learning and getattr(self.kind, "layered", False):
            self.layered = f"lifetime.rule={given.rule} teaches layers"
        self.writes_back = given.learns and given.share > 0

    @classmethod
    def settings_for(cls, values: Mapping[str, Any]) -> type[BaseSettings]:
        """`Settings` with those of the rule that `values` name."""
        return settings_for(values)

    def __reduce__(self) -> Any:
        # the class of the settings may have been put together, so they are sent as a dict
        return _again, (type(self), self.wrapped, self.settings.model_dump())

    def seeded(self, seed: int) -> Problem:
        """The same around the inner problem as it is in a run with this seed."""
        return type(self)(self.wrapped.seeded(seed), self.settings)

    def at_work(self) -> Any:
        """One thread of torch where tensors learn: sums of floats depend on their number."""
        return super().at_work() if self.in_kernels else threads(1)

    def evaluate(self, phenotypes: Networks, seeds: NDArray[np.uint64]) -> Evaluation:
        """What n networks are worth after their lives."""
        return self._after_lives(
            phenotypes, seeds, lambda learnt: self.inner.evaluate(learnt, seeds)
        )

    def evaluate_among(
        self, phenotypes: Networks, seeds: NDArray[np.uint64], scene: Scene
    ) -> Evaluation:
        """What n networks are worth in a scene after their lives; those in the scene are unborn."""
        return self._after_lives(
            phenotypes, seeds, lambda learnt: self.inner.evaluate_among(learnt, seeds, scene)
        )

    def _after_lives(
        self,
        born: Networks,
        seeds: NDArray[np.uint64],
        score: Callable[[Networks], Evaluation],
    ) -> Evaluation:
        """The evaluation of networks that learn first, if anybody learns."""
        if not self.settings.learns:
            return self._told(born, None, score(born), 0)
        if self.acts:
            evaluation = score(born)
            if self.writes_back:
                learnt = evaluation.phenotypes
                return replace(evaluation, phenotypes=self._inherited(born, learnt))
            return replace(evaluation, phenotypes=None)
        learnt, fine, samples = self._lives(born, seeds)
        with np.errstate(over="ignore", invalid="ignore"):  # of those who diverged
            found = score(learnt)
        if self.settings.innate:
            # not among what is spent: the search takes nothing from it
            found = replace(found, results={**found.results, INNATE: score(born).fitness})
        return self._told(learnt, fine, found, samples, born)

    def lessons(self, rng: np.random.Generator) -> Lessons | None:
        """The lessons of the inner problem."""
        return self.judge.lessons(rng)

    def connections(self) -> dict[str, Any] | None:
        """Those of the inner problem, and by which rule networks learn while they act."""
        connections = self.inner.connections()
        if connections is None or not (self.acts and self.settings.learns):
            return connections
        return {**connections, "learns_by": self.settings.rule}

    def describe(self, phenotypes: Networks, row: int = 0) -> dict[str, Any]:
        """A network as it is born, with the settings that its genome carries as "learns_by"."""
        description = self.inner.describe(phenotypes, row)
        names, networks = self.traits.network, networks_in(phenotypes)
        if not names or networks.traits is None:
            return description
        carried = dict(zip(names, networks.traits.network[row].tolist(), strict=True))
        carried |= {k: v[row].item() for k, v in constants(self.ranges, networks).items()}
        return description | {"learns_by": carried}

    @property
    def noisy_validation(self) -> bool:
        """Whether a second validation may differ: the order of lessons follows from the seed."""
        return self.settings.judged_after_learning or self.inner.noisy_validation

    def validate(self, phenotype: Networks, seeds: NDArray[np.uint64]) -> Floats:
        """Figures of one network that lives anew under each seed."""
        figures = [
            self.judge.validate(self.educated(phenotype, seeds[i : i + 1]), seeds[i : i + 1])
            for i in range(len(seeds))
        ]
        return np.concatenate(figures)

    def test(self, phenotype: Networks) -> Any:
        """What one network is worth on what nothing was decided by: the mean over ten lives."""
        if self.acts or not self.settings.judged_after_learning:
            return self.judge.test(phenotype)
        seeds = np.arange(TEST_LIVES, dtype=np.uint64)
        return mean_test(
            [self.judge.test(self.educated(phenotype, seeds[i : i + 1])) for i in range(len(seeds))]
        )

    def educated(self, networks: Networks, seeds: NDArray[np.uint64]) -> Networks:
        """The n networks after their lives; network i learns as `seeds[i]` says.

        Raises:
            UsageError: a network is recurrent, or has functions that the rule cannot teach.
        """
        if not self.settings.judged_after_learning or self.acts:
            return networks
        return self._lives(networks, seeds)[0]

    def _lives(
        self, networks: Networks, seeds: NDArray[np.uint64]
    ) -> tuple[Networks, NDArray[np.bool_], int]:
        """The networks after their lives, who did not diverge, and how many lessons one got."""
        if networks.recurrent:
            raise UsageError(
                "recurrent networks cannot learn from single examples",
                "set genome.recurrent=false",
            )
        chosen = self.settings
        if chosen.start == "random":
            networks = random_weights(networks, seeds)
        lives = curriculum(
            self.judge,
            seeds,
            steps=self.steps,
            batch=chosen.batch,
            rate=chosen.learning_rate,
            momentum=chosen.momentum,
            loss=None if chosen.loss == AUTO else chosen.loss,
        )
        carried = constants(self.ranges, networks)
        layers = stacked.shared_layers(networks) if self.in_stacks else None
        if self.in_kernels:
            learnt, fine = compiled.teach(
                networks, lives, chosen.rule, self.rule_settings, carried, FEEDBACK in chosen.evolve
            )
        elif layers is not None:
            rates = carried.get("learning_rate")
            learnt, fine = stacked.teach(
                networks, layers, lives, self.kind, self.rule_settings, rates
            )
        else:
            learnt, fine = modules.teach(networks, lives, self.kind, self.rule_settings, carried)
        return learnt, fine, lives.samples

    def _told(
        self,
        learnt: Networks,
        fine: NDArray[np.bool_] | None,
        evaluation: Evaluation,
        samples: int,
        born: Networks | None = None,
    ) -> Evaluation:
        """The evaluation with what learning cost, and what is to be inherited."""
        spent = {**evaluation.spent, "samples": np.full(len(evaluation.fitness), samples)}
        if born is None or fine is None:
            return replace(evaluation, spent=spent)
        fitness, errors = np.array(evaluation.fitness, np.float64), dict(evaluation.errors)
        fitness[~fine] = np.nan
        errors |= {int(row): "its learning diverged" for row in np.flatnonzero(~fine)}
        phenotypes = self._inherited(born, learnt) if self.writes_back else evaluation.phenotypes
        return replace(
            evaluation, fitness=fitness, errors=errors, spent=spent, phenotypes=phenotypes
        )

    def _inherited(self, born: Networks, learnt: Networks) -> Networks:
        """The networks that the genomes are to develop into from now on."""
        share = self.settings.share
        if share == 1.0:
            return learnt
        return replace(
            born,
            bias=born.bias + share * (learnt.bias - born.bias),
            weights=born.weights + share * (learnt.weights - born.weights),
        )

    def _traits(self, need: Network) -> Traits:
        """What networks carry for their learning."""
        chosen, own = self.settings, Traits()
        if self.acts:
            own = self.kind(self.rule_settings).traits
        elif FEEDBACK in chosen.evolve:
            own = compiled.feedback_traits(chosen.rule, need.outputs)
        return replace(own, network=(*(each.name for each in self.ranges), *own.network))

    def _acting(self, inner: Problem) -> Problem:
        """The problem for networks that learn while they act."""
        if self.settings.innate:
            raise UsageError(
                f"lifetime.innate: by {self.settings.rule} networks learn while they are scored, "
                "so that none is scored as it is born",
                "leave lifetime.innate out",
            )
        plastic, rate = self.kind(self.rule_settings), self.settings.learning_rate
        problem = inner.with_plasticity(
            lambda networks: plastic.plasticity(networks, rate, constants(self.ranges, networks)),
            modulated=getattr(self.rule_settings, "modulation", "none") != "none",
            inherited=self.settings.share > 0,
        )
        if problem is None:
            raise UsageError(
                f"{self.settings.rule} changes links while a network acts, and in "
                f"{type(inner).__name__} none acts",
                "networks act in control tasks and in creatures; from lessons learn "
                f"{', '.join(registry.RULES)}",
            )
        return problem


def _with_lessons(inner: Problem) -> tuple[Problem, Lessons]:
    """The problem for networks that learn before they are scored, and lessons of it."""
    problem = inner.for_learners()
    lessons = problem.lessons(np.random.default_rng(0))
    if lessons is None:
        raise UsageError(
            f"{type(inner).__name__} has no lessons to learn from",
            "xor and data sets have; a problem of your own gives them by lessons(); in control "
            f"tasks networks learn while they act, by {', '.join(registry.PLASTICITIES)}",
        )
    return problem, lessons


def _checked(settings: Any) -> Any:
    """Settings of a lifetime and of its rule; from a dict, or as they are."""
    if isinstance(settings, BaseSettings):
        return settings
    given = settings or {}
    return build(settings_for(given), given, "lifetime")


def _again(kind: type[Lifetime], inner: Problem, settings: Mapping[str, Any]) -> Lifetime:
    return kind(inner, settings)
