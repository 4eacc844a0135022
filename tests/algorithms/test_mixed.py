"""Problems with real numbers, whole numbers and a category, whose optimum is known.

Seen when planted: no margin in CMA-ES, no least step of whole numbers, categories as ordered
numbers. `naive` is what users wrote before: a function that rounds.
"""

import copy

import numpy as np
import pytest

import evo
from tests.helpers import same

WORTH = np.array([0.5, 5.0, 5.0, 5.0, 5.0, 0.0])
"""Of labels a to f: as ordered numbers they are a trap between the first and the last."""
BEST = {"x2": 3, "x3": 7, "x4": 2, "x5": "f"}
MIXED = evo.Reals(
    [-2, -2, 0, 0, 0, 0],
    [2, 2, 20, 20, 20, 5],
    integers=[2, 3, 4],
    categories={5: list("abcdef")},
)
RUNS = {
    "cma-es": {"generations": 400},
    "es": {"generations": 100},
    "ga": {"generations": 100},
    "openai-es": {"generations": 200, "settings": {"decay": 0.98}},
    "nsga2": {"generations": 100},
}


def cost(x: np.ndarray) -> float:
    """Rosenbrock's valley, weak squares of whole numbers, and what the label adds."""
    a, b = x[:2]
    whole = (np.array([0.01, 0.02, 0.05]) * (x[2:5] - [3, 7, 2]) ** 2).sum()
    return 100 * (b - a * a) ** 2 + (1 - a) ** 2 + whole + WORTH[int(x[5])]


def naive(x: np.ndarray) -> float:
    return cost(np.append(x[:2], np.clip(np.rint(x[2:]), 0, [20, 20, 20, 5])))


@pytest.mark.parametrize("name", sorted(set(RUNS) - {"openai-es"}))
def test_ten_seeds_find_the_whole_numbers_and_the_label(name: str) -> None:
    for seed in range(10):
        evolution = evo.evolution(name, evo.minimise(cost, MIXED), seed=seed, **RUNS[name])
        evolution.run()
        solution = evolution.solution
        assert {k: solution.values[k] for k in BEST} == BEST, f"seed {seed}: {solution}"
        assert solution.figure < 0.1


def test_openai_es_finds_them_where_they_weigh_as_much_as_the_rest() -> None:
    """With steps that get smaller; it does not search a valley to the bottom."""
    goal = np.array([0.5, -1.0, 3, 7, 2])
    problem = evo.minimise(lambda x: np.square(x[:5] - goal).sum() + WORTH[int(x[5])], MIXED)
    for seed in range(10):
        evolution = evo.evolution("openai-es", problem, seed=seed, **RUNS["openai-es"])
        evolution.run()
        assert {k: evolution.solution.values[k] for k in BEST} == BEST, evolution.solution


@pytest.mark.parametrize("name", ["cma-es", "es", "ga"])
def test_rounding_by_hand_does_not(name: str) -> None:
    plain = evo.Reals([-2, -2, -0.5, -0.5, -0.5, -0.5], [2, 2, 20.5, 20.5, 20.5, 5.5])

    def solves(seed: int) -> bool:
        evolution = evo.evolution(name, evo.minimise(naive, plain), seed=seed, **RUNS[name])
        evolution.run()
        return evolution.solution.figure < 0.1

    assert not all(solves(seed) for seed in range(10))


def test_the_margin_lets_cma_es_go_on_when_its_steps_are_small() -> None:
    need, weights = evo.Reals(12, -10, 10, integers=range(6)), np.repeat([0.1, 30.0], 6)
    problem = evo.minimise(lambda x: np.square((x - 2) * weights).sum(), need)
    for seed in range(10):
        evolution = evo.evolution("cma-es", problem, seed=seed, generations=400)
        evolution.run()
        assert list(evolution.solution.values.values())[:6] == [2] * 6, f"seed {seed}"
        assert evolution.solution.figure < 1e-2


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize(
    "need",
    [
        MIXED,
        evo.Reals(6, 0, 9, integers=True),
        evo.Reals(6, 0, 5, integers=[0], categories={5: list("abcdef")}),
        evo.Reals([0, 0, 0, 0, 0, 0], [1, 1e3, 20, 1e6, 20, 5], bounded=False),
    ],
    ids=["mixed", "whole", "unbounded", "widths"],
)
def test_mixed_searches_resume_to_the_bit_and_ask_twice(name: str, need: evo.Reals) -> None:
    def start() -> evo.Evolution:
        function = evo.minimise(lambda x: np.abs(x - 3).sum(), need)
        return evo.evolution(name, function, seed=3, generations=6)

    whole = start()
    states = []
    while whole.stopped is None:
        assert same(whole.ask().state_dict(), whole.ask().state_dict())
        whole.step()
        states.append(copy.deepcopy(whole.state_dict()))
    for state in states:
        resumed = start()
        resumed.load_state_dict(state)
        list(resumed)
        assert same({**resumed.state_dict(), "elapsed": 0}, {**whole.state_dict(), "elapsed": 0})


@pytest.mark.parametrize("name", ["cma-es", "openai-es"])
def test_a_memory_that_does_not_fit_the_variables_is_refused(name: str) -> None:
    evolution = evo.evolution(name, evo.minimise(cost, MIXED), seed=1)
    evolution.step()
    for damage in (None, np.full((1, 6), 0.5)):
        state = copy.deepcopy(evolution.state_dict())
        state["population"]["memory"]["probabilities"] = damage
        with pytest.raises(ValueError, match="probabilities of labels"):
            evolution.load_state_dict(state)
    if name == "cma-es":
        state = copy.deepcopy(evolution.state_dict())
        state["population"]["memory"]["stretch"] = None
        with pytest.raises(ValueError, match="does not fit the whole numbers"):
            evolution.load_state_dict(state)


def test_cma_es_needs_a_number_among_the_variables() -> None:
    need = evo.Reals(2, categories={0: ["a", "b"], 1: ["c", "d"]})
    problem = evo.minimise(lambda x: x.sum(), need)
    with pytest.raises(evo.EvoError, match="all variables here are categories"):
        evo.evolution("cma-es", problem)
    for name in ("ga", "es", "openai-es"):
        evolution = evo.evolution(name, problem, generations=5)
        evolution.run()
        assert evolution.solution.values == {"x0": "a", "x1": "c"}


def test_units_of_variables_do_not_matter() -> None:
    """The same search with one variable in a unit that is a million times smaller."""
    scale = np.array([1.0, 1e6])
    for name in ("cma-es", "es", "openai-es", "ga"):
        figures = []
        for unit in (np.ones(2), scale):
            need = evo.Reals(-2 * unit, 3 * unit)
            problem = evo.minimise(lambda x, unit=unit: np.square(x / unit - 1).sum(), need)
            figures.append(evo.evolution(name, problem, seed=2, generations=40).run().fitness[0])
        assert figures[0] == pytest.approx(figures[1], rel=1e-3)
