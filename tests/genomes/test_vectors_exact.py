"""Variation of vectors against its published distribution, by chi-square.

Each test draws with one seed, so it always gives the same answer; a right operator fails one seed
in ten thousand. Seen when planted: SBX always on the first parent's side, always outwards, and a
mutation rate of 1 / (d + 1).
"""

import numpy as np
import pytest
from scipy import stats

import evo
from evo.genomes.vectors.mutation import BitFlip, Gaussian, Polynomial, Reset
from evo.genomes.vectors.recombination import Blend, SimulatedBinary, uniform

SMALLEST_P = 1e-4


def fits(counts: np.ndarray, shares: np.ndarray) -> bool:
    """Whether `counts` may come from cells of probability `shares`."""
    assert shares.sum() == pytest.approx(1)
    expected = shares * counts.sum()
    assert expected.min() > 10, "cells are too small for the test"
    return stats.chisquare(counts, expected).pvalue > SMALLEST_P


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
@pytest.mark.parametrize("eta", [2.0, 15.0])
def test_sbx_falls_on_both_sides_of_both_parents(order: list[int], eta: float) -> None:
    """Cells: side of the middle × inwards or outwards of that parent × near or far."""
    parents = np.array([[0.0], [1.0]])
    rows = np.tile(order, (80_000, 1))
    children = SimulatedBinary(eta)(parents, rows, np.random.default_rng(7))[:, 0]
    crossed = 2.0 * children[children != order[0]] - 1.0
    assert abs(len(crossed) - 40_000) < 600, "a gene is crossed with probability 1/2"
    spread, side = np.abs(crossed), crossed > 0
    # P(spread < b) is b ** (eta + 1) / 2 below 1 and 1 - b ** -(eta + 1) / 2 above: quartiles
    near = 0.5 ** (1.0 / (eta + 1.0))
    quarter = np.searchsorted([near, 1.0, 1.0 / near], spread)
    counts = np.bincount(4 * side + quarter, minlength=8)
    assert fits(counts, np.full(8, 1 / 8)), counts


def test_blend_is_as_often_on_either_side() -> None:
    parents = np.array([[0.0], [1.0]])
    children = Blend(0.5)(parents, np.tile([0, 1], (20_000, 1)), np.random.default_rng(1))[:, 0]
    counts = np.histogram(children, np.linspace(-0.5, 1.5, 11))[0]
    assert counts.sum() == 20_000
    assert fits(counts, np.full(10, 0.1)), counts


def test_uniform_crossover_takes_a_binomial_number_from_the_second_parent() -> None:
    parents = np.array([[0.0] * 6, [1.0] * 6])
    children = uniform(parents, np.tile([0, 1], (20_000, 1)), np.random.default_rng(2))
    counts = np.bincount(children.sum(axis=1).astype(int), minlength=7)
    assert fits(counts, stats.binom.pmf(np.arange(7), 6, 0.5)), counts


@pytest.mark.parametrize(
    "mutation",
    [Gaussian(0.1, 0.5), Polynomial(0.1, 2.0), Reset(0.1, -1.0, 1.0), BitFlip(0.1)],
    ids=str,
)
def test_the_number_of_genes_that_mutate_is_binomial(mutation) -> None:
    kind = bool if isinstance(mutation, BitFlip) else float
    genomes = np.zeros((20_000, 10), kind)
    changed = mutation(genomes, np.random.default_rng(3)) != genomes
    assert mutates_with(changed, 0.1)


@pytest.mark.parametrize("problem", ["onemax", "sphere"])
def test_the_genetic_algorithm_mutates_one_gene_of_each_child_on_average(problem: str) -> None:
    genes, size = 10, 20_000
    keys = {"onemax": "length", "sphere": "dimensions"}
    # with one parent for all, crossover changes nothing
    one_parent = {
        "population": size,
        "elites": 0,
        "selection": "truncation",
        "truncation_share": 1e-9,
    }
    search = evo.evolution(
        "ga", evo.problem(problem, **{keys[problem]: genes}), seed=5, settings=one_parent
    )
    first = search.ask().genomes
    search.tell(np.arange(size, dtype=float))
    assert mutates_with(search.ask().genomes != first[-1], 1 / genes)


def mutates_with(changed: np.ndarray, rate: float) -> bool:
    """Whether `(n, d)` marks of mutated genes may come from independent coins of this rate."""
    d = changed.shape[1]
    last = 4
    counts = np.bincount(np.minimum(changed.sum(axis=1), last), minlength=last + 1)
    shares = stats.binom.pmf(np.arange(last), d, rate)
    return fits(counts, np.append(shares, 1.0 - shares.sum()))
