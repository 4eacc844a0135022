"""Evolved networks as modules, what rules do to them, and back."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from evo.errors import UsageError
from evo.learning.networks.evolved import TEACHABLE, EvolvedNetwork
from evo.learning.rules.bp import BP
from evo.learning.rules.dfa import DFA
from evo.learning.rules.fa import FA
from evo.learning.rules.hebbian import Hebbian
from evo.learning.rules.ifa import IFA
from evo.learning.rules.kolen_pollack import KolenPollack
from evo.networks.activate import outputs
from evo.networks.flat import Networks
from evo.networks.functions import Activation, Aggregation
from tests.learning.teaching import DOUBLE, difference, generator, gradients, rule

INPUTS, NODES, OUTPUTS = 3, 14, 2


def random_network(seed: int, codes: list[Activation] | None = None) -> Networks:
    """Links of any length, nodes without links, and an output that others read."""
    rng = np.random.default_rng(seed)
    sources, ends = [], [0]
    for node in range(NODES):
        chosen = rng.permutation(INPUTS + node)[: rng.integers(0 if 0 < node < 4 else 1, 5)]
        sources.append(np.sort(chosen))
        ends.append(ends[-1] + len(chosen))
    flat = np.concatenate(sources)
    codes = codes or [Activation.TANH, Activation.SIGMOID, Activation.IDENTITY]
    return Networks(
        inputs=INPUTS,
        outputs=OUTPUTS,
        recurrent=False,
        nodes=np.array([0, NODES]),
        bias=rng.normal(size=NODES),
        activation=rng.choice(codes, NODES).astype(np.uint8),
        aggregation=np.full(NODES, int(Aggregation.SUM), np.uint8),
        links=np.array(ends),
        sources=flat.astype(np.int32),
        weights=rng.normal(size=len(flat)),
        output=np.array([[INPUTS + NODES - 1, INPUTS + 6]], np.int32),
    )


def pair(seeds: tuple[int, int] = (1, 2)) -> Networks:
    """Two networks in one `Networks`."""
    first, second = (random_network(seed) for seed in seeds)
    return replace(
        first,
        nodes=np.array([0, NODES, 2 * NODES]),
        links=np.concatenate([first.links, first.links[-1] + second.links[1:]]),
        output=np.concatenate([first.output, second.output]),
        **{
            n: np.concatenate([getattr(first, n), getattr(second, n)])
            for n in ("bias", "activation", "aggregation", "sources", "weights")
        },
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_module_computes_what_the_network_computes(seed: int) -> None:
    network = random_network(seed, list(TEACHABLE))
    inputs = np.random.default_rng(seed).normal(size=(9, INPUTS))
    module = EvolvedNetwork(network)
    expected = outputs(network, inputs)[0]
    np.testing.assert_allclose(module(torch.tensor(inputs)).detach().numpy(), expected, atol=1e-10)
    seen = rule(BP, module, judge="squared-error").gradients(
        torch.tensor(inputs), torch.zeros(9, OUTPUTS, dtype=DOUBLE)
    )
    np.testing.assert_allclose(seen.outputs.numpy(), expected, atol=1e-10)


def test_a_row_of_many_goes_out_and_comes_back() -> None:
    both = pair()
    for row, seed in enumerate((1, 2)):
        module = EvolvedNetwork(both, row)
        for name in ("bias", "weights", "sources", "links", "output", "activation"):
            np.testing.assert_array_equal(
                getattr(module.networks(), name), getattr(random_network(seed), name)
            )
        with torch.no_grad():
            for layer in module.layers:
                for parameter in layer.parameters():
                    parameter.mul_(-0.5)
        np.testing.assert_array_equal(
            module.networks().weights, -0.5 * random_network(seed).weights
        )
        np.testing.assert_array_equal(module.networks().bias, -0.5 * random_network(seed).bias)
    np.testing.assert_array_equal(
        both.weights[: len(random_network(1).weights)], random_network(1).weights
    )


def data() -> tuple[Tensor, Tensor]:
    return torch.randn(7, INPUTS, generator=generator(3), dtype=DOUBLE), torch.randn(
        7, OUTPUTS, generator=generator(4), dtype=DOUBLE
    )


@pytest.mark.parametrize("seed", range(6))
def test_backpropagation_and_fa_with_the_forward_weights_equal_autograd(seed: int) -> None:
    module, (inputs, targets) = EvolvedNetwork(random_network(seed, list(TEACHABLE))), data()
    exact = gradients(rule(BP, module, judge="squared-error"), inputs, targets)
    aligned = rule(FA, module, judge="squared-error")
    assert difference(gradients(aligned, inputs, targets), exact) > 1e-4
    aligned.feedback = aligned.graph.weights()
    assert difference(gradients(aligned, inputs, targets), exact) <= 1e-12
    module.zero_grad()
    (0.5 * (module(inputs) - targets).square().sum() / len(inputs)).backward()
    for name, parameter in module.named_parameters():
        if name in exact:
            torch.testing.assert_close(exact[name], parameter.grad, rtol=0, atol=1e-10)
        else:
            assert parameter.grad is None


def test_one_node_may_give_two_outputs() -> None:
    network = random_network(5)
    twice = EvolvedNetwork(replace(network, output=network.output[:, [0, 0]]))
    inputs, targets = data()
    exact = gradients(rule(BP, twice, judge="squared-error"), inputs, targets)
    twice.zero_grad()
    (0.5 * (twice(inputs) - targets).square().sum() / len(inputs)).backward()
    assert (
        difference(
            exact, {name: p.grad for name, p in twice.named_parameters() if p.grad is not None}
        )
        <= 1e-10
    )


def test_dfa_gives_outputs_their_error_and_everything_else_a_projection_of_it() -> None:
    network = random_network(5)
    module, (inputs, targets) = EvolvedNetwork(network), data()
    taught = rule(DFA, module, judge="squared-error")
    own = gradients(taught, inputs, targets)
    record = taught.graph.forward(inputs)
    error = (record.values[taught.graph.output] - targets) / len(inputs)
    position = {
        int(node): (number, k)
        for number, (group, *_) in enumerate(module.where)
        for k, node in enumerate(group)
    }
    checked = 0
    for node in range(NODES):
        number, k = position[node]
        layer = taught.graph.layers[number]
        if f"layers.{number}.bias" not in own:
            continue
        value = next(
            record.values[s.output] for s in taught.graph.steps if layer.output in s.inputs
        )[:, k]
        slope = {
            Activation.TANH: 1 - value**2,
            Activation.SIGMOID: value * (1 - value),
            Activation.IDENTITY: torch.ones(7, dtype=DOUBLE),
        }
        gives = [column for column, p in enumerate(network.output[0]) if p == INPUTS + node]
        arriving = error[:, gives[0]] if gives else error @ taught.feedback[layer.name].weights[k]
        expected = (arriving * slope[Activation(network.activation[node])]).sum()
        torch.testing.assert_close(own[f"layers.{number}.bias"][k], expected, rtol=0, atol=1e-12)
        checked += 1
    assert checked > 5


@pytest.mark.parametrize(
    ("kind", "settings"),
    [(BP, {}), (FA, {}), (DFA, {}), (KolenPollack, {}), (Hebbian, {"form": "abcd", "d": 0.3})],
)
def test_rules_change_links_that_exist_and_no_others(kind: Any, settings: dict[str, Any]) -> None:
    module, (inputs, targets) = EvolvedNetwork(random_network(3)), data()
    taught = rule(kind, module, judge="squared-error", **settings)
    optimiser = torch.optim.Adam(module.parameters(), lr=0.02)
    losses = []
    for _ in range(40):
        optimiser.zero_grad()
        losses.append(float(taught.gradients(inputs, targets).loss))
        optimiser.step()
        taught.after_step()
    for layer in module.layers:
        assert (layer.weight[layer.mask == 0] == 0).all()
    assert kind is Hebbian or losses[-1] < 0.8 * losses[0]
    np.testing.assert_allclose(
        outputs(module.networks(), inputs.numpy())[0], module(inputs).detach().numpy(), atol=1e-10
    )


def test_rules_without_a_meaning_on_graphs_say_so() -> None:
    with pytest.raises(UsageError, match="ifa has no meaning on an evolved network") as caught:
        rule(IFA, EvolvedNetwork(random_network(3)))
    assert "bp, fa, dfa" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recurrent": True}, "recurrent"),
        (
            {"aggregation": np.full(NODES, int(Aggregation.MAX), np.uint8)},
            "something else than a sum",
        ),
        ({"activation": np.full(NODES, int(Activation.HAT), np.uint8)}, "activation hat"),
    ],
)
def test_networks_that_cannot_learn_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        EvolvedNetwork(replace(random_network(0), **change))
    assert caught.value.hint


def test_two_links_between_the_same_nodes_are_refused() -> None:
    network = random_network(0)
    node = int(np.flatnonzero(np.diff(network.links) >= 2)[0])
    sources = network.sources.copy()
    sources[network.links[node] + 1] = sources[network.links[node]]
    with pytest.raises(UsageError, match="two links"):
        EvolvedNetwork(replace(network, sources=sources))
