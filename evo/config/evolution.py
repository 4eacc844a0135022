"""The settings of an evolution.

An algorithm on a problem, and where its generations are evaluated.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from evo import compose
from evo.config.kinds import EVOLUTION
from evo.config.resolution import Config, Resolution
from evo.config.schema import EvaluationSettings
from evo.problems.base import Problem


@dataclass(frozen=True)
class EvolutionConfig(Config):
    """All settings of an evolution; `task` is the problem that they describe."""

    evaluation: EvaluationSettings
    task: Problem

    @property
    def algorithm(self) -> str:
        """Its name."""
        return self.method

    @property
    def problem(self) -> str:
        """Its name."""
        return self.subject

    @property
    def target(self) -> float | None:
        return self.task.target if self.run.target is None else self.run.target

    def composition(self) -> compose.Composition:
        """The algorithm on the problem, as these settings say."""
        return compose.compose(
            self.algorithm, self.task, self.values("algorithm"), self.values("network")
        )

    def check(self) -> None:
        self.composition()


class EvolutionResolution(Resolution):
    """Puts the settings of an evolution together."""

    kind = EVOLUTION

    def find(self) -> None:
        algorithm, problem = (self.names[section] for section in self.kind.names)
        self.kinds["evaluation"] = EvaluationSettings
        self.algorithm: Any = (
            self.attempt(lambda: compose.find_algorithm(algorithm)) if algorithm else None
        )
        if self.algorithm:
            self.kinds["algorithm"] = self.algorithm.Settings
        if problem and (found := self.attempt(lambda: compose.find_problem(problem))):
            self.kinds["problem"], self.presets = found[0].Settings, found[1]

    def make(self, models: dict[str, BaseModel | None]) -> Any:
        settings = models.get("problem")
        task = settings and self.attempt(
            lambda: compose.problem(str(self.names["problem"]), **settings.model_dump())
        )
        if task and self.algorithm and compose.has_topology(self.algorithm, task.needs):
            from evo.networks.fixed import FixedTopology

            self.kinds["network"] = FixedTopology.Settings
            models["network"] = self.model("network")
        elif (
            task and self.algorithm and any(layer.sections.get("network") for layer in self.layers)
        ):
            self.wrong.append(
                f"[network] has no meaning for {self.names['algorithm']} on {self.names['problem']}"
            )
        return EvolutionConfig, {"evaluation": models["evaluation"], "task": task}
