"""Rows of a group are evaluated together, and so nothing depends on the clock or on workers.

Seen when planted: batches that end within a group, groups that are counted from where a batch
begins, a crash that leaves its batch's other groups in single rows.
"""

import numpy as np
import pytest

import evo
from evo.development import IDENTITY
from evo.errors import UsageError
from evo.evaluation import auto, base, make_evaluator
from evo.evaluation.base import Pace, Task
from evo.kinds.evolution.validation import validated
from evo.phenotype import Reals
from evo.population import Evaluation, Population
from evo.problems.base import Problem

from .problems import DIES, HANGS, NAN, RAISES, Troubled

N, GROUP = 47, 5


class Company(Troubled):
    """Fitness depends on all that a row is evaluated with."""

    group: int | None = GROUP

    def evaluate(self, phenotypes, seeds):
        alone = super().evaluate(phenotypes, seeds)
        genes = np.where(np.isfinite(alone.fitness), alone.fitness, 0.0)
        results = {"size": np.full(len(seeds), len(seeds))}
        return Evaluation(alone.fitness + genes.sum(), results)


class Crowd(Company):
    """The same without groups."""

    group = None


class CompiledCompany(Company):
    compiled = True


def batch(**trouble):
    genomes = np.random.default_rng(1).random((N, 3))
    genomes[:, 0] = 0
    for row, kind in trouble.items():
        genomes[int(row[1:]), 0] = kind
    return genomes, np.random.default_rng(2).integers(0, 2**64, N, dtype=np.uint64)


def by_hand(genomes, seeds):
    parts = [slice(i, i + GROUP) for i in range(0, N, GROUP)]
    return np.concatenate([Company().evaluate(genomes[p], seeds[p]).fitness for p in parts])


def fitness(kind, workers, problem=Company, timeout=None, **trouble):
    place = make_evaluator(kind, problem(), IDENTITY, workers=workers, timeout=timeout)
    with place as evaluator:
        return evaluator.evaluate(*batch(**trouble))


@pytest.mark.parametrize("first", [1, 3, 8, 23, 1000])
@pytest.mark.parametrize("seconds", [0.0, 1e-9, 1e9])
def test_equal_bits_at_any_pace(first, seconds, monkeypatch):
    monkeypatch.setattr(base, "_FIRST_BATCH", first)
    monkeypatch.setattr(base, "_BATCH_SECONDS", seconds)
    expected = by_hand(*batch())
    for kind, workers in (("serial", 1), ("threads", 1), ("threads", 3)):
        assert np.array_equal(fitness(kind, workers).fitness, expected), kind


def test_without_groups_the_pace_shows(monkeypatch):
    found = []
    for first in (3, 8):
        monkeypatch.setattr(base, "_FIRST_BATCH", first)
        found.append(fitness("serial", 1, Crowd).fitness)
    assert not np.array_equal(*found)


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_give_the_same(workers):
    assert np.array_equal(fitness("processes", workers).fitness, by_hand(*batch()))


def test_workers_that_join_within_a_generation_give_the_same(monkeypatch):
    monkeypatch.setattr(auto, "THREADS_AFTER", 0.0)
    with auto.Auto(CompiledCompany(), workers=2) as evaluator:
        found = evaluator.evaluate(*batch())
        assert evaluator._team is not None
    assert np.array_equal(found.fitness, by_hand(*batch()))


def test_the_last_group_is_short():
    sizes = fitness("serial", 1).results["size"]
    assert sizes.tolist() == [GROUP] * 45 + [2, 2]


def test_a_group_that_raises_is_evaluated_row_by_row_and_no_other():
    result = fitness("serial", 1, r11=RAISES, r30=NAN)
    sizes = result.results["size"]
    assert dict(result.errors) == {
        11: "ValueError: this one raises",
        30: "fitness is not a finite number",
    }
    assert sizes[10:15].tolist() == [1, 0, 1, 1, 1]
    assert (np.delete(sizes, slice(10, 15)) >= 2).all()
    threads = fitness("threads", 3, r11=RAISES, r30=NAN)
    assert np.array_equal(result.fitness, threads.fitness, equal_nan=True)


