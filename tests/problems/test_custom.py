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


X = evo.Reals(3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: evo.minimise(X, np.sum), "the function sum|the two are swapped"),
        (lambda: evo.maximise(X, np.sum), "the two are swapped"),
        (lambda: evo.minimise(3, X), "3 stands where the function has to be"),
        (lambda: evo.minimise(np.sum, 3), "3 stands where it has to be said what"),
        (lambda: evo.minimise(np.sum, np.mean), "the function mean stands where it has to be said"),
        (lambda: evo.minimise(np.sum, X, constraints=[1]), "constraints has 1: it takes functions"),
        (lambda: evo.minimise(np.sum, X, scores="cost"), "scores = 'cost': it takes a list"),
        (lambda: evo.minimise(np.sum, X, scores=["a", "a"]), "two have the same name"),
        (lambda: evo.minimise(np.sum, X, scores=["a", "b"], target=1), "which one is it of"),
        (lambda: evo.evolution("cma-es", np.sum), "the function sum is no problem"),
        (lambda: evo.evolution("cma-es", 3), "3 is no problem"),
        (lambda: evo.evolution("cma-es", evo.Problem), "Problem is a class of problems"),
    ],
)
def test_wrong_arguments_are_answered_in_words(make, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        make()
    assert caught.value.hint or "same name" in words


def test_the_function_where_a_problem_belongs_is_told_of_minimise() -> None:
    with pytest.raises(UsageError) as caught:
        evo.evolution("cma-es", lambda x: x.sum())  # pyright: ignore[reportArgumentType]
    assert "evo.minimise(function, evo.Reals(4))" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "the function returned None: it has to return numbers"),
        ("3.5", "the function returned '3.5'"),
        (1j, "the function returned 1j"),
        ({}, "the function returned {}"),
        ([1.0, 2.0], r"returned the shape \(2,\): it has to return one number"),
        ([], r"returned the shape \(0,\)"),
        ([1.0, [2.0]], "the function returned"),
    ],
)
def test_what_a_function_must_not_return(returned, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        evo.evolution("es", evo.minimise(lambda _: returned, X)).step()


@pytest.mark.parametrize("returned", [1, 1.0, np.float32(1), np.array([1.0]), True, [[1.0]]])
def test_what_a_function_may_return(returned) -> None:
    record = evo.evolution("es", evo.minimise(lambda _: returned, X)).step()
    assert record.best == -1.0


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x.sum(), r"shape \(\) for a batch of 8: it has to return \(8,\)"),
        (lambda x: x, r"shape \(8, 3\) for a batch of 8"),
        (lambda x: x.sum(axis=1)[1:], r"shape \(7,\) for a batch of 8"),
        (lambda x: x.sum(axis=0, keepdims=True), r"shape \(1, 3\)"),
    ],
)
def test_what_a_batch_function_must_not_return(function, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        evo.evolution("es", evo.minimise(function, X, batch=True)).step()


def test_several_scores_have_a_figure_each() -> None:
    problem = evo.minimise(lambda x: x[:2], X, scores=["weight", "price"])
    assert problem.scores == (evo.Score("weight", True), evo.Score("price", True))
    evo.evolution("nsga2", problem, generations=3).run()
    with pytest.raises(UsageError, match=r"returned the shape \(3,\): it has to return 2 numbers"):
        evo.evolution("nsga2", evo.minimise(lambda x: x, X, scores=["a", "b"])).step()
    batch = evo.minimise(lambda x: x[:, :2], X, scores=["a", "b"], batch=True)
    assert len(evo.evolution("nsga2", batch, generations=2).run())


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        (
            lambda x: x[0] < 3,
            "a constraint returned .*True.*: it has to return a number",
        ),
        (lambda _: None, "a constraint returned None"),
        (lambda _: "x", "a constraint returned 'x'"),
    ],
)
def test_what_a_constraint_must_not_return(constraint, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        evo.evolution("es", evo.minimise(np.sum, X, constraints=constraint)).step()


def test_a_batch_constraint_has_a_row_for_each_solution() -> None:
    problem = evo.minimise(
        lambda x: x.sum(axis=1), X, constraints=[lambda x: x.sum(axis=0)], batch=True
    )
    with pytest.raises(UsageError, match=r"returned the shape \(3,\) for a batch of 8"):
        evo.evolution("es", problem).step()


class Plain(evo.Problem):
    """Neither settings, nor a call of the constructor that it replaces."""

    def __init__(self, k: float = 2.0) -> None:
        self.k = k
        self.needs = evo.Reals(3)

    def evaluate(self, phenotypes, seeds):
        return evo.Evaluation(-np.square(phenotypes - self.k).sum(axis=1))


class Tuned(Plain):
    """Settings, but no call of the constructor."""

    class Settings(evo.Settings):
        shift: float = 0.5


def test_a_problem_of_ones_own_needs_little() -> None:
    evolution = evo.evolution("cma-es", Plain(), seed=1, generations=80)
    evolution.run()
    assert list(evolution.solution.values.values()) == pytest.approx([2, 2, 2], abs=1e-3)
    assert type(Plain().settings) is evo.Settings
    assert Tuned().settings.shift == 0.5
    assert Tuned.settings is Plain.settings


class Needless(evo.Problem):
    def evaluate(self, phenotypes, seeds):
        return evo.Evaluation(np.zeros(len(seeds)))


class Bare(Plain):
    def evaluate(self, phenotypes, seeds):
        return np.zeros(len(seeds))


def test_what_a_problem_of_ones_own_leaves_out_is_said() -> None:
    with pytest.raises(UsageError, match="Needless does not say what it needs"):
        evo.evolution("ga", Needless())
    with pytest.raises(evo.EvoError, match=r"Bare\.evaluate returned ndarray"):
        evo.evolution("ga", Bare()).step()


def test_constructors_are_told_what_they_take() -> None:
    from evo.algorithms.ga import GA
    from evo.algorithms.neat import NEAT
    from evo.genomes.topology.representation import Topology
    from evo.genomes.vectors.reals import RealVectors

    with pytest.raises(UsageError, match=r"NEAT takes a representation of genomes, not Network"):
        NEAT(evo.Network(2, 1), {"population": 50})  # pyright: ignore[reportArgumentType]
    assert NEAT(Topology(evo.Network(2, 1)), {"population": 50}).settings.population == 50
    with pytest.raises(UsageError, match=r"unknown key algorithm\.populaton"):
        GA(RealVectors(evo.Reals(2)), {"populaton": 50})
    with pytest.raises(UsageError, match="the settings are 50"):
        GA(RealVectors(evo.Reals(2)), 50)
    with pytest.raises(UsageError, match="RealVectors serves real vectors, not 4"):
        RealVectors(4)  # pyright: ignore[reportArgumentType]
    assert RealVectors(evo.Reals(2), {"mutation": "gaussian"}).settings.mutation == "gaussian"
