"""Topologies that are scored with one value for all weights, and then learn."""

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
from evo.learning.lifetimes.starts import random_weights
from evo.networks.flat import Networks
from evo.phenotype import Network
from evo.problems.weight_agnostic import WeightAgnostic
from evo.skeleton import Evolution
from tests.helpers import same

VALUES = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)
SEEDS = np.arange(6, dtype=np.uint64)
AFTERWARDS = {"inherit": "afterwards", "start": "random", "steps": 40}


def networks(inputs: int = 2, outputs: int = 1) -> Networks:
    """Six topologies that NEAT made of minimal ones."""
    from evo.genomes.topology.representation import Topology

    rng, kind = np.random.default_rng(3), Topology
    topology = kind(Network(inputs, outputs), kind.Settings(add_node=0.5, add_connection=0.5))
    genomes = topology.start(6, rng)
    for _ in range(6):
        genomes = topology.mutate(genomes, rng)
    return topology.development()(genomes)


def by_hand(these: Networks, value: float) -> Networks:
    return replace(
        these,
        weights=np.full_like(these.weights, value),
        bias=np.zeros_like(these.bias),
    )


@pytest.mark.parametrize(("problem", "shape"), [("xor", (2, 1)), ("cartpole", (4, 2))])
def test_fitness_is_the_mean_over_values_set_by_hand(problem: str, shape: tuple[int, int]) -> None:
    """Seen to fail with biases that stay."""
    inner, these = evo.problem(problem), networks(*shape)
    found = WeightAgnostic(inner).evaluate(these, SEEDS)
    each = [inner.evaluate(by_hand(these, value), SEEDS) for value in VALUES]
    assert np.array_equal(found.fitness, sum(one.fitness for one in each) / 6)
    assert len(set(found.fitness)) > 1
    for unit, spent in found.spent.items():
        assert np.array_equal(spent, sum(one.spent[unit] for one in each))


def test_what_champions_are_judged_by_is_a_mean_too() -> None:
    inner, these = evo.problem("two-moons").seeded(1), networks(2, 2)
    problem, one = WeightAgnostic(inner, {"values": [-1.5, 3]}), these.take(slice(2, 3))
    each = [inner.evaluate(by_hand(these, value), SEEDS) for value in (-1.5, 3)]
    accuracy = problem.evaluate(these, SEEDS).results["accuracy"]
    assert np.array_equal(accuracy, sum(found.results["accuracy"] for found in each) / 2)
    judged = [inner.validate(by_hand(one, value), SEEDS[:2]) for value in (-1.5, 3)]
    assert np.array_equal(problem.validate(one, SEEDS[:2]), sum(judged) / 2)
    tested = problem.test(one)
    assert tested is not None
    figures = [inner.test(by_hand(one, value))["figures"] for value in (-1.5, 3)]  # pyright: ignore
    for name, figure in tested["figures"].items():
        assert figure == sum(each[name] for each in figures) / 2


def test_the_weights_of_genomes_have_no_effect_and_rows_do_not_depend_on_each_other() -> None:
    these = networks()
    other = replace(these, weights=these.weights * 7 + 1, bias=these.bias - 3)
    problem = WeightAgnostic(evo.problem("xor"))
    whole = problem.evaluate(these, SEEDS).fitness
    assert np.array_equal(whole, problem.evaluate(other, SEEDS).fitness)
    single = problem.evaluate(these.take(slice(4, 5)), SEEDS[4:5]).fitness
    assert np.array_equal(whole[4:5], single)


def test_one_value_that_fails_fails_the_individual() -> None:
    class Fragile(type(evo.problem("xor"))):
        def evaluate(self, phenotypes, seeds):
            found = super().evaluate(phenotypes, seeds)
            if (phenotypes.weights == 0.5).all():
                found.fitness[1] = np.nan
                return replace(found, errors={1: "broke"})
            return found

    found = WeightAgnostic(Fragile()).evaluate(networks(), SEEDS)
    assert np.isnan(found.fitness).tolist() == [False, True, False, False, False, False]
    assert found.errors == {1: "broke"}


def test_a_champion_is_shown_with_its_best_value() -> None:
    inner, one = evo.problem("xor"), networks().take(slice(1, 2))
    problem = WeightAgnostic(inner)
    worth = [inner.evaluate(by_hand(one, value), SEEDS[:1]).fitness[0] for value in VALUES]
    shown = problem.describe(networks(), 1)
    assert {link["weight"] for link in shown["links"]} == {VALUES[int(np.argmax(worth))]}
    assert {node["bias"] for node in shown["nodes"]} == {0.0}
    assert problem.episode is None
    assert problem.recording is None


def test_a_champion_of_control_is_filmed_and_recorded_with_its_best_value() -> None:
    inner, one = evo.problem("cartpole"), networks(4, 2).take(slice(0, 1))
    problem = WeightAgnostic(inner)
    tuned = problem.tuned(one)
    assert problem.recording(one, 5) == inner.recording(tuned, 5)  # pyright: ignore
    assert problem.episode is not None
    assert problem.episode(one, 5).total == inner.episode(tuned, 5).total  # pyright: ignore


def afterwards(**settings: object) -> Lifetime:
    inner = WeightAgnostic(evo.problem("two-moons"))
    return Lifetime(inner, Lifetime.Settings(**{**AFTERWARDS, **settings})).seeded(3)  # pyright: ignore


def test_evolution_sees_nothing_of_what_a_champion_learns_afterwards() -> None:
    problem, these = afterwards(), networks(2, 2)
    shared = WeightAgnostic(evo.problem("two-moons").seeded(3)).evaluate(these, SEEDS)
    found = problem.evaluate(these, SEEDS)
    assert np.array_equal(found.fitness, shared.fitness)
    assert found.spent["samples"].tolist() == [0] * 6
    assert found.phenotypes is None
    assert not problem.noisy
    assert problem.noisy_validation


