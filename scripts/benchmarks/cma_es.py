"""CMA-ES against pycma: evaluations to 1e-8 in 40 dimensions, and CPU time per evaluation.

Both start at the same points (uniform in the function's domain, by seed) with the same step size
and number of samples; pycma has its default options. A run that has not come to 1e-8 after `LIMIT`
evaluations (Rosenbrock has a second minimum) counts as `LIMIT`.
"""

import warnings
from functools import partial
from statistics import median

import numpy as np

import evo
from benchmarks.measure import Measurement, cpu_seconds
from evo.algorithms.cma_es import CMAES
from evo.problems.functions import Function
from evo.rng import Role, Streams
from evo.termination import Evaluations, Target

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import cma

DIMENSIONS, TARGET, SIGMA, SAMPLES = 40, 1e-8, 0.3, 15
LIMIT = {"sphere": 20_000, "rosenbrock": 120_000}


def ours(problem: Function, seed: int, limit: int) -> int:
    evolution = evo.evolution(
        "cma-es",
        problem,
        seed=seed,
        generations=10**9,
        settings={"sigma": SIGMA, "population": SAMPLES},
        stop=[Target(-TARGET), Evaluations(limit)],
    )
    evolution.run()
    return evolution.evaluations if evolution.stopped == "target reached" else limit


def pycma(problem: Function, seed: int, limit: int) -> int:
    algorithm = CMAES(problem.needs, CMAES.Settings(sigma=SIGMA, population=SAMPLES))
    algorithm.initialise(Streams(seed).generator(1, Role.INITIALISE))
    region = problem.needs.upper - problem.needs.lower
    options = {
        "seed": seed + 1,
        "verbose": -9,
        "ftarget": TARGET,
        "maxfevals": limit,
        "popsize": SAMPLES,
    }
    strategy = cma.CMAEvolutionStrategy(algorithm.moved.mean, SIGMA * region, options)
    while not strategy.stop():
        points = strategy.ask()
        strategy.tell(points, problem.benchmark.formula(np.array(points)))
    return strategy.result.evaluations if "ftarget" in strategy.stop() else limit


def contest(name: str, seeds: int) -> list[Measurement]:
    problem, limit = (
        Function(Function.Settings(function=name, dimensions=DIMENSIONS, target=TARGET)),
        LIMIT[name],
    )  # pyright: ignore
    evaluations: dict[str, list[int]] = {"evo": [], "pycma": []}
    seconds: dict[str, list[float]] = {"evo": [], "pycma": []}

    def solve(who: str, seed: int) -> None:
        evaluations[who].append((ours if who == "evo" else pycma)(problem, seed, limit))

    for seed in range(seeds):
        for who in evaluations:
            spent = cpu_seconds(partial(solve, who, seed))
            seconds[who].append(1e6 * spent / evaluations[who][-1])
    reached = ", ".join(
        f"{who} {sum(n < limit for n in counts)}" for who, counts in evaluations.items()
    )
    notes = f"medians of {seeds} seeds; reached {TARGET:g}: {reached}"
    what = f"{name}, {DIMENSIONS} dimensions"
    peer = {"pycma": median(evaluations["pycma"])}
    return [
        Measurement(
            f"{what}: to {TARGET:g}", "evaluations", median(evaluations["evo"]), peer, notes
        ),
        Measurement(
            f"{what}: per evaluation",
            "CPU us",
            median(seconds["evo"]),
            {"pycma": median(seconds["pycma"])},
        ),
    ]


def measure(quick: bool = False) -> list[Measurement]:
    if quick:
        return contest("sphere", 1)
    return [*contest("sphere", 11), *contest("rosenbrock", 11)]