def test_a_group_that_dies_or_hangs_leaves_the_others_together():
    """Which other groups were in its batch, or ran beside it, shows nowhere."""
    expected = by_hand(*batch())
    for workers in (1, 2):
        result = fitness("processes", workers, r2=DIES, r28=HANGS, timeout=1.0)
        assert dict(result.errors) == {2: "its process died", 28: "took longer than 1 s"}
        others = np.setdiff1d(np.arange(N), [*range(5), *range(25, 30)])
        assert np.array_equal(result.fitness[others], expected[others])
        alone = np.setdiff1d([*range(5), *range(25, 30)], [2, 28])
        assert (result.results["size"][alone] == 1).all()


def run(workers=1, seconds=0.1, generations=4, patch=None, state=None):
    patch.setattr(base, "_BATCH_SECONDS", seconds)
    evolution = evo.evolution(
        "ga", Company(), seed=3, workers=workers, evaluator="threads", generations=generations,
        settings={"population": 23, "elites": 3},
    )  # fmt: skip
    if state is not None:
        evolution.load_state_dict(state)
    evolution.run()
    return evolution


def test_a_run_does_not_depend_on_pace_workers_or_resume(monkeypatch):
    """Survivors are looked at again, in the groups that they then form with the offspring."""
    whole = run(patch=monkeypatch)
    for workers, seconds in ((3, 0.1), (1, 1e-9), (2, 1e9)):
        other = run(workers, seconds, patch=monkeypatch)
        assert np.array_equal(whole.population.fitness, other.population.fitness)
    half = run(generations=2, patch=monkeypatch).state_dict() | {"stopped": None}
    resumed = run(2, 1e-9, patch=monkeypatch, state=half)
    assert np.array_equal(whole.population.fitness, resumed.population.fitness)


class Scenic(Company):
    """The same in a scene."""

    def evaluate_among(self, phenotypes, seeds, scene):
        return self.evaluate(phenotypes, seeds)


@pytest.mark.parametrize("group", [4, 7, 16])
def test_a_judge_forms_the_same_groups_with_and_without_progress(group):
    problem = Scenic()
    problem.group = group
    one, seeds = Population.unevaluated(np.full((1, 3), 0.5)), np.arange(25, dtype=np.uint64)
    told = []
    quiet = validated(problem, IDENTITY, one, seeds, {})
    loud = validated(problem, IDENTITY, one, seeds, {}, lambda done, n: told.append((done, n)))
    assert np.array_equal(quiet, loud)
    assert told[-1] == (25, 25)
    assert len(told) > 1


def test_batches_are_made_of_whole_groups():
    pace = Pace(workers=2, group=5)
    assert pace.rows(0, 100) == slice(0, 5)
    pace.took(1.0, 100)
    assert pace.rows(5, 1000) == slice(5, 15)
    assert pace.rows(995, 998) == slice(995, 998)
    pace.took(50.0, 10)
    assert pace.rows(10, 1000) == slice(10, 15)


def test_a_group_of_nobody_is_refused():
    problem = Company()
    problem.group = 0
    with pytest.raises(UsageError, match=r"Company\.group = 0: a group has at least one row"):
        make_evaluator("serial", problem, IDENTITY)


class Flat(Problem):
    """A batch in one call, for a problem without groups."""

    needs = Reals(2)

    def evaluate(self, phenotypes, seeds):
        return Evaluation(np.full(len(seeds), float(len(seeds))))


def test_without_groups_a_batch_is_one_call():
    assert Task(Flat())(np.zeros((9, 2)), np.zeros(9, np.uint64)).fitness.tolist() == [9.0] * 9
