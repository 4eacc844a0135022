"""An evolution as a resumable job: its steps, its judge, and what it leaves behind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np

from evo.errors import UsageError, did_you_mean
from evo.evaluation import make_evaluator
from evo.kinds.evolution import champion
from evo.kinds.evolution.champion import Champion
from evo.kinds.evolution.charts import COURSE
from evo.kinds.evolution.config import EvolutionConfig
from evo.kinds.evolution.figures import INFEASIBLE, names, readable
from evo.kinds.evolution.judge import Judge
from evo.kinds.evolution.milestones import Milestones, sheet
from evo.kinds.evolution.page import (
    EPISODE,
    MILESTONES,
    PEDIGREE,
    PLAYER,
    RESULT,
    SHEET,
    pictures,
    playing,
)
from evo.kinds.evolution.pedigree import Pedigree
from evo.kinds.evolution.schemas import EvolutionCheckpoint
from evo.kinds.evolution.solution import plain
from evo.kinds.evolution.storage import LISTED, describe_large
from evo.networks.flat import Networks
from evo.own_code import title
from evo.population import INNATE
from evo.records import Figures, Record
from evo.runs.atomic import write_text
from evo.runs.folder import RunFolder
from evo.runs.job import Progress, Step
from evo.runs.strict_json import finite, write_json
from evo.scores import Goal
from evo.skeleton import Evolution
from evo.termination import (
    Generations,
    Spent,
    Stagnation,
    Termination,
    WallTime,
    first_reason,
)

TARGET_REACHED = "target reached"


class EvolutionJob:
    """An evolution in which a judge validates individuals that seem to have reached the target."""

    def __init__(self, config: EvolutionConfig) -> None:
        self.config = config
        self.parts = config.take()
        self.failures = 0
        self.champions: list[Champion] = []
        self.tested: Mapping[str, Any] | None = None
        self.judge = Judge(
            self.parts.problem,
            self.parts.development,
            config.verdict,
            config.run.champion_episodes,
        )
        place: Any = config.models["evaluation"]
        self.evaluator = make_evaluator(
            place.evaluator,
            self.parts.problem,
            self.parts.development,
            workers=place.workers,
            timeout=place.timeout,
        )
        self.milestones = Milestones(self.parts.problem)
        self.pedigree = Pedigree(self.parts.problem)
        self.evolution = Evolution(
            self.parts.algorithm,
            self.evaluator,
            seed=config.run.seed,
            stop=criteria(config),
            pedigree=self.pedigree.draws,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.evaluator.close()

    @property
    def count(self) -> int:
        return self.evolution.generation

    def steps(self) -> Iterator[Step]:
        """Carry out one generation after the other.

        An individual that seems to have reached the target is validated at the end of a generation.
        """
        evolution = self.evolution
        while evolution.stopped is None:
            record = evolution.step()
            self._check_budget(record)
            self.failures += record.failures
            self.milestones.look_at(evolution)
            self.pedigree.look_at(evolution)
            events = list(record.events)
            if self.config.run.stop_at_target and (validated := self.judge.examine(evolution)):
                events.append(validation(validated))
                if validated.reached:
                    evolution.stopped = TARGET_REACHED
            line = metrics_line(record, self.config.goal) | self._trained() | self._innate()
            line |= self._told()
            yield Step(line, events)

    def _trained(self) -> dict[str, float]:
        """What the best individual so far has in training of what champions are judged by."""
        judged, best = self.parts.problem.judged, self.evolution.best
        if judged is None or best is None or judged.name not in best.results:
            return {}
        return {f"train_{judged.name}": float(best.results[judged.name][0])}

    def _told(self) -> dict[str, str]:
        """What the best individual so far does, in words; nothing where figures say enough."""
        best = self.evolution.best
        if best is None or len(best) != 1 or np.isnan(best.fitness).any():
            return {}
        results = {name: column[0] for name, column in best.results.items()}
        figure = readable(self.config.goal, best.fitness[0])
        told = self.parts.problem.told(figure, results)
        return {} if told is None else {"told": told}

    def _innate(self) -> dict[str, Any]:
        """What the population, and the best individual so far, are worth before they learn."""
        population, best, goal = self.evolution.population, self.evolution.best, self.config.goal
        if population is None or INNATE not in population.results:
            return {}
        columns = population.results[INNATE].reshape(len(population), -1).T
        means = [Figures.of(column, np.nan).mean for column in columns]
        figures = {"innate_mean": readable(goal, means if len(means) > 1 else means[0])}
        if best is not None and len(best) == 1 and INNATE in best.results:
            figures["innate_best"] = readable(goal, best.results[INNATE][0])
        return figures

    def _check_budget(self, record: Record) -> None:
        """Raise `UsageError` if `run.budget` limits a unit that evaluations do not spend."""
        for unit in self.config.run.budget:
            if unit not in record.spent:
                raise UsageError(
                    f"run.budget names {unit!r}{did_you_mean(unit, record.spent)}, which "
                    f"{self.config.subject} does not spend",
                    f"what is spent: {', '.join(record.spent)}",
                )

    def state_dict(self) -> dict[str, Any]:
        return {
            "evolution": self.evolution.state_dict(),
            "judge": self.judge.state_dict(),
            "failures": self.failures,
            "milestones": self.milestones.state_dict(),
            "pedigree": self.pedigree.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        EvolutionCheckpoint.model_validate(state)
        evolution, judge = self.evolution, self.judge
        if state["evolution"]["seed"] != self.config.run.seed:
            raise ValueError(f"it is of the seed {state['evolution']['seed']}")
        evolution.load_state_dict(state["evolution"])
        judge.load_state_dict(state["judge"])
        if judge.champion:
            evolution.algorithm.check_individuals(judge.champion.individual)
        self.failures = int(state["failures"])
        self.milestones.load_state_dict(state.get("milestones", []))
        self.pedigree.load_state_dict(state.get("pedigree"))
        if self.config.run.stop_at_target and judge.champion and judge.champion.reached:
            evolution.stopped = TARGET_REACHED
        else:
            evolution.stopped = first_reason(evolution.stop, evolution)

    def on_progress(self, within: Progress, judging: Progress) -> None:
        self.evaluator.progress, self.judge.progress = within, judging

    def conclude(self) -> None:
        self.champions = self.judge.conclude(self.evolution)
        self.tested = self._tested(self.champions[0]) if self.champions else None

    def _tested(self, winner: Champion) -> Mapping[str, Any] | None:
        """What a champion is worth on what the run did not use; None where there is nothing."""
        try:
            with self.parts.problem.at_work():
                return self.parts.problem.test(self.parts.development(winner.individual.genomes))
        except Exception:  # as in its validation, which says why
            return None

    def write_results(self, folder: RunFolder) -> dict[str, Any]:
        goal, champions, evolution = self.config.goal, self.champions, self.evolution
        descriptions = [self._description(each) for each in champions]
        if champions:
            connections = self.parts.problem.connections()
            champion.write(folder.path, champions, descriptions, goal, connections)
            recording = self._recording(champions[0])
            if recording is None:
                (folder.path / EPISODE).unlink(missing_ok=True)
            else:
                write_json(folder.path / EPISODE, finite(recording))
        if evolution.population is not None:
            picture = evolution.algorithm.picture(evolution.population)
            if picture is not None:
                write_json(folder.path / RESULT, finite(picture))
        self._write_creatures(folder)
        for name, picture in pictures(folder).items():
            write_text(folder.path / name, picture)
        if (page := playing(folder)) is not None:
            write_text(folder.path / PLAYER, page)
        first = champions[0] if champions else None
        spent = {unit: n for unit, n in evolution.spent.items() if unit != "evaluations"}
        return {
            "algorithm": title(self.config.method),
            "problem": title(self.config.subject),
            "seed": self.config.run.seed,
            "generations": evolution.generation,
            "evaluations": evolution.evaluations,
            "spent": spent,
            "failures": self.failures,
            "score": names(self.config.verdict),
            "training_score": names(goal),
            "best": best_figures(evolution, goal),
            "champion": first
            and {
                "mean": first.mean,
                "ci95": first.ci95,
                "episodes": first.episodes,
                "members": len(champions),
            },
            "test": self.tested,
            "solution": plain(descriptions[0]) if descriptions else None,
            "measures": measures(folder),
            "target": self.config.target,
            "reached": reached(champions, self.config.verdict),
            "stopped": evolution.stopped,
            "wall_s": round(evolution.elapsed, 3),
        }

    def _write_creatures(self, folder: RunFolder) -> None:
        """Write down what is shown of bodies: the best on the way, the last generation, a line."""
        problem, development = self.parts.problem, self.parts.development
        seed = self.champions[0].seeds[0] if self.champions and self.champions[0].seeds else 0
        population = self.evolution.population
        first = self.champions[0].individual if self.champions else None
        described = {
            MILESTONES: self.milestones.describe(development, seed),
            SHEET: None if population is None else sheet(problem, development, population),
            PEDIGREE: None if first is None else self.pedigree.describe(first, development),
        }
        for name, content in described.items():
            if content is not None:
                write_json(folder.path / name, finite(content))

    def _description(self, winner: Champion) -> dict[str, Any] | None:
        """What a champion's phenotype is; None if the problem cannot say."""
        try:
            phenotype = self.parts.development(winner.individual.genomes)
            if isinstance(phenotype, Networks) and len(phenotype.weights) > LISTED:
                return describe_large(phenotype)
            return self.parts.problem.describe(phenotype, 0)
        except Exception:  # a champion without a description is one without a picture
            return None

    def _recording(self, winner: Champion) -> dict[str, Any] | None:
        """The first episode of a champion's validation; None if the problem has none to show."""
        record = getattr(self.parts.problem, "recording", None)
        if record is None or winner.error or not winner.seeds:
            return None
        try:
            return record(self.parts.development(winner.individual.genomes), winner.seeds[0])
        except Exception:  # what cannot be played again is not drawn
            return None


