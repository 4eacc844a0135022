"""Evolve, then learn."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import evo
from evo.cli import app
from evo.errors import ConfigError, UsageError
from evo.learning.lifetimes.lifetime import Lifetime
from evo.networks.activate import outputs
from evo.networks.fixed import FixedTopology
from evo.networks.flat import Networks
from evo.phenotype import Network
from evo.skeleton import Evolution
from tests.helpers import same

SEEDS = np.arange(5, dtype=np.uint64)


def networks(count: int = 5) -> Networks:
    topology = FixedTopology(Network(2, 1), FixedTopology.Settings(hidden=(4,)))
    vectors = np.random.default_rng(1).uniform(-1, 1, (count, topology.needs.dimensions))
    return topology(vectors)


def lifetime(**settings: object) -> Lifetime:
    return Lifetime(evo.problem("xor"), Lifetime.Settings(**settings))  # pyright: ignore


def started(algorithm: str = "ga", evaluator: str = "serial", **settings: object) -> Evolution:
    return evo.evolution(
        algorithm,
        "xor",
        seed=2,
        generations=4,
        evaluator=evaluator,
        workers=2 if evaluator == "processes" else None,
        settings={"population": 12},
        wrappers={"lifetime": settings},
    )


def test_one_step_of_learning_is_a_step_down_the_gradient() -> None:
    before, xor = networks(), evo.problem("xor")
    after = lifetime(steps=1, learning_rate=1e-4).educated(before, SEEDS)
    lessons = xor.lessons(np.random.default_rng(0))
    assert lessons is not None

    def loss(these: Networks) -> np.ndarray:
        return 0.5 * np.square(outputs(these, lessons.inputs) - lessons.answers).mean(axis=(1, 2))

    epsilon, first = 1e-6, before.weights.copy()
    for k in (0, 5, 11):
        nudged = before.weights.copy()
        nudged[k] += epsilon
        base, moved = loss(before), loss(_with_weights(before, nudged))
        slope = ((moved - base) / epsilon).sum()
        assert after.weights[k] - first[k] == pytest.approx(-1e-4 * slope, rel=1e-3)


def _with_weights(these: Networks, weights: np.ndarray) -> Networks:
    return replace(these, weights=weights)


def test_learning_improves_and_nobody_learns_in_darwins_world() -> None:
    innate = evo.problem("xor").evaluate(networks(), SEEDS).fitness
    learnt = lifetime(inherit="baldwin", steps=100).evaluate(networks(), SEEDS)
    assert (learnt.fitness > innate).all()
    assert learnt.phenotypes is None
    assert learnt.spent["samples"].tolist() == [400] * 5
    darwin = lifetime(inherit="darwin").evaluate(networks(), SEEDS)
    assert np.array_equal(darwin.fitness, innate)
    assert darwin.spent["samples"].tolist() == [0] * 5


@pytest.mark.parametrize("rule", ["bp", "fa", "dfa"])
def test_a_row_learns_as_its_seed_says_wherever_it_is(rule: str) -> None:
    problem = lifetime(rule=rule)
    whole = problem.educated(networks(), SEEDS)
    single = problem.educated(networks().take(slice(3, 4)), SEEDS[3:4])
    assert np.array_equal(whole.take(slice(3, 4)).weights, single.weights)
    assert np.array_equal(whole.take(slice(3, 4)).bias, single.bias)


@pytest.mark.parametrize("algorithm", ["ga", "neat"])
def test_lamarck_inherits_what_was_learnt_and_baldwin_does_not(algorithm: str) -> None:
    for inherit, inherited in (("lamarck", True), ("baldwin", False)):
        evolution = started(algorithm, inherit=inherit, steps=30)
        batch = evolution.ask()
        assert evolution.evaluator is not None
        evaluation = evolution.evaluator.evaluate(batch.genomes, evolution.seeds(len(batch)))
        evolution.tell(evaluation)
        assert (evaluation.genomes is not None) is inherited
        assert evolution.best is not None
        # What is born of the best genome, without learning, is worth what it learnt or not.
        development = evolution.evaluator.task.development  # pyright: ignore
        born = evo.problem("xor").evaluate(development(evolution.best.genomes), SEEDS[:1])
        assert bool(born.fitness[0] == evolution.best.fitness[0]) is inherited


@pytest.mark.parametrize(("algorithm", "evaluator"), [("ga", "serial"), ("neat", "processes")])
def test_lamarck_is_the_same_in_processes_and_after_a_resume(
    algorithm: str, evaluator: str
) -> None:
    whole = started(algorithm)
    whole.run()
    half = started(algorithm)
    half.step()
    half.step()
    resumed = started(algorithm, evaluator)
    resumed.load_state_dict(half.state_dict())
    resumed.run()
    states = [run.state_dict() for run in (whole, resumed)]
    assert same(*[{**state, "elapsed": 0} for state in states])


def test_lamarck_solves_xor_where_baldwin_is_slower_and_darwin_does_not() -> None:
    best = {}
    for inherit in ("darwin", "baldwin", "lamarck"):
        evolution = evo.evolution(
            "ga",
            "xor",
            seed=2,
            generations=4,
            settings={"population": 50},
            wrappers={"lifetime": {"inherit": inherit}},
        )
        best[inherit] = evolution.run().fitness[0]
    assert best["darwin"] < best["baldwin"] < best["lamarck"]
    assert best["lamarck"] > 12.25


@pytest.mark.parametrize(
    ("problem", "words"),
    [("onemax", "needs bit strings"), ("cartpole", "has no lessons to learn from")],
)
def test_problems_without_lessons_are_refused(problem: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        evo.problem(problem, {"lifetime": {}})


def test_wrong_settings_are_named() -> None:
    with pytest.raises(ConfigError, match=r"lifetime\.rule = 'bpp'.*did you mean 'bp'"):
        evo.problem("xor", {"lifetime": {"rule": "bpp"}})
    with pytest.raises(ConfigError, match=r"unknown key lifetime\.step"):
        evo.problem("xor", {"lifetime": {"step": 3}})


def test_what_cannot_learn_is_an_error_in_words() -> None:
    with pytest.raises(UsageError, match="recurrent"):
        evo.evolution(
            "neat", "xor", genome={"recurrent": True}, wrappers={"lifetime": {}}, generations=1
        ).run()


def test_a_run_of_lamarck_is_resumed_to_the_same_end(tmp_path: Path) -> None:
    words = ["run", "ga", "xor", "--set", "lifetime.inherit=lamarck", "--out", str(tmp_path)]
    words += ["--set", "algorithm.population=10", "--set", "run.target=none", "-q"]

    def evo_command(*arguments: str) -> None:
        answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert answer.exit_code == 0, answer.output

    evo_command(*words, "--generations", "4")
    (whole,) = tmp_path.glob("*_s*")
    evo_command(*words, "--generations", "2")
    (half,) = set(tmp_path.glob("*_s*")) - {whole}
    evo_command("resume", str(half), "--generations", "4", "-q")
    for name in ("metrics.jsonl", "champion.json"):
        assert (half / name).read_bytes() == (whole / name).read_bytes()
    line = json.loads((whole / "metrics.jsonl").read_text().splitlines()[-1])
    assert line["spent"]["samples"] == line["evaluations"] * 20 * 4
    assert "[lifetime]" in (whole / "config.toml").read_text()
