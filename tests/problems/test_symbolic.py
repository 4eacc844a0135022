"""Symbolic regression."""

import numpy as np
import pytest

import evo
from evo.genomes.trees.genomes import TreeGenomes
from evo.genomes.trees.primitives import FUNCTIONS, VARIABLE
from evo.problems.symbolic import WORST, SymbolicRegression
from evo.reports.views import draw


def program(*words: str) -> TreeGenomes:
    codes = [VARIABLE if word == "x" else FUNCTIONS[word][0] for word in words]
    arrays = {
        "variables": np.array([1]),
        "offsets": np.array([0, len(codes)]),
        "code": np.array(codes, np.int16),
        "value": np.zeros(len(codes)),
    }
    return TreeGenomes.from_arrays(arrays)


def fitness(problem: SymbolicRegression, genomes: TreeGenomes) -> float:
    return float(problem.evaluate(genomes, np.zeros(1, np.uint64)).fitness[0])


def test_the_expression_itself_has_no_error() -> None:
    # x + x (x + x (x + x x))
    words = [
        "add",
        "x",
        "multiply",
        "x",
        "add",
        "x",
        "multiply",
        "x",
        "add",
        "x",
        "multiply",
        "x",
        "x",
    ]
    problem = SymbolicRegression()
    assert fitness(problem, program(*words)) == pytest.approx(0, abs=1e-12)
    assert problem.goal.reached([fitness(problem, program(*words))]).all()
    assert fitness(problem, program("x")) == pytest.approx(
        -np.abs(problem.answers - problem.inputs[:, 0]).sum()
    )


def test_programs_that_overflow_count_as_far_off() -> None:
    tower = program(*["exp"] * 8, "x")
    assert fitness(SymbolicRegression(), tower) == -WORST


def test_genetic_programming_finds_the_quartic() -> None:
    evolution = evo.evolution(
        "ga", "quartic", seed=1, generations=51, settings={"population": 1000}
    )
    best = evolution.run()
    assert evo.problem("quartic").goal.reached(best.fitness).all()


def test_the_seed_decides_the_points() -> None:
    first, other = (SymbolicRegression(SymbolicRegression.Settings(seed=s)).inputs for s in (0, 1))
    assert (np.abs(first) <= 1).all()
    assert not np.isin(first, other).any()


def test_a_program_is_drawn_as_its_expression() -> None:
    told = program("add", "x", "multiply", "x", "x").describe(0)
    assert "x + (x * x)" in (draw(told) or "")
    assert draw({**told, "expression": ""}) is None
