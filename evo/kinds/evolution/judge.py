"""Who is the champion of a run, and how good it is on episodes that it was not selected by.

The best of a noisy evaluation owes part of its fitness to luck. So candidates are screened on fresh
seeds through the evaluator, the best of them plays fresh episodes in the real environment, and the
mean of those decides whether the target is reached.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.kinds.evolution.champion import Champion
from evo.kinds.evolution.validation import validated
from evo.population import NO_ROWS, Floats, Population, Rows
from evo.problems.base import Problem
from evo.rng import Role
from evo.scores import Goal
from evo.skeleton import Evolution

CANDIDATES = 5
SCREENING_SEEDS = 10
LONGEST_PAUSE = 16
MEMBERS = 100
"""How many members of a front or an archive are validated and written down."""


@dataclass
class Judge:
    """Chooses and validates champions: `examine` after each generation, `conclude` at the end.

    After a champion has failed, the next validation waits for 1, 2, 4 … 16 generations: playing
    real episodes costs more than a generation does. Everything depends on seed and generation only,
    so a resumed run validates the same champions as one that was never interrupted.

    Attributes:
        problem: what gives scores.
        development: what turns genomes into phenotypes.
        goal: what champions are judged by, with its targets.
        episodes: fresh episodes of a validation that is noisy; of any other, one is played.
        champion: the last one validated.
        pause: generations to wait after the last failure; 0 before the first.
        next_generation: the first one in which it validates again.
        progress: gets (episodes played, all of them) while it validates.
    """

    problem: Problem
    development: Callable[[Any], Any]
    goal: Goal
    episodes: int
    champion: Champion | None = None
    pause: int = 0
    next_generation: int = 0
    progress: Callable[[int, int], None] | None = None

    def examine(self, evolution: Evolution) -> Champion | None:
        """Validate the best of this generation, if it seems to meet the targets and no pause is on.

        Returns:
            The champion, which may have reached the targets or not; None if nobody was validated.
        """
        if not self._has_target or evolution.generation < self.next_generation:
            return None
        pool, rows = self._candidates(evolution)
        rows = rows[self.goal.reached(self._judged(pool.fitness, pool.results)[rows])]
        if not len(rows):
            return None
        best, reached = self._screen(evolution, pool.take(rows[self._first]))
        if not reached:
            return None
        champion = self.champion = self._validate(evolution, best)
        if not champion.reached:
            self.pause = min(max(1, 2 * self.pause), LONGEST_PAUSE)
            self.next_generation = evolution.generation + self.pause + 1
        return champion

    def conclude(self, evolution: Evolution) -> list[Champion]:
        """The validated champions of a run that has ended, the foremost one first.

        This is the one that reached the target, or else the best now; where the result is a front
        or an archive, it is the first `MEMBERS` of these. Nobody, if no individual has a fitness.
        """
        assert evolution.population is not None
        best = evolution.best
        if best is not None and evolution.algorithm.best(evolution.population) is not None:
            members = best.take(_feasible(best)[:MEMBERS])
            rows = range(len(members))
            return [self._validate(evolution, members.take(np.array([row]))) for row in rows]
        champion = self.champion
        if champion is None or not (
            champion.reached or champion.generation == evolution.generation
        ):
            pool, rows = self._candidates(evolution)
            if not len(rows):
                return []
            best = self._screen(evolution, pool.take(rows[self._first]))[0]
            champion = self.champion = self._validate(evolution, best)
        return [champion]

    @property
    def _first(self) -> slice:
        """The candidates that are screened."""
        return slice(0, CANDIDATES if self.problem.noisy else 1)

    def _candidates(self, evolution: Evolution) -> tuple[Population, Rows]:
        """A population, and which of its rows may be the champion, the best in training first.

        With several scores these are the feasible members of the result; with one, everybody who
        has a fitness, and the best individual so far.
        """
        assert evolution.population is not None
        pool, best = evolution.population, evolution.best
        if len(self.goal.scores) > 1:
            return (pool, NO_ROWS) if best is None else (best, _feasible(best))
        if best is not None and not (pool.fitness >= best.fitness[0]).any():
            pool = best.concat(pool)
        rows = np.argsort(-pool.score, kind="stable")
        return pool, rows[~np.isnan(pool.fitness[rows])]

    def _screen(self, evolution: Evolution, candidates: Population) -> tuple[Population, bool]:
        """The best candidate on fresh seeds, and whether its mean fitness meets the targets."""
        means, judged = candidates.fitness, self._judged(candidates.fitness, candidates.results)
        if self.problem.noisy and evolution.evaluator is not None:
            seeds = self._seeds(evolution, SCREENING_SEEDS + self.episodes)[self.episodes :]
            rows = np.repeat(np.arange(len(candidates)), len(seeds))
            within, evolution.evaluator.progress = evolution.evaluator.progress, self.progress
            try:
                found = evolution.evaluator.evaluate(
                    candidates.take(rows).genomes, np.tile(seeds, len(candidates)), evolution.scene
                )
            finally:
                evolution.evaluator.progress = within
            means, judged = (
                np.nan_to_num(each, nan=-np.inf)
                .reshape(len(candidates), len(seeds), -1)
                .mean(axis=1)
                for each in (found.fitness, self._judged(found.fitness, found.results))
            )
        reached = self.goal.reached(judged)
        first = means.reshape(len(candidates), -1)[:, 0]
        best = int(np.argmax(np.where(reached, first, -np.inf) if reached.any() else first))
        return candidates.take(np.array([best])), bool(reached[best])

    def _validate(self, evolution: Evolution, individual: Population) -> Champion:
        seeds = self._seeds(evolution, self.episodes if self.problem.noisy_validation else 1)
        names, error = [score.name for score in self.goal.scores], None
        figures: dict[str, list[float]] = {name: [] for name in names}
        reached = None
        try:
            columns = validated(
                self.problem, self.development, individual, seeds, evolution.scene, self.progress
            )
            figures = dict(zip(names, columns.T.tolist(), strict=True))
            lacking = int(np.isnan(columns).any(axis=1).sum())
            if lacking:
                error = f"{lacking} of {len(columns)} fresh episodes failed or were infeasible"
            if self._has_target:
                means = self.goal.fitness_of(columns.mean(axis=0))
                reached = bool(self.goal.reached(means.reshape(1, -1))[0])
        except Exception as failure:
            # A problem that fails here costs the champion its figure, never the run.
            error = f"{type(failure).__name__}: {failure}"
            reached = False if self._has_target else None
        return Champion(
            individual,
            evolution.generation,
            figures,
            [int(seed) for seed in seeds],
            self.goal.scores[0].target if len(names) == 1 else None,
            reached,
            error,
        )

    def _judged(self, fitness: Floats, results: Mapping[str, NDArray[Any]]) -> Floats:
        """What individuals had in training of what champions are judged by, as fitness."""
        judged = self.problem.judged
        if judged is None:
            return fitness
        return judged.figure(results.get(judged.name, np.full(len(fitness), np.nan)))

    @property
    def _has_target(self) -> bool:
        return any(score.target is not None for score in self.goal.scores)

    def _seeds(self, evolution: Evolution, count: int) -> NDArray[np.uint64]:
        return evolution.streams.seeds(evolution.generation, Role.CHAMPION, count)

    def state_dict(self) -> dict[str, Any]:
        """What later validations depend on."""
        champion = self.champion
        state = champion and {
            "individual": champion.individual.state_dict(),
            "generation": champion.generation,
            "figures": dict(champion.figures),
            "seeds": champion.seeds,
            "target": champion.target,
            "reached": champion.reached,
            "error": champion.error,
        }
        return {"champion": state, "pause": self.pause, "next_generation": self.next_generation}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Inverse of `state_dict`.

        Raises `KeyError`, `TypeError` or `ValueError` if `state` is not one.
        """
        champion = state["champion"]
        self.champion = champion and Champion(
            **{**champion, "individual": Population.from_state_dict(champion["individual"])}
        )
        self.pause, self.next_generation = int(state["pause"]), int(state["next_generation"])


def _feasible(individuals: Population) -> Rows:
    return np.flatnonzero(individuals.violation == 0)