def criteria(config: EvolutionConfig) -> list[Termination]:
    """When the run ends, the target aside."""
    run = config.run
    stop: list[Termination] = [Generations(run.generations)]
    if run.evaluations:
        stop.append(Spent(run.evaluations))
    stop += [Spent(limit, unit) for unit, limit in run.budget.items()]
    if run.wall_time:
        stop.append(WallTime(run.wall_time))
    if run.stagnation:
        stop.append(Stagnation(run.stagnation))
    return stop


def metrics_line(record: Record, goal: Goal) -> dict[str, Any]:
    """A generation in figures as people read them, the same for every run with these settings."""
    figures = {}
    for name in ("best", "mean", "median", "worst", "best_so_far"):
        fitness = [getattr(each, name) for each in record.figures.values()]
        figures[name] = readable(goal, fitness if len(fitness) > 1 else fitness[0])
    line = {
        "generation": record.generation,
        "evaluations": record.evaluations,
        **figures,
        "failures": record.failures,
    }
    spent = {unit: amount for unit, amount in record.spent.items() if unit != "evaluations"}
    if record.infeasible is not None:
        line[INFEASIBLE] = record.infeasible
    if spent:
        line["spent"] = spent
    line |= record.metrics
    return line


def best_figures(evolution: Evolution, goal: Goal) -> Any:
    """The best figure of the result, or of each score; None if nobody in it is feasible."""
    best = evolution.best
    if best is None or not len(best) or np.isnan(best.fitness).all():
        return None
    columns = best.fitness.reshape(len(best), -1).max(axis=0)
    return readable(goal, columns if len(columns) > 1 else columns[0])


def reached(champions: Sequence[Champion], goal: Goal) -> bool | None:
    """Whether one of the champions meets the targets; None where there are no targets."""
    if all(score.target is None for score in goal.scores):
        return None
    return any(each.reached for each in champions)


def measures(folder: RunFolder) -> dict[str, float]:
    """What the algorithm reported of the last generation."""
    last = (folder.metrics() or [{}])[-1]
    return {
        name: value
        for name, value in last.items()
        if name not in COURSE and isinstance(value, int | float)
    }


def validation(champion: Champion) -> dict[str, Any]:
    """The event that a champion was validated."""
    event: dict[str, Any] = {
        "event": "champion_validated",
        "mean": champion.mean,
        "episodes": champion.episodes,
        "reached": champion.reached,
    }
    if champion.error:
        event["reason"] = champion.error
    return event
