"""Carrying out a run in its folder: from its settings, or from its checkpoint, to its summary."""

import time
from collections.abc import Mapping
from typing import Any, Protocol

from evo.config import Config
from evo.errors import RunFolderError
from evo.evaluation import make_evaluator
from evo.problems.base import Problem
from evo.reports import pictures
from evo.runs import checkpoint
from evo.runs.champion import Champion, Judge
from evo.runs.files import finite, write_json
from evo.runs.folder import RunFolder
from evo.runs.lines import Lines
from evo.runs.signals import Interrupted, Signals
from evo.skeleton import Evolution, Record
from evo.termination import Evaluations, Generations, Stagnation, Termination, WallTime


class Reporter(Protocol):
    """Somebody who follows a run; `Silent` shows the least that one does."""

    def started(self, config: Config, folder: RunFolder, generation: int) -> None:
        """The run begins or goes on behind `generation`."""
        ...

    def completed(self, line: Mapping[str, Any]) -> None:
        """A generation is complete; `line` is its line in metrics.jsonl."""
        ...

    def judging(self) -> None:
        """The evolution is over, the champion plays fresh episodes."""
        ...


class Silent:
    """Follows a run and says nothing."""

    def started(self, config: Config, folder: RunFolder, generation: int) -> None:
        return

    def completed(self, line: Mapping[str, Any]) -> None:
        return

    def judging(self) -> None:
        return


def criteria(config: Config, judge: Judge) -> list[Termination]:
    """When the run ends."""
    run = config.run
    stop: list[Termination] = [judge] if run.stop_at_target and judge.target is not None else []
    stop.append(Generations(run.generations))
    stop += [Evaluations(run.evaluations)] if run.evaluations else []
    stop += [WallTime(run.wall_time)] if run.wall_time else []
    stop += [Stagnation(run.stagnation)] if run.stagnation else []
    return stop


def carry_out(
    config: Config, folder: RunFolder, reporter: Reporter | None = None, signals: Signals | None = None
) -> dict[str, Any]:
    """Run to the end and return the summary; where `folder` has a checkpoint, from there.

    Raises:
        Interrupted: somebody stopped it; the checkpoint is that of the last completed generation.
        RunFolderError: the folder or its checkpoint cannot be used, or another process is at work in it.
        EvaluationError: no individual of a generation could be evaluated.
    """
    with signals or Signals() as watch:
        return _Execution(config, folder, reporter or Silent(), watch).run()


