"""Differential evolution and random search.

Seen when planted: a parent that is its own difference, an arithmetic mean of weights, bounds that
clip, an archive without end, a trial that replaces a better individual.
"""

import numpy as np
import pytest

import evo
from evo.algorithms.de import RATE, WEIGHT
from evo.population import Evaluation, Population
from evo.skeleton import Evolution


def started(problem="sphere", seed=1, generations=40, **settings) -> Evolution:
    settings = {"population": 20, **settings}
    return evo.evolution("de", problem, seed=seed, generations=generations, settings=settings)


@pytest.mark.parametrize("variant", ["rand/1", "best/1", "current-to-pbest/1"])
def test_trials_are_differences_of_others_crossed_with_whom_they_challenge(variant):
    evolution = started(variant=variant, adaptation="none", crossover_rate=0.4)
    for _ in range(10):
        evolution.step()
    algorithm, population = evolution.algorithm, evolution.population
    parents = algorithm.select_parents(population, np.random.default_rng(3))
    own, base, plus, minus = parents.rows.T
    assert own.tolist() == list(range(20))
    assert (plus != own).all()
    assert (minus != own).all()
    assert (minus != plus).all()
    if variant == "best/1":
        assert set(base) == {int(np.argmax(population.score))}
    trials = algorithm.recombine(parents, np.random.default_rng(4)).genomes
    every = np.concatenate([population.genomes, population.memory.archive])
    from_mutant = 0
    for row in range(20):
        x, step = every[row], every[plus[row]] - every[minus[row]]
        if variant == "current-to-pbest/1":
            mutant = x + 0.5 * (every[base[row]] - x) + 0.5 * step
        else:
            mutant = every[base[row]] + 0.5 * step
        taken = np.isclose(trials[row], mutant, rtol=1e-12) & (trials[row] != x)
        assert (taken | (trials[row] == x)).all()
        assert taken.any()
        from_mutant += taken.sum()
    assert 0.3 < from_mutant / trials.size < 0.6


def test_variables_beyond_a_bound_go_half_way_to_it():
    problem = evo.Custom(lambda x: float(np.sum(x)), evo.Reals([0.0, 0.0], [1.0, 4.0]))
    algorithm = started(problem).algorithm
    before, trials = np.array([[0.5, 1.0]]), np.array([[-3.0, 9.0]])
    within = algorithm._within(trials, before, np.random.default_rng(0))
    assert within.tolist() == [[0.25, 2.5]]


@pytest.mark.parametrize(
    ("adaptation", "weight", "rate"),
    [("shade", (0.25 + 3 * 1.0) / (0.5 + 3 * 1.0), (0.2 + 3 * 0.6) / 4), ("jade", None, None)],
)
def test_memories_learn_from_trials_that_were_better(adaptation, weight, rate):
    """Two of three trials are better, by 1 and by 3."""
    evolution = started(adaptation=adaptation, population=4, slots=5)
    evolution.step()
    algorithm, genomes = evolution.algorithm, evolution.population.genomes
    memory = evolution.population.memory
    columns = {WEIGHT: np.array([0.5, 1.0, 0.1, 0.3]), RATE: np.array([0.2, 0.6, 0.9, 0.9])}
    before = Population(genomes, np.zeros(4), columns, memory=memory)
    after = Population(genomes + 1.0, np.array([1.0, 3.0, -1.0, np.nan]), columns, memory=memory)
    survivors = algorithm.survive(before, after, np.random.default_rng(0))
    assert survivors.fitness.tolist() == [1.0, 3.0, 0.0, 0.0]
    learnt = survivors.memory
    if adaptation == "shade":
        assert learnt.weights[0] == pytest.approx(weight)
        assert learnt.rates[0] == pytest.approx(rate)
        assert (learnt.weights[1:] == 0.5).all()
        assert learnt.next == 1
    else:
        assert learnt.weights.tolist() == [pytest.approx(0.9 * 0.5 + 0.1 * 1.25 / 1.5)]
        assert learnt.rates.tolist() == [pytest.approx(0.9 * 0.5 + 0.1 * 0.4)]
    assert np.array_equal(learnt.archive, genomes[:2])


def test_the_archive_holds_no_more_than_the_population():
    evolution = started(generations=60)
    sizes = []
    for _ in evolution:
        sizes.append(len(evolution.population.memory.archive))
    assert max(sizes) == 20
    without = started(archive=False, generations=5)
    without.run()
    assert len(without.population.memory.archive) == 0


def test_who_failed_gives_way_and_never_comes_back():
    class Halves(evo.problem("sphere").__class__):
        """A sphere on which half of all points fail."""

        def evaluate(self, phenotypes, seeds):
            fitness = super().evaluate(phenotypes, seeds).fitness
            return Evaluation(np.where(np.floor(1e6 * phenotypes[:, 0]) % 2 == 0, np.nan, fitness))

    evolution = started(Halves({"function": "sphere"}))
    failed = []
    for _ in evolution:
        failed.append(int(np.isnan(evolution.population.fitness).sum()))
    assert failed == sorted(failed, reverse=True)
    assert failed[-1] == 0


def test_converges_and_random_search_does_not():
    best = started("rosenbrock", generations=400, population=50).run()
    assert best.fitness[0] > -1e-6
    floor = evo.evolution(
        "random-search", "rosenbrock", seed=1, generations=400, settings={"population": 50}
    )
    course = [record.best_so_far for record in floor]
    assert course == sorted(course)
    assert len(set(course)) > 3
    assert course[-1] < -1e-2
