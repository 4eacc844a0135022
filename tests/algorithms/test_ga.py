"""The genetic algorithm."""

import itertools

import numpy as np
import pytest

import evo
from evo.algorithms.ga import GA
from evo.errors import ConfigError
from evo.genomes.vectors.reals import Operators, RealVectors
from evo.phenotype import Reals
from evo.population import Parents


@pytest.mark.parametrize(
    ("problem", "cost"), [("sphere", 1e-3), ("rastrigin", 0.5), ("ackley", 0.5)]
)
def test_comes_close_to_the_minimum(problem: str, cost: float) -> None:
    best = evo.evolution("ga", problem, seed=1, generations=300).run()
    assert -best.fitness[0] < cost


def test_finds_all_ones() -> None:
    best = evo.evolution("ga", "onemax", seed=1, generations=100).run()
    assert best.fitness[0] == 100
    assert best.genomes.all()


@pytest.mark.parametrize(
    "selection",
    ["tournament", "roulette", "proportional", "universal", "rank", "truncation", "uniform"],
)
@pytest.mark.parametrize("crossover", ["one-point", "two-point", "uniform", "blend", "sbx"])
@pytest.mark.parametrize("mutation", ["gaussian", "polynomial", "reset"])
def test_every_combination_runs_and_keeps_its_elite(
    selection: str, crossover: str, mutation: str
) -> None:
    evolution = evo.evolution(
        "ga",
        "sphere",
        generations=15,
        settings={"population": 20, "elites": 2, "selection": selection},
        genome={"crossover": crossover, "mutation": mutation},
    )
    best = [record.best_so_far for record in evolution]
    assert all(later >= earlier for earlier, later in itertools.pairwise(best))
    assert best[-1] > best[0]


def test_the_elite_survives_unchanged() -> None:
    evolution = evo.evolution("ga", "sphere", settings={"elites": 3})
    evolution.step()
    before = evolution.population
    assert before is not None
    elite = before.genomes[np.argsort(-before.fitness, kind="stable")[:3]]
    evolution.step()
    assert evolution.population is not None
    assert np.array_equal(evolution.population.genomes[:3], elite)
    assert len(evolution.population) == 100


@pytest.mark.parametrize(("key", "value"), [("crossover", "sbx"), ("mutation", "gaussian")])
def test_operators_for_real_vectors_are_refused_on_bits(key: str, value: str) -> None:
    with pytest.raises(
        ConfigError, match=f"genome.{key} = '{value}': unknown {key} '{value}'; known: "
    ):
        evo.evolution("ga", "onemax", genome={key: value})


def test_settings_that_mean_nothing_for_bits_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"unknown key genome\.sbx_eta"):
        evo.evolution("ga", "onemax", genome={"sbx_eta": 3})


def test_as_many_elites_as_individuals_are_refused() -> None:
    with pytest.raises(ConfigError, match="elites must be fewer than the population of 10"):
        evo.evolution("ga", "sphere", settings={"population": 10, "elites": 10})


@pytest.mark.parametrize("rate", [0.0, 0.25, 1.0])
def test_as_many_pairs_are_crossed_as_the_rate_says(rate: float) -> None:
    ga = GA(
        RealVectors(Reals(30), Operators(crossover="uniform")),
        GA.Settings(population=2000, elites=0, crossover_rate=rate),
    )
    population = ga.initialise(np.random.default_rng(0))
    rows = np.stack([np.arange(2000), np.roll(np.arange(2000), 1)], axis=1)
    children = ga.recombine(Parents(population, rows), np.random.default_rng(1))
    crossed = (children.genomes != population.genomes).any(axis=1)
    assert abs(crossed.mean() - rate) < 0.03
    assert np.array_equal(rows[:, 0], np.arange(2000))
    assert np.array_equal(rows[:, 1], np.roll(np.arange(2000), 1))