class _Execution:
    """One process's work on a run."""

    def __init__(self, config: Config, folder: RunFolder, reporter: Reporter, signals: Signals):
        self.config, self.folder, self.reporter, self.signals = config, folder, reporter, signals
        self.parts = config.composition()
        problem = self.parts.problem
        target = problem.target if config.run.target is None else config.run.target
        self.judge = Judge(problem, self.parts.development, target, config.run.champion_episodes)
        self.failures = 0
        self.logs: dict[str, Lines] = {}
        self.state: dict[str, Any] | None = None
        self.saved_generation = 0
        self.next_save = time.monotonic() + config.run.checkpoint_interval

    def run(self) -> dict[str, Any]:
        chosen = self.config.evaluation
        with make_evaluator(
            chosen.evaluator, self.parts.problem, self.parts.development, workers=chosen.workers, timeout=chosen.timeout
        ) as place:
            evolution = Evolution(self.parts.algorithm, place, seed=self.config.run.seed)
            evolution.stop = criteria(self.config, self.judge)
            if self.folder.checkpoint.exists():
                self._continue(evolution)
            self._open_logs(evolution.generation)
            try:
                self.reporter.started(self.config, self.folder, evolution.generation)
                self._evolve(evolution)
                self.reporter.judging()
                champion = self.judge.conclude(evolution)
                with self.signals.ignored():
                    self._save()
                    return self._conclude(evolution, champion)
            except BaseException:
                with self.signals.ignored():
                    self._save()
                raise
            finally:
                for log in self.logs.values():
                    log.close()

    def _open_logs(self, generation: int) -> None:
        metrics = Lines.claim(self.folder.path / "metrics.jsonl")
        if metrics is None:
            raise RunFolderError(f"another process is at work in {self.folder.path}", "wait for it, or stop it first")
        self.logs = {"metrics": metrics}
        self.logs |= {name: Lines(self.folder.path / f"{name}.jsonl") for name in ("events", "timings")}
        for log in self.logs.values():
            log.cut(generation)

    def _evolve(self, evolution: Evolution) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        for record in evolution:
            with self.signals.deferred():
                line = metrics_line(record, self.parts.problem)
                self.logs["metrics"].write(line)
                for event in [*record.events, *self.judge.events]:
                    self.logs["events"].write({"generation": record.generation, **event})
                self.judge.events.clear()
                before, wall, cpu = (wall, cpu), time.perf_counter(), time.process_time()
                spent = {"wall_s": wall - before[0], "cpu_s": cpu - before[1]}
                self.logs["timings"].write({"generation": record.generation, **spent})
                for log in self.logs.values():
                    log.flush()
                self.failures += record.failures
                self.state = {
                    "evolution": evolution.state_dict(),
                    "judge": self.judge.state_dict(),
                    "failures": self.failures,
                }
                self.reporter.completed(line)
                if time.monotonic() >= self.next_save:
                    self._save()

    def _save(self) -> None:
        """Write the last completed generation, unless that has been done."""
        if self.state is None or self.state["evolution"]["generation"] == self.saved_generation:
            return
        started = time.monotonic()
        for log in self.logs.values():
            log.sync()
        checkpoint.write(self.folder.checkpoint, self.state)
        ended = time.monotonic()
        self.saved_generation = self.state["evolution"]["generation"]
        self.next_save = ended + max(self.config.run.checkpoint_interval, 20 * (ended - started))

    def _continue(self, evolution: Evolution) -> None:
        path = self.folder.checkpoint
        state = checkpoint.read(path)
        try:
            evolution.load_state_dict(state["evolution"])
            self.judge.load_state_dict(state["judge"])
            self.failures = int(state["failures"])
        except Exception as error:  # a checkpoint of another run can fail wherever its state is used
            raise RunFolderError(f"{path} does not belong to this run: {type(error).__name__}: {error}") from None
        reached = self.judge if self.judge.champion and self.judge.champion.reached else None
        stop = [criterion for criterion in evolution.stop if criterion is not self.judge or reached]
        evolution.stopped = next((c.reason for c in stop if c is reached or c(evolution)), None)
        self.saved_generation = evolution.generation

    def _conclude(self, evolution: Evolution, champion: Champion | None) -> dict[str, Any]:
        problem, best = self.parts.problem, evolution.best
        described = network(self.parts.development(champion.individual.genomes)) if champion else None
        if champion:
            self.folder.write_champion(champion, described)
        pictures.write(self.folder.path, self.folder.metrics(), problem.score_name, self.judge.target, described)
        interval = list(champion.ci95) if champion and champion.ci95 else None
        summary: dict[str, Any] = {
            "algorithm": self.config.algorithm,
            "problem": self.config.problem,
            "seed": self.config.run.seed,
            "generations": evolution.generation,
            "evaluations": evolution.evaluations,
            "failures": self.failures,
            "score": problem.score_name,
            "best": None if best is None else float(problem.score(best.fitness[0])),
            "champion": champion and {"mean": champion.mean, "ci95": interval, "episodes": len(champion.scores)},
            "target": self.judge.target,
            "reached": champion.reached if champion else None,
            "stopped": evolution.stopped,
            "wall_s": round(evolution.elapsed, 3),
            "run": str(self.folder.path),
        }
        write_json(self.folder.path / "summary.json", summary)
        return finite(summary)


def metrics_line(record: Record, problem: Problem) -> dict[str, Any]:
    """A generation in figures, fitness in the sense that people read; the same for every run with these settings."""
    figures = {name: problem.score(getattr(record, name)) for name in ("best", "mean", "median", "worst", "best_so_far")}
    line = {"generation": record.generation, "evaluations": record.evaluations, **figures, "failures": record.failures}
    line |= record.metrics
    return line


def network(phenotype: Any) -> dict[str, Any] | None:
    """The description of a phenotype that is one network; None of any other."""
    from evo.networks.flat import Networks

    if not isinstance(phenotype, Networks):
        return None
    from evo.networks.describe import describe

    return dict(describe(phenotype, 0))


__all__ = ["Interrupted", "Reporter", "Silent", "carry_out", "criteria", "metrics_line", "network"]
