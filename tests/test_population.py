"""Populations as columns."""

import numpy as np
import pytest

from evo.errors import UnknownName
from evo.population import Parents, Population
from tests.helpers import same


def three() -> Population:
    return Population(
        np.arange(6.0).reshape(3, 2),
        np.array([1.0, np.nan, 3.0]),
        {"sigma": np.array([0.1, 0.2, 0.3])},
    )


def test_take_takes_rows_of_everything_in_order() -> None:
    taken = three().take(np.array([2, 0, 2]))
    assert taken.genomes.tolist() == [[4, 5], [0, 1], [4, 5]]
    assert taken.fitness.tolist() == [3, 1, 3]
    assert taken.columns["sigma"].tolist() == [0.3, 0.1, 0.3]


def test_take_copies() -> None:
    whole = three()
    whole.take(np.array([0])).genomes[0, 0] = 99
    assert whole.genomes[0, 0] == 0


def test_concat_joins_rows_and_keeps_the_columns_that_all_have() -> None:
    other = three().with_columns(age=np.arange(3))
    joined = three().concat(other, other.take(np.array([1])))
    assert len(joined) == 7
    assert set(joined.columns) == {"sigma"}
    assert joined.genomes[3:6].tolist() == three().genomes.tolist()
    assert joined.fitness[2] == 3
    assert set(other.concat(other).columns) == {"sigma", "age"}


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="sigma has 2 rows for 3 genomes"):
        Population(np.zeros((3, 1)), np.zeros(3), {"sigma": np.zeros(2)})
    with pytest.raises(ValueError, match="fitness has 2 rows for 3 genomes"):
        Population(np.zeros((3, 1)), np.zeros(2))


def test_a_failed_individual_scores_worse_than_any_other() -> None:
    assert three().score.tolist() == [1, -np.inf, 3]


@pytest.mark.parametrize(
    ("fitness", "row"),
    [
        ([1, 3, 3], 1),
        ([np.nan, -5, np.nan], 1),
        ([np.nan, np.nan], -1),
        ([], -1),
        ([-np.inf, np.nan], 0),
    ],
)
def test_best_is_the_first_of_the_best(fitness: list[float], row: int) -> None:
    assert Population(np.zeros((len(fitness), 1)), np.array(fitness, float)).best() == row


def test_unevaluated_individuals_have_no_fitness() -> None:
    fresh = Population.unevaluated(np.zeros((2, 3)), sigma=np.ones(2))
    assert np.isnan(fresh.fitness).all()
    assert fresh.best() == -1
    assert fresh.columns["sigma"].tolist() == [1, 1]


def test_with_columns_and_with_fitness_leave_the_old_one_alone() -> None:
    old = three()
    new = old.with_columns(sigma=np.zeros(3)).with_fitness(np.zeros(3))
    assert old.columns["sigma"][0] == 0.1
    assert old.fitness[0] == 1
    assert new.columns["sigma"].tolist() == new.fitness.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "genomes",
    [np.arange(6.0).reshape(3, 2), np.eye(3, dtype=bool), np.arange(3, dtype=np.int32)[:, None]],
)
def test_a_state_gives_an_equal_population_back(genomes: np.ndarray) -> None:
    population = Population(
        genomes, np.array([1.0, np.nan, 3.0]), {"sigma": np.ones((3, 2)), "species": np.arange(3)}
    )
    again = Population.from_state_dict(population.state_dict())
    assert same(again.state_dict(), population.state_dict())
    assert again.genomes.dtype == genomes.dtype


def test_a_state_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownName, match="representation 'tre'"):
        Population.from_state_dict({**three().state_dict(), "kind": "tre"})


def test_parents_are_as_many_as_the_offspring_they_will_have() -> None:
    assert len(Parents(three(), np.zeros((5, 2), np.intp))) == 5
