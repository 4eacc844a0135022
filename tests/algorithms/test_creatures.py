"""Evolution as Sims': who survives, who breeds, and what protection by age changes.

Seen when planted: the worst survive, parents without regard to rank, children without age, fronts
of the old, newcomers that are counted on top of the population.
"""

import numpy as np
import pytest

import evo
from evo.algorithms.creatures import AGE, Creatures
from evo.compose import find_algorithm
from evo.errors import ConfigError
from evo.genomes.vectors.reals import RealVectors
from evo.phenotype import Reals
from evo.population import Evaluation, Parents, Population

REPRESENTATION = RealVectors(Reals(2, -5.0, 5.0))


def rng(seed=0):
    return np.random.default_rng(seed)


def algorithm(**settings):
    return Creatures(REPRESENTATION, Creatures.Settings(**{"population": 20, **settings}))


def population(scores, ages=None):
    """Individuals of which genomes are their numbers."""
    n = len(scores)
    genomes = np.column_stack([np.arange(n, dtype=float), np.zeros(n)])
    ages = np.zeros(n, np.int64) if ages is None else np.array(ages)
    return Population.unevaluated(genomes, **{AGE: ages}).evaluated(
        Evaluation(np.array(scores, float))
    )


def test_the_numbers_are_those_of_sims():
    settings = Creatures.Settings()
    assert (settings.population, settings.survivors, settings.mating_share) == (300, 0.2, 0.6)
    assert settings.protection == "none"
    assert find_algorithm("creatures") is Creatures


@pytest.mark.parametrize(("size", "share", "kept"), [(20, 0.2, 4), (10, 0.01, 1), (300, 0.2, 60)])
def test_a_fifth_survives_and_breeds_the_rest(size, share, kept):
    made = algorithm(population=size, survivors=share)
    scores = rng().permutation(size)
    survivors = made.survive(population([]), population(scores), rng())
    assert len(survivors) == kept
    assert sorted(survivors.score) == sorted(scores)[-kept:]
    parents = made.select_parents(survivors, rng())
    assert len(parents.rows) == size - kept
    children = made.mutate(made.recombine(parents, rng()), rng())
    assert len(children) == size - kept


def test_parents_are_chosen_by_rank_not_by_how_much_fitter_they_are():
    made = algorithm(population=20_004, survivors=0.0002)
    survivors = population([1.0, 1e9, -5.0, 2.0])
    rows = made.select_parents(survivors, rng()).rows
    share = np.bincount(rows.ravel(), minlength=4) / rows.size
    assert share == pytest.approx([0.2, 0.4, 0.1, 0.3], abs=0.01)


@pytest.mark.parametrize("mating", [0.0, 0.6, 1.0])
def test_a_part_of_the_children_has_two_parents(mating):
    crossed = []

    class Watched(RealVectors):
        def cross(self, genomes, rows, rng):
            crossed.append(rows)
            return genomes[rows[:, 0]]

    settings = Creatures.Settings(population=2000, mating_share=mating)
    made = Creatures(Watched(Reals(2, -5.0, 5.0)), settings)
    pairs = np.column_stack([np.arange(1600) % 400, (np.arange(1600) + 1) % 400])
    made.recombine(Parents(population(np.arange(400.0)), pairs), rng())
    both = (crossed[0][:, 0] != crossed[0][:, 1]).mean()
    assert both == pytest.approx(mating, abs=0.05)


def test_a_child_is_of_the_age_of_the_older_parents_line():
    made = algorithm(population=20, protection="age", newcomers=0.0, mating_share=1.0)
    parents = population([1.0, 2.0, 3.0], ages=[0, 5, 2])
    children = made.recombine(Parents(parents, np.array([[0, 1], [2, 0], [2, 2]])), rng())
    assert children.columns[AGE].tolist() == [5, 2, 2]
    assert made.mutate(children, rng()).columns[AGE].tolist() == [5, 2, 2]


