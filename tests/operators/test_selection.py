"""Parent selection."""

import numpy as np
import pytest

from evo.operators.selection import (
    LinearRank,
    Proportional,
    Roulette,
    StochasticUniversal,
    Tournament,
    Truncation,
    Uniform,
    best_first,
    linear_ranking,
    proportionate,
    roulette,
    stochastic_universal,
)

SCORE = np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.5])
ALL = [
    Uniform(),
    Tournament(1),
    Tournament(3),
    Tournament(3, replacement=False),
    Tournament(99, replacement=False),
    Roulette(),
    StochasticUniversal(),
    LinearRank(1.0),
    LinearRank(2.0),
    Truncation(0.5),
    Truncation(0.01),
]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def frequencies(operator, score: np.ndarray = SCORE, count: int = 60_000) -> np.ndarray:
    return np.bincount(operator(score, count, rng()), minlength=len(score)) / count


def test_best_first_keeps_equal_scores_in_order() -> None:
    assert best_first(np.array([1.0, 3.0, -np.inf, 3.0, 1.0])).tolist() == [1, 3, 0, 4, 2]


@pytest.mark.parametrize("operator", ALL, ids=str)
@pytest.mark.parametrize(
    "score",
    [SCORE, np.zeros(5), np.array([7.0]), np.array([-np.inf, 1.0]), np.full(3, -np.inf)],
    ids=str,
)
@pytest.mark.parametrize("count", [0, 1, 13])
def test_returns_as_many_valid_rows_as_asked_for_and_the_same_ones_again(
    operator, score: np.ndarray, count: int
) -> None:
    before = score.copy()
    rows = operator(score, count, rng(4))
    assert rows.shape == (count,)
    assert rows.dtype.kind == "i"
    assert ((rows >= 0) & (rows < len(score))).all()
    assert np.array_equal(rows, operator(score, count, rng(4)))
    assert np.array_equal(score, before)


def test_uniform_does_not_look_at_scores() -> None:
    assert np.abs(frequencies(Uniform()) - 1 / 6).max() < 0.01


@pytest.mark.parametrize("size", [1, 2, 5])
def test_tournament_has_the_known_probabilities(size: int) -> None:
    n = len(SCORE)
    worse = np.array([(s > SCORE).sum() for s in SCORE])
    expected = ((worse + 1) ** size - worse**size) / n**size
    assert np.abs(frequencies(Tournament(size)) - expected).max() < 0.01


def test_tournament_without_replacement_never_takes_the_worst() -> None:
    found = frequencies(Tournament(2, replacement=False))
    worse = np.array([(s > SCORE).sum() for s in SCORE])
    assert np.abs(found - worse / 15).max() < 0.01
    assert found[1] == 0


def test_tournament_of_everyone_takes_the_first_of_the_best() -> None:
    rows = Tournament(4, replacement=False)(np.array([1.0, 5.0, 5.0, 2.0]), 50, rng())
    assert set(rows.tolist()) == {1}


def test_proportionate_probabilities_are_those_of_the_distance_from_the_worst() -> None:
    expected = (SCORE - 1) / (SCORE - 1).sum()
    assert np.allclose(proportionate(SCORE), expected)
    assert np.allclose(proportionate(SCORE + 1000), expected)
    assert np.abs(frequencies(Roulette()) - expected).max() < 0.01


def test_proportionate_of_equal_or_failed_scores() -> None:
    assert proportionate(np.full(4, 2.0)).tolist() == [0.25] * 4
    assert proportionate(np.full(2, -np.inf)).tolist() == [0.5, 0.5]
    assert proportionate(np.array([-np.inf, 1.0, 3.0])).tolist() == [0, 0, 1]
    assert proportionate(np.array([-1e308, 1e308, 0.0])).sum() == pytest.approx(1)


def test_universal_sampling_gives_floor_or_ceil_of_what_is_expected() -> None:
    probability = np.array([0.31, 0.0, 0.29, 0.4])
    for seed in range(50):
        counts = np.bincount(stochastic_universal(probability, 10, rng(seed)), minlength=4)
        assert (
            (counts >= np.floor(10 * probability)) & (counts <= np.ceil(10 * probability))
        ).all()
        assert counts[1] == 0


def test_universal_sampling_is_shuffled() -> None:
    rows = stochastic_universal(np.full(100, 0.01), 100, rng())
    assert not np.array_equal(rows, np.sort(rows))


def test_roulette_never_takes_a_row_of_probability_zero() -> None:
    rows = roulette(np.array([0.0, 0.5, 0.0, 0.5, 0.0]), 10_000, rng())
    assert set(rows.tolist()) == {1, 3}


def test_the_lowest_pointer_does_not_take_a_row_of_probability_zero() -> None:
    class Lowest:
        def random(self, count: int | None = None) -> np.ndarray | float:
            return 0.0 if count is None else np.zeros(count)

        def permutation(self, rows: np.ndarray) -> np.ndarray:
            return rows

    probability = np.array([0.0, 0.5, 0.5])
    assert roulette(probability, 2, Lowest()).tolist() == [1, 1]  # pyright: ignore[reportArgumentType]
    assert stochastic_universal(probability, 2, Lowest()).tolist() == [1, 2]  # pyright: ignore[reportArgumentType]


def test_linear_ranking_gives_the_best_its_pressure() -> None:
    probability = linear_ranking(SCORE, 1.8)
    assert probability.sum() == pytest.approx(1)
    assert probability[4] * 6 == pytest.approx(1.8)
    assert probability[1] * 6 == pytest.approx(0.2)
    steps = np.diff(probability[best_first(SCORE)])
    assert np.allclose(steps, steps[0])
    assert np.abs(frequencies(LinearRank(1.8)) - probability).max() < 0.01


def test_truncation_takes_each_of_the_best_equally_often() -> None:
    counts = np.bincount(Truncation(0.5)(SCORE, 10, rng()), minlength=6)
    assert sorted(counts[[0, 2, 4]]) == [3, 3, 4]
    assert counts.sum() == 10


def test_proportional_selection_counts_fitness_from_zero() -> None:
    score = np.array([1.0, 3.0, -5.0, -np.inf, 0.0])
    rows = Proportional()(score, 40_000, np.random.default_rng(0))
    shares = np.bincount(rows, minlength=5) / len(rows)
    np.testing.assert_allclose(shares, [0.25, 0.75, 0.0, 0.0, 0.0], atol=0.01)
    nobody = Proportional()(np.array([-1.0, -2.0, -np.inf]), 1000, np.random.default_rng(0))
    assert set(nobody.tolist()) == {0, 1}
