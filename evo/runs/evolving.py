"""An evolution as a run: its judge, its lines, and what it leaves behind."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from evo.config import EvolutionConfig
from evo.evaluation import make_evaluator
from evo.problems.base import Problem
from evo.reports import pictures
from evo.runs.champion import Champion, Judge
from evo.runs.folder import RunFolder
from evo.runs.work import Step
from evo.skeleton import Evolution, Record
from evo.termination import Evaluations, Generations, Stagnation, Termination, WallTime


def criteria(config: EvolutionConfig, judge: Judge) -> list[Termination]:
    """When the run ends."""
    run = config.run
    stop: list[Termination] = [judge] if run.stop_at_target and judge.target is not None else []
    stop.append(Generations(run.generations))
    stop += [Evaluations(run.evaluations)] if run.evaluations else []
    stop += [WallTime(run.wall_time)] if run.wall_time else []
    stop += [Stagnation(run.stagnation)] if run.stagnation else []
    return stop


class Evolving:
    """An evolution at work."""

    def __init__(self, config: EvolutionConfig):
        self.config = config
        self.parts = config.composition()
        self.failures = 0
        self.champion: Champion | None = None
        self.judging = Judge(
            self.parts.problem, self.parts.development, config.target, config.run.champion_episodes
        )
        chosen = config.evaluation
        self.evaluator = make_evaluator(
            chosen.evaluator,
            self.parts.problem,
            self.parts.development,
            workers=chosen.workers,
            timeout=chosen.timeout,
        )
        self.evolution = Evolution(self.parts.algorithm, self.evaluator, seed=config.run.seed)
        self.evolution.stop = criteria(config, self.judging)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.evaluator.close()

    @property
    def count(self) -> int:
        return self.evolution.generation

    def steps(self) -> Iterator[Step]:
        for record in self.evolution:
            self.failures += record.failures
            events = [*record.events, *self.judging.events]
            self.judging.events.clear()
            yield Step(metrics_line(record, self.parts.problem), events)

    def state_dict(self) -> dict[str, Any]:
        return {
            "evolution": self.evolution.state_dict(),
            "judge": self.judging.state_dict(),
            "failures": self.failures,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        evolution, judge = self.evolution, self.judging
        evolution.load_state_dict(state["evolution"])
        judge.load_state_dict(state["judge"])
        self.failures = int(state["failures"])
        reached = judge if judge.champion and judge.champion.reached else None
        stop = [criterion for criterion in evolution.stop if criterion is not judge or reached]
        evolution.stopped = next((c.reason for c in stop if c is reached or c(evolution)), None)

    def follow(self, progress: Callable[[int, int], None]) -> None:
        self.evaluator.progress = progress

    def judge(self) -> None:
        self.champion = self.judging.conclude(self.evolution)

    def leave(self, folder: RunFolder) -> dict[str, Any]:
        problem, best, champion = self.parts.problem, self.evolution.best, self.champion
        described = (
            network(self.parts.development(champion.individual.genomes)) if champion else None
        )
        if champion:
            folder.write_champion(champion, described)
        pictures.write(
            folder.path, folder.metrics(), problem.score_name, self.judging.target, described
        )
        interval = list(champion.ci95) if champion and champion.ci95 else None
        return {
            "algorithm": self.config.algorithm,
            "problem": self.config.problem,
            "seed": self.config.run.seed,
            "generations": self.evolution.generation,
            "evaluations": self.evolution.evaluations,
            "failures": self.failures,
            "score": problem.score_name,
            "best": None if best is None else float(problem.score(best.fitness[0])),
            "champion": champion
            and {"mean": champion.mean, "ci95": interval, "episodes": len(champion.scores)},
            "target": self.judging.target,
            "reached": champion.reached if champion else None,
            "stopped": self.evolution.stopped,
            "wall_s": round(self.evolution.elapsed, 3),
        }


def metrics_line(record: Record, problem: Problem) -> dict[str, Any]:
    """A generation in figures, fitness in the sense that people read.

    The same for every run with these settings.
    """
    figures = {
        name: problem.score(getattr(record, name))
        for name in ("best", "mean", "median", "worst", "best_so_far")
    }
    line = {
        "generation": record.generation,
        "evaluations": record.evaluations,
        **figures,
        "failures": record.failures,
    }
    line |= record.metrics
    return line


def network(phenotype: Any) -> dict[str, Any] | None:
    """The description of a phenotype that is one network; None of any other."""
    from evo.networks.flat import Networks

    if not isinstance(phenotype, Networks):
        return None
    from evo.networks.describe import describe

    return dict(describe(phenotype, 0))
