"""More cores are taken once they pay, and nothing comes out that is different."""

import multiprocessing
import threading

import numpy as np
import pytest

import evo
from evo.evaluation import auto, make_evaluator
from evo.evaluation.processes import Processes
from evo.evaluation.threads import Threads
from evo.phenotype import Reals
from evo.population import Evaluation
from evo.problems.base import Problem


class Where(Problem):
    """Says in which process and thread a row was evaluated."""

    needs = Reals(2)

    def evaluate(self, phenotypes, seeds):
        here = threading.get_ident() % 2**31
        own = multiprocessing.parent_process() is not None
        results = {"thread": np.full(len(seeds), here), "process": np.full(len(seeds), own)}
        return Evaluation(-phenotypes.sum(axis=1), results)


class Compiled(Where):
    compiled = True


@pytest.fixture
def batch():
    genomes = np.arange(200.0).reshape(100, 2)
    return genomes, np.arange(100, dtype=np.uint64)


@pytest.mark.parametrize(
    ("kind", "command", "team"),
    [(Compiled, False, Threads), (Where, True, Processes), (Where, False, type(None))],
)
def test_workers_join_within_a_generation(kind, command, team, batch, monkeypatch):
    monkeypatch.setattr(auto, "is_command", lambda: command)
    for name in ("THREADS_AFTER", "PROCESSES_AFTER"):
        monkeypatch.setattr(auto, name, 0.0)
    with auto.Auto(kind(), workers=2) as evaluator:
        found = evaluator.evaluate(*batch)
        assert isinstance(evaluator._team, team)
        again = evaluator.evaluate(*batch)
    np.testing.assert_array_equal(found.fitness, -batch[0].sum(axis=1))
    np.testing.assert_array_equal(again.fitness, found.fitness)
    alone = found.results["thread"] == threading.get_ident() % 2**31
    assert alone[0]
    if team is Threads:
        assert not alone[-1]
    if team is Processes:
        assert found.results["process"][-1]
        assert again.results["process"].all()


def test_what_cannot_be_sent_stays_in_this_process(batch, monkeypatch):
    monkeypatch.setattr(auto, "is_command", lambda: True)
    monkeypatch.setattr(auto, "PROCESSES_AFTER", 0.0)
    problem = evo.minimise(lambda x: x.sum(), Reals(2))
    with auto.Auto(problem, workers=2) as evaluator:
        found = evaluator.evaluate(*batch)
        assert evaluator._team is None
    assert len(found.fitness) == 100


def test_a_quick_run_starts_nothing(batch, monkeypatch):
    monkeypatch.setattr(auto, "is_command", lambda: True)
    with make_evaluator("auto", Where(), evo.evaluation.base.IDENTITY) as evaluator:
        evaluator.evaluate(*batch)
        assert isinstance(evaluator, auto.Auto)
        assert evaluator._team is None


def test_a_child_process_takes_one_core(monkeypatch):
    assert auto.cores() >= 1
    monkeypatch.setattr(auto, "parent_process", lambda: object())
    assert auto.cores() == 1
