"""The settings of an evolution: an algorithm, a problem, and where generations are evaluated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from evo import compose, registry
from evo.compose import Composition
from evo.config.config import Config
from evo.config.draft import Draft
from evo.errors import UsageError
from evo.genomes.choice import AUTO
from evo.kinds.evolution.settings import EvaluationSettings
from evo.problems.base import Problem
from evo.scores import Goal
from evo.settings import Settings


@dataclass(frozen=True)
class EvolutionConfig(Config):
    """All settings of an evolution; `task` is the problem that they describe."""

    task: Problem

    @property
    def target(self) -> float | None:
        first, *others = self.verdict.scores
        return None if others else first.target

    @property
    def goal(self) -> Goal:
        """The scores of the problem, with the target of the run where they are what it is of."""
        return self.task.goal if self.task.judged else self.verdict

    @property
    def verdict(self) -> Goal:
        """What champions are judged by; a target of the run takes the place of its own."""
        verdict = self.task.verdict
        first, *others = verdict.scores
        if self.run.target is None or others:
            return verdict
        return replace(verdict, scores=(replace(first, target=self.run.target),))

    def _build(self) -> Composition:
        if self.run.target is not None and len(self.task.scores) > 1:
            names = ", ".join(score.name for score in self.task.scores)
            raise UsageError(
                f"run.target is the target of one score, but {self.subject} has several: {names}",
                "leave it out; the run ends by run.generations, evaluations, budget or wall_time",
            )
        models: dict[str, Any] = dict(self.models)
        return compose.compose(
            self.method,
            self.task,
            models["algorithm"],
            genome=models["genome"],
            network=models.get("network", compose.DEFAULTS),
        )


class EvolutionDraft(Draft):
    """Puts the settings of an evolution together."""

    def declare(self) -> None:
        algorithm, problem = (self.names[section] for section in self.kind.names)
        self.types["evaluation"] = EvaluationSettings
        self.algorithm: Any = None
        self.problem: Any = None
        if algorithm:
            self.algorithm = self.attempt(lambda: compose.find_algorithm(algorithm))
        if self.algorithm:
            self.types["algorithm"] = self.algorithm.Settings
        if problem and (entry := self.attempt(lambda: compose.find_problem(problem))):
            self.problem, self.presets["problem"] = entry
            self.types["problem"] = self.problem.Settings
            self.types |= self._sections

    def finish(self) -> Callable[..., Config] | None:
        settings, run = self.models.get("problem"), self.models.get("run")
        if not self._sections.keys() <= self.models.keys():
            return None  # what is wrong in them has been said
        seed = getattr(run, "seed", 0)
        task = self.attempt(lambda: self._task(settings).seeded(seed)) if settings else None
        for name in registry.WRAPPERS:
            task = task and self._wrapped(name, task)
        self.wrong += [
            f"[{name}] has no meaning for the problem {self.names['problem']}"
            for name in registry.SECTIONS
            if self.problem and self.is_given(name) and name not in self._sections
        ]
        if not task or not self.algorithm:
            return None
        name, problem = (str(self.names[section]) for section in self.kind.names)
        genome, network = (str(self.value(key, "kind", AUTO)) for key in ("genome", "network"))
        route = self.attempt(
            lambda: compose.find_route(name, task.needs, task.goal, genome, network)
        )
        if route is None:
            return None
        kinds = compose.kinds_of_parts(self.values("genome"))
        self.types["genome"] = route.settings(self.algorithm.varies, kinds)
        self.check("genome")
        if between := route.development_settings:
            self.types["network"] = between
            self.check("network")
        elif self.is_given("network"):
            self.wrong.append(
                f"[network] has no meaning for {name} on {problem} with "
                f"genome.kind={route.representation}"
            )
        return partial(EvolutionConfig, task=task)

    @property
    def _sections(self) -> Mapping[str, type[Settings]]:
        """The sections that the problem has beside its own."""
        return getattr(self.problem, "Sections", {})

    def _task(self, settings: Any) -> Problem:
        """The problem with all its settings."""
        return self.problem(settings, **{name: self.models[name] for name in self._sections})

    def _wrapped(self, name: str, task: Problem) -> Problem | None:
        """The problem within the wrapper called `name`, if there is a section for it."""
        if not self.is_given(name):
            return task
        kind = self.attempt(lambda: registry.load(registry.WRAPPERS, "wrapper", name))
        if kind is None:
            return None
        model = self.attempt(lambda: compose.settings_of_wrapper(kind, self.values(name)))
        if model is None:
            return None
        self.types[name] = model
        settings = self.check(name)
        return None if settings is None else self.attempt(lambda: kind(task, settings))
