"""The settings of a learning: a rule on data, the network that learns, the optimiser that steps."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from evo.config.config import Config
from evo.config.draft import Draft
from evo.errors import UsageError

if TYPE_CHECKING:
    from evo.data import Data
    from evo.learning.compose import TrainingParts
    from evo.termination import Termination


@dataclass(frozen=True)
class LearningConfig(Config):
    """All settings of a learning; `source` is the data that they describe."""

    source: "Data"

    def _build(self) -> "TrainingParts":
        from evo.learning.compose import parts

        self._check_validation()
        run = self.run
        models: dict[str, Any] = dict(self.models)
        described = parts(
            self.method,
            self.source,
            seed=run.seed,
            loss=run.loss,
            device=run.device,
            double=run.precision == "double",
            settings=models["rule"],
            network=models["network"],
            optimiser=models["optimiser"],
        )
        described.check()
        return described

    def _check_validation(self) -> None:
        """Raise `UsageError` where the end of the run asks for what the data does not have."""
        run = self.run
        if not self.source.settings.validation and (run.patience or run.stop_at_target):
            key = "patience" if run.patience else "stop_at_target"
            raise UsageError(
                f"run.{key} needs validation examples, and data.validation is 0",
                "set data.validation=0.1",
            )
        if run.stop_at_target and run.target is None:
            raise UsageError("run.stop_at_target needs a target", "set it: --set target=0.9")

    def stop(self) -> "list[Termination]":
        """When the training ends, the number of epochs aside."""
        from evo.learning.training import VALIDATION
        from evo.termination import Stagnation, Target, WallTime

        run = self.run
        stop: list[Termination] = []
        if run.stop_at_target:
            stop.append(Target(run.target, VALIDATION))
        if run.wall_time:
            stop.append(WallTime(run.wall_time))
        if run.patience:
            stop.append(Stagnation(run.patience, "epochs", VALIDATION))
        return stop


class LearningDraft(Draft):
    """Puts the settings of a learning together."""

    def declare(self) -> None:
        from evo.data import find_data
        from evo.learning.compose import find_rule
        from evo.learning.networks.architectures import NetworkSettings
        from evo.learning.optimisers import OptimiserSettings

        rule, data = (self.names[section] for section in self.kind.names)
        self.types |= {"network": NetworkSettings, "optimiser": OptimiserSettings}
        if rule and (kind := self.attempt(lambda: find_rule(rule))):
            self.types["rule"] = kind.Settings
            self.presets["network"] = kind.presets
        if data and (entry := self.attempt(lambda: find_data(data))):
            self.source, self.presets["data"] = entry
            self.types["data"] = self.source.Settings

    def finish(self) -> Callable[..., Config] | None:
        settings: Any = self.models.get("data")
        return None if settings is None else partial(LearningConfig, source=self.source(settings))
