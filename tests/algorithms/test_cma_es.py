"""CMA-ES, checked against the tutorial's formulas and against pycma."""

from dataclasses import replace

import numpy as np
import pytest

import evo
from evo.algorithms.cma_es import CMAES, LARGEST, Distribution, Parameters
from evo.genomes.vectors.reals import RealVectors
from evo.phenotype import Reals
from evo.termination import Spent, Target

cma = pytest.importorskip("cma")


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("d", "n"), [(2, 6), (10, 10), (40, 15), (100, 17), (40, 200)])
def test_parameters_are_those_of_pycma(d: int, n: int) -> None:
    ours = Parameters.default(d, n)
    theirs = cma.CMAEvolutionStrategy(d * [0.0], 1.0, {"popsize": n, "verbose": -9})
    assert np.allclose(ours.weights[: n // 2], theirs.sp.weights.positive_weights, rtol=1e-9)
    assert ours.mu_effective == pytest.approx(theirs.sp.weights.mueff)
    assert ours.c_1 == pytest.approx(theirs.sp.c1, rel=1e-9)
    assert ours.c_mu == pytest.approx(theirs.sp.cmu, rel=1e-9)
    assert ours.c_c == pytest.approx(theirs.sp.cc, rel=0.05)
    assert ours.weights[n // 2 :].sum() == pytest.approx(
        np.asarray(theirs.sp.weights)[n // 2 :].sum(), rel=0.01
    )


@pytest.mark.parametrize(("d", "n"), [(1, 4), (2, 6), (10, 10), (10, 500), (300, 21)])
def test_weights_fall_and_leave_the_matrix_positive_definite(d: int, n: int) -> None:
    p = Parameters.default(d, n)
    assert (np.diff(p.weights) <= 0).all()
    assert p.weights[p.weights > 0].sum() == pytest.approx(1)
    assert 0 < p.c_1 + p.c_mu <= 1 + 1e-12
    negative = -p.weights[p.weights < 0].sum()
    assert 1 - p.c_1 - p.c_mu - d * p.c_mu * negative >= -1e-12


def started(d: int = 3, n: int = 8, **settings: float) -> CMAES:
    return CMAES(RealVectors(Reals(d)), CMAES.Settings(population=n, **settings))  # pyright: ignore[reportArgumentType]


def first(algorithm: CMAES) -> Distribution:
    return algorithm.initialise(rng()).memory


def test_one_update_is_that_of_the_tutorial() -> None:
    d, n = 3, 8
    algorithm = started(d, n)
    start, p = first(algorithm), algorithm.parameters
    ranked = start.sample(n, rng(5))
    moved = start.updated(ranked, p)

    y = (ranked - start.mean) / start.sigma
    mu = n // 2
    drift = sum(p.weights[i] * y[i] for i in range(mu))
    path_sigma = np.sqrt(p.c_sigma * (2 - p.c_sigma) * p.mu_effective) * drift
    norm = np.linalg.norm(path_sigma)
    moving = norm / np.sqrt(1 - (1 - p.c_sigma) ** 2) < (1.4 + 2 / (d + 1)) * p.expected_norm
    path_c = moving * np.sqrt(p.c_c * (2 - p.c_c) * p.mu_effective) * drift
    c = (
        1 + p.c_1 * (1 - moving) * p.c_c * (2 - p.c_c) - p.c_1 - p.c_mu * p.weights.sum()
    ) * np.eye(d) + p.c_1 * np.outer(path_c, path_c)
    for i in range(n):
        weight = p.weights[i] if p.weights[i] >= 0 else p.weights[i] * d / (y[i] @ y[i])
        c += p.c_mu * weight * np.outer(y[i], y[i])
    assert np.allclose(moved.mean, start.mean + start.sigma * drift)
    assert np.allclose(moved.path_sigma, path_sigma)
    assert np.allclose(moved.path_c, path_c)
    assert np.allclose(moved.covariance, c)
    assert moved.sigma == pytest.approx(
        start.sigma * np.exp(p.c_sigma / p.d_sigma * (norm / p.expected_norm - 1))
    )
    assert np.allclose(moved.basis * moved.scales**2 @ moved.basis.T, moved.covariance)


def test_samples_have_the_distribution() -> None:
    algorithm = started()
    now = first(algorithm)
    for seed in range(20):
        now = now.updated(now.sample(8, rng(seed)), algorithm.parameters)
    samples = now.sample(200_000, rng())
    assert np.allclose(samples.mean(axis=0), now.mean, atol=0.02 * now.sigma * now.scales.max())
    assert np.allclose(
        np.cov(samples.T) / now.sigma**2, now.covariance, atol=0.02 * now.scales.max() ** 2
    )


@pytest.mark.parametrize("name", ["sphere", "rosenbrock", "ackley"])
def test_solves(name: str) -> None:
    evolution = evo.evolution("cma-es", name, seed=1, generations=3000, stop=[Target(-1e-8)])
    evolution.run()
    assert evolution.stopped == "target reached"


@pytest.mark.parametrize(("name", "dimensions"), [("sphere", 20), ("rosenbrock", 8)])
def test_needs_as_many_evaluations_as_pycma(name: str, dimensions: int) -> None:
    problem = evo.problem(name, dimensions=dimensions)
    ours, theirs = [], []
    for seed in range(5):
        evolution = evo.evolution(
            "cma-es",
            problem,
            seed=seed,
            generations=10**6,
            stop=[Target(-1e-8), Spent(20_000)],
        )
        evolution.run()
        ours.append(evolution.evaluations)
        width = problem.needs.upper - problem.needs.lower
        start = rng(seed).uniform(problem.needs.lower, problem.needs.upper, dimensions)
        strategy = cma.CMAEvolutionStrategy(
            start,
            0.3 * width,
            {"seed": seed + 1, "verbose": -9, "ftarget": 1e-8, "maxfevals": 20_000},
        )
        while not strategy.stop():
            points = strategy.ask()
            strategy.tell(
                points, -problem.evaluate(np.array(points), np.zeros(0, np.uint64)).fitness
            )
        theirs.append(strategy.result.evaluations)
    assert np.median(ours) < 1.25 * np.median(theirs)


def test_learns_the_axes_of_an_ellipsoid() -> None:
    algorithm = started(4, 20)
    evolution = evo.Evolution(algorithm, seed=3)
    for _ in range(150):
        x = evolution.ask().genomes
        evolution.tell(-np.square(x * [1.0, 10.0, 1.0, 1000.0]).sum(axis=1))
    assert evolution.population is not None
    scales = np.sqrt(np.diag(evolution.population.memory.covariance))
    assert scales[0] / scales[1] == pytest.approx(10, rel=0.5)
    assert scales[0] / scales[3] == pytest.approx(1000, rel=0.5)


def test_failures_rank_last() -> None:
    algorithm = started()
    fitness = np.array([1.0, np.nan, 3.0, 2.0, np.nan, 0.0, 5.0, 4.0])
    samples = algorithm.initialise(rng()).with_fitness(fitness)
    assert algorithm.select_parents(samples, rng()).rows.tolist() == [[6, 7, 2, 3, 0, 5, 1, 4]]


def test_a_slope_without_end_does_not_overflow() -> None:
    evolution = evo.Evolution(started(), seed=1)
    for _ in range(3500):
        evolution.tell(evolution.ask().genomes[:, 0])
    assert evolution.population is not None
    assert evolution.population.memory.sigma <= LARGEST
    assert np.isfinite(evolution.population.genomes).all()


@pytest.mark.parametrize("grown", [1e30, 1e-30])
def test_what_the_matrix_has_grown_by_moves_into_sigma(grown: float) -> None:
    now = first(started())
    spread = np.array([[4.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    plain = replace(now, covariance=spread, path_c=np.arange(3.0)).decomposed()
    scaled = replace(
        now, covariance=grown * spread, path_c=np.sqrt(grown) * np.arange(3.0)
    ).decomposed()
    assert scaled.covariance.max() < 2
    assert np.allclose(
        scaled.sigma**2 * scaled.covariance,
        grown * plain.sigma**2 * plain.covariance,
        rtol=1e-12,
        atol=0,
    )
    assert np.allclose(scaled.sigma * scaled.path_c, np.sqrt(grown) * plain.sigma * plain.path_c)


def test_a_degenerate_matrix_keeps_its_axes_apart_from_zero() -> None:
    algorithm = started(3)
    evolution = evo.Evolution(algorithm, seed=1)
    for _ in range(3000):
        x = evolution.ask().genomes
        evolution.tell(-np.abs(x[:, 0]) * 1e-30 - 1e12 * np.square(x[:, 1:]).sum(axis=1))
    assert evolution.population is not None
    distribution = evolution.population.memory
    scales = distribution.scales
    assert np.isfinite(distribution.covariance).all()
    assert scales.min() > 0
    assert scales.max() / scales.min() <= 1.001e7


def test_a_thousand_dimensions_are_affordable() -> None:
    problem = evo.problem("sphere", dimensions=1000)
    evolution = evo.evolution("cma-es", problem, seed=1, generations=6)
    records = list(evolution)
    assert len(evolution.ask()) == 24
    assert all(np.diff([record.metrics["sigma"] for record in records]) < 0)


def test_the_default_number_of_samples() -> None:
    for d, n in ((1, 4), (2, 6), (10, 10), (40, 15), (1000, 24)):
        assert CMAES(RealVectors(Reals(d))).samples == n
