"""Networks that learn while they act: the rule by hand, both backends alike, a life an episode."""

from dataclasses import replace

import numpy as np
import pytest

import evo
from evo.errors import UsageError
from evo.learning.lifetimes.lifetime import Lifetime
from evo.networks.fixed import FixedTopology
from evo.networks.kernels import buffer, columns
from evo.networks.plasticity import ABCD
from evo.networks.plasticity_kernels import be_born, experience
from evo.problems.episodes import Actor, episode_seeds
from tests.networks.random_networks import random_population

SEEDS = np.arange(4, dtype=np.uint64)


def plastic(problem="cartpole", backend="auto", **settings):
    inner = evo.problem(problem, backend=backend, episodes=2, max_steps=120)
    return Lifetime(inner, {"rule": "abcd", "learning_rate": 0.05, **settings})


def networks(lifetime, seed=1):
    topology = FixedTopology(lifetime.needs, FixedTopology.Settings(hidden=(3,)))
    vectors = np.random.default_rng(seed).uniform(-1, 1, (4, topology.needs.dimensions))
    return topology(vectors)


WAYS = {
    "of links": {"of": "links"},
    "of the network": {},
    "by reward": {"modulation": "reward"},
    "by reward, with traces": {"modulation": "reward", "trace": 0.7, "baseline": 0.0},
    "with limits": {"weight_limit": 0.4, "learning_rate": 3.0},
    "constants of its own": {
        "evolve": ("learning_rate", "trace", "baseline"),
        "modulation": "reward",
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_links_change_as_the_equations_say(way):
    lifetime = plastic(**WAYS[way])
    nets = networks(lifetime)
    rule = lifetime.inner.plasticity(nets)
    net, row, rng = columns(nets, changing=True), 2, np.random.default_rng(3)
    first, last = nets.links[nets.nodes[row]], nets.links[nets.nodes[row + 1]]
    targets = np.repeat(np.arange(len(nets.bias)), np.diff(nets.links))[first:last]
    positions = targets - nets.nodes[row] + nets.inputs
    a, b, c, d = rule.coefficients[first:last].T
    weights, trace, mean = nets.weights[first:last].copy(), np.zeros(last - first), None
    values = buffer(nets)
    be_born(net, rule, row)
    for _ in range(7):
        values[0], reward = rng.normal(size=values.shape[1]), rng.normal()
        x, y = values[0, nets.sources[first:last]], values[0, positions]
        change = a * x * y + b * x + c * y + d
        factor, decay = rule.rate[row], 0.0
        if lifetime.rule_settings.modulation == "reward":
            decay, follow = rule.decay[row], rule.follow[row]
            if mean is None:
                mean = reward if follow > 0 else 0.0
            factor *= reward - mean
            mean += follow * (reward - mean)
        trace = decay * trace + change
        limit = lifetime.rule_settings.weight_limit
        weights = np.clip(weights + factor * trace, -limit, limit)
        experience(net, rule, nets.inputs, row, values, 0, 0, reward)
        np.testing.assert_allclose(net.weights[first:last], weights, rtol=1e-12, atol=1e-13)
    others = np.r_[0:first, last : len(nets.weights)]
    np.testing.assert_array_equal(net.weights[others], nets.weights[others])
    be_born(net, rule, row)
    np.testing.assert_array_equal(net.weights, nets.weights)


@pytest.mark.parametrize("problem", ["cartpole", "pendulum"])
@pytest.mark.parametrize("way", WAYS)
def test_compiled_episodes_equal_those_of_gymnasium(problem, way):
    compiled = plastic(problem, "compiled", **WAYS[way])
    real = plastic(problem, "gymnasium", **WAYS[way])
    nets = networks(compiled)
    first, second = compiled.evaluate(nets, SEEDS), real.evaluate(nets, SEEDS)
    np.testing.assert_array_equal(first.fitness, second.fitness)
    static = plastic(problem, inherit="darwin").evaluate(replace(nets, traits=None), SEEDS)
    # every reward of the pole is 1 and no better than their mean
    learns = problem == "pendulum" or WAYS[way].get("modulation") != "reward" or "traces" in way
    assert np.array_equal(first.fitness, static.fitness) is not learns


def test_recurrent_networks_learn_alike_in_both():
    compiled, real = (
        plastic("pendulum", backend, of="links") for backend in ("compiled", "gymnasium")
    )
    nets = random_population(np.random.default_rng(5), 3, 1, 4, recurrent=True)
    traits = np.random.default_rng(0).uniform(-1, 1, (len(nets.weights), 4))
    nets = replace(nets, traits=networks(compiled).traits._replace(link=traits))
    np.testing.assert_array_equal(
        compiled.evaluate(nets, SEEDS).fitness, real.evaluate(nets, SEEDS).fitness
    )


def test_each_episode_is_a_life_from_birth():
    lifetime = plastic()
    nets = networks(lifetime)
    fitness = lifetime.evaluate(nets, SEEDS).fitness
    for row in range(4):
        alone = nets.take(slice(row, row + 1))
        returns = []
        for first in episode_seeds(SEEDS[row], 2):
            env = lifetime.inner._env()
            actor = Actor(
                alone, lifetime.inner.senses, lifetime.inner.acts, lifetime.inner.plasticity(alone)
            )
            seen, _ = env.reset(seed=int(first))
            total, over = 0.0, False
            while not over:
                seen, reward, terminated, truncated, _ = env.step(actor(seen))
                actor.experience(reward)
                total, over = total + reward, terminated or truncated
            returns.append(total)
        assert fitness[row] == sum(returns) / 2


def test_lamarck_hands_on_the_weights_of_the_last_episode_and_baldwin_none():
    assert plastic(inherit="baldwin").evaluate(networks(plastic()), SEEDS).phenotypes is None
    for backend in ("compiled", "gymnasium"):
        lifetime = plastic(backend=backend, inherit="lamarck")
        nets = networks(lifetime)
        before = nets.weights.copy()
        learnt = lifetime.evaluate(nets, SEEDS).phenotypes
        np.testing.assert_array_equal(nets.weights, before)
        assert not np.array_equal(learnt.weights, before)
        half = plastic(backend=backend, inherit=0.5).evaluate(nets, SEEDS).phenotypes
        np.testing.assert_allclose(half.weights, (before + learnt.weights) / 2, atol=1e-14)


def test_darwin_is_the_task_itself():
    darwin, task = plastic(inherit="darwin"), evo.problem("cartpole", episodes=2, max_steps=120)
    assert darwin.needs == task.needs
    nets = networks(darwin)
    np.testing.assert_array_equal(
        darwin.evaluate(nets, SEEDS).fitness, task.evaluate(nets, SEEDS).fitness
    )


@pytest.mark.parametrize("algorithm", ["ga", "neat"])
def test_the_same_run_in_processes(algorithm):
    histories = []
    for workers in (1, 2):
        search = evo.evolution(
            algorithm,
            "pendulum",
            seed=3,
            generations=3,
            settings={"population": 20},
            wrappers={"lifetime": {"rule": "abcd", "inherit": "lamarck", "modulation": "reward"}},
            workers=workers,
            evaluator="serial" if workers == 1 else "processes",
        )
        search.run()
        histories.append(search.population.fitness)
    np.testing.assert_array_equal(*histories)


def test_what_cannot_learn_by_acting_is_refused_in_words():
    with pytest.raises(UsageError, match="none acts"):
        Lifetime(evo.problem("xor"), {"rule": "abcd"})
    with pytest.raises(UsageError, match="no lessons") as caught:
        Lifetime(evo.problem("cartpole"), {"rule": "bp"})
    assert "abcd" in str(caught.value.hint)
    assert ABCD().traits.network == ABCD({"of": "links"}).traits.link == ("a", "b", "c", "d")
