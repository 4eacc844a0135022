"""When to stop."""

import pytest

import evo
from evo.termination import Generations, Spent, Stagnation, Target, Termination, WallTime


def run(*stop: Termination, problem: str = "onemax") -> evo.Evolution:
    evolution = evo.evolution("ga", problem, seed=1, generations=60, stop=stop)
    evolution.run()
    return evolution


def test_generations() -> None:
    evolution = run(Generations(3))
    assert (evolution.generation, evolution.stopped) == (3, "3 generations")


def test_evaluations_stop_at_the_end_of_their_generation() -> None:
    evolution = run(Spent(250))
    assert (evolution.evaluations, evolution.stopped) == (296, "250 evaluations")


def test_evaluations_may_be_met_exactly() -> None:
    assert run(Spent(198)).evaluations == 198


def test_target_stops_in_the_generation_that_reaches_it() -> None:
    evolution = run(Target(80.0))
    assert evolution.stopped == "target reached"
    assert evolution.best is not None
    assert evolution.best.fitness[0] >= 80
    assert evolution.best_generation == evolution.generation


def test_wall_time_counts_what_was_spent_before_a_resume() -> None:
    assert run(WallTime(1e-9)).generation == 1
    state = run(Generations(2)).state_dict()
    resumed = evo.evolution("ga", "onemax", stop=[WallTime(100.0)])
    resumed.load_state_dict({**state, "elapsed": 200.0, "stopped": None})
    resumed.step()
    assert resumed.stopped == "100 s of wall time"


def test_stagnation_counts_generations_since_the_best() -> None:
    evolution = run(Stagnation(2))
    assert evolution.stopped == "2 generations without improvement"
    assert evolution.generation - evolution.best_generation == 2


def test_the_first_criterion_that_holds_is_named() -> None:
    assert run(Target(1e9), Spent(1), Generations(1)).stopped == "1 evaluations"


@pytest.mark.parametrize(
    "criterion", [Generations(1), Spent(1), Target(0.0), WallTime(0.5), Stagnation(1)]
)
def test_reasons_are_words(criterion: Termination) -> None:
    assert len(criterion.reason.split()) >= 2
