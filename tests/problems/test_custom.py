"""Functions of one's own as problems."""

import numpy as np
import pytest

import evo
from evo.errors import UsageError


def test_minimise_finds_the_minimum_and_reads_as_cost() -> None:
    problem = evo.minimise(lambda x: np.square(x - 3).sum(), evo.Reals(4, 0, 6), target=1e-6)
    evolution = evo.evolution("cma-es", problem, seed=1, generations=150)
    best = evolution.run()
    assert np.allclose(best.genomes, 3, atol=1e-3)
    assert problem.scores == (evo.Score("cost", minimise=True, target=1e-6),)


def test_a_batch_function_gets_all_rows_and_gives_the_same() -> None:
    single = evo.maximise(lambda bits: bits.sum(), evo.Bits(20))
    batch = evo.maximise(lambda bits: bits.sum(axis=1), evo.Bits(20), batch=True)
    records = [list(evo.evolution("ga", each, generations=5)) for each in (single, batch)]
    assert records[0] == records[1]


def test_networks_come_as_batches_of_one() -> None:
    sizes = []
    problem = evo.maximise(lambda network: sizes.append(len(network)) or 0.0, evo.Network(2, 1))
    evo.evolution("neat", problem, generations=1).run()
    assert set(sizes) == {1}


def test_several_figures_are_several_scores() -> None:
    scores = [evo.Score("weight", minimise=True), evo.Score("strength")]
    problem = evo.Custom(lambda x: (x[0], x[1]), evo.Reals(2), scores)
    fitness = problem.evaluate(np.array([[1.0, 2.0]]), np.zeros(1, np.uint64)).fitness
    assert fitness.tolist() == [[-1.0, 2.0]]
    with pytest.raises(UsageError, match="ga takes one score, but this problem has 2: weight, str"):
        evo.evolution("ga", problem)


def test_a_need_alone_is_for_those_who_ask_and_tell() -> None:
    evolution = evo.evolution("es", evo.Reals(3), seed=1)
    for _ in range(5):
        evolution.tell(-np.square(evolution.ask().genomes).sum(axis=1))
    assert evolution.best is not None
    assert evolution.generation == 5
    with pytest.raises(UsageError, match="needs an evaluator"):
        evolution.step()
