"""Whole numbers, categories and bounds of each variable in vectors."""

import numpy as np
import pytest
from scipy import stats

from evo.genomes.vectors import keep_within, labels, region, uniform_start
from evo.genomes.vectors.margin import with_margin
from evo.genomes.vectors.mixed import Discrete, Rounding
from evo.genomes.vectors.reals import Operators, RealVectors
from evo.phenotype import Reals

NEED = Reals([0, -4, 0, -1e6], [10, 4, 0.001, 1e6], integers=[0], categories={1: list("abcde")})


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def vectors(**settings) -> RealVectors:
    return RealVectors(NEED, Operators(**settings))


def is_whole(genomes: np.ndarray) -> bool:
    return bool(
        np.isin(genomes[:, 0], np.arange(11)).all() and np.isin(genomes[:, 1], np.arange(5)).all()
    )


def test_every_value_of_a_whole_number_starts_equally_often() -> None:
    first = vectors().start(22_000, rng())
    assert is_whole(first)
    counts = [np.bincount(first[:, i].astype(int)) for i in (0, 1)]
    assert [len(each) for each in counts] == [11, 5]
    assert all(stats.chisquare(each).pvalue > 1e-4 for each in counts)


@pytest.mark.parametrize("crossover", ["sbx", "blend", "uniform", "one-point", "two-point"])
@pytest.mark.parametrize("mutation", ["polynomial", "gaussian", "reset"])
@pytest.mark.parametrize("repair", ["clip", "reflect"])
def test_children_have_whole_numbers_and_labels_within_bounds(crossover, mutation, repair) -> None:
    kind = vectors(crossover=crossover, mutation=mutation, repair=repair, mutation_rate=0.5)
    first = kind.start(40, rng())
    rows = rng(1).integers(0, 40, (500, 2))
    crossed = kind.cross(first, rows, rng(2))
    assert is_whole(crossed)
    parents = first[rows][:, :, 1]
    assert ((crossed[:, 1] == parents[:, 0]) | (crossed[:, 1] == parents[:, 1])).all()
    children = kind.mutate(crossed, rng(3))
    assert is_whole(children)
    lower, upper = region(NEED)
    assert ((children >= lower) & (children <= upper)).all()


def test_steps_are_in_proportion_to_the_width_of_each_variable() -> None:
    kind = vectors(mutation="gaussian", mutation_rate=1.0, mutation_strength=0.01)
    middle = np.tile([5.0, 0.0, 0.0005, 0.0], (4000, 1))
    steps = kind.mutate(middle, rng()) - middle
    assert steps[:, 2].std() == pytest.approx(0.01 * 0.001, rel=0.05)
    assert steps[:, 3].std() == pytest.approx(0.01 * 2e6, rel=0.05)
    one = np.zeros((1, 4))
    far = np.diag([1.0, 1.0, 0.001, 2e6])
    assert kind.distance(one, far) == pytest.approx(np.array([[1 / 11, 1, 1, 1]]))


@pytest.mark.parametrize("sigma", [1e-9, 0.3])
def test_a_whole_number_that_mutates_moves_however_small_the_noise(sigma: float) -> None:
    kind = vectors(mutation="gaussian", mutation_rate=1.0, mutation_strength=sigma / 11)
    for at in (0.0, 5.0, 10.0):
        before = np.tile([at, 2.0, 0.0, 0.0], (2000, 1))
        after = kind.mutate(before, rng())
        steps = after[:, 0] - at
        assert (np.abs(steps) == 1).mean() > 0.9
        assert (steps != 0).all()
        if at == 5:
            assert abs(np.sign(steps).mean()) < 0.1
        drawn = np.bincount(after[:, 1].astype(int), minlength=5)
        assert drawn[2] == 0
        assert stats.chisquare(drawn[[0, 1, 3, 4]]).pvalue > 1e-4, "labels have no order"


def test_the_least_chance_of_a_change_is_kept() -> None:
    before = vectors().start(20_000, rng())
    after = before + rng(1).normal(0, 1e-6, before.shape)
    moved = vectors().moved(before, after, rng(2), 0.2) != before
    assert moved[:, :2].mean(axis=0) == pytest.approx([0.2, 0.2], abs=0.01)


