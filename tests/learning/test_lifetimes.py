"""How whole populations learn before they are scored."""

import numpy as np
import pytest

import evo
from evo.config import resolve
from evo.errors import ConfigError, UsageError
from evo.learning.lifetimes import compiled
from evo.learning.lifetimes.curriculum import curriculum
from evo.learning.lifetimes.lifetime import Lifetime
from evo.networks.fixed import FixedTopology
from evo.phenotype import Network

SEEDS = np.arange(6, dtype=np.uint64)


def networks(count=6, hidden=(4,)):
    topology = FixedTopology(Network(2, 1), FixedTopology.Settings(hidden=hidden))
    vectors = np.random.default_rng(1).uniform(-1, 1, (count, topology.needs.dimensions))
    return topology(vectors)


def weights(lifetime, nets=None, seeds=SEEDS):
    return lifetime.educated(nets or networks(), seeds).weights


def test_kernels_and_torch_teach_alike(monkeypatch):
    lifetime = Lifetime(evo.problem("xor"), {"rule": "bp", "steps": 30, "momentum": 0.5})
    assert lifetime.in_kernels
    by_kernels = weights(lifetime)
    lifetime.in_kernels = False
    np.testing.assert_allclose(weights(lifetime), by_kernels, rtol=0, atol=1e-12)


def test_settings_that_kernels_do_not_know_go_through_torch():
    kinds = {
        ("dfa", "scale", 2.0): True,
        ("dfa", "connections", 1): False,
        ("ep", "beta", 0.2): True,
        ("ep", "phases", "random-sign"): False,
        ("kolen-pollack", "decay", 0.1): False,
    }
    for (rule, name, value), in_kernels in kinds.items():
        lifetime = Lifetime(evo.problem("xor"), {"rule": rule, name: value, "steps": 3})
        assert lifetime.in_kernels is in_kernels, rule
        assert getattr(lifetime.rule_settings, name) == value
        assert np.isfinite(weights(lifetime)).all()


def test_a_setting_of_the_rule_changes_what_is_learnt():
    scaled = [Lifetime(evo.problem("xor"), {"rule": "fa", "scale": scale}) for scale in (1, 3)]
    first, second = (weights(each) for each in scaled)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_share_of_what_is_learnt_is_inherited(share):
    lifetime = Lifetime(evo.problem("xor"), {"inherit": share})
    born, learnt = networks(), weights(lifetime)
    inherited = lifetime.evaluate(born, SEEDS).phenotypes
    if share == 0.0:
        assert inherited is None
        return
    expected = born.weights + share * (learnt - born.weights)
    np.testing.assert_allclose(inherited.weights, expected, rtol=0, atol=1e-14)
    typed = resolve("ga", "xor", flags={"lifetime": {"rule": "bp", "inherit": str(share)}})
    assert typed.models["lifetime"].inherit == share


def test_who_diverges_has_failed_and_nobody_else():
    lifetime = Lifetime(evo.problem("xor"), {"learning_rate": 0.1, "loss": "squared-error"})
    nets = networks()
    nets.weights[8:12] = 1e200
    found = lifetime.evaluate(nets, SEEDS)
    assert np.isnan(found.fitness).tolist() == [True] + [False] * 5
    assert found.errors == {0: "its learning diverged"}


def test_lessons_come_in_batches_each_once_before_any_twice():
    problem = evo.problem("two-moons").seeded(0)
    lives = curriculum(problem, SEEDS, steps=7, batch=50, rate=0.1, momentum=0.0, loss=None)
    assert lives.loss == "cross-entropy"
    count = len(lives.inputs)
    assert lives.order.shape == (6, 7, 50)
    assert lives.samples == 350
    for order in lives.order.reshape(6, -1):
        assert len(set(order[:count].tolist())) == min(count, 350)
    assert not np.array_equal(lives.order[0], lives.order[1])
    again = curriculum(problem, SEEDS[3:4], steps=7, batch=50, rate=0.1, momentum=0.0, loss=None)
    assert np.array_equal(again.order[0], lives.order[3])
    assert again.feedback_seeds[0] == lives.feedback_seeds[3]


def test_darwin_is_the_problem_itself_bit_for_bit():
    records = []
    for wrappers in ({}, {"lifetime": {"inherit": "darwin"}}):
        evolution = evo.evolution(
            "ga",
            "two-moons",
            seed=3,
            generations=3,
            settings={"population": 10},
            wrappers=wrappers,
        )
        records.append([record.figures for record in evolution])
    assert records[0] == records[1]


def test_learners_are_scored_on_what_they_did_not_learn_from():
    problem = evo.problem("two-moons")
    lifetime = Lifetime(problem, {"inherit": "baldwin"})
    assert problem.part == "train"
    assert lifetime.inner.part == "validation"
    assert Lifetime(problem, {"inherit": "darwin"}).inner.part == "train"
    with pytest.raises(UsageError, match=r"problem\.validation is 0"):
        Lifetime(evo.problem("two-moons", validation=0), {"inherit": "baldwin"})


@pytest.mark.parametrize("rule", ["dfa", "ep"])
def test_baldwin_and_lamarck_beat_darwin_on_two_moons(rule):
    best = {}
    for inherit in ("darwin", "baldwin", "lamarck"):
        lifetime = {"rule": rule, "inherit": inherit, "batch": 32, "learning_rate": 0.3}
        evolution = evo.evolution(
            "ga",
            "two-moons",
            seed=1,
            generations=3,
            settings={"population": 20},
            wrappers={"lifetime": lifetime},
        )
        best[inherit] = evolution.run().fitness[0]
    assert best["lamarck"] > best["baldwin"] > best["darwin"]


def test_every_setting_of_the_rule_stands_in_the_section():
    config = resolve("ga", "xor", assignments=["lifetime.rule=ep", "lifetime.beta=0.3"])
    assert config.models["lifetime"].beta == 0.3
    assert config.take().problem.rule_settings.beta == 0.3
    with pytest.raises(ConfigError, match=r"unknown key lifetime\.beta"):
        resolve("ga", "xor", assignments=["lifetime.rule=bp", "lifetime.beta=0.3"])
    assert set(compiled.KNOWN) >= {"bp", "fa", "dfa", "frsf", "ep"}


def test_recurrent_networks_are_refused():
    with pytest.raises(UsageError, match="recurrent networks cannot learn"):
        evolution = evo.evolution(
            "neat", "xor", genome={"recurrent": True}, wrappers={"lifetime": {}}
        )
        evolution.step()


@pytest.mark.parametrize("inherit", ["darwin", "baldwin"])
def test_a_scene_counts_whether_anybody_learns_or_not(inherit, monkeypatch):
    problem = evo.problem("xor")
    lifetime = Lifetime(problem, {"inherit": inherit})
    scenes = []

    def among(phenotypes, seeds, scene):
        scenes.append(scene)
        return problem.evaluate(phenotypes, seeds)

    monkeypatch.setattr(problem, "evaluate_among", among)
    found = lifetime.evaluate_among(networks(), SEEDS, {"opponents": 1})
    assert scenes == [{"opponents": 1}]
    assert np.array_equal(found.fitness, lifetime.evaluate(networks(), SEEDS).fitness)
