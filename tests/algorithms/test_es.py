"""The evolution strategy."""

import numpy as np
import pytest

import evo
from evo.algorithms.es import ES
from evo.errors import ConfigError
from evo.genomes.vectors.mutation import SelfAdaptive
from evo.genomes.vectors.reals import RealVectors
from evo.phenotype import Reals
from evo.termination import Target


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"mixing": 1},
        {"mixing": 15},
        {"selection": "plus"},
        {"step_sizes": "individual", "mixing": 15},
        {"parents": 1, "mixing": 1, "offspring": 10, "selection": "plus"},
    ],
    ids=str,
)
def test_solves_the_sphere(settings: dict) -> None:
    evolution = evo.evolution(
        "es", "sphere", seed=1, generations=2000, settings=settings, stop=[Target(-1e-8)]
    )
    evolution.run()
    assert evolution.stopped == "target reached"


def test_solves_ackley() -> None:
    evolution = evo.evolution("es", "ackley", seed=1, generations=300, stop=[Target(-1e-8)])
    evolution.run()
    assert evolution.stopped == "target reached"


def test_step_sizes_adapt_to_the_scale_of_each_variable() -> None:
    class Ellipsoid(type(evo.problem("sphere"))):
        def evaluate(self, phenotypes, seeds):
            return super().evaluate(phenotypes * np.array([100.0, 1.0, 1.0]), seeds)

    problem = Ellipsoid(Ellipsoid.Settings(dimensions=3))
    evolution = evo.evolution(
        "es", problem, seed=2, generations=60, settings={"step_sizes": "individual", "mixing": 15}
    )
    evolution.run()
    assert evolution.population is not None
    sigma = np.log(evolution.population.columns["sigma"]).mean(axis=0)
    assert sigma[1] - sigma[0] > np.log(5)
    assert sigma[2] - sigma[0] > np.log(5)


def test_offspring_have_distinct_parents_all_of_them_equally_often() -> None:
    es = ES(RealVectors(Reals(4)), ES.Settings(parents=5, mixing=3, offspring=4000))
    rows = es.select_parents(es.initialise(rng()), rng()).rows
    assert rows.shape == (4000, 3)
    assert all(len(set(row)) == 3 for row in rows.tolist())
    assert np.abs(np.bincount(rows.ravel(), minlength=5) / 12_000 - 0.2).max() < 0.01


def test_variables_are_recombined_discretely_and_step_sizes_by_their_mean() -> None:
    es = ES(RealVectors(Reals(4)), ES.Settings(parents=2, mixing=2, offspring=50))
    parents = es.initialise(rng()).with_columns(sigma=np.array([[1.0], [3.0]]))
    offspring = es.recombine(es.select_parents(parents, rng()), rng())
    assert (offspring.columns["sigma"] == 2.0).all()
    assert (
        (offspring.genomes == parents.genomes[0]) | (offspring.genomes == parents.genomes[1])
    ).all()


@pytest.mark.parametrize(("kind", "width"), [("one", 1), ("individual", 30)])
def test_step_sizes_are_mutated_first_and_used_then(kind: str, width: int) -> None:
    es = ES(RealVectors(Reals(30)), ES.Settings(step_sizes=kind, offspring=100))  # pyright: ignore[reportArgumentType]
    parents = es.initialise(rng())
    assert parents.columns["sigma"].shape == (15, width)
    before = es.recombine(es.select_parents(parents, rng()), rng())
    after = es.mutate(before, rng(7))
    noise = (after.genomes - before.genomes) / after.columns["sigma"]
    assert abs(noise.std() - 1) < 0.03
    steps = np.log(after.columns["sigma"] / before.columns["sigma"])
    shared, own = es.step_sizes.together, es.step_sizes.own
    assert abs(steps.std() - np.hypot(shared, own)) < 0.05
    if kind == "individual":
        assert abs(steps.mean(axis=1).std() - np.hypot(shared, own / np.sqrt(30))) < 0.03


def test_learning_rates_are_beyer_and_schwefels() -> None:
    assert SelfAdaptive.shared(8) == SelfAdaptive(0.25, 0.0)
    each = SelfAdaptive.each(16)
    assert (each.together, each.own) == pytest.approx((1 / np.sqrt(32), 1 / np.sqrt(8)))
    assert SelfAdaptive.shared(8, tau=0.5) == SelfAdaptive(0.5, 0.0)
    assert ES(RealVectors(Reals(8)), ES.Settings(tau=0.5)).step_sizes.together == 0.5


def test_comma_forgets_and_plus_keeps() -> None:
    for selection, monotone in (("plus", True), ("comma", False)):
        evolution = evo.evolution(
            "es", "rastrigin", seed=4, generations=40, settings={"selection": selection}
        )
        best = []
        for _ in evolution:
            assert evolution.population is not None
            best.append(evolution.population.fitness.max())
        assert bool((np.diff(best) >= 0).all()) is monotone


def test_only_plus_carries_its_parents() -> None:
    for selection, count in (("plus", 15), ("comma", 0)):
        es = ES(RealVectors(Reals(4)), ES.Settings(selection=selection))  # pyright: ignore[reportArgumentType]
        assert len(es.carried(es.initialise(rng()))) == count


def test_a_bounded_search_stays_in_bounds() -> None:
    es = ES(RealVectors(Reals(4, -0.5, 0.5, bounded=True)), ES.Settings(sigma=3.0))
    parents = es.initialise(rng())
    offspring = es.mutate(es.recombine(es.select_parents(parents, rng()), rng()), rng())
    assert np.abs(offspring.genomes).max() <= 0.5


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"mixing": 16}, "mixing must be at most the number of parents, 15"),
        ({"offspring": 14}, "comma selection needs at least as many offspring as parents, 15"),
        ({"parents": 0}, "algorithm.parents = 0"),
        ({"sigma": 0}, "algorithm.sigma = 0"),
    ],
)
def test_impossible_settings_are_refused(settings: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        evo.evolution("es", "sphere", settings=settings)
