"""The result of a search as people read it."""

import numpy as np
import pytest

import evo
from evo.errors import UsageError


def test_the_bar_four_lines() -> None:
    need = evo.Reals([0, 0, 1, -5], [1, 1, 10, 5], integers=[2])
    problem = evo.minimise(
        lambda x: np.square(x - [1, 1, 3.4, 0]).sum(), need, constraints=[lambda x: x[0] + x[1] - 1]
    )
    for name in ("ga", "es", "cma-es", "openai-es", "nsga2"):
        evolution = evo.evolution(name, problem, seed=1)
        best = evolution.run()
        solution = evolution.solution
        assert solution.values["x2"] == 3
        assert isinstance(solution.values["x2"], int)
        assert solution.figure == pytest.approx(-best.fitness.ravel()[0])
        assert solution.figure == pytest.approx(0.66, abs=0.1)
        assert solution.phenotype[0] + solution.phenotype[1] <= 1


def test_it_reads_as_a_line() -> None:
    need = evo.Reals(
        [0, 0], [9, 1], integers=[0], categories={1: ["relu", "tanh"]}, names=["layers", "kind"]
    )
    evolution = evo.evolution("ga", evo.minimise(lambda x: abs(x[0] - 4) + x[1], need), seed=1)
    evolution.run()
    assert str(evolution.solution) == "cost 0 at layers = 4, kind = relu"
    assert evolution.solution.description["labels"] == {"1": "relu"}
    long = evo.evolution("ga", evo.minimise(np.sum, evo.Reals(100)), generations=1)
    long.run()
    assert str(long.solution).endswith("… 100 in all")


def test_figures_are_those_that_people_read() -> None:
    for make, sign in ((evo.minimise, -1), (evo.maximise, 1)):
        evolution = evo.evolution("es", make(lambda x: x.sum(), evo.Reals(2)), generations=2)
        best = evolution.run()
        assert evolution.solution.figure == sign * best.fitness[0]
        assert evolution.solution.figure == evolution.solution.phenotype.sum()


def test_a_front_is_many() -> None:
    evolution = evo.evolution("nsga2", "zdt1", generations=5, seed=1)
    best = evolution.run()
    assert len(evolution.solutions) == len(best)
    assert evolution.solution.figures == evolution.solutions[0].figures
    assert list(evolution.solution.figures) == [s.name for s in evolution.algorithm.goal.scores]


def test_other_phenotypes_are_what_the_problem_gets() -> None:
    evolution = evo.evolution("neat", "xor", generations=2, seed=1)
    evolution.run()
    assert len(evolution.solution.phenotype) == 1
    assert evolution.solution.values == {}
    assert "(network)" in str(evolution.solution)
    fixed = evo.evolution("cma-es", "xor", generations=2, seed=1)
    fixed.run()
    assert fixed.solution.description["kind"] == "network"
    bits = evo.evolution("ga", "onemax", generations=2, seed=1)
    bits.run()
    assert bits.solution.phenotype.dtype == bool


def test_ask_and_tell_has_solutions_and_phenotypes_too() -> None:
    need = evo.Reals([0, 0], [9, 9], integers=True)
    search = evo.evolution("cma-es", need, seed=1)
    with pytest.raises(UsageError, match="there is no solution yet"):
        search.solution  # noqa: B018
    assert search.solutions == []
    for _ in range(30):
        vectors = search.phenotypes(search.ask())
        assert np.array_equal(vectors, np.rint(vectors))
        search.tell(-np.square(vectors - [3, 7]).sum(axis=1))
    assert search.solution.values == {"x0": 3, "x1": 7}
    assert search.solution.figures == {"fitness": 0}
