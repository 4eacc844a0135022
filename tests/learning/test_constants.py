"""What genomes carry for learning: settings, and the entries of feedback weights."""

from dataclasses import replace

import numpy as np
import pytest

import evo
from evo.errors import UsageError
from evo.learning.lifetimes.constants import ranges
from evo.learning.lifetimes.lifetime import Lifetime
from evo.networks.fixed import FixedTopology
from evo.networks.flat import TraitValues
from evo.networks.learning import draw_feedback
from evo.networks.learning.feedback import scaled_feedback
from evo.phenotype import Traits
from evo.reports.views.network import tell

SEEDS = np.arange(6, dtype=np.uint64)


def lifetime(rule, *evolve, **settings):
    return Lifetime(evo.problem("xor"), {"rule": rule, "evolve": evolve, **settings})


def carrying(need, seed=1):
    topology = FixedTopology(need, FixedTopology.Settings(hidden=(4,)))
    vectors = np.random.default_rng(seed).uniform(-3, 3, (6, topology.needs.dimensions))
    return topology, vectors


def weights(learner, networks, seeds=SEEDS):
    return learner.educated(networks, seeds).weights


CARRIED = {
    "bp": ("learning_rate", "momentum"),
    "fa": ("scale",),
    "dfa": ("scale", "learning_rate"),
    "ep": ("beta", "free_steps", "nudged_steps", "step"),
    "kolen-pollack": ("decay", "learning_rate"),
    "usf": ("learning_rate",),
}


@pytest.mark.parametrize("rule", CARRIED)
def test_each_network_learns_by_the_settings_that_it_carries(rule):
    learner = lifetime(rule, *CARRIED[rule], steps=5, **({"decay": 0.1} if "kolen" in rule else {}))
    topology, vectors = carrying(learner.needs)
    together, carried = topology(vectors), topology(vectors).traits.network
    values = {each.name: each.values(carried[:, k]) for k, each in enumerate(learner.ranges)}
    learnt = weights(learner, together)
    for row in range(6):
        own = {name: values[name][row].item() for name in CARRIED[rule]}
        alone = lifetime(rule, steps=5, **own)
        network = replace(together.take(slice(row, row + 1)), traits=None)
        expected = weights(alone, network, SEEDS[row : row + 1])
        # tensors of one and of many differ in their last bits
        exact = 0 if learner.in_kernels else 1e-14
        np.testing.assert_allclose(learnt[row * 12 : row * 12 + 12], expected, rtol=0, atol=exact)
    assert len(np.unique(values[CARRIED[rule][0]])) == 6


def test_a_gene_stands_for_a_value_in_the_range_of_its_setting():
    rate, momentum, beta, steps = ranges(
        lifetime("ep", "learning_rate", "momentum", "beta", "free_steps", free_steps=7).settings
    )
    genes = np.array([-1.0, 0.0, 1.0])
    np.testing.assert_allclose(rate.values(genes), [0.02, 0.2, 2.0])
    np.testing.assert_allclose(momentum.values(genes), [0.0, 0.495, 0.99])
    np.testing.assert_allclose(beta.values(genes), [0.05, 0.5, 5.0])
    assert steps.values(genes).tolist() == [1, 8, 70]
    a, b = ranges(lifetime("hebbian", "a", "b", a=-2.0).settings)
    np.testing.assert_allclose(a.values(genes), [-2.0, 0.0, 2.0])
    np.testing.assert_allclose(b.values(genes), [-1.0, 0.0, 1.0])


@pytest.mark.parametrize("rule", ["fa", "frsf", "dfa"])
def test_errors_return_through_the_feedback_that_is_carried(rule):
    learner = lifetime(rule, "feedback", "scale", steps=5)
    topology, vectors = carrying(learner.needs)
    networks = topology(vectors)
    drawn = draw_feedback(networks, rule, SEEDS)
    entries = np.clip(drawn / scaled_feedback(networks, rule, np.ones_like(drawn)), -1, 1)
    traits = TraitValues(np.zeros((6, 1)), *np.zeros((2, 0, 0)))
    if rule == "dfa":
        traits = traits._replace(node=entries, link=np.zeros((len(networks.weights), 0)))
    else:
        traits = traits._replace(link=entries[:, None], node=np.zeros((len(networks.bias), 0)))
    plain = lifetime(rule, steps=5)
    lives = plain.educated(replace(networks, traits=None), SEEDS)
    assert not np.array_equal(weights(learner, networks), lives.weights)
    # the same feedback as a network that draws it gets, under the seed of its life
    seeds = np.array([_feedback_seed(seed) for seed in SEEDS], np.uint64)
    drawn = draw_feedback(networks, rule, seeds)
    entries = drawn / scaled_feedback(networks, rule, np.ones_like(drawn))
    name = "node" if rule == "dfa" else "link"
    traits = traits._replace(**{name: entries.reshape(len(entries), -1)})
    np.testing.assert_allclose(
        weights(learner, replace(networks, traits=traits)), lives.weights, rtol=0, atol=1e-12
    )


def _feedback_seed(seed):
    return np.random.SeedSequence(int(seed)).spawn(3)[2].generate_state(1, np.uint64)[0]


def test_traits_stay_when_what_was_learnt_is_inherited():
    learner = lifetime("dfa", "feedback", "learning_rate", steps=3)
    topology, vectors = carrying(learner.needs)
    networks = topology(vectors)
    learnt = learner.evaluate(networks, SEEDS).phenotypes
    back = topology.absorb(vectors, learnt)
    again = topology(back)
    np.testing.assert_array_equal(again.weights, learnt.weights)
    assert all(np.array_equal(*pair) for pair in zip(again.traits, networks.traits, strict=True))


@pytest.mark.parametrize(("algorithm", "generations"), [("ga", 8), ("neat", 8), ("cma-es", 25)])
def test_any_algorithm_finds_a_better_rate(algorithm, generations):
    values = {"rule": "bp", "evolve": ("learning_rate",), "learning_rate": 0.01, "steps": 10}
    search = evo.evolution(
        algorithm,
        "two-moons",
        seed=1,
        generations=generations,
        wrappers={"lifetime": {**values, "inherit": "baldwin"}},
    )
    search.run()
    description = search.solution.description
    assert description["learns_by"]["learning_rate"] > 0.02
    assert ["learning_rate", f"{description['learns_by']['learning_rate']:.4g}"] in tell(
        description
    )[0].rows


def test_nothing_is_carried_where_nobody_learns():
    assert lifetime("bp", "momentum", inherit="darwin").needs == evo.problem("xor").needs


@pytest.mark.parametrize(
    ("rule", "name", "words"),
    [
        ("bp", "rate", "learning_rate, momentum, feedback"),
        ("bp", "feedback", "no feedback weights"),
        ("kolen-pollack", "feedback", "no genome carries"),
        ("bp", "steps", "can carry"),
        ("sdtp", "noise", "middle of the range"),
    ],
)
def test_what_cannot_be_carried_is_refused_in_words(rule, name, words):
    with pytest.raises(UsageError) as caught:
        lifetime(rule, name, **({"noise": 0.0} if name == "noise" else {}))
    assert words in f"{caught.value} {caught.value.hint}"


def test_traits_that_a_problem_asks_for_are_its_own():
    inner = evo.problem("xor")
    inner.needs = replace(inner.needs, traits=Traits(network=("mine",)))
    assert Lifetime(inner, {"rule": "bp"}).needs == inner.needs
    with pytest.raises(UsageError, match="carry traits already"):
        Lifetime(inner, {"rule": "bp", "evolve": ("momentum",)})