def test_a_champion_is_judged_and_tested_with_weights_that_it_learnt() -> None:
    """Seen to fail with the shared value in place of what was learnt."""
    problem, one = afterwards(), networks(2, 2).take(slice(0, 1))
    data = evo.problem("two-moons").seeded(3)
    learner = Lifetime(
        data,
        Lifetime.Settings(inherit="baldwin", start="random", steps=40),  # pyright: ignore
    )
    judged = problem.validate(one, SEEDS)
    assert len(set(judged)) > 1
    assert np.array_equal(judged, learner.validate(one, SEEDS))
    lives = [
        data.test(learner.educated(one, np.array([seed], np.uint64)))["figures"]["accuracy"]
        for seed in range(10)
    ]
    tested = problem.test(one)
    assert len(set(lives)) > 1
    assert tested["figures"]["accuracy"] == pytest.approx(np.mean(lives), abs=1e-15)
    assert tested["examples"] == data.test(one)["examples"]


def test_lives_start_from_random_weights_that_their_seeds_draw() -> None:
    these = networks()
    drawn = random_weights(these, SEEDS)
    single = random_weights(these.take(slice(4, 5)), SEEDS[4:5])
    assert np.array_equal(drawn.take(slice(4, 5)).weights, single.weights)
    assert not drawn.bias.any()
    assert not np.array_equal(drawn.weights, random_weights(these, SEEDS + np.uint64(1)).weights)
    wide = evo.evolution("ga", Network(100, 300), network={"hidden": [25]}, generations=1)
    layers = wide.reader.development(wide.ask().genomes).take(slice(0, 1))  # pyright: ignore
    spread = random_weights(layers, SEEDS[:1]).weights
    assert spread[:2500].std() == pytest.approx(0.1, rel=0.05)
    assert spread[2500:].std() == pytest.approx(0.2, rel=0.05)


def test_nothing_but_the_topology_of_a_genome_counts_where_weights_are_random() -> None:
    these = networks(2, 2)
    other = replace(these, weights=these.weights * 7 + 1, bias=these.bias - 3)
    problem = Lifetime(
        evo.problem("two-moons"),
        Lifetime.Settings(inherit="baldwin", start="random", steps=5),  # pyright: ignore
    )
    assert problem.noisy
    first, second = (problem.evaluate(each, SEEDS).fitness for each in (these, other))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, problem.evaluate(these, SEEDS + np.uint64(9)).fitness)


def started(evaluator: str = "serial") -> Evolution:
    return evo.evolution(
        "neat",
        "two-moons",
        seed=2,
        generations=5,
        evaluator=evaluator,
        workers=2 if evaluator == "processes" else None,
        settings={"population": 20},
        genome={"add_node": 0.3},
        wrappers={"weight-agnostic": {"values": [-1, 1]}, "lifetime": AFTERWARDS},
    )


def test_evolution_is_the_same_in_processes_and_after_a_resume() -> None:
    whole, half, resumed = started(), started(), started("processes")
    whole.run()
    half.step()
    half.step()
    resumed.load_state_dict(half.state_dict())
    resumed.run()
    states = [run.state_dict() for run in (whole, resumed)]
    assert same(*[{**state, "elapsed": 0} for state in states])


def test_a_run_from_the_command_line(tmp_path: Path) -> None:
    words = ["run", "neat", "cartpole", "--generations", "2", "--out", str(tmp_path), "-q"]
    words += ["--set", "weight-agnostic={values=[1,2]}", "--set", "algorithm.population=10"]
    answer = CliRunner().invoke(app, words, catch_exceptions=False)
    assert answer.exit_code in (0, 1), answer.output
    (folder,) = tmp_path.glob("*_s*")
    assert "[weight-agnostic]\nvalues = [1.0, 2.0]" in (folder / "config.toml").read_text()
    champion = json.loads((folder / "champion.json").read_text())["individuals"][0]
    weights = {link["weight"] for link in champion["description"]["links"]}
    assert len(weights) == 1
    assert weights <= {1.0, 2.0}
    assert (folder / "episode.json").exists()


@pytest.mark.parametrize(
    ("problem", "wrappers", "words"),
    [
        ("onemax", {"weight-agnostic": {}}, "needs bit strings, and only networks"),
        ("xor", {"lifetime": {}, "weight-agnostic": {}}, "writes what is learnt back"),
        (
            "xor",
            {"weight-agnostic": {}, "lifetime": {"inherit": "baldwin"}},
            "inherit=baldwin: .* not shared",
        ),
        ("cartpole", {"lifetime": {"inherit": "afterwards"}}, "no lessons to learn from"),
    ],
)
def test_what_does_not_go_together_is_refused(problem: str, wrappers: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        evo.problem(problem, wrappers)


def test_wrong_settings_are_named() -> None:
    with pytest.raises(ConfigError, match=r"weight-agnostic\.values"):
        evo.problem("xor", {"weight-agnostic": {"values": []}})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"start": "random", "inherit": "lamarck"}, "no life starts from; set inherit to baldwin"),
        ({"inherit": "afterwards", "evolve": ["learning_rate"]}, "cannot find learning_rate"),
        ({"inherit": "afterwards", "rule": "abcd"}, "inherit = afterwards is for rules"),
        ({"start": "random", "rule": "abcd", "inherit": "baldwin"}, "start = random is for rules"),
    ],
)
def test_lifetimes_that_make_no_sense_are_refused(settings: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        evo.problem("xor", {"lifetime": settings})
