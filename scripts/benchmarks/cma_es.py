"""CMA-ES against pycma in 40 dimensions.

Measured are evaluations to 1e-8, CPU time per evaluation, and how many seeds come to 1e-8 within a
budget. Both start at the same points (uniform in the function's domain, by seed) with the same step
size and number of samples; pycma has its default options. A run that has not come to 1e-8 after the
largest budget counts as that many evaluations. On Rosenbrock about one run in ten of either never
does: it ends in the function's second minimum, near (-1, 1, …, 1).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np

import evo
from benchmarks.measure import Measurement, cpu_seconds
from evo.genomes.vectors import uniform_start
from evo.problems.functions import Function
from evo.rng import Role, Streams
from evo.termination import Spent, Target

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import cma

DIMENSIONS, TARGET, SIGMA, SAMPLES = 40, 1e-8, 0.3, 15
BUDGETS = {"sphere": (20_000,), "rosenbrock": (65_000, 120_000)}
SEEDS = {"sphere": 11, "rosenbrock": 21}


@dataclass(frozen=True)
class Outcome:
    """Evaluations that a run took, and whether it came to the target."""

    evaluations: int
    solved: bool


def ours(problem: Function, seed: int, limit: int) -> Outcome:
    evolution = evo.evolution(
        "cma-es",
        problem,
        seed=seed,
        generations=10**9,
        settings={"sigma": SIGMA, "population": SAMPLES},
        stop=[Target(-TARGET), Spent(limit)],
    )
    evolution.run()
    return Outcome(evolution.evaluations, evolution.stopped == "target reached")


def pycma(problem: Function, seed: int, limit: int) -> Outcome:
    need = problem.needs
    start = uniform_start(need, 1, Streams(seed).generator(1, Role.INITIALISE))[0]
    options = {
        "seed": seed + 1,
        "verbose": -9,
        "ftarget": TARGET,
        "maxfevals": limit,
        "popsize": SAMPLES,
    }
    strategy = cma.CMAEvolutionStrategy(start, SIGMA * (need.upper - need.lower), options)
    while not strategy.stop():
        points = strategy.ask()
        strategy.tell(points, problem.benchmark.formula(np.array(points)))
    return Outcome(strategy.result.evaluations, "ftarget" in strategy.stop())


CONTESTANTS = {"evo": ours, "pycma": pycma}


def contest(name: str, seeds: int) -> list[Measurement]:
    settings = Function.Settings(function=name, dimensions=DIMENSIONS, target=TARGET)  # pyright: ignore
    problem, limit = Function(settings), max(BUDGETS[name])
    outcomes: dict[str, list[Outcome]] = {who: [] for who in CONTESTANTS}
    seconds: dict[str, list[float]] = {who: [] for who in CONTESTANTS}

    def solve(who: str, seed: int) -> None:
        outcomes[who].append(CONTESTANTS[who](problem, seed, limit))

    def needed(who: str) -> float:
        return median(run.evaluations if run.solved else limit for run in outcomes[who])

    def solved_within(budget: int, who: str) -> float:
        return sum(run.solved and run.evaluations <= budget for run in outcomes[who])

    def compared(what: str, unit: str, figure: Callable[[str], float]) -> Measurement:
        what = f"{name}, {DIMENSIONS} dimensions: {what}"
        return Measurement(what, unit, figure("evo"), {"pycma": figure("pycma")})

    for seed in range(seeds):
        for who in CONTESTANTS:
            spent = cpu_seconds(partial(solve, who, seed))
            seconds[who].append(1e6 * spent / outcomes[who][-1].evaluations)
    return [
        compared(f"to {TARGET:g}, median of {seeds} seeds", "evaluations", needed),
        *(
            compared(
                f"{TARGET:g} within {budget:,} evaluations",
                f"of {seeds} seeds",
                partial(solved_within, budget),
            )
            for budget in BUDGETS[name]
        ),
        compared("per evaluation", "CPU us", lambda who: median(seconds[who])),
    ]


def measure(quick: bool = False) -> list[Measurement]:
    if quick:
        return contest("sphere", 1)
    return [*contest("sphere", SEEDS["sphere"]), *contest("rosenbrock", SEEDS["rosenbrock"])]
