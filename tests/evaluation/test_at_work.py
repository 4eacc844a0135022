"""What surrounds evaluations holds wherever they run, and nowhere else."""

from contextlib import contextmanager

import numpy as np
import pytest

from evo.development import IDENTITY
from evo.evaluation import make_evaluator
from evo.kinds.evolution.validation import validated
from evo.phenotype import Reals
from evo.population import Evaluation, Population
from evo.problems.base import Problem

torch = pytest.importorskip("torch")


@contextmanager
def threads(count):
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Counting(Problem):
    """Fitness is the number of threads that torch takes there."""

    needs = Reals(1)

    def at_work(self):
        return threads(1)

    def evaluate(self, phenotypes, seeds):
        if (phenotypes > 0).any():
            raise ValueError("not this one")
        return Evaluation(np.full(len(seeds), float(torch.get_num_threads())))


@pytest.fixture(autouse=True)
def three_threads():
    with threads(3):
        yield


@pytest.mark.parametrize(
    ("kind", "workers"), [("serial", 1), ("threads", 2), ("auto", 2), ("processes", 1)]
)
def test_a_worker_takes_one_thread(kind, workers):
    genomes = np.zeros((20, 1))
    genomes[7] = 1.0
    with make_evaluator(kind, Counting(), IDENTITY, workers=workers) as evaluator:
        found = evaluator.evaluate(genomes, np.zeros(20, np.uint64))
    assert list(found.errors) == [7]
    assert (np.delete(found.fitness, 7) == 1.0).all()
    assert torch.get_num_threads() == 3


def test_so_does_the_judge():
    one = Population.unevaluated(np.zeros((1, 1)))
    figures = validated(Counting(), IDENTITY, one, np.arange(4, dtype=np.uint64), None)
    assert figures.tolist() == [[1.0]] * 4
    assert torch.get_num_threads() == 3
