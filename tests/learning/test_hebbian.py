"""Hebbian rules against their equations, and against what Oja's rule is known to find."""

import pytest
import torch
from torch import nn

from evo.errors import UsageError
from evo.learning.rules.hebbian import Hebbian
from tests.learning.teaching import DOUBLE, batch, generator, gradients, perceptron, rule


def test_all_rules_by_their_equations() -> None:
    network, (inputs, targets) = perceptron(7, 6, 5, 3), batch(7, 3)
    values = [inputs, torch.tanh(network[0](inputs)).detach()]
    values.append(torch.tanh(network[2](values[1])).detach())
    oja = gradients(rule(Hebbian, network, form="oja"), inputs, targets)
    subspace = gradients(rule(Hebbian, network), inputs, targets)
    numbers = {"a": 0.5, "b": 0.3, "c": -0.2, "d": 0.1}
    abcd = gradients(rule(Hebbian, network, form="abcd", **numbers), inputs, targets)
    for k in (0, 1):
        weight, name = network[2 * k].weight.detach(), f"{2 * k}.weight"
        of_oja, of_abcd, of_subspace = (
            torch.zeros_like(weight),
            torch.zeros_like(weight),
            torch.zeros_like(weight),
        )
        for x, y in zip(values[k], values[k + 1], strict=True):
            of_oja += y[:, None] * (x[None, :] - y[:, None] * weight) / len(inputs)
            of_subspace += y[:, None] * (x - y @ weight)[None, :] / len(inputs)
            of_abcd += (
                0.5 * y[:, None] * x[None, :] + 0.3 * x[None, :] - 0.2 * y[:, None] + 0.1
            ) / len(inputs)
        torch.testing.assert_close(oja[name], -of_oja, rtol=0, atol=1e-12)
        torch.testing.assert_close(subspace[name], -of_subspace, rtol=0, atol=1e-12)
        torch.testing.assert_close(abcd[name], -of_abcd, rtol=0, atol=1e-12)
        assert f"{2 * k}.bias" not in oja
    error = (
        torch.softmax(network[4](values[2]), 1) - nn.functional.one_hot(targets, 3)
    ).detach() / len(inputs)
    torch.testing.assert_close(oja["4.weight"], error.T @ values[2], rtol=0, atol=1e-12)
    torch.testing.assert_close(oja["4.bias"], error.sum(0), rtol=0, atol=1e-12)


def test_every_connection_may_have_coefficients_of_its_own() -> None:
    network, (inputs, targets) = perceptron(4, 3), batch(4, 3)
    taught = rule(Hebbian, network, form="abcd", output="hebbian")
    own = [torch.randn(3, 4, dtype=DOUBLE, generator=generator(k)) for k in range(4)]
    taught.coefficients["0"] = tuple(own)
    x, y = inputs.mean(0), network(inputs).detach().mean(0)
    together = network(inputs).detach().T @ inputs / len(inputs)
    expected = own[0] * together + own[1] * x[None, :] + own[2] * y[:, None] + own[3]
    torch.testing.assert_close(
        gradients(taught, inputs, targets)["0.weight"], -expected, rtol=0, atol=1e-12
    )


def test_oja_finds_the_first_principal_component() -> None:
    spread = torch.diag(torch.tensor([3.0, 1.0, 0.5, 0.2], dtype=DOUBLE))
    turn = torch.linalg.qr(torch.randn(4, 4, generator=generator(1), dtype=DOUBLE))[0]
    inputs = torch.randn(2000, 4, generator=generator(2), dtype=DOUBLE) @ spread @ turn.T
    network = nn.Linear(4, 1, bias=False).double()
    taught = rule(Hebbian, network, judge="squared-error", form="oja", output="hebbian")
    optimiser = torch.optim.SGD(network.parameters(), lr=0.02)
    for _ in range(400):
        optimiser.zero_grad()
        taught.gradients(inputs, torch.zeros(2000, 1, dtype=DOUBLE))
        optimiser.step()
    first = torch.linalg.eigh(inputs.T @ inputs)[1][:, -1]
    assert float(network.weight.detach().norm()) == pytest.approx(1.0, abs=1e-3)
    assert abs(float(network.weight.detach()[0] @ first)) == pytest.approx(1.0, abs=1e-4)


def test_units_of_a_layer_come_to_span_the_principal_subspace() -> None:
    turn = torch.linalg.qr(torch.randn(5, 5, generator=generator(1), dtype=DOUBLE))[0]
    inputs = (
        torch.randn(500, 5, generator=generator(2), dtype=DOUBLE)
        @ torch.diag(torch.tensor([3.0, 2.0, 0.5, 0.3, 0.1]).double())
        @ turn.T
    )
    network = nn.Linear(5, 2, bias=False).double()
    taught = rule(Hebbian, network, judge="squared-error", output="hebbian")
    optimiser = torch.optim.SGD(network.parameters(), lr=0.02)
    for _ in range(300):
        optimiser.zero_grad()
        taught.gradients(inputs, torch.zeros(500, 2, dtype=DOUBLE))
        optimiser.step()
    found, first = network.weight.detach(), torch.linalg.eigh(inputs.T @ inputs)[1][:, -2:]
    torch.testing.assert_close(found @ found.T, torch.eye(2, dtype=DOUBLE), rtol=0, atol=1e-3)
    torch.testing.assert_close(found.T @ found, first @ first.T, rtol=0, atol=1e-3)


def test_convolutions_are_refused() -> None:
    with pytest.raises(UsageError, match="is a convolution"):
        rule(Hebbian, nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2, 2)))
