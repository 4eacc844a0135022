"""The loop: ask, tell, step and iterate; noise, failures, resumes.

What every algorithm must do is in test_every_algorithm.
"""

from dataclasses import replace

import numpy as np
import pytest

import evo
from evo.errors import EvaluationError, UsageError
from evo.evaluation.serial import Serial
from evo.phenotype import Reals
from evo.population import Evaluation
from evo.records import Record
from evo.skeleton import Evolution
from evo.termination import Generations, Spent
from tests.helpers import FailingSphere, NoisySphere, same


def state(evolution: Evolution) -> dict:
    return {key: value for key, value in evolution.state_dict().items() if key != "elapsed"}


def test_step_is_ask_evaluate_tell() -> None:
    whole = evo.evolution("ga", "sphere", seed=3)
    parts = evo.evolution("ga", "sphere", seed=3)
    problem = evo.problem("sphere")
    for _ in range(5):
        record = whole.step()
        batch = parts.ask()
        assert parts.tell(problem.evaluate(batch.genomes, parts.seeds(len(batch)))) == record
    assert same(state(whole), {**state(parts), "stopped": None})


def test_iterating_is_stepping_until_a_criterion_holds() -> None:
    iterated = list(evo.evolution("es", "sphere", seed=3, generations=7))
    stepping = evo.evolution("es", "sphere", seed=3, generations=7)
    stepped = [stepping.step() for _ in range(7)]
    assert iterated == stepped
    assert stepping.stopped == "7 generations"
    assert [record.generation for record in iterated] == [1, 2, 3, 4, 5, 6, 7]
    assert [record.evaluations for record in iterated] == [15, 115, 215, 315, 415, 515, 615]


def test_tell_takes_plain_fitness_values() -> None:
    evolution = Evolution(evo.evolution("ga", "sphere").algorithm)
    batch = evolution.ask()
    record = evolution.tell([float(i) for i in range(len(batch))])
    assert record.best == len(batch) - 1
    assert record.mean == pytest.approx((len(batch) - 1) / 2)
    assert evolution.best is not None
    assert np.array_equal(evolution.best.genomes[0], batch.genomes[-1])


def test_another_seed_is_another_run() -> None:
    first, second = (evo.evolution("ga", "sphere", seed=seed).ask().genomes for seed in (0, 1))
    assert not np.isin(first, second).any()


def test_best_is_the_best_that_was_evaluated_and_not_only_of_survivors() -> None:
    evolution = evo.evolution("es", "sphere", seed=1, generations=40)
    best = [record.best for record in evolution]
    assert evolution.best is not None
    assert evolution.best.fitness[0] == max(best)
    assert evolution.best_generation == int(np.argmax(best)) + 1


def test_callbacks_see_the_evolution_and_its_record() -> None:
    seen: list[tuple[int, Record]] = []
    evolution = evo.evolution(
        "ga",
        "sphere",
        generations=3,
        callbacks=[lambda e, record: seen.append((e.generation, record))],
    )
    records = list(evolution)
    assert seen == list(zip([1, 2, 3], records, strict=True))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda e: e.tell([1.0]), r"tell\(\) without ask\(\)"),
        (lambda e: (e.ask(), e.tell([1.0])), "got 1 fitness values for 100 individuals"),
        (lambda e: e.step(), "needs an evaluator"),
        (lambda e: e.run(), "would never end"),
    ],
)
def test_misuse_is_explained(call, words: str) -> None:
    evolution = Evolution(evo.evolution("ga", "sphere").algorithm)
    with pytest.raises(UsageError, match=words):
        call(evolution)


# Noise: survivors are evaluated again under the conditions of their offspring.


def test_carried_rows_are_evaluated_again_on_a_noisy_problem() -> None:
    problem = NoisySphere()
    evolution = evo.evolution(
        "es",
        problem,
        seed=2,
        settings={"parents": 4, "offspring": 6, "mixing": 2, "selection": "plus"},
    )
    evolution.step()
    before = evolution.population
    assert before is not None
    batch = evolution.ask()
    assert np.array_equal(batch.genomes[:4], before.genomes)
    assert len(batch) == 10
    fitness = np.arange(10.0)[::-1].copy()
    evolution.tell(fitness)
    assert evolution.population is not None
    assert evolution.population.fitness.tolist() == [9, 8, 7, 6]
    assert np.array_equal(evolution.population.genomes, before.genomes)
    assert evolution.evaluations == 14


