"""A population that learns in stacked tensors is its networks, each taught alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import evo
from evo import registry
from evo.errors import UsageError
from evo.evaluation import base, make_evaluator
from evo.learning.lifetimes import compiled, modules, stacked
from evo.learning.lifetimes.curriculum import Curriculum
from evo.learning.lifetimes.lifetime import Lifetime
from evo.learning.losses import find_loss
from evo.learning.networks.evolved import TEACHABLE
from evo.learning.rules.base import Rule
from evo.networks.fixed import FixedTopology
from evo.networks.flat import Networks
from evo.phenotype import Network
from evo.population import Floats
from tests.helpers import same

RULES = sorted(stacked.KNOWN)
ON_LAYERS_ONLY = {"ifa", "tp", "dtp", "sdtp", "ao-sdtp", "l-drl"}
"""The rules that have no meaning on networks of links, so that `modules` refuses them."""
SHAPES = {
    "2-4-1": (2, (4,), 1, "tanh", "squared-error", {}),
    "3-17-7-3": (3, (17, 7), 3, "sigmoid", "cross-entropy", {}),
    "5-3": (5, (), 3, "tanh", "squared-error", {}),
}


def topology(shape: str) -> FixedTopology:
    inputs, hidden, outputs, activation, _, _ = SHAPES[shape]
    settings = FixedTopology.Settings(hidden=hidden, activation=activation)
    return FixedTopology(Network(inputs, outputs), settings)


def born(shape: str, count: int = 6) -> Networks:
    fixed = topology(shape)
    return fixed(np.random.default_rng(1).uniform(-1, 1, (count, fixed.needs.dimensions)))


def lives(shape: str, count: int = 6, own: bool = True, momentum: float = 0.5) -> Curriculum:
    rng, (inputs, _, outputs, _, loss, _) = np.random.default_rng(2), SHAPES[shape]
    answers = np.eye(outputs)[rng.integers(outputs, size=30)]
    order = rng.integers(0, 30, (count if own else 1, 7, 5)).astype(np.int32)
    seeds = rng.integers(0, 2**63, count).astype(np.uint64)
    examples = rng.normal(size=(30, inputs))
    return Curriculum(examples, answers, order, seeds, 0.05, momentum, loss)


def teach(networks: Networks, curriculum: Curriculum, rule: str) -> Any:
    layers = stacked.shared_layers(networks)
    assert layers is not None
    kind = registry.load(registry.RULES, "rule", rule, Rule)
    return stacked.teach(networks, layers, curriculum, kind, kind.Settings())


def taught_alone(networks: Networks, row: int, curriculum: Curriculum, rule: str) -> Floats:
    """The weights of one network as a plain chain of modules, layer by layer, after its life."""
    layers = stacked.shared_layers(networks)
    assert layers is not None
    parts, chain = layers.weights(networks.take(slice(row, row + 1))), []
    for part, activation in zip(parts, layers.activations, strict=True):
        linear = nn.Linear(*part.weight.shape[:0:-1], dtype=torch.float64)
        linear.weight.data, linear.bias.data = (torch.tensor(each[0]) for each in part)
        chain += [linear, TEACHABLE[activation]()]
    network = nn.Sequential(*chain)
    kind = registry.load(registry.RULES, "rule", rule, Rule)
    drawn = torch.Generator().manual_seed(int(curriculum.feedback_seeds[row]))
    teacher = kind(network, find_loss(curriculum.loss), kind.Settings(), drawn)
    optimiser = torch.optim.SGD(network.parameters(), curriculum.rate, curriculum.momentum)
    inputs, answers = (torch.tensor(each) for each in (curriculum.inputs, curriculum.answers))
    for chosen in torch.tensor(curriculum.order[row % len(curriculum.order)]):
        optimiser.zero_grad()
        teacher.gradients(inputs[chosen], answers[chosen])
        optimiser.step()
        teacher.after_step()
    return np.concatenate([layer.weight.detach().numpy().ravel() for layer in chain[::2]])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rule", RULES)
def test_each_learns_as_it_would_alone(rule: str, shape: str) -> None:
    networks, curriculum = born(shape), lives(shape, own=shape != "2-4-1")
    learnt, fine = teach(networks, curriculum, rule)
    weights = learnt.weights.reshape(6, -1)
    assert fine.all()
    assert np.abs(learnt.weights - networks.weights).max() > 1e-4
    for row in (0, 3, 5):
        alone = taught_alone(networks, row, curriculum, rule)
        np.testing.assert_allclose(weights[row], alone, rtol=0, atol=1e-9)
    if rule not in ON_LAYERS_ONLY:
        kind = registry.load(registry.RULES, "rule", rule, Rule)
        one_by_one, _ = modules.teach(networks, curriculum, kind, kind.Settings())
        np.testing.assert_allclose(learnt.weights, one_by_one.weights, rtol=0, atol=1e-9)
        np.testing.assert_allclose(learnt.bias, one_by_one.bias, rtol=0, atol=1e-9)


def test_all_but_the_rules_of_chains_and_of_spikes_are_stacked() -> None:
    assert registry.RULES.keys() - stacked.KNOWN == {"ep", "eqspike"}


@pytest.mark.parametrize("activation", TEACHABLE)
def test_layers_of_every_function_that_can_be_taught(activation: Any) -> None:
    name = activation.name.lower().replace("_", "-")
    fixed = FixedTopology(Network(3, 3), FixedTopology.Settings(hidden=(4,), activation=name))
    networks = fixed(np.random.default_rng(1).uniform(-1, 1, (3, fixed.needs.dimensions)))
    curriculum = lives("3-17-7-3", 3)
    learnt, fine = teach(networks, curriculum, "kolen-pollack")
    kind = registry.load(registry.RULES, "rule", "kolen-pollack", Rule)
    one_by_one, _ = modules.teach(networks, curriculum, kind, kind.Settings())
    np.testing.assert_allclose(learnt.weights, one_by_one.weights, rtol=0, atol=1e-9)
    assert fine.all()
    by_targets = teach(networks, curriculum, "sdtp")[0].weights.reshape(3, -1)
    alone = taught_alone(networks, 2, curriculum, "sdtp")
    np.testing.assert_allclose(by_targets[2], alone, rtol=0, atol=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_who_diverges_leaves_the_others_alone(rule: str) -> None:
    networks, curriculum = born("3-17-7-3"), lives("3-17-7-3")
    learnt, fine = teach(networks, curriculum, rule)
    assert fine.all()
    size = len(networks.weights) // 6
    networks.weights[2 * size : 3 * size] = 1e308
    beside, still_fine = teach(networks, curriculum, rule)
    others = np.array([0, 1, 3, 4, 5])
    assert still_fine.tolist() == [True, True, False, True, True, True]
    assert np.array_equal(
        beside.weights.reshape(6, -1)[others], learnt.weights.reshape(6, -1)[others]
    )


def test_a_matrix_without_inverse_stops_no_other_network() -> None:
    fixed = FixedTopology(Network(3, 3), FixedTopology.Settings(hidden=(3,)))
    networks = fixed(np.random.default_rng(1).uniform(-1, 1, (6, fixed.needs.dimensions)))
    layers = stacked.shared_layers(networks)
    assert layers is not None
    kind = registry.load(registry.RULES, "rule", "tp", Rule)
    chosen, curriculum = kind.Settings(inverse="exact"), lives("3-17-7-3")
    learnt, _ = stacked.teach(networks, layers, curriculum, kind, chosen)
    layers.weights(networks)[1].weight[2] = 0.0
    beside, fine = stacked.teach(networks, layers, curriculum, kind, chosen)
    assert fine.tolist() == [True, True, False, True, True, True]
    others = np.array([0, 1, 3, 4, 5])
    assert np.array_equal(
        beside.weights.reshape(6, -1)[others], learnt.weights.reshape(6, -1)[others]
    )


def test_the_last_bits_depend_on_the_place_in_a_stack() -> None:
    """So that the tests below cannot pass by chance."""
    networks, curriculum = born("3-17-7-3"), lives("3-17-7-3", own=False)
    together = teach(networks, curriculum, "bp")[0].weights.reshape(6, -1)
    seeds = curriculum.feedback_seeds
    alone = [
        teach(networks.take(slice(row, row + 1)), _of(curriculum, seeds[row : row + 1]), "bp")[0]
        for row in range(6)
    ]
    apart = np.stack([each.weights for each in alone])
    assert not np.array_equal(together, apart)
    np.testing.assert_allclose(together, apart, rtol=0, atol=1e-12)


def _of(curriculum: Curriculum, seeds: Any) -> Curriculum:
    return replace(curriculum, feedback_seeds=seeds)


ROWS = 11


def lifetime(rule: str) -> Lifetime:
    problem = evo.problem("two-moons").seeded(0)
    return Lifetime(problem, {"rule": rule, "steps": 3, "batch": 5, "momentum": 0.5})


def evaluated(rule: str, evaluator: str = "serial", workers: int = 1) -> Any:
    problem = lifetime(rule)
    problem.in_kernels, problem.in_stacks, problem.group = False, True, stacked.STACK
    assert isinstance(problem.needs, Network)
    fixed = FixedTopology(problem.needs, FixedTopology.Settings(hidden=(17, 7)))
    vectors = np.random.default_rng(1).uniform(-1, 1, (ROWS, fixed.needs.dimensions))
    seeds = np.arange(ROWS, dtype=np.uint64)
    with make_evaluator(evaluator, problem, fixed, workers=workers) as place:
        evaluation = place.evaluate(vectors, seeds)
    assert not evaluation.errors
    return evaluation


@pytest.mark.parametrize("rule", RULES)
def test_equal_bits_at_any_pace_and_with_any_workers(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stacked, "STACK", 4)
    expected = evaluated(rule)
    for first, seconds, evaluator, workers in (
        (1, 1e-9, "serial", 1),
        (1000, 1e9, "serial", 1),
        (3, 1e-9, "threads", 2),
    ):
        monkeypatch.setattr(base, "_FIRST_BATCH", first)
        monkeypatch.setattr(base, "_BATCH_SECONDS", seconds)
        again = evaluated(rule, evaluator, workers)
        assert np.array_equal(again.genomes, expected.genomes)
        assert np.array_equal(again.fitness, expected.fitness)


def test_which_way_networks_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels where they know the rule; stacks where all networks have the same layers."""
    ways: list[str] = []
    for module in (compiled, stacked, modules):
        name = module.__name__.rpartition(".")[2]
        _noted(monkeypatch, module, name, ways)
    networks = born("2-4-1").take(slice(0, 3))
    skips = replace(
        FixedTopology(Network(2, 1), FixedTopology.Settings(hidden=(2,)))(np.ones((1, 9))),
        sources=np.array([0, 1, 0, 2, 0, 3], np.int32),
    )
    xor, seeds = evo.problem("xor"), np.arange(3, dtype=np.uint64)
    for rule, settings, group in (
        ("bp", {}, None),
        ("dfa", {"connections": 1}, stacked.STACK),
        ("ep", {"phases": "random-sign"}, None),
        ("ifa", {}, stacked.STACK),
    ):
        problem = Lifetime(xor, {"rule": rule, "steps": 2, **settings})
        assert problem.group == group
        problem.educated(networks, seeds)
    assert ways == ["compiled", "stacked", "modules", "stacked"]
    Lifetime(xor, {"rule": "usf", "steps": 2}).educated(skips, seeds[:1])
    assert ways[4:] == ["modules"]
    with pytest.raises(UsageError, match="ifa has no meaning on an evolved network"):
        Lifetime(xor, {"rule": "ifa", "steps": 2}).educated(skips, seeds[:1])
    assert Lifetime(xor, {"rule": "ifa", "inherit": "darwin"}).group is None
    carried = [Lifetime(xor, {"rule": "ifa", "evolve": (name,)}) for name in CARRIED]
    assert [each.in_stacks for each in carried] == [True, False, False]


CARRIED = ("learning_rate", "momentum", "scale")


def _noted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, ways: list[str]) -> None:
    teach = module.teach

    def noting(*arguments: Any) -> Any:
        ways.append(name)
        return teach(*arguments)

    monkeypatch.setattr(module, "teach", noting)


def test_groups_of_the_problem_itself_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    xor = evo.problem("xor")
    monkeypatch.setattr(xor, "group", 5)
    assert [Lifetime(xor, {"rule": rule}).group for rule in ("bp", "ifa")] == [5, 5]


def test_a_run_in_processes_and_resumed_is_the_same() -> None:
    def started(evaluator: str, workers: int | None = None) -> Any:
        return evo.evolution(
            "ga",
            "xor",
            seed=2,
            generations=4,
            evaluator=evaluator,
            workers=workers,
            settings={"population": 12},
            wrappers={"lifetime": {"rule": "ifa", "batch": 3}},
        )

    whole, half, resumed = started("serial"), started("serial"), started("processes", 1)
    whole.run()
    half.step()
    half.step()
    resumed.load_state_dict(half.state_dict())
    resumed.run()
    assert same(*[{**run.state_dict(), "elapsed": 0} for run in (whole, resumed)])
