"""OpenAI's evolution strategy."""

import numpy as np
import pytest

import evo
from evo.algorithms.openai_es import Ascent, OpenAIES, centred_ranks
from evo.errors import ConfigError
from evo.genomes.vectors.reals import RealVectors
from evo.phenotype import Reals


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_ranks_are_centred_and_ties_share() -> None:
    assert centred_ranks(np.array([10.0, -1.0, 3.0])).tolist() == [0.5, -0.5, 0.0]
    assert centred_ranks(np.array([2.0, 2.0, -np.inf, 5.0])) == pytest.approx(
        np.array([1.5, 1.5, 0, 3]) / 3 - 0.5
    )
    assert centred_ranks(np.full(4, 7.0)).tolist() == [0, 0, 0, 0]
    assert centred_ranks(rng().random(101)).sum() == pytest.approx(0)


def test_adam_takes_the_published_steps() -> None:
    gradients = [np.array([1.0, -2.0]), np.array([0.5, 0.0]), np.array([-1.0, 3.0])]
    now = Ascent(np.zeros(2), np.zeros(2), np.zeros(2))
    x, m, v = np.zeros(2), np.zeros(2), np.zeros(2)
    for t, g in enumerate(gradients, start=1):
        now = now.along(g, 0.1)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        x = x + 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert np.allclose(now.mean, x, rtol=1e-6)
    assert now.steps == 3


def test_samples_are_antithetic() -> None:
    algorithm = OpenAIES(RealVectors(Reals(5)), OpenAIES.Settings(population=40, sigma=0.2))
    population = algorithm.initialise(rng())
    samples, mean = population.genomes, population.memory.mean
    assert np.allclose(samples[:20] - mean, mean - samples[20:])
    wide = OpenAIES(
        RealVectors(Reals(50, -3.0, 3.0)), OpenAIES.Settings(population=2000, sigma=0.2)
    )
    population = wide.initialise(rng())
    noise = population.genomes - population.memory.mean
    assert noise.std() == pytest.approx(0.6, rel=0.02)


def test_the_gradient_points_uphill() -> None:
    algorithm = OpenAIES(
        RealVectors(Reals(6)), OpenAIES.Settings(population=2000, sigma=0.1, learning_rate=0.01)
    )
    samples = algorithm.initialise(rng())
    slope = np.array([3.0, -2.0, 1.0, 0.0, -1.0, 5.0])
    population = algorithm.survive(
        samples.take([]),
        samples.with_fitness(samples.genomes @ slope),
        rng(),
    )
    offspring = algorithm.recombine(algorithm.select_parents(population, rng()), rng())
    gradient = offspring.memory.first
    assert gradient @ slope / np.linalg.norm(gradient) / np.linalg.norm(slope) > 0.99
    step = offspring.memory.mean - population.memory.mean
    assert np.allclose(np.abs(step)[slope != 0], 0.01)


def test_a_plateau_does_not_move_the_mean() -> None:
    evolution = evo.evolution("openai-es", "sphere", seed=1)
    for _ in range(3):
        evolution.tell(np.zeros(len(evolution.ask())))
    start = evo.evolution("openai-es", "sphere", seed=1).ask()
    assert evolution.population is not None
    assert np.array_equal(evolution.population.memory.mean, start.memory.mean)


def test_weight_decay_pulls_the_mean_to_zero() -> None:
    evolution = evo.evolution("openai-es", "sphere", seed=1, settings={"weight_decay": 1.0})
    norms = [evolution.tell(np.zeros(len(evolution.ask()))).metrics["mean_norm"] for _ in range(6)]
    assert (np.diff(norms) < 0).all()


def test_approaches_the_minimum_and_settles_in_it_with_decay() -> None:
    settled = evo.evolution(
        "openai-es", "sphere", seed=1, generations=400, settings={"decay": 0.97}
    ).run()
    assert -settled.fitness[0] < 1e-7
    records = list(evo.evolution("openai-es", "sphere", seed=1, generations=100))
    assert records[-1].metrics["mean_norm"] < 0.1 * records[0].metrics["mean_norm"]


@pytest.mark.parametrize("count", [1, 7])
def test_an_odd_number_of_samples_is_refused(count: int) -> None:
    with pytest.raises(ConfigError, match=f"algorithm.population = {count}"):
        evo.evolution("openai-es", "sphere", settings={"population": count})