def test_carried_rows_are_not_evaluated_again_without_noise() -> None:
    evolution = evo.evolution("ga", "sphere", settings={"elites": 3})
    evolution.step()
    assert len(evolution.ask()) == 97
    evolution.step()
    assert evolution.evaluations == 197


def test_a_lucky_elite_loses_its_luck() -> None:
    evolution = evo.evolution("ga", NoisySphere(), settings={"population": 10, "elites": 1})
    batch = evolution.ask()
    evolution.tell([100.0, *[0.0] * 9])
    lucky = batch.genomes[0]
    assert np.array_equal(evolution.ask().genomes[0], lucky)
    evolution.tell([-100.0, *[0.0] * 9])
    assert not np.array_equal(evolution.ask().genomes[0], lucky)


def test_common_random_numbers_give_every_row_the_same_new_seed_each_generation() -> None:
    problem = NoisySphere(NoisySphere.Settings(common=True))
    for _ in evo.evolution("ga", problem, generations=3):
        pass
    assert all(len(np.unique(seeds)) == 1 for seeds in problem.seeds)
    seeds = np.concatenate(problem.seeds)
    assert len(seeds) == 300
    assert [len(np.unique(generation)) for generation in seeds.reshape(3, 100)] == [1, 1, 1]
    assert len(np.unique(seeds)) == 3


def test_without_them_every_row_and_generation_has_a_seed_of_its_own() -> None:
    problem = NoisySphere()
    for _ in evo.evolution("ga", problem, generations=3):
        pass
    seeds = np.concatenate(problem.seeds)
    assert len(np.unique(seeds)) == len(seeds) == 300


def test_who_asks_and_tells_can_say_that_fitness_is_noisy() -> None:
    evolution = evo.evolution("ga", Reals(3), noisy=True, settings={"population": 10, "elites": 2})
    first = evolution.ask()
    evolution.tell(np.arange(10.0))
    again = evolution.ask()
    assert len(again) == 10
    assert np.array_equal(again.genomes[:2], first.genomes[[9, 8]])
    assert np.isnan(again.fitness).all()


def test_results_of_an_evaluation_do_not_touch_what_the_algorithm_keeps() -> None:
    class Disturbing(type(evo.problem("sphere"))):
        def evaluate(self, phenotypes, seeds):
            result = super().evaluate(phenotypes, seeds)
            return replace(result, results={"sigma": np.zeros(len(seeds))})

    disturbed, plain = (
        evo.evolution("es", problem, seed=3, generations=10)
        for problem in (Disturbing(), evo.problem("sphere"))
    )
    assert [record.best for record in disturbed] == [record.best for record in plain]
    assert disturbed.population is not None
    assert (disturbed.population.columns["sigma"] > 0).all()
    assert (disturbed.population.results["sigma"] == 0).all()


def test_what_evaluations_spend_is_counted() -> None:
    evolution = evo.evolution("ga", "cartpole", seed=1, stop=[Spent(20_000, "steps")])
    records = list(evolution)
    assert evolution.stopped == "20000 steps"
    assert records[-1].spent == evolution.spent
    assert evolution.spent["steps"] >= 20_000
    assert evolution.spent["evaluations"] == 100 * len(records)


# Failures cost individuals their fitness, not the run its life.


@pytest.mark.parametrize("name", ["ga", "es", "cma-es", "openai-es"])
def test_failed_individuals_are_counted_and_the_run_goes_on(name: str) -> None:
    records = list(evo.evolution(name, FailingSphere(), seed=1, generations=30))
    assert sum(record.failures for record in records) > 0
    assert all(
        np.isfinite([r.best, r.mean, r.median, r.worst, r.best_so_far]).all() for r in records
    )
    assert records[-1].best_so_far > records[0].best_so_far
    for record in records:
        reasons = [
            event["reason"] for event in record.events if event["event"] == "evaluation_failed"
        ]
        assert reasons == ["the point is on a bad stripe"] * record.failures


