"""A generation of the genetic algorithm against a plain numpy loop and DEAP.

All three do the same, with the same function: tournaments of 3, uniform crossover of 90 % of the
pairs, gaussian mutation of 10 % of the genes, one elite, Rastrigin in 100 dimensions with 1 000
individuals. The numpy loop is what a good numpy programmer writes by hand: no objects, no records,
no state, whole-array operations, single-precision draws where they decide only yes or no.
"""

import random
from collections.abc import Callable

import numpy as np
from deap import base, creator, tools

import evo
from benchmarks.measure import Measurement, interleaved
from evo.problems.functions import rastrigin

POPULATION, DIMENSIONS, LOWER, UPPER = 1000, 100, -5.12, 5.12
CROSSOVER_RATE, MUTATION_RATE, SIGMA = 0.9, 0.1, 0.2


def ours(generations: int) -> Callable[[], None]:
    settings = {
        "population": POPULATION,
        "elites": 1,
        "tournament_size": 3,
        "crossover_rate": CROSSOVER_RATE,
    }
    genome = {
        "crossover": "uniform",
        "mutation": "gaussian",
        "mutation_rate": MUTATION_RATE,
        "mutation_strength": SIGMA / (UPPER - LOWER),
    }
    problem = evo.problem("rastrigin", dimensions=DIMENSIONS)
    evolution = evo.evolution("ga", problem, generations=10**9, settings=settings, genome=genome)

    def work() -> None:
        for _ in range(generations):
            evolution.step()

    return work


def numpy_loop(generations: int) -> Callable[[], None]:
    rng = np.random.default_rng(0)
    x = rng.uniform(LOWER, UPPER, (POPULATION, DIMENSIONS))
    cost = rastrigin(x)
    everyone = np.arange(2 * POPULATION)

    def work() -> None:
        nonlocal x, cost
        for _ in range(generations):
            elite = x[cost.argmin()]
            drawn = rng.integers(POPULATION, size=(2 * POPULATION, 3))
            parents = drawn[everyone, cost[drawn].argmin(axis=1)]
            mothers, fathers = x[parents[:POPULATION]], x[parents[POPULATION:]]
            from_mother = rng.random((POPULATION, DIMENSIONS), dtype=np.float32) < 0.5
            from_mother[rng.random(POPULATION) >= CROSSOVER_RATE] = True
            x = np.where(from_mother, mothers, fathers)
            mutated = rng.random((POPULATION, DIMENSIONS), dtype=np.float32) < MUTATION_RATE
            x[mutated] += SIGMA * rng.standard_normal(np.count_nonzero(mutated))
            x[0] = elite
            cost = rastrigin(x)

    return work


def deap_generation() -> Callable[[], None]:
    """DEAP's own way: lists of floats, its operators, one individual at a time."""
    creator.create("Cost", base.Fitness, weights=(-1.0,))
    creator.create("Individual", list, fitness=creator.Cost)  # pyright: ignore[reportAttributeAccessIssue]
    toolbox = base.Toolbox()
    random.seed(0)

    def evaluate(individual: list[float]) -> tuple[float]:
        return (float(rastrigin(np.array(individual)[None])[0]),)

    def individual() -> list[float]:
        return creator.Individual(random.uniform(LOWER, UPPER) for _ in range(DIMENSIONS))  # pyright: ignore

    population = [individual() for _ in range(POPULATION)]
    for one in population:
        one.fitness.values = evaluate(one)  # pyright: ignore

    def work() -> None:
        nonlocal population
        elite = tools.selBest(population, 1)
        offspring = [
            toolbox.clone(one) for one in tools.selTournament(population, POPULATION, tournsize=3)
        ]
        for first, second in zip(offspring[::2], offspring[1::2], strict=True):
            if random.random() < CROSSOVER_RATE:
                tools.cxUniform(first, second, indpb=0.5)
        for one in offspring:
            tools.mutGaussian(one, mu=0.0, sigma=SIGMA, indpb=MUTATION_RATE)
            one.fitness.values = evaluate(one)
        population = elite + offspring[1:]

    return work


def measure(quick: bool = False) -> list[Measurement]:
    each, rounds = (5, 3) if quick else (10, 41)
    seconds = interleaved({"evo": ours(each), "numpy": numpy_loop(each)}, rounds, warm_up=3)
    deap = interleaved({"deap": deap_generation()}, 1 if quick else 5)
    return [
        Measurement(
            f"GA generation, population {POPULATION} x {DIMENSIONS} dimensions, Rastrigin",
            "CPU ms",
            1e3 * seconds["evo"] / each,
            {"plain numpy loop": 1e3 * seconds["numpy"] / each, "DEAP": 1e3 * deap["deap"]},
            f"medians of {rounds} turns of {each} generations (DEAP: {1 if quick else 5} of 1)",
        )
    ]
