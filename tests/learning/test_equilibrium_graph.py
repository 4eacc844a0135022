"""Equilibrium propagation on evolved networks.

Against backpropagation through their settling, and only along links.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from evo.errors import UsageError
from evo.learning.losses import find_loss
from evo.learning.measures.bptt import estimate, truncated_bptt
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.rules.dtp import DTP
from evo.learning.rules.ep import EP
from evo.networks.flat import Networks
from evo.networks.functions import Activation
from tests.learning.teaching import DOUBLE, generator, rule
from tests.learning.test_evolved import INPUTS, random_network

BOUNDED = [Activation.TANH, Activation.SIGMOID, Activation.NEAT_TANH, Activation.STEEPENED_SIGMOID]


def bounded_network(seed: int, scale: float = 0.1) -> Networks:
    network = random_network(seed, BOUNDED)
    return replace(network, weights=scale * network.weights)


def data() -> tuple[Tensor, Tensor]:
    draws = generator(4)
    return torch.randn(7, INPUTS, generator=draws, dtype=DOUBLE), torch.randint(
        2, (7,), generator=draws
    )


def settled(network: Networks, module: EvolvedNetwork, inputs: Tensor, steps: int) -> Tensor:
    """The states after `steps`, node by node from the flat arrays.

    Every link drives both its ends.
    """
    parameters = {}
    for layer, (group, _, rows, columns) in zip(module.layers, module.where, strict=True):
        for place, node in enumerate(group):
            parameters[int(node)] = (
                layer,
                place,
                [int(c) for r, c in zip(rows, columns, strict=True) if r == place],
            )
    states = torch.zeros(len(inputs), len(network.bias), dtype=DOUBLE)
    for _ in range(steps):
        drive = [
            parameters[node][0].bias[parameters[node][1]].expand(len(inputs))
            for node in range(len(network.bias))
        ]
        for node in range(len(network.bias)):
            layer, place, columns = parameters[node]
            for link, column in zip(
                range(network.links[node], network.links[node + 1]), columns, strict=True
            ):
                weight, source = layer.weight[place, column], int(network.sources[link])
                if source < INPUTS:
                    drive[node] = drive[node] + weight * inputs[:, source]
                else:
                    drive[node] = drive[node] + weight * states[:, source - INPUTS]
                    drive[source - INPUTS] = drive[source - INPUTS] + weight * states[:, node]
        factor = {Activation.NEAT_TANH: 2.5, Activation.STEEPENED_SIGMOID: 4.9}
        function = {Activation.TANH: torch.tanh, Activation.NEAT_TANH: torch.tanh}
        codes = [Activation(code) for code in network.activation]
        pairs = zip(codes, drive, strict=True)
        states = torch.stack(
            [function.get(code, torch.sigmoid)(factor.get(code, 1.0) * one) for code, one in pairs],
            1,
        )
    return states[:, torch.tensor(network.output[0] - INPUTS, dtype=torch.long)]


@pytest.mark.parametrize("judge", ["squared-error", "cross-entropy"])
@pytest.mark.parametrize("seed", [0, 1])
def test_estimates_approach_backpropagation_through_the_settling(seed: int, judge: str) -> None:
    network = bounded_network(seed)
    module, (inputs, targets) = EvolvedNetwork(network), data()
    one: EP = rule(EP, module, judge=judge, free_steps=60, nudged_steps=60)
    outputs = settled(network, module, inputs, 60)
    torch.testing.assert_close(one.predict(inputs), outputs.detach(), rtol=0, atol=1e-12)
    parameters = list(module.parameters())
    true = torch.autograd.grad(
        outputs,
        parameters,
        find_loss(judge)(outputs.detach(), targets).error,
        materialize_grads=True,
    )
    assert one.measures(inputs, targets)["free_residual"] < 1e-10
    for phases, order in (("two-phase", 1.0), ("three-phase", 2.0)):
        errors = []
        for beta in (0.1, 0.01):
            found = estimate(one, inputs, targets, parameters, phases=phases, beta=beta)
            errors.append(
                float(sum((a - b).square().sum() for a, b in zip(found, true, strict=True))) ** 0.5
            )
        assert np.log10(errors[0] / errors[1]) == pytest.approx(order, abs=0.1)


def test_only_links_that_exist_learn_and_the_network_comes_back() -> None:
    module, (inputs, targets) = EvolvedNetwork(bounded_network(3)), data()
    taught: Any = rule(EP, module, judge="squared-error")
    optimiser = torch.optim.Adam(module.parameters(), lr=0.02)
    losses = []
    for _ in range(60):
        optimiser.zero_grad()
        losses.append(float(taught.gradients(inputs, targets).loss))
        optimiser.step()
    assert losses[-1] < 0.8 * losses[0]
    for layer in module.layers:
        assert (layer.weight[layer.mask == 0] == 0).all()
    again = EvolvedNetwork(module.networks())
    torch.testing.assert_close(
        rule(EP, again, judge="squared-error").predict(inputs),
        taught.predict(inputs),
        rtol=0,
        atol=0,
    )


def test_what_has_no_meaning_on_a_graph_is_refused() -> None:
    module = EvolvedNetwork(bounded_network(3))
    with pytest.raises(UsageError, match="one weight per link"):
        rule(EP, module, weights="separate")
    with pytest.raises(UsageError, match="chains of layers"):
        truncated_bptt(rule(EP, module), *data())
    with pytest.raises(UsageError, match="bounded activations"):
        rule(EP, EvolvedNetwork(random_network(3, [Activation.RELU])))
    with pytest.raises(UsageError, match="dtp has no meaning on an evolved network"):
        rule(DTP, module)
    direct = replace(bounded_network(3), output=np.array([[INPUTS + 5, 0]], np.int32))
    with pytest.raises(UsageError, match="one of its inputs"):
        rule(EP, EvolvedNetwork(direct))
