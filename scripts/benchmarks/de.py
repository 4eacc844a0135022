"""Differential evolution against scipy's in 10 dimensions.

Measured are the evaluations to 1e-8 and how many seeds come there within 50 000 of them, on four
functions, and CPU time per evaluation. Both search the function's domain; scipy has its default
scheme (best1bin, 15 individuals a variable), without its final descent, and evaluates all trials of
a generation at once, as evo does.
"""

from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from scipy.optimize import differential_evolution

import evo
from benchmarks.measure import Measurement, cpu_seconds
from evo.problems.functions import Function
from evo.termination import Spent, Target

DIMENSIONS, TARGET, LIMIT, SEEDS = 10, 1e-8, 50_000, 11
FUNCTIONS = ("sphere", "rosenbrock", "rastrigin", "ackley")


@dataclass(frozen=True)
class Outcome:
    """Evaluations that a run took, and whether it came to the target."""

    evaluations: int
    solved: bool


def ours(problem: Function, seed: int) -> Outcome:
    evolution = evo.evolution(
        "de", problem, seed=seed, generations=10**9, stop=[Target(-TARGET), Spent(LIMIT)]
    )
    evolution.run()
    return Outcome(evolution.evaluations, evolution.stopped == "target reached")


def scipys(problem: Function, seed: int) -> Outcome:
    need, spent, best = problem.needs, 0, np.inf

    def formula(points: Any) -> Any:
        nonlocal spent, best
        values = problem.benchmark.formula(np.ascontiguousarray(points.T))
        spent, best = spent + len(values), min(best, float(values.min()))
        return values

    differential_evolution(
        formula,
        [(need.lower, need.upper)] * DIMENSIONS,
        rng=seed,
        maxiter=LIMIT // (15 * DIMENSIONS) - 1,
        tol=0.0,
        polish=False,
        vectorized=True,
        updating="deferred",
        callback=lambda *_, **__: best <= TARGET,
    )
    return Outcome(spent, best <= TARGET)


CONTESTANTS = {"evo": ours, "scipy": scipys}


def contest(name: str, seeds: int) -> list[Measurement]:
    settings = Function.Settings(function=name, dimensions=DIMENSIONS, target=TARGET)  # pyright: ignore
    problem = Function(settings)
    outcomes: dict[str, list[Outcome]] = {who: [] for who in CONTESTANTS}
    seconds: dict[str, list[float]] = {who: [] for who in CONTESTANTS}

    def solve(who: str, seed: int) -> None:
        outcomes[who].append(CONTESTANTS[who](problem, seed))

    for seed in range(seeds):
        for who in CONTESTANTS:
            spent = cpu_seconds(partial(solve, who, seed))
            seconds[who].append(1e6 * spent / outcomes[who][-1].evaluations)
    needed = {
        who: median(run.evaluations if run.solved else LIMIT for run in runs)
        for who, runs in outcomes.items()
    }
    solved = {who: float(sum(run.solved for run in runs)) for who, runs in outcomes.items()}
    spent = {who: median(each) for who, each in seconds.items()}
    return [
        Measurement(f"{name}: {what}", unit, figures["evo"], {"scipy": figures["scipy"]})
        for what, unit, figures in (
            (f"to {TARGET:g}, median of {seeds} seeds", "evaluations", needed),
            (f"{TARGET:g} within {LIMIT:,} evaluations", f"of {seeds} seeds", solved),
            ("per evaluation", "CPU us", spent),
        )
    ]


def measure(quick: bool = False) -> list[Measurement]:
    if quick:
        return contest("sphere", 1)
    return [each for name in FUNCTIONS for each in contest(name, SEEDS)]
