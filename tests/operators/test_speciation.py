from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evo.operators.speciation import Ranking, Species, adapted_threshold, allot, shared_fitness
from evo.state import decode, encode
from tests.helpers import same


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.integers(1, 500), st.integers(0, 5))
def test_allotment_adds_up(shares: list[float], total: int, minimum: int) -> None:
    out = allot(np.array(shares), total, minimum)
    assert out.sum() == total
    assert (out >= min(minimum, total // len(shares))).all()


def test_allotment_is_proportional() -> None:
    assert list(allot(np.array([1.0, 3.0, 0.0]), 40, 0)) == [10, 30, 0]
    assert list(allot(np.array([1.0, 3.0, 0.0]), 46, 2)) == [12, 32, 2]
    assert list(allot(np.zeros(3), 10, 1)) == [4, 3, 3], "no differences: equal shares"


def test_sharing_divides_by_the_size_of_the_species() -> None:
    labels, score = np.array([0, 0, 0, 1, 2, 2]), np.array([3.0, 5.0, 1.0, 3.0, -np.inf, 7.0])
    assert list(shared_fitness(labels, score, 4)) == [2.0, 2.0, 3.0, 0.0]
    assert list(shared_fitness(labels, np.full(6, -np.inf), 3)) == [0.0, 0.0, 0.0]


def test_ranking_groups_by_species_and_leads_with_the_fittest() -> None:
    ranking = Ranking.of(np.array([1, 0, 1, 1, 3]), np.array([1.0, 2.0, 5.0, 5.0, -np.inf]), 4)
    assert list(ranking.order) == [1, 2, 3, 0, 4]
    assert list(ranking.size) == [1, 3, 0, 1]
    assert list(ranking.champions[[0, 1, 3]]) == [1, 2, 4]


def test_species_remember_when_they_improved() -> None:
    species = Species.none().founding(2, next_id=5, generation=3)
    assert list(species.ids) == [5, 6]
    species = species.improving(np.array([1.0, -2.0]), 3).improving(np.array([1.0, -1.0]), 4)
    assert list(species.improved) == [3, 4]
    assert list(species.best) == [1.0, -1.0]
    again = decode(Species, encode(species))
    assert same(encode(again), encode(species))
    with pytest.raises(ValueError, match="differ in length"):
        replace(species, best=np.zeros(3)).check()
    with pytest.raises(ValueError, match="do not ascend"):
        decode(Species, {**encode(species), "ids": np.array([6, 6])}).check()


def test_the_threshold_follows_the_number_of_species() -> None:
    assert adapted_threshold(3.0, 1, 10) == pytest.approx(2.4)
    assert 2.4 < adapted_threshold(3.0, 8, 10) < 3.0
    assert adapted_threshold(3.0, 10, 10) == pytest.approx(3.09)
