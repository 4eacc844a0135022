"""CMA-ES against pycma: evaluations to 1e-8 in 40 dimensions, and CPU time per evaluation.

Both start at the same points (uniform in the function's domain, by seed) with the same step size and number of samples; pycma has its
default options. A run that has not come to 1e-8 after `LIMIT` evaluations (Rosenbrock has a second minimum) counts as `LIMIT`.
"""

import warnings
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
    options = {"seed": seed + 1, "verbose": -9, "ftarget": TARGET, "maxfevals": limit, "popsize": SAMPLES}
    strategy = cma.CMAEvolutionStrategy(algorithm.moved.mean, SIGMA * region, options)
    while not strategy.stop():
        points = strategy.ask()
        strategy.tell(points, problem.benchmark.formula(np.array(points)))
    return strategy.result.evaluations if "ftarget" in strategy.stop() else limit


def measure(quick: bool = False) -> list[Measurement]:
    results = []
    for name in ("sphere",) if quick else ("sphere", "rosenbrock"):
        problem = Function(Function.Settings(function=name, dimensions=DIMENSIONS, target=TARGET))
        evaluations: dict[str, list[int]] = {"evo": [], "pycma": []}
        seconds: dict[str, list[float]] = {"evo": [], "pycma": []}
        for seed in range(1 if quick else 11):
            for who, solve in (("evo", ours), ("pycma", pycma)):
                spent = cpu_seconds(lambda solve=solve, seed=seed: evaluations[who].append(solve(problem, seed, LIMIT[name])))
                seconds[who].append(1e6 * spent / evaluations[who][-1])
        seeds = f"medians of {len(seconds['evo'])} seeds; reached 1e-8: " + ", ".join(
            f"{who} {sum(n < LIMIT[name] for n in counts)}" for who, counts in evaluations.items()
        )
        what = f"{name}, {DIMENSIONS} dimensions"
        results += [
            Measurement(
                f"{what}: to {TARGET:g}", "evaluations", median(evaluations["evo"]), {"pycma": median(evaluations["pycma"])}, seeds
            ),
            Measurement(f"{what}: per evaluation", "CPU us", median(seconds["evo"]), {"pycma": median(seconds["pycma"])}),
        ]
    return results
