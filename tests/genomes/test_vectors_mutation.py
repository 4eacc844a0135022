"""Mutation of vectors, first vectors, and bounds."""

import numpy as np
import pytest

from evo.genomes.vectors import coin_flips, keep_within, random_bits, uniform_start
from evo.genomes.vectors.mutation import BitFlip, Gaussian, Polynomial, Reset
from evo.phenotype import Bits, Reals

REAL = [
    lambda rate: Gaussian(rate, 0.5),
    lambda rate: Polynomial(rate, 2.0),
    lambda rate: Reset(rate, -1.0, 1.0),
]
ALL = [*REAL, BitFlip]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def genomes(make, n: int = 200, d: int = 50) -> np.ndarray:
    return np.zeros((n, d), bool) if make is BitFlip else np.full((n, d), 0.25)


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("rate", [0.0, 0.01, 0.3, 1.0])
def test_mutates_each_gene_with_the_rate_and_leaves_its_input_alone(make, rate: float) -> None:
    before = genomes(make)
    given = before.copy()
    children = make(rate)(given, rng())
    assert np.array_equal(given, before)
    assert not np.shares_memory(children, given)
    assert children.dtype == given.dtype
    changed = children != before
    assert abs(changed.mean() - rate) < 0.011
    assert np.array_equal(children, make(rate)(given, rng()))


@pytest.mark.parametrize("make", ALL)
def test_places_are_independent(make) -> None:
    changed = np.concatenate(
        [make(0.2)(genomes(make), rng(seed)) != genomes(make) for seed in range(20)]
    )
    counts = changed.sum(axis=1)
    assert abs(counts.var() - 50 * 0.2 * 0.8) < 0.6
    assert np.abs(changed.mean(axis=0) - 0.2).max() < 0.03


@pytest.mark.parametrize("make", ALL)
def test_how_many_genes_mutate_varies_like_coins(make) -> None:
    counts = [
        (make(0.1)(genomes(make, 2, 50), rng(seed)) != genomes(make, 2, 50)).sum()
        for seed in range(2000)
    ]
    assert abs(np.mean(counts) - 10) < 0.4
    assert abs(np.var(counts) - 9) < 1.2


def test_gaussian_noise_has_its_sigma() -> None:
    steps = Gaussian(1.0, 0.5)(np.zeros((1000, 50)), rng())
    assert abs(steps.mean()) < 0.01
    assert abs(steps.std() - 0.5) < 0.01
    assert abs((np.abs(steps) < 0.5).mean() - 0.6827) < 0.01


@pytest.mark.parametrize("eta", [1.0, 20.0])
def test_polynomial_noise_has_the_published_distribution(eta: float) -> None:
    steps = Polynomial(1.0, 2.0, eta)(np.zeros((1000, 50)), rng()) / 2.0
    assert np.abs(steps).max() <= 1.0
    for size in (0.02, 0.1, 0.5):
        tail = (1 - size) ** (eta + 1) / 2
        assert abs((steps < -size).mean() - tail) < 0.01
        assert abs((steps > size).mean() - tail) < 0.01


def test_reset_is_uniform_between_its_bounds() -> None:
    values = Reset(1.0, -1.0, 3.0)(np.full((500, 20), 99.0), rng())
    assert -1 <= values.min() < -0.99
    assert 2.99 < values.max() <= 3
    assert abs(values.mean() - 1) < 0.05


def test_flipping_every_bit_twice_gives_the_same_bits() -> None:
    bits = coin_flips(rng(), (30, 7))
    once = BitFlip(1.0)(bits, rng())
    assert np.array_equal(once, ~bits)
    assert np.array_equal(BitFlip(1.0)(once, rng()), bits)


def test_first_vectors_fill_the_start_region() -> None:
    x = uniform_start(Reals(4, -2.0, 6.0), 2000, rng())
    assert x.shape == (2000, 4)
    assert x.min() >= -2
    assert x.max() <= 6
    assert np.abs(x.mean(axis=0) - 2).max() < 0.2


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (2000, 33), (0, 4)])
def test_coins_are_fair_and_as_many_as_asked_for(shape: tuple[int, int]) -> None:
    bits = coin_flips(rng(), shape)
    assert bits.shape == shape
    assert bits.dtype == bool
    if shape[0] > 100:
        assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.06
    assert random_bits(Bits(shape[1]), shape[0], rng()).shape == shape


def test_bounds_hold_only_where_a_need_is_bounded() -> None:
    x = np.array([[-3.0, 0.5, 9.0]])
    assert keep_within(Reals(3, -1.0, 1.0), x) is x
    assert keep_within(Reals(3, -1.0, 1.0, bounded=True), x, "clip").tolist() == [[-1, 0.5, 1]]


@pytest.mark.parametrize(
    ("outside", "folded"),
    [
        (1.25, 0.75),
        (-1.5, -0.5),
        (3.0, -1.0),
        (4.5, 0.5),
        (1.0, 1.0),
        (-1.0, -1.0),
        (0.3, 0.3),
        (-7.25, 0.75),
    ],
)
def test_reflection_folds_back_from_the_bound(outside: float, folded: float) -> None:
    need = Reals(1, -1.0, 1.0, bounded=True)
    assert keep_within(need, np.array([[outside]]), "reflect")[0, 0] == pytest.approx(folded)


def test_nothing_stays_outside() -> None:
    need = Reals(10, -0.1, 0.7, bounded=True)
    wild = rng().normal(0, 1e3, (100, 10))
    for repair in ("reflect", "clip"):
        inside = keep_within(need, wild, repair)
        assert inside.min() >= -0.1
        assert inside.max() <= 0.7
