"""The settings of a learning.

A rule on data, the network that learns and the optimiser that steps.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from evo.config.kinds import LEARNING
from evo.config.resolution import Config, Resolution
from evo.errors import UsageError

if TYPE_CHECKING:
    from evo.learning.data import Data
    from evo.learning.stopping import Stop
    from evo.learning.training import Training


@dataclass(frozen=True)
class LearningConfig(Config):
    """All settings of a learning; `source` is the data that they describe."""

    source: "Data"

    @property
    def rule(self) -> str:
        """Its name."""
        return self.method

    @property
    def data(self) -> str:
        """Its name."""
        return self.subject

    def training(self) -> "Training":
        """The rule at work on the data, as these settings say."""
        from evo.learning.compose import training

        run = self.run
        return training(
            self.rule,
            self.source,
            seed=run.seed,
            epochs=run.epochs,
            loss=run.loss,
            device=run.device,
            double=run.precision == "double",
            settings=self.values("rule"),
            network=self.values("network"),
            optimiser=self.values("optimiser"),
            stop=self._stop(),
            batch=run.batch,
            probe=run.probe,
            probe_interval=run.probe_interval,
            keep_best=run.patience is not None,
        )

    def check(self) -> None:
        if not self.source.settings.validation and (self.run.patience or self.run.stop_at_target):
            key = "patience" if self.run.patience else "stop_at_target"
            raise UsageError(
                f"run.{key} needs validation examples, and data.validation is 0",
                "set data.validation=0.1",
            )
        if self.run.stop_at_target and self.run.target is None:
            raise UsageError("run.stop_at_target needs a target", "set it: --set target=0.9")
        self.training()

    def _stop(self) -> "list[Stop]":
        from evo.learning.stopping import Patience, Target, WallTime

        run = self.run
        stop: list[Stop] = [Target(run.target)] if run.stop_at_target else []
        stop += [WallTime(run.wall_time)] if run.wall_time else []
        stop += [Patience(run.patience)] if run.patience else []
        return stop


class LearningResolution(Resolution):
    """Puts the settings of a learning together."""

    kind = LEARNING

    def find(self) -> None:
        from evo.learning.architectures import NetworkSettings
        from evo.learning.compose import find_rule
        from evo.learning.data import find_data
        from evo.learning.optimisers import OptimiserSettings

        rule, data = (self.names[section] for section in self.kind.names)
        self.kinds |= {"network": NetworkSettings, "optimiser": OptimiserSettings}
        if rule and (found := self.attempt(lambda: find_rule(rule))):
            self.kinds["rule"] = found.Settings
        if data and (found := self.attempt(lambda: find_data(data))):
            self.source, preset = found
            self.kinds["data"], self.presets = self.source.Settings, preset

    def make(self, models: dict[str, BaseModel | None]) -> Any:
        settings = models.get("data")
        return None if settings is None else (LearningConfig, {"source": self.source(settings)})