def test_infinite_fitness_is_a_failure() -> None:
    evolution = evo.evolution("ga", "sphere", settings={"population": 4})
    evolution.ask()
    record = evolution.tell([np.inf, -np.inf, 1.0, np.nan])
    assert record.failures == 3
    assert record.best == record.worst == 1.0


def test_a_generation_without_any_fitness_is_an_error() -> None:
    evolution = evo.evolution("ga", FailingSphere(FailingSphere.Settings(failing="all")))
    with pytest.raises(EvaluationError, match="generation 1: all 100 evaluations failed") as caught:
        evolution.run()
    assert "the point is on a bad stripe" in str(caught.value)
    assert caught.value.exit_code == 3


# State.


def test_state_between_ask_and_tell_is_that_of_the_last_generation() -> None:
    evolution = evo.evolution("cma-es", "sphere", seed=4)
    for _ in range(3):
        evolution.step()
        before = state(evolution)
        evolution.ask()
        assert same(state(evolution), before)


def test_a_resumed_evolution_stops_where_the_whole_one_does() -> None:
    whole = evo.evolution("ga", "sphere", seed=9, generations=6)
    records = list(whole)
    half = evo.evolution("ga", "sphere", seed=9, generations=6)
    for _ in range(3):
        half.step()
    resumed = evo.evolution("ga", "sphere", seed=0, generations=6)
    resumed.load_state_dict(half.state_dict())
    assert list(resumed) == records[3:]
    assert resumed.stopped == "6 generations"
    again = evo.evolution("ga", "sphere", generations=6)
    again.load_state_dict(whole.state_dict())
    assert list(again) == []


def test_a_state_of_another_shape_is_refused() -> None:
    small = evo.evolution("cma-es", evo.problem("sphere", dimensions=3))
    small.step()
    for name in ("cma-es", "openai-es"):
        with pytest.raises((ValueError, KeyError)):
            evo.evolution(name, "sphere").load_state_dict(small.state_dict())


@pytest.mark.parametrize("part", ["population", "best"])
@pytest.mark.parametrize(("algorithm", "problem"), [("ga", "sphere"), ("nsga2", "zdt1")])
def test_a_state_with_fitness_of_another_number_of_scores_is_refused(
    algorithm: str, problem: str, part: str
) -> None:
    whole = evo.evolution(algorithm, problem)
    whole.step()
    state = whole.state_dict()
    fitness = state[part]["fitness"]
    state[part]["fitness"] = fitness[:, 0] if fitness.ndim == 2 else np.stack([fitness] * 2, axis=1)
    with pytest.raises(ValueError, match=r"does not fit \d declared scores"):
        evo.evolution(algorithm, problem).load_state_dict(state)


@pytest.mark.parametrize(
    "change",
    [
        {"generation": 0, "best_generation": 0},
        {"population": None},
        {"best": None},
        {"best_generation": 9},
        {"spent": {}},
    ],
)
def test_a_state_whose_parts_do_not_fit_together_is_refused(change: dict) -> None:
    whole = evo.evolution("ga", "sphere")
    whole.step()
    with pytest.raises(ValueError, match="do not fit together"):
        evo.evolution("ga", "sphere").load_state_dict(whole.state_dict() | change)


@pytest.mark.parametrize("part", ["population", "best"])
def test_a_state_without_individuals_is_refused(part: str) -> None:
    whole = evo.evolution("ga", "sphere")
    whole.step()
    state = whole.state_dict()
    individuals = getattr(whole, part)
    state[part] = individuals.take(slice(0, 0)).state_dict()
    with pytest.raises(ValueError, match="no individuals"):
        evo.evolution("ga", "sphere").load_state_dict(state)


def test_an_evaluator_is_closed_by_its_context() -> None:
    with Serial(evo.problem("sphere")) as evaluator:
        algorithm = evo.evolution("ga", "sphere").algorithm
        best = Evolution(algorithm, evaluator, stop=[Generations(2)]).run()
    assert isinstance(evaluator.evaluate(best.genomes, np.zeros(1, np.uint64)), Evaluation)
