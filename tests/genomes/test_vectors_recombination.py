"""Recombination of vectors."""

from typing import Any

import numpy as np
import pytest

from evo.genomes.vectors.recombination import (
    Blend,
    SimulatedBinary,
    discrete,
    intermediate,
    one_point,
    two_point,
    uniform,
)

REALS = np.random.default_rng(1).normal(0, 1, (6, 9))
BITS = np.random.default_rng(2).random((6, 9)) < 0.5
EXCHANGE = [one_point, two_point, uniform, discrete]
BLENDING = [Blend(), Blend(0.0), SimulatedBinary(), SimulatedBinary(0.0), intermediate]
PAIRS = np.array([[0, 1], [2, 3], [4, 4], [5, 0]])


def name(operator: Any) -> str:
    """A name that is the same in every process: a function's text has its address in it."""
    return getattr(operator, "__name__", None) or str(operator)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def extremes(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Two parents that differ everywhere, and the rows for n offspring of them."""
    return np.stack([np.zeros(d), np.ones(d)]), np.tile([0, 1], (n, 1))


@pytest.mark.parametrize("operator", [*EXCHANGE, *BLENDING], ids=name)
def test_makes_new_genomes_and_leaves_the_parents_alone(operator) -> None:
    before, rows = REALS.copy(), PAIRS.copy()
    children = operator(REALS, rows, rng())
    assert children.shape == (4, 9)
    assert children.dtype == np.float64
    assert not np.shares_memory(children, REALS)
    assert np.array_equal(REALS, before)
    assert np.array_equal(rows, PAIRS)
    assert np.array_equal(children, operator(REALS, PAIRS, rng()))


@pytest.mark.parametrize("operator", [*EXCHANGE, *BLENDING], ids=name)
def test_a_parent_with_itself_has_its_own_image(operator) -> None:
    children = operator(REALS, np.array([[3, 3]] * 20), rng())
    assert np.array_equal(children, np.tile(REALS[3], (20, 1)))


@pytest.mark.parametrize("operator", EXCHANGE, ids=name)
@pytest.mark.parametrize(
    "genomes",
    [REALS, BITS, REALS.astype(np.float32), BITS.astype(np.int64)],
    ids=lambda g: str(g.dtype),
)
def test_every_gene_is_that_of_a_parent(operator, genomes: np.ndarray) -> None:
    children = operator(genomes, PAIRS, rng())
    assert children.dtype == genomes.dtype
    first, second = genomes[PAIRS[:, 0]], genomes[PAIRS[:, 1]]
    assert ((children == first) | (children == second)).all()


@pytest.mark.parametrize("operator", EXCHANGE, ids=name)
@pytest.mark.parametrize("d", [1, 2])
def test_short_genomes_can_be_crossed(operator, d: int) -> None:
    genomes, rows = extremes(50, d)
    assert np.isin(operator(genomes, rows, rng()), [0, 1]).all()


def test_exchange_moves_bits_not_values() -> None:
    genomes = np.array([[-0.0, np.inf, 5e-324], [np.nan, -np.inf, 1.0]])
    children = uniform(genomes, np.tile([0, 1], (64, 1)), rng())
    parents = genomes.view(np.uint64)
    assert (
        (children.view(np.uint64) == parents[0]) | (children.view(np.uint64) == parents[1])
    ).all()


def test_one_point_has_one_change_at_any_place_between_genes() -> None:
    genomes, rows = extremes(4000, 5)
    children = one_point(genomes, rows, rng())
    assert (np.abs(np.diff(children, axis=1)).sum(axis=1) == 1).all()
    assert (children[:, 0] == 0).all()
    assert np.abs(children.mean(axis=0) - np.arange(5) / 4).max() < 0.05


def test_two_point_takes_one_stretch_from_the_second_parent_never_all_or_nothing() -> None:
    genomes, rows = extremes(4000, 5)
    children = two_point(genomes, rows, rng())
    starts = (np.diff(children, axis=1, prepend=0) == 1).sum(axis=1)
    assert (starts == 1).all()
    assert (children.sum(axis=1) < 5).all()
    assert len(np.unique(children, axis=0)) == 10


def test_uniform_takes_half_from_each() -> None:
    genomes, rows = extremes(2000, 21)
    children = uniform(genomes, rows, rng())
    assert abs(children.mean() - 0.5) < 0.01
    assert np.abs(children.mean(axis=0) - 0.5).max() < 0.05
    assert np.abs(np.corrcoef(children.T) - np.eye(21)).max() < 0.1


def test_blend_is_uniform_over_the_widened_interval() -> None:
    genomes, rows = extremes(4000, 3)
    children = Blend(0.5)(genomes, rows, rng())
    assert -0.5 <= children.min() < -0.49
    assert 1.49 < children.max() <= 1.5
    assert np.abs(np.quantile(children, [0.25, 0.5, 0.75]) - [0, 0.5, 1]).max() < 0.05


@pytest.mark.parametrize("eta", [2.0, 15.0])
def test_sbx_keeps_the_middle_and_has_the_published_spread(eta: float) -> None:
    genomes, rows = extremes(40_000, 1)
    both = np.concatenate(
        [
            SimulatedBinary(eta)(genomes, rows, rng(0)),
            SimulatedBinary(eta)(genomes, rows[:, ::-1], rng(1)),
        ]
    )
    assert abs(both.mean() - 0.5) < 0.02
    # half the genes are not crossed; spreads of the others: P(beta < b) = b ** (eta + 1) / 2 for b
    # < 1
    spread = np.abs(2 * both - 1)
    crossed = spread[spread != 1]
    assert abs(len(crossed) / len(spread) - 0.5) < 0.01
    for b in (0.7, 0.9):
        assert abs((crossed < b).mean() - b ** (eta + 1) / 2) < 0.01
    for b in (1.1, 1.5):
        assert abs((crossed > b).mean() - b ** -(eta + 1) / 2) < 0.01


def test_discrete_and_intermediate_take_any_number_of_parents() -> None:
    rows = np.tile([0, 2, 4], (3000, 1))
    children = discrete(REALS, rows, rng())
    shares = np.array([(children == REALS[parent]).mean() for parent in (0, 2, 4)])
    assert np.abs(shares - 1 / 3).max() < 0.02
    assert np.allclose(intermediate(REALS, rows[:2], rng()), REALS[[0, 2, 4]].mean(axis=0))
    alone = np.array([[3], [1]])
    assert np.array_equal(discrete(REALS, alone, rng()), REALS[[3, 1]])
    assert np.array_equal(intermediate(REALS, alone, rng()), REALS[[3, 1]])
