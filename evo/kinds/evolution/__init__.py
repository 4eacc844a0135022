"""Evolutions: an algorithm on a problem, generation by generation."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evo.kind import Kind, Object, Option, Schemas
from evo.registry import (
    ALGORITHMS,
    DATA,
    DEVELOPMENTS,
    PROBLEMS,
    REPRESENTATIONS,
    SECTIONS,
    TASKS,
    WRAPPERS,
)

if TYPE_CHECKING:
    from evo.config.config import Config
    from evo.config.draft import Draft
    from evo.kinds.evolution.replay import Replay
    from evo.reports.page import Page
    from evo.runs.folder import RunFolder
    from evo.runs.job import Job
    from evo.runs.result import Result
    from evo.settings import Settings


class EvolutionKind(Kind):
    """What an evolution is to all that starts, follows and reads runs."""

    command = "run"
    about = "Evolve: an algorithm on a problem, generation by generation."
    names = ("algorithm", "problem")
    tables = (ALGORITHMS, TASKS)
    arguments = (
        f"One of: {', '.join(ALGORITHMS)}; or one of your own: my_algorithm.py:MyNEAT.",
        f"One of: {', '.join(PROBLEMS)}; data: {', '.join(DATA)} or a .npz file; any Gymnasium id, "
        "such as Taxi-v4; or one of your own, an environment, a function, a problem or data: "
        "my_file.py:MyEnv, my_file.py:cost.",
    )
    options = (
        Option("generations", "run", int, "How many at most, 100 by default."),
        Option(
            "evaluator", "evaluation", str, "serial, threads, processes or auto, auto by default."
        ),
        Option("workers", "evaluation", int, "How many threads or processes."),
        Option("learn", "lifetime", str, "The rule by which individuals learn: bp, dfa …", "rule"),
        Option("inherit", "lifetime", str, "darwin, afterwards, baldwin, lamarck, or a share."),
    )
    step = "generation"
    example = "algorithm.population=200"
    examples = (
        "evo run neat cartpole",
        "evo run cma-es rastrigin --seed 3 --generations 200",
        "evo run ga cartpole --set network.hidden=[8,8] --workers 4",
        "evo run ga onemax --require-target --format json",
    )
    curve = "best_so_far"
    course_x = "evaluations"
    kept = ("best_so_far",)
    preload = ("evo.kinds.evolution.job", "evo.runs.execution")

    @property
    def sections(self) -> tuple[str, ...]:
        of_problem = ("problem", *SECTIONS, *WRAPPERS)
        return ("run", "algorithm", "genome", *of_problem, "network", "evaluation", "code")

    def is_subject(self, name: str) -> bool:
        from evo.compose import GYMNASIUM_ID

        return name in TASKS or name.endswith(".npz") or bool(GYMNASIUM_ID.fullmatch(name))

    def short_name(self, subject: str) -> str:
        from evo.compose import short_name

        return short_name(subject)

    def settings_classes(
        self, method: str | None, subject: str | None
    ) -> Mapping[str, Sequence[str]]:
        settings = "evo.kinds.evolution.settings"
        algorithm, problem = ALGORITHMS.get(method or ""), TASKS.get(subject or "")
        of_problem = [f"{problem.target}.Settings"] if problem else []
        if subject in DATA and subject not in PROBLEMS:
            of_problem.append("evo.problems.examples:ExampleSettings")
        return {
            "run": [f"{settings}:RunSettings"],
            "evaluation": [f"{settings}:EvaluationSettings"],
            "algorithm": [f"{algorithm}.Settings"] if algorithm else [],
            "problem": of_problem,
            "genome": [f"{target}.Operators" for target in REPRESENTATIONS.values()],
            "network": [f"{target}.Settings" for target in DEVELOPMENTS.values()],
            **{name: [target] for name, target in SECTIONS.items()},
            **{name: [f"{target}.Settings"] for name, target in WRAPPERS.items()},
        }

    def run_settings(self) -> "type[Settings]":
        from evo.kinds.evolution.settings import RunSettings

        return RunSettings

    def draft(self) -> "type[Draft]":
        from evo.kinds.evolution.config import EvolutionDraft

        return EvolutionDraft

    def job(self, config: "Config") -> "Job":
        from evo.kinds.evolution.config import EvolutionConfig
        from evo.kinds.evolution.job import EvolutionJob

        assert isinstance(config, EvolutionConfig)
        return EvolutionJob(config)

    def facts(self, config: "Config") -> Object:
        from evo.kinds.evolution.config import EvolutionConfig

        assert isinstance(config, EvolutionConfig)
        scores, judged = (
            [
                {"name": score.name, "minimise": score.minimise, "target": score.target}
                for score in goal.scores
            ]
            for goal in (config.goal, config.verdict)
        )
        return {"scores": scores, **({"judged": judged[0]} if config.task.judged else {})}

    def result(self, folder: "RunFolder") -> "Result":
        from evo.kinds.evolution.result import EvolutionResult

        return EvolutionResult(folder)

    def replay(self, folder: "RunFolder") -> "Replay":
        from evo.kinds.evolution.replay import Replay

        return Replay(folder)

    def measure_of(self, facts: Object) -> str:
        return "champion.mean" if len(facts["scores"]) == 1 else "measures.hypervolume"

    def lower_is_better(self, facts: Object, measure: str) -> bool | None:
        from evo.kinds.evolution.figures import lower_is_better

        said = super().lower_is_better(facts, measure)
        if said is not None:
            return said
        of_champion = measure.startswith("champion.") and facts.get("judged")
        return lower_is_better([of_champion] if of_champion else facts["scores"], measure)

    @property
    def schemas(self) -> Schemas:
        from evo.kinds.evolution.schemas import EvolutionFacts, EvolutionSummary, Generation

        return Schemas(EvolutionFacts, Generation, EvolutionSummary)

    def progress(self, line: Object) -> str:
        from evo.kinds.evolution.words import progress

        return progress(line)

    def words(self, summary: Object) -> list[str]:
        from evo.kinds.evolution.words import ending

        return ending(summary)

    def row(self, line: Object, summary: Object) -> dict[str, Any]:
        champion = summary.get("champion") or {}
        return {"best": line.get("best_so_far"), "champion": champion.get("mean")}

    def page(self, folder: "RunFolder") -> "Page":
        from evo.kinds.evolution.page import page

        return page(folder)

    def pictures(self, folder: "RunFolder") -> dict[str, str]:
        from evo.kinds.evolution.page import pictures

        return pictures(folder)


EVOLUTION = EvolutionKind()