@pytest.mark.parametrize("protection", ["age", "none"])
def test_lines_get_older_by_one_in_each_generation(protection):
    made = algorithm(protection=protection, newcomers=0.0)
    survivors = made.survive(population([]), population(np.arange(20.0)), rng())
    assert (survivors.columns[AGE] == 1).all()
    settings = {"population": 20, "protection": protection, "newcomers": 0.0}
    evolution = evo.evolution("creatures", "sphere", seed=1, generations=9, settings=settings)
    for record in evolution:
        assert evolution.population is not None
        assert (evolution.population.columns[AGE] == record.generation).all()


def test_the_young_are_not_displaced_by_the_old_who_are_fitter():
    scores = [100.0, 99.0, 98.0, 97.0, 1.0, 2.0, 3.0, 90.0]
    ages = [50, 51, 52, 53, 0, 1, 2, 60]
    both = population(scores, ages)
    kept = {"none": {0, 1, 2, 3}, "age": {0, 4, 5, 6}}
    for protection, expected in kept.items():
        made = algorithm(population=20, survivors=0.2, protection=protection, newcomers=0.0)
        survivors = made.survive(population([]), both, rng())
        assert set(survivors.genomes[:, 0].astype(int)) == expected


def test_who_failed_is_behind_whom_all_others_dominate():
    """NaN, even of the youngest, does not crowd out those that live."""
    both = population([np.nan, 3.0, 2.0, 1.0, np.nan], [0, 0, 0, 0, 0])
    for protection in ("none", "age"):
        made = algorithm(population=15, survivors=0.2, protection=protection, newcomers=0.0)
        survivors = made.survive(population([]), both, rng())
        assert set(survivors.genomes[:, 0].astype(int)) == {1, 2, 3}


def test_newcomers_take_the_place_of_children():
    made = algorithm(population=40, protection="age", newcomers=0.1)
    survivors = population(np.arange(8.0), ages=[9] * 8)
    children = made.recombine(made.select_parents(survivors, rng()), rng())
    after = made.mutate(children, rng())
    assert len(after) == len(children) == 32
    assert (after.columns[AGE][-4:] == 0).all()
    assert (after.columns[AGE][:-4] == 9).all()
    alone = algorithm(population=40, newcomers=0.1)
    assert (alone.mutate(children, rng()).columns[AGE] == 9).all()


def test_the_age_of_the_best_line_is_told():
    made = algorithm(protection="age")
    assert made.metrics(population([1.0, 3.0, 2.0], [4, 5, 6])) == {"age_of_best": 5}
    assert algorithm().metrics(population([1.0, 3.0, 2.0], [4, 5, 6])) == {}


@pytest.mark.parametrize("ages", [None, np.array([0.0, 1.0]), np.array([0, -1])])
def test_a_population_without_ages_is_refused(ages):
    columns = {} if ages is None else {AGE: ages}
    broken = Population.unevaluated(np.zeros((2, 2)), **columns)
    with pytest.raises(ValueError, match="lack the age"):
        algorithm(survivors=0.1).check(broken.evaluated(Evaluation(np.zeros(2))))


@pytest.mark.parametrize(
    "settings", [{"population": 3}, {"survivors": 1.0}, {"newcomers": 0.5}, {"protection": "old"}]
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ConfigError):
        evo.evolution("creatures", "sphere", settings=settings)


@pytest.mark.parametrize("protection", ["none", "age"])
def test_it_finds_the_optimum_of_a_sphere(protection):
    evolution = evo.evolution(
        "creatures",
        "sphere",
        seed=2,
        generations=40,
        settings={"population": 60, "protection": protection},
    )
    records = list(evolution)
    assert records[-1].best_so_far > 0.01 * records[0].best_so_far


def test_swimmers_get_better_in_a_few_generations():
    problem = evo.problem("swim", seconds=1.0, patience=0.0)
    evolution = evo.evolution(
        "creatures", problem, seed=1, generations=8, workers=1, settings={"population": 20}
    )
    records = list(evolution)
    assert records[-1].best_so_far > 1.3 * records[0].best_so_far
