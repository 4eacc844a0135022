"""What every registered algorithm owes the frame, on a small problem each."""

import copy

import numpy as np
import pytest

import evo
from evo.compose import find_algorithm
from evo.errors import ConfigError
from evo.registry import ALGORITHMS
from evo.skeleton import Evolution
from tests.helpers import Dated, same

CASES = {
    "ga": [
        ("sphere", {}),
        ("onemax", {}),
        ("xor", {"population": 20}),
        ("tsp", {}),
        ("quartic", {"population": 50}),
    ],
    "es": [
        ("sphere", {}),
        ("rastrigin", {"step_sizes": "individual", "selection": "plus", "mixing": 15}),
        ("xor", {}),
    ],
    "cma-es": [("rosenbrock", {}), ("xor", {})],
    "openai-es": [("ackley", {"population": 20}), ("xor", {})],
    "xnes": [("rosenbrock", {}), ("xor", {})],
    "snes": [("sphere", {}), ("xor", {"population": 20})],
    "de": [
        ("sphere", {"population": 20}),
        ("xor", {"variant": "rand/1", "adaptation": "none", "population": 20}),
        ("rastrigin", {"adaptation": "jade", "population": 20}),
    ],
    "novelty-search": [("arm", {"population": 20, "neighbours": 3, "archived": 2})],
    "random-search": [("sphere", {"population": 7}), ("onemax", {}), ("tsp", {})],
    "nsga2": [("zdt3", {"population": 20}), ("onemax", {}), ("xor", {"population": 20})],
    "map-elites": [("arm", {"batch": 20, "resolution": 6})],
    "neat": [("xor", {}), ("cartpole", {"population": 30})],
    "creatures": [
        ("sphere", {"population": 20}),
        ("onemax", {"population": 20, "protection": "age", "newcomers": 0.1}),
        ("xor", {"population": 20}),
    ],
}
PAIRS = [
    pytest.param(name, *case, id=f"{name}-{case[0]}")
    for name, cases in CASES.items()
    for case in cases
]
GENERATIONS = 6


def start(name: str, problem: str, settings: dict) -> Evolution:
    return evo.evolution(name, problem, seed=11, generations=GENERATIONS, settings=settings)


def state(evolution: Evolution) -> dict:
    return {key: value for key, value in evolution.state_dict().items() if key != "elapsed"}


def test_all_are_covered() -> None:
    assert set(CASES) == set(ALGORITHMS)


@pytest.mark.parametrize("name", CASES)
def test_whole_numbers_of_any_size_are_refused_or_do_no_harm(name: str) -> None:
    kind = find_algorithm(name).Settings
    problem, settings = CASES[name][0]
    refused = []
    for setting, field in kind.model_fields.items():
        if field.annotation in (int, int | None):
            try:
                evolution = start(name, problem, settings | {setting: 2**62})
                evolution.step()
                evolution.ask()
            except ConfigError:
                refused.append(setting)
    assert refused


@pytest.mark.parametrize(("name", "problem", "settings"), PAIRS)
def test_resumes_to_the_bit_from_every_generation(name: str, problem: str, settings: dict) -> None:
    whole = start(name, problem, settings)
    states = [copy.deepcopy(whole.state_dict())]
    records = []
    for record in whole:
        records.append(record)
        states.append(copy.deepcopy(whole.state_dict()))
    for done, saved in enumerate(states):
        resumed = start(name, problem, settings)
        resumed.load_state_dict(saved)
        assert [r.generation for r in resumed] == list(range(done + 1, GENERATIONS + 1))
        assert same(state(resumed), state(whole)), f"resumed after generation {done}"
    assert [r.generation for r in records] == list(range(1, GENERATIONS + 1))


@pytest.mark.parametrize(("name", "problem", "settings"), PAIRS)
def test_every_survivor_of_a_noisy_generation_was_measured_in_it(
    name: str, problem: str, settings: dict
) -> None:
    noisy = Dated(evo.problem(problem))
    evolution = evo.evolution(name, noisy, seed=5, generations=25, settings=settings)
    for record in evolution:
        assert evolution.population is not None
        assert (evolution.population.results["call"] == record.generation).all()
    assert record.generation == 25


@pytest.mark.parametrize(("name", "problem", "settings"), PAIRS)
def test_asking_twice_gives_the_same_individuals(name: str, problem: str, settings: dict) -> None:
    evolution = start(name, problem, settings)
    for _ in range(GENERATIONS):
        assert same(evolution.ask().state_dict(), evolution.ask().state_dict())
        evolution.step()


@pytest.mark.parametrize(("name", "problem", "settings"), PAIRS)
def test_one_algorithm_drives_several_runs(name: str, problem: str, settings: dict) -> None:
    shared = start(name, problem, settings)
    runs = [Evolution(shared.algorithm, shared.evaluator, seed=seed) for seed in (1, 2)]
    for _ in range(3):
        for run in runs:
            run.step()
    for run, seed in zip(runs, (1, 2), strict=True):
        alone = evo.evolution(name, problem, seed=seed, settings=settings)
        for _ in range(3):
            alone.step()
        assert same(state(alone), {**state(run), "stopped": None})


@pytest.mark.parametrize(("name", "problem", "settings"), PAIRS)
def test_a_state_that_lost_a_part_is_refused(name: str, problem: str, settings: dict) -> None:
    evolution = start(name, problem, settings)
    evolution.step()
    state = evolution.state_dict()
    state["population"]["memory"] = {} if state["population"]["memory"] is None else None
    with pytest.raises(ValueError, match="memory"):
        start(name, problem, settings).load_state_dict(state)


@pytest.mark.parametrize(("name", "problem", "settings"), PAIRS)
def test_never_changes_a_state_that_was_taken(name: str, problem: str, settings: dict) -> None:
    evolution = start(name, problem, settings)
    taken, copies = [], []
    for _ in range(GENERATIONS):
        evolution.step()
        taken.append(state(evolution))
        copies.append(copy.deepcopy(taken[-1]))
    for before, after in zip(copies, taken, strict=True):
        assert same(before, after)


@pytest.mark.parametrize(("name", "problem", "settings"), PAIRS)
def test_state_is_plain_data(name: str, problem: str, settings: dict) -> None:
    evolution = start(name, problem, settings)
    evolution.run()
    pending: list[object] = [evolution.state_dict()]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            assert all(isinstance(key, str) for key in value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, np.ndarray):
            assert value.dtype.kind in "biuf", value.dtype
        else:
            assert value is None or type(value) in (bool, int, float, str), type(value)


@pytest.mark.parametrize(("name", "problem", "settings"), PAIRS)
def test_improves_and_reports_finite_figures(name: str, problem: str, settings: dict) -> None:
    evolution = start(name, problem, settings)
    records = list(evolution)
    assert records[-1].best_so_far >= records[0].best_so_far
    for record in records:
        for value in record.metrics.values():
            assert np.isfinite(list(value.values()) if isinstance(value, dict) else value).all()
