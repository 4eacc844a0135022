"""Who is the champion of a run, and how good it is on episodes that nobody selected it by.

The best of a noisy evaluation owes part of its fitness to luck. So candidates are screened on fresh
seeds through the evaluator, the best of them plays fresh episodes in the real environment, and the
mean of those decides whether the target is reached.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evo.population import Population
from evo.problems.base import Problem
from evo.rng import Role
from evo.skeleton import Evolution

CANDIDATES = 5
SCREENING_SEEDS = 10
LONGEST_PAUSE = 16


@dataclass(frozen=True)
class Champion:
    """An individual and its validation.

    Attributes:
        individual: a population of one.
        generation: the completed generation after which it was validated.
        scores: one per seed in `seeds`, in the sense that people read; NaN where an episode failed.
        target: the score to reach, None if there is none.
        reached: whether the mean is at least as good as the target; None without a target.
        error: why validation failed, if it did.
    """

    individual: Population
    generation: int
    scores: list[float]
    seeds: list[int]
    target: float | None
    reached: bool | None
    error: str | None = None

    @property
    def mean(self) -> float:
        """Mean of the scores, NaN if there are none."""
        return float(np.mean(self.scores)) if self.scores else math.nan

    @property
    def ci95(self) -> tuple[float, float] | None:
        """The 95 % confidence interval of the mean; None from a single score."""
        return interval(self.scores)


def interval(scores: list[float]) -> tuple[float, float] | None:
    """Student's 95 % confidence interval of the mean of `scores`; None if there are fewer than two.

    Source: Student, The probable error of a mean, Biometrika 6 (1908).
    """
    n = len(scores)
    if n < 2:
        return None
    mean, spread = float(np.mean(scores)), float(np.std(scores, ddof=1))
    if spread == 0:
        return mean, mean
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, 0.975)) * spread / math.sqrt(n)
    return mean - half, mean + half


@dataclass
class Judge:
    """Finds and validates champions.

    As a stop criterion it ends a run whose champion reaches the target.

    After a champion has failed, the next validation waits for 1, 2, 4 … 16 generations: playing
    real episodes costs more than a generation does. Everything depends on seed and generation only,
    so a resumed run judges as the whole one.

    Attributes:
        problem, development: what turns an individual into scores.
        target: the score to reach, None if there is none.
        episodes: fresh episodes of a validation on a noisy problem; where nothing is noisy one is
            enough.
        champion: the last one validated.
    """

    problem: Problem
    development: Callable[[Any], Any]
    target: float | None
    episodes: int
    champion: Champion | None = None
    pause: int = 0
    next_generation: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    reason = "target reached"

    def __call__(self, evolution: Evolution) -> bool:
        """Whether the best of this generation holds the target on fresh episodes."""
        fitness = self._fitness(self.target)
        if fitness is None or evolution.generation < self.next_generation:
            return False
        candidates = self._candidates(evolution, fitness)
        if not len(candidates):
            return False
        chosen, screened = self._screen(evolution, candidates)
        if screened < fitness:
            return False
        champion = self._validate(evolution, chosen)
        if not champion.reached:
            self.pause = min(max(1, 2 * self.pause), LONGEST_PAUSE)
            self.next_generation = evolution.generation + self.pause + 1
        return bool(champion.reached)

    def conclude(self, evolution: Evolution) -> Champion | None:
        """The champion of a run that has ended.

        The one that reached the target, or the best now, validated.
        """
        if self.champion is not None and (
            self.champion.reached or self.champion.generation == evolution.generation
        ):
            return self.champion
        candidates = self._candidates(evolution, -math.inf)
        if not len(candidates):
            return None
        return self._validate(evolution, self._screen(evolution, candidates)[0])

    def _fitness(self, score: float | None) -> float | None:
        return None if score is None else float(self.problem.score(score))

    def _candidates(self, evolution: Evolution, fitness: float) -> Population:
        """The individuals, at most `CANDIDATES`, with the best training fitness of at least `fitness`; best first."""
        assert evolution.population is not None
        pool = evolution.population
        if evolution.best is not None and not (pool.fitness >= evolution.best.fitness[0]).any():
            pool = evolution.best.concat(pool)
        if pool.fitness.ndim > 1:
            return pool.take(np.empty(0, np.intp))
        rows = np.argsort(-pool.score, kind="stable")
        rows = rows[np.isfinite(pool.score[rows]) & (pool.score[rows] >= fitness)]
        return pool.take(rows[: CANDIDATES if self.problem.noisy else 1])

    def _screen(self, evolution: Evolution, candidates: Population) -> tuple[Population, float]:
        """The best candidate on fresh seeds, and its mean fitness on them."""
        if not self.problem.noisy or evolution.evaluator is None:
            return candidates.take(np.array([0])), float(candidates.fitness[0])
        seeds = self._seeds(evolution, SCREENING_SEEDS + self.episodes)[self.episodes :]
        rows = np.repeat(np.arange(len(candidates)), len(seeds))
        fitness = evolution.evaluator.evaluate(
            candidates.take(rows).genomes, np.tile(seeds, len(candidates))
        ).fitness
        means = np.nan_to_num(fitness, nan=-np.inf).reshape(len(candidates), -1).mean(axis=1)
        best = int(np.argmax(means))
        return candidates.take(np.array([best])), float(means[best])

    def _validate(self, evolution: Evolution, individual: Population) -> Champion:
        seeds = self._seeds(evolution, self.episodes if self.problem.noisy else 1)
        error = None
        try:
            scores = [
                float(score)
                for score in self.problem.validate(self.development(individual.genomes), seeds)
            ]
        except (
            Exception
        ) as failure:  # a problem that fails here costs the champion its figure, never the run
            scores, error = [], f"{type(failure).__name__}: {failure}"
        mean = float(np.mean(scores)) if scores else math.nan
        target = self._fitness(self.target)
        reached = None if target is None else bool(self.problem.score(mean) >= target)
        self.champion = Champion(
            individual,
            evolution.generation,
            scores,
            [int(seed) for seed in seeds],
            self.target,
            reached,
            error,
        )
        found: dict[str, Any] = {
            "event": "champion_validated",
            "mean": mean,
            "episodes": len(scores),
            "reached": reached,
        }
        self.events.append(found | ({"reason": error} if error else {}))
        return self.champion

    def _seeds(self, evolution: Evolution, count: int) -> Any:
        return evolution.streams.seeds(evolution.generation, Role.CHAMPION, count)

    def state_dict(self) -> dict[str, Any]:
        """What later judgements depend on."""
        champion = self.champion
        known = champion and {
            "individual": champion.individual.state_dict(),
            "generation": champion.generation,
            "scores": champion.scores,
            "seeds": champion.seeds,
            "target": champion.target,
            "reached": champion.reached,
            "error": champion.error,
        }
        return {"champion": known, "pause": self.pause, "next_generation": self.next_generation}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Inverse of `state_dict`.

        Raises `KeyError`, `TypeError` or `ValueError` if `state` is not one.
        """
        known = state["champion"]
        self.champion = known and Champion(
            **{**known, "individual": Population.from_state_dict(known["individual"])}
        )
        self.pause, self.next_generation = int(state["pause"]), int(state["next_generation"])
