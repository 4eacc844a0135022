"""Learnings: a rule on data, epoch by epoch."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evo.kind import Kind, Object, Option, Schemas
from evo.own_code import is_own
from evo.registry import DATA, RULES

if TYPE_CHECKING:
    from evo.config.config import Config
    from evo.config.draft import Draft
    from evo.reports.page import Page
    from evo.runs.folder import RunFolder
    from evo.runs.job import Job
    from evo.runs.result import Result
    from evo.settings import Settings


class LearningKind(Kind):
    """What a learning is to all that starts, follows and reads runs."""

    command = "learn"
    about = "Learn: a rule on data, epoch by epoch."
    names = ("rule", "data")
    tables = (RULES, DATA)
    arguments = (
        f"One of: {', '.join(RULES)}; or one of your own: my_rule.py:MyRule.",
        f"One of: {', '.join(DATA)}; or a .npz file, or my_data.py:MyData.",
    )
    options = (
        Option("epochs", "run", int, "Passes through the training examples, 20 by default."),
        Option("device", "run", str, "cpu, cuda or auto, auto by default."),
    )
    step = "epoch"
    folder = ("learn",)
    example = "optimiser.lr=0.01"
    examples = (
        "evo learn dfa mnist5k",
        "evo learn fa digits --seed 3 --epochs 5",
        "evo learn bp two-moons --set network.hidden=[16,16] --set optimiser.lr=0.01",
    )
    curve = "validation_accuracy"
    preload = ("evo.kinds.learning.job", "evo.runs.execution")

    @property
    def sections(self) -> tuple[str, ...]:
        return ("run", "rule", "data", "network", "optimiser", "code")

    def is_subject(self, name: str) -> bool:
        return name in DATA or name.endswith(".npz") or is_own(name)

    def settings_classes(
        self, method: str | None, subject: str | None
    ) -> Mapping[str, Sequence[str]]:
        rule, data = RULES.get(method or ""), DATA.get(subject or "")
        return {
            "run": ["evo.kinds.learning.settings:RunSettings"],
            "rule": [f"{rule}.Settings"] if rule else [],
            "data": [f"{data.target}.Settings"] if data else [],
            "network": ["evo.learning.networks.architectures:NetworkSettings"],
            "optimiser": ["evo.learning.optimisers:OptimiserSettings"],
        }

    def run_settings(self) -> "type[Settings]":
        from evo.kinds.learning.settings import RunSettings

        return RunSettings

    def draft(self) -> "type[Draft]":
        from evo.kinds.learning.config import LearningDraft

        return LearningDraft

    def job(self, config: "Config") -> "Job":
        from evo.kinds.learning.config import LearningConfig
        from evo.kinds.learning.job import LearningJob

        assert isinstance(config, LearningConfig)
        return LearningJob(config)

    def facts(self, config: "Config") -> Object:
        from evo.kinds.learning.config import LearningConfig

        assert isinstance(config, LearningConfig)
        form = config.source.form()
        return {"targets": "numbers"} if form and form.numbers else {}

    def measure_of(self, facts: Object) -> str:
        return "test_r2" if facts.get("targets") == "numbers" else "test_accuracy"

    def curve_of(self, facts: Object) -> str:
        return "validation_r2" if facts.get("targets") == "numbers" else self.curve

    def extension(self, settings: Object) -> str | None:
        chosen = settings.get("optimiser", {}).get("schedule", "constant")
        if chosen == "constant":
            return None
        epochs = settings["run"].get("epochs", 20)
        return (
            f"the {chosen} schedule of optimiser.lr was planned for {epochs} epochs: what follows "
            "is not the run that was planned for more from the start"
        )

    def lower_is_better(self, facts: Object, measure: str) -> bool | None:
        if measure.endswith(("accuracy", "r2")):
            return False
        if measure.endswith(("loss", "error", "mse")) or measure == "epochs":
            return True
        return super().lower_is_better(facts, measure)

    @property
    def schemas(self) -> Schemas:
        from evo.kinds.learning.schemas import Epoch, LearningSummary
        from evo.runs.schemas import Facts

        return Schemas(Facts, Epoch, LearningSummary)

    def result(self, folder: "RunFolder") -> "Result":
        from evo.kinds.learning.result import LearningResult

        return LearningResult(folder)

    def progress(self, line: Object) -> str:
        from evo.kinds.learning.words import progress

        return progress(line)

    def words(self, summary: Object) -> list[str]:
        from evo.kinds.learning.words import ending

        return ending(summary)

    def row(self, line: Object, summary: Object) -> dict[str, Any]:
        return {
            "best": line.get("validation_accuracy", line.get("validation_r2")),
            "test_accuracy": summary.get("test_accuracy", summary.get("test_r2")),
        }

    def sizes(self, summaries: Sequence[Object]) -> list[str]:
        from evo.reports.numbers import span

        return [
            f"{span([summary['examples'] for summary in summaries])} training examples",
            f"networks of {span([summary['parameters'] for summary in summaries])} parameters",
        ]

    def page(self, folder: "RunFolder") -> "Page":
        from evo.kinds.learning.page import page

        return page(folder)

    def pictures(self, folder: "RunFolder") -> dict[str, str]:
        from evo.kinds.learning.page import pictures

        return pictures(folder)


LEARNING = LearningKind()