def test_genes_that_do_not_mutate_stay() -> None:
    before = vectors().start(50, rng())
    assert np.array_equal(vectors().moved(before, before.copy(), rng()), before)


def test_a_development_rounds_and_is_no_round_on_round_numbers() -> None:
    develop = Rounding(NEED)
    raw = np.array([[10.5, 4.49, 0.0004, 7.5], [-0.5, -0.3, 0.0, 0.0], [2.6, 99.0, 0.0, 0.0]])
    whole = develop(raw)
    assert whole[:, :2].tolist() == [[10, 4], [0, 0], [3, 4]]
    assert not np.signbit(whole[1]).any()
    assert np.array_equal(whole[:, 2:], raw[:, 2:])
    assert np.array_equal(develop(whole), whole)
    assert develop.__reduce__() == (Rounding, (NEED,))


def test_whole_numbers_without_bounds_go_anywhere() -> None:
    need = Reals(2, 0, 5, integers=True)
    kind = RealVectors(need)
    assert not need.bounded
    genomes = kind.start(50, rng())
    for seed in range(300):
        genomes = kind.mutate(genomes, rng(seed))
    assert np.array_equal(genomes, np.rint(genomes))
    assert genomes.max() > 6
    assert genomes.min() < -1


def test_each_variable_is_kept_within_its_own_bounds() -> None:
    need = Reals([0, -5], [1, 5])
    wild = rng().normal(0, 50, (200, 2))
    for repair in ("reflect", "clip"):
        inside = keep_within(need, wild, repair)
        assert ((inside >= [0, -5]) & (inside <= [1, 5])).all()
        assert inside.max(axis=0) == pytest.approx([1, 5], abs=0.3)
    assert keep_within(need, np.array([[1.25, -6.0]]), "reflect").tolist() == [[0.75, -4.0]]
    first = uniform_start(need, 2000, rng())
    assert first.mean(axis=0) == pytest.approx([0.5, 0.0], abs=0.2)
    assert Discrete.of(need) is None


@pytest.mark.parametrize("mean", [-3.0, 0.2, 0.49, 3.0, 3.3, 3.499, 9.8, 12.0])
@pytest.mark.parametrize("spread", [1e-12, 0.01, 0.3, 5.0])
def test_the_margin_is_a_lower_bound_on_the_probability_to_leave_a_cell(mean, spread) -> None:
    margin, least, most = 0.02, 0.0, 10.0
    arrays = [np.array([each]) for each in (mean, spread, least, most)]
    (centre,), (wide,) = with_margin(*arrays, margin)
    cell = np.clip(np.rint(mean), least, most)
    assert np.clip(np.rint(centre), least, most) == cell, "the most likely value stays"
    down, up = stats.norm.cdf(cell - 0.5, centre, wide), stats.norm.sf(cell + 0.5, centre, wide)
    if cell == least:
        assert up >= margin * (1 - 1e-9)
    elif cell == most:
        assert down >= margin * (1 - 1e-9)
    else:
        assert min(down, up) >= margin / 2 * (1 - 1e-9)
        before = stats.norm.cdf(cell - 0.5, mean, spread), stats.norm.sf(cell + 0.5, mean, spread)
        if min(before) >= margin / 2:
            assert (centre, wide) == (mean, spread), "what keeps to the margin is left alone"


def test_labels_are_drawn_and_learnt_with_a_margin() -> None:
    counts = np.array([3, 5])
    chances = labels.equal(counts)
    assert chances.tolist() == [[1 / 3] * 3 + [0] * 2, [0.2] * 5]
    drawn = labels.draw(chances, 15_000, rng())
    assert stats.chisquare(np.bincount(drawn[:, 0].astype(int))).pvalue > 1e-4
    assert stats.chisquare(np.bincount(drawn[:, 1].astype(int))).pvalue > 1e-4
    for _ in range(100):
        chances = labels.learnt(chances, np.array([[2.0, 0.0]]), np.ones(1), 0.3, counts)
        assert chances.sum(axis=1) == pytest.approx([1, 1])
    assert chances[0, 2] * chances[1, 0] == pytest.approx(0.73, abs=1e-6)
    labels.check(chances, counts)
    with pytest.raises(ValueError, match="do not fit the categories"):
        labels.check(chances[:1], counts)
    with pytest.raises(ValueError, match="add up to 1"):
        labels.check(0.5 * chances, counts)
