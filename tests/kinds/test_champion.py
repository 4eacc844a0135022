"""Champions are judged by episodes that nobody selected them by."""

import math

import numpy as np
import pytest
from scipy import stats

from evo.development import IDENTITY
from evo.evaluation import make_evaluator
from evo.genomes.vectors.reals import RealVectors
from evo.kinds.evolution.champion import interval
from evo.kinds.evolution.judge import Judge
from evo.problems.base import Problem
from evo.scores import Goal, Score
from evo.skeleton import Evolution
from evo.termination import Generations
from tests.helpers import NoisySphere, same


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_interval_is_students(n):
    scores = list(np.random.default_rng(n).normal(3, 2, n))
    expected = stats.t.interval(0.95, n - 1, np.mean(scores), stats.sem(scores))
    assert interval(scores) == pytest.approx(expected)


def test_interval_of_one_or_of_equal_scores():
    assert interval([]) is None
    assert interval([3.0]) is None
    assert interval([3.0, 3.0]) == (3.0, 3.0)


class Counted(NoisySphere):
    """Counts how often its real environment is asked."""

    def __init__(self, settings=None):
        super().__init__(settings)
        self.validations = []

    def validate(self, phenotype, seeds):
        self.validations.append((phenotype.copy(), seeds.copy()))
        return super().validate(phenotype, seeds)


class Harder(Counted):
    """Its real environment is harder than its training one: every validation fails."""

    def validate(self, phenotype, seeds):
        return super().validate(phenotype, seeds) - 100


def aim(target):
    return Goal((Score(target=target),))


def run(problem: Problem, judge: Judge, generations=40):
    """An evolution to its end, with the judge after each generation."""
    from evo.algorithms.es import ES

    place = make_evaluator("serial", problem, IDENTITY)
    evolution = Evolution(ES(RealVectors(problem.needs)), place, stop=[Generations(generations)])
    while evolution.stopped is None:
        evolution.step()
        champion = judge.examine(evolution)
        if champion and champion.reached:
            evolution.stopped = "target reached"
    return evolution


def test_a_lucky_individual_does_not_end_a_run():
    """With noise of 1, training fitness passes 1.0 nearly at once.

    No mean can, as the best possible is 0.
    """
    problem = Counted()
    judge = Judge(problem, IDENTITY, aim(1.0), 50)
    evolution = run(problem, judge)
    assert evolution.best.fitness[0] > 1.0
    assert evolution.generation == 40
    assert not problem.validations
    assert judge.conclude(evolution)[0].reached is False


def test_a_good_individual_ends_the_run_and_is_the_champion():
    problem = Counted()
    judge = Judge(problem, IDENTITY, aim(-0.3), 50)
    evolution = run(problem, judge, generations=300)
    assert evolution.stopped == "target reached"
    (champion,) = judge.conclude(evolution)
    assert champion.reached
    assert champion.mean >= -0.3
    assert champion.episodes == 50
    assert champion.generation == evolution.generation
    assert same(problem.validations[-1][0], champion.individual.genomes)
    assert (
        len(problem.validations) <= 1 + math.log2(evolution.generation) + evolution.generation / 16
    )


def test_validation_seeds_are_fresh():
    problem = Counted()
    judge = Judge(problem, IDENTITY, aim(None), 20)
    evolution = run(problem, judge, generations=5)
    trained = {int(seed) for batch in problem.seeds for seed in batch}
    before = len(problem.seeds)
    (champion,) = judge.conclude(evolution)
    screened = {int(seed) for seed in problem.seeds[before]}
    assert len(set(champion.seeds)) == 20
    assert not trained & set(champion.seeds)
    assert not screened & set(champion.seeds)
    assert champion.reached is None


def test_validations_after_failures_become_rare():
    problem = Harder()
    judge = Judge(problem, IDENTITY, aim(-50.0), 5)
    run(problem, judge, generations=60)
    assert 4 <= len(problem.validations) <= 8
    assert judge.champion.reached is False


def test_a_failing_validation_costs_the_figure_only():
    class Broken(NoisySphere):
        def validate(self, phenotype, seeds):
            raise OSError("no display")

    problem = Broken()
    judge = Judge(problem, IDENTITY, aim(-50.0), 5)
    evolution = run(problem, judge, generations=3)
    (champion,) = judge.conclude(evolution)
    assert champion.error == "OSError: no display"
    assert math.isnan(champion.mean)
    assert champion.reached is False


def test_state_round_trip():
    problem = Counted()
    judge = Judge(problem, IDENTITY, aim(0.5), 5)
    evolution = run(problem, judge, generations=10)
    judge.conclude(evolution)
    other = Judge(problem, IDENTITY, aim(0.5), 5)
    other.load_state_dict(judge.state_dict())
    assert same(other.state_dict(), judge.state_dict())
