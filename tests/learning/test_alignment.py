"""Measures of alignment: right, and without a trace."""

import copy
import math

import pytest
import torch
from torch import nn

from evo.learning.angles import angle
from evo.learning.measures.alignment import alignment, updates
from evo.learning.rules.bp import BP
from evo.learning.rules.dfa import DFA
from evo.learning.rules.fa import FA
from evo.learning.rules.kolen_pollack import KolenPollack
from tests.learning.teaching import DOUBLE, batch, gradients, perceptron, rule


def test_angles() -> None:
    east, north = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 2.0])
    assert angle(east, east) == pytest.approx(0.0, abs=1e-3)
    assert angle(east, north) == pytest.approx(90.0)
    assert angle(east, -east) == pytest.approx(180.0)
    assert angle(east, east + 0.5 * north) == pytest.approx(45.0)
    assert math.isnan(angle(east, torch.zeros(2)))


def test_backpropagation_and_fa_with_the_forward_weights_are_aligned() -> None:
    network, data = perceptron(7, 6, 5, 3), batch(7, 3)
    exact = alignment(rule(BP, network), *data)
    assert exact.keys() == {
        f"{kind}_to_bp/{k}.weight" for kind in ("angle", "norm") for k in (0, 2, 4)
    }
    for name, figure in exact.items():
        assert figure == pytest.approx(0.0 if name.startswith("angle") else 1.0, abs=1e-4)
    taught = rule(FA, network)
    figures = alignment(taught, *data)
    assert figures["angle_to_bp/4.weight"] == pytest.approx(0.0, abs=1e-4)
    assert figures["angle_to_bp/0.weight"] > 5.0 and figures[
        "norm_to_bp/0.weight"
    ] != pytest.approx(1.0, abs=0.01)
    assert figures["angle_to_feedback/2"] == pytest.approx(
        angle(network[2].weight, taught.feedback[1])
    )
    assert figures["feedback_norm/4"] == pytest.approx(
        float(taught.feedback[2].norm() / network[4].weight.detach().norm())
    )
    assert "angle_to_feedback/0" not in figures
    taught.feedback = [3.0 * weight.detach() for weight in taught.graph.weights()]
    scaled = alignment(taught, *data)
    assert scaled["angle_to_bp/0.weight"] == pytest.approx(0.0, abs=1e-4)
    assert scaled["norm_to_bp/0.weight"] == pytest.approx(9.0) and scaled[
        "feedback_norm/2"
    ] == pytest.approx(3.0)


def test_dfa_feedback_is_compared_with_the_product_of_later_weights() -> None:
    network, data = perceptron(7, 6, 5, 3), batch(7, 3)
    taught = rule(DFA, network)
    gradients(taught, *data)
    figures = taught.measures(*data)
    assert figures["angle_to_feedback/2"] == pytest.approx(
        angle(network[4].weight.T, taught.feedback["2"].weights)
    )
    assert figures["angle_to_feedback/0"] == pytest.approx(
        angle((network[4].weight @ network[2].weight).T, taught.feedback["0"].weights)
    )


@pytest.mark.parametrize("kind", [BP, FA, DFA, KolenPollack])
def test_measuring_leaves_no_trace(kind: type[BP]) -> None:
    network = nn.Sequential(
        nn.Linear(7, 6), nn.BatchNorm1d(6), nn.Dropout(0.3), nn.Tanh(), nn.Linear(6, 3)
    ).double()
    network[1].eval()
    inputs, targets = batch(7, 3)
    taught = rule(kind, network)
    gradients(taught, inputs, targets)
    state, held = copy.deepcopy(network.state_dict()), taught.generator.get_state()
    before = {name: p.grad.clone() for name, p in network.named_parameters()}
    figures = alignment(taught, inputs, targets)
    assert figures == alignment(taught, inputs, targets)
    assert updates(taught, inputs, targets).keys() == before.keys()
    assert all(torch.equal(network.state_dict()[name], value) for name, value in state.items())
    assert all(torch.equal(p.grad, before[name]) for name, p in network.named_parameters())
    assert torch.equal(held, taught.generator.get_state())
    assert [module.training for module in network] == [True, False, True, True, True]


def test_updates_are_those_of_evaluation() -> None:
    network = nn.Sequential(
        nn.Linear(7, 6), nn.BatchNorm1d(6), nn.Dropout(0.3), nn.Linear(6, 3)
    ).double()
    still = copy.deepcopy(network).eval()
    data = batch(7, 3)
    measured, expected = updates(rule(BP, network), *data), gradients(rule(BP, still), *data)
    assert all(torch.equal(measured[name], expected[name]) for name in expected)


def test_fa_aligns_forward_with_feedback_weights_in_training() -> None:
    network, (inputs, _) = perceptron(10, 20, 3), batch(10, 3, size=200)
    targets = (inputs[:, :3] + inputs[:, 3:6] * inputs[:, 6:9]).argmax(1)
    taught = rule(FA, network)
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-3)
    angles = []
    for _ in range(4):
        angles.append(alignment(taught, inputs, targets)["angle_to_feedback/2"])
        for _ in range(60):
            optimiser.zero_grad()
            taught.gradients(inputs, targets)
            optimiser.step()
    assert angles == sorted(angles, reverse=True) and angles[-1] < 65.0
    assert alignment(taught, inputs, targets)["angle_to_bp/0.weight"] < 60.0
    assert inputs.dtype == DOUBLE
