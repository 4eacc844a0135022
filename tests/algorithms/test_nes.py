"""Natural evolution strategies: their updates, word for word, and what they solve.

Seen when planted: utilities that do not sum to 0, a step size that is squared, a root that is not
multiplied from the right, the rate of the separable form in the other.
"""

import numpy as np
import pytest
from scipy.linalg import expm

import evo
from evo.algorithms.snes import utilities
from evo.errors import UsageError
from evo.skeleton import Evolution


def started(name: str, problem: object = "rosenbrock", seed: int = 1, **settings) -> Evolution:
    return evo.evolution(name, problem, seed=seed, generations=1000, settings=settings)


def test_utilities_sum_to_nil_and_the_worse_half_is_alike() -> None:
    values = utilities(12)
    assert values.sum() == pytest.approx(0.0)
    assert (np.diff(values[:7]) < 0).all()
    assert np.allclose(values[6:], -1 / 12)


def moved(name: str):
    """Before, after, and the noise of the samples best first, of the fifth update."""
    evolution = started(name, evo.problem("rosenbrock", dimensions=5))
    for _ in range(5):
        evolution.step()
    population = evolution.population
    assert population is not None
    before = population.memory
    order = np.argsort(-population.fitness, kind="stable")
    evolution.step()
    return before, evolution.population.memory, population.genomes[order]


def test_snes_is_schauls_algorithm() -> None:
    before, after, ranked = moved("snes")
    noise = (ranked - before.mean) / before.sigma
    weights = utilities(len(noise))
    mean, sigma = before.mean.copy(), before.sigma.copy()
    rate = (3 + np.log(5)) / (5 * np.sqrt(5))
    for k, z in enumerate(noise):
        mean += before.sigma * weights[k] * z
    sigma = sigma * np.exp(
        0.5 * rate * sum(w * (z**2 - 1) for w, z in zip(weights, noise, strict=True))
    )
    assert np.allclose(after.mean, mean)
    assert np.allclose(after.sigma, sigma)


def test_xnes_is_glasmachers_algorithm() -> None:
    before, after, ranked = moved("xnes")
    weights, rate = utilities(len(ranked)), (9 + 3 * np.log(5)) / (5 * 5 * np.sqrt(5))
    gradient, step = np.zeros((5, 5)), np.zeros(5)
    for w, x in zip(weights, ranked, strict=True):
        z = np.linalg.inv(before.root) @ (x - before.mean) / before.sigma
        step += w * z
        gradient += w * (np.outer(z, z) - np.eye(5))
    growth = np.trace(gradient) / 5
    shape = gradient - growth * np.eye(5)
    assert np.allclose(after.mean, before.mean + before.sigma * before.root @ step)
    assert after.sigma == pytest.approx(before.sigma * np.exp(0.5 * rate * growth))
    assert np.allclose(after.root, before.root @ expm(0.5 * rate * shape))
    assert np.linalg.det(after.root) == pytest.approx(1.0)


@pytest.mark.parametrize(("name", "problem"), [("xnes", "rosenbrock"), ("snes", "sphere")])
def test_converges(name: str, problem: str) -> None:
    best = started(name, evo.problem(problem, dimensions=5)).run()
    assert best.fitness[0] > -1e-8


def test_whole_numbers_are_refused_in_words() -> None:
    needs = evo.Reals([0, 0], [9, 9], integers=[0])
    with pytest.raises(UsageError, match="whole numbers or categories"):
        started("snes", evo.Custom(lambda x: 0.0, needs))


def test_bounds_hold_in_units_of_their_widths() -> None:
    needs = evo.Reals([0.0, -100.0], [1.0, 100.0])
    problem = evo.Custom(lambda x: -abs(x[0] - 0.9) - abs(x[1] + 50.0), needs)
    evolution = started("xnes", problem)
    best = evolution.run()
    assert np.allclose(best.genomes[0], [0.9, -50.0], atol=1e-3)
