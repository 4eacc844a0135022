"""Feedback alignment in all its forms: their equations, exactly."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.rules.bp import BP
from evo.learning.rules.dfa import DFA
from evo.learning.rules.fa import FA
from evo.learning.rules.ifa import IFA
from evo.learning.rules.kolen_pollack import KolenPollack
from evo.learning.rules.sign import BRSF, FRSF, USF
from tests.learning.teaching import (
    DOUBLE,
    batch,
    difference,
    generator,
    gradients,
    perceptron,
    rule,
)

DEEP = (7, 6, 5, 4, 3)
FEEDBACK_RULES = [FA, DFA, IFA, USF, FRSF, BRSF, KolenPollack]


def set_direct(taught: Any, matrices: dict[str, Tensor]) -> None:
    """Give DFA or IFA these B, `(d, K)` by layer."""
    taught.memory = {
        name: replace(taught.feedback[name], weights=matrix) for name, matrix in matrices.items()
    }


def test_fa_with_the_forward_weights_is_backpropagation_and_with_others_is_not() -> None:
    network, data = perceptron(*DEEP), batch(7, 3)
    taught = rule(FA, network)
    exact = gradients(rule(BP, network), *data)
    assert difference(gradients(taught, *data), exact) > 1e-3
    taught.feedback = taught.graph.weights()
    assert difference(gradients(taught, *data), exact) <= 1e-12


def test_fa_by_its_equations() -> None:
    network, (inputs, targets) = perceptron(*DEEP), batch(7, 3)
    taught = rule(FA, network)
    own = gradients(taught, inputs, targets)
    weights, values = [network[2 * k].weight for k in range(4)], [inputs]
    for k in range(3):
        values.append(torch.tanh(network[2 * k](values[-1])))
    outputs = network[6](values[-1])
    delta = (torch.softmax(outputs, 1) - nn.functional.one_hot(targets, 3)) / len(inputs)
    for k in (3, 2, 1, 0):
        torch.testing.assert_close(own[f"{2 * k}.weight"], delta.T @ values[k], rtol=0, atol=1e-12)
        torch.testing.assert_close(own[f"{2 * k}.bias"], delta.sum(0), rtol=0, atol=1e-12)
        assert taught.feedback[k].shape == weights[k].shape
        delta = (delta @ taught.feedback[k]) * (1 - values[k] ** 2)


def test_fa_weights_are_xavier_uniform() -> None:
    network = nn.Sequential(
        nn.Conv2d(4, 30, 5, groups=2), nn.ReLU(), nn.Flatten(), nn.Linear(120, 300)
    )
    for scale in (1.0, 3.0):
        kernel, matrix = rule(FA, network, scale=scale).feedback
        bounds = scale * np.sqrt(6 / (2 * 25 + 30 * 25)), scale * np.sqrt(6 / (120 + 300))
        assert kernel.shape == (30, 2, 5, 5)
        for drawn, bound in zip((kernel, matrix), bounds, strict=True):
            assert 0.97 * bound < drawn.abs().max() <= bound
            assert float(drawn.std()) == pytest.approx(bound / np.sqrt(3), rel=0.05)


def test_one_hidden_layer_dfa_with_the_forward_weights_is_backpropagation() -> None:
    network, data = perceptron(7, 6, 3), batch(7, 3)
    exact = gradients(rule(BP, network), *data)
    taught = rule(DFA, network)
    assert difference(gradients(taught, *data), exact) > 1e-3
    set_direct(taught, {"0": network[2].weight.detach().T})
    assert difference(gradients(taught, *data), exact) <= 1e-12


def test_one_hidden_layer_fa_dfa_and_ifa_are_the_same() -> None:
    network, data = perceptron(7, 6, 3), batch(7, 3)
    matrix = torch.randn(6, 3, dtype=DOUBLE, generator=generator())
    fa, dfa, ifa = rule(FA, network), rule(DFA, network), rule(IFA, network)
    fa.feedback[1] = matrix.T.contiguous()
    for taught in (dfa, ifa):
        gradients(taught, *data)
        set_direct(taught, {"0": matrix})
    first = gradients(fa, *data)
    assert difference(first, gradients(dfa, *data)) <= 1e-12
    assert difference(first, gradients(ifa, *data)) <= 1e-12


@pytest.mark.parametrize("activation", [nn.Identity, nn.Tanh])
def test_dfa_with_products_of_weights_is_backpropagation_in_linear_networks_only(
    activation: type[nn.Module],
) -> None:
    network, data = perceptron(*DEEP, activation=activation), batch(7, 3)
    taught = rule(DFA, network)
    gradients(taught, *data)
    weights = [network[2 * k].weight.detach() for k in range(4)]
    set_direct(
        taught,
        {
            "4": weights[3].T,
            "2": (weights[3] @ weights[2]).T,
            "0": (weights[3] @ weights[2] @ weights[1]).T,
        },
    )
    gap = difference(gradients(taught, *data), gradients(rule(BP, network), *data))
    assert gap <= 1e-12 if activation is nn.Identity else gap > 1e-3


def deltas(taught: Any, record: Any, error: Tensor) -> list[Tensor]:
    """The error of each pre-activation for one sample, read off the gradients of the biases."""
    taught.network.zero_grad()
    taught.backward(record, error)
    return [layer.operation.module.bias.grad.clone() for layer in taught.graph.layers]


def test_ifa_goes_on_forward_through_the_weights() -> None:
    network, (inputs, targets) = perceptron(*DEEP), batch(7, 3, size=1)
    taught = rule(IFA, network)
    gradients(taught, inputs, targets)
    error = torch.randn(1, 3, dtype=DOUBLE, generator=generator(5))

    def run() -> list[Tensor]:
        return deltas(taught, record(), error)

    def record() -> Any:
        return taught.graph.forward(inputs)

    found = run()
    values = record().values[2::2]
    delta = (error @ taught.feedback["0"].weights.T) * (1 - values[0] ** 2)
    for k in (0, 1, 2):
        torch.testing.assert_close(found[k], delta[0], rtol=0, atol=1e-12)
        if k < 2:
            delta = (delta @ network[2 * k + 2].weight.T) * (1 - values[k + 1] ** 2)
    torch.testing.assert_close(found[3], error[0], rtol=0, atol=1e-12)
    with torch.no_grad():
        for later in (4, 6):
            network[later].weight += 1.0
    changed = run()
    assert torch.equal(changed[1], found[1]) and torch.equal(changed[0], found[0])
    assert not torch.allclose(changed[2], found[2])


@pytest.mark.parametrize("kind", [FA, DFA])
def test_no_weight_is_transported(kind: type[FA] | type[DFA]) -> None:
    """With the error and the values held fixed, no forward weight has any part in what comes back.

    Not even NaN.
    """
    network, (inputs, targets) = perceptron(*DEEP), batch(7, 3, size=1)
    taught = rule(kind, network)
    gradients(taught, inputs, targets)
    error = torch.randn(1, 3, dtype=DOUBLE, generator=generator(5))
    before = deltas(taught, taught.graph.forward(inputs, taught.keep), error)
    record = taught.graph.forward(inputs, taught.keep)
    with torch.no_grad():
        for layer in taught.graph.layers:
            layer.operation.weight.fill_(float("nan"))
    after = deltas(taught, record, error)
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    record = taught.graph.forward(inputs, taught.keep)
    poisoned = rule(BP, network)
    assert not all(
        torch.isfinite(d).all() for d in deltas(poisoned, poisoned.graph.forward(inputs, ()), error)
    )


def pictures() -> tuple[nn.Sequential, Tensor, Tensor]:
    torch.manual_seed(3)
    network = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular"),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, groups=2),
        nn.Tanh(),
        nn.AvgPool2d(2, ceil_mode=True),
        nn.Dropout(0.2),
        nn.Flatten(),
        nn.Linear(12, 5),
        nn.LayerNorm(5),
        nn.Tanh(),
        nn.Linear(5, 3),
    ).double()
    return network, torch.randn(4, 2, 11, 9, dtype=DOUBLE), torch.randint(3, (4,))


def test_fa_through_pooling_and_norms_with_the_forward_weights_is_backpropagation() -> None:
    network, *data = pictures()
    network[7].p = 0.0
    taught = rule(FA, network)
    taught.feedback = taught.graph.weights()
    assert difference(gradients(taught, *data), gradients(rule(BP, network), *data)) <= 1e-12


class Skipping(nn.Module):
    """A residual block and a head, with the block's paths apart."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.block, self.head = nn.Linear(6, 4), nn.Linear(4, 4), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.stem(x))
        return self.head(torch.relu(x + torch.sigmoid(self.block(x))))


def test_dfa_reaches_every_layer_of_a_residual_network_directly_and_not_through_the_skip() -> None:
    torch.manual_seed(0)
    network, (inputs, targets) = Skipping().double(), batch(6, 3)
    taught = rule(DFA, network)
    own = gradients(taught, inputs, targets)
    stem = torch.tanh(network.stem(inputs))
    gate = torch.sigmoid(network.block(stem))
    joined = torch.relu(stem + gate)
    error = (torch.softmax(network.head(joined), 1) - nn.functional.one_hot(targets, 3)) / len(
        inputs
    )
    to_stem = (error @ taught.feedback["stem"].weights.T) * (1 - stem**2)
    to_block = (error @ taught.feedback["block"].weights.T) * (joined > 0) * gate * (1 - gate)
    torch.testing.assert_close(own["stem.weight"], to_stem.T @ inputs, rtol=0, atol=1e-12)
    torch.testing.assert_close(own["block.weight"], to_block.T @ stem, rtol=0, atol=1e-12)
    torch.testing.assert_close(own["head.weight"], error.T @ joined, rtol=0, atol=1e-12)


class PreActivation(nn.Module):
    """Residual blocks, activation first, so that only skips lead from block to block."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.block, self.other, self.head = (
            nn.Linear(6, 4),
            nn.Linear(4, 4),
            nn.Linear(4, 4),
            nn.Linear(4, 3),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = x + self.block(torch.tanh(x))
        x = x + self.other(torch.sigmoid(x))
        return self.head(x)


def test_dfa_sends_nothing_from_block_to_block_along_skips() -> None:
    torch.manual_seed(0)
    network, (inputs, targets) = PreActivation().double(), batch(6, 3)
    taught = rule(DFA, network)
    own = gradients(taught, inputs, targets)
    record = taught.graph.forward(inputs)
    error = (
        torch.softmax(record.values[taught.graph.output], 1) - nn.functional.one_hot(targets, 3)
    ) / len(inputs)
    hidden, gate = (
        torch.tanh(network.stem(inputs)),
        torch.sigmoid(network.stem(inputs) + network.block(torch.tanh(network.stem(inputs)))),
    )
    arriving = {name: error @ projection.weights.T for name, projection in taught.feedback.items()}
    torch.testing.assert_close(
        own["stem.bias"], (arriving["stem"] * (1 - hidden**2)).sum(0), rtol=0, atol=1e-12
    )
    torch.testing.assert_close(
        own["block.bias"], (arriving["block"] * gate * (1 - gate)).sum(0), rtol=0, atol=1e-12
    )
    torch.testing.assert_close(own["other.bias"], arriving["other"].sum(0), rtol=0, atol=1e-12)


class Branches(nn.Module):
    """One layer read by two others, by one of them through another function.

    `split` where it is read before any.
    """

    def __init__(self, split: bool) -> None:
        super().__init__()
        self.split = split
        self.stem, self.left, self.right, self.head = (
            nn.Linear(6, 4),
            nn.Linear(4, 3),
            nn.Linear(4, 2),
            nn.Linear(5, 3),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        left = torch.tanh(x)
        right = torch.sigmoid(x if self.split else left)
        return self.head(torch.tanh(torch.cat([self.left(left), self.right(right)], 1)))


def test_dfa_gives_a_value_that_a_layer_reads_its_own_projection_only() -> None:
    torch.manual_seed(0)
    network, (inputs, targets) = Branches(split=False).double(), batch(6, 3)
    taught = rule(DFA, network)
    own = gradients(taught, inputs, targets)
    error = (torch.softmax(network(inputs), 1) - nn.functional.one_hot(targets, 3)).detach() / len(
        inputs
    )
    hidden = torch.tanh(network.stem(inputs))
    expected = (error @ taught.feedback["stem"].weights.T) * (1 - hidden**2)
    torch.testing.assert_close(own["stem.weight"], expected.T @ inputs, rtol=0, atol=1e-12)


def test_ifa_on_branches() -> None:
    torch.manual_seed(0)
    network, (inputs, targets) = Branches(split=True).double(), batch(6, 3)
    taught = rule(IFA, network)
    own = gradients(taught, inputs, targets)
    error = (torch.softmax(network(inputs), 1) - nn.functional.one_hot(targets, 3)).detach() / len(
        inputs
    )
    stem = network.stem(inputs).detach()
    (_, to_left), (_, to_right) = (
        (name, error @ p.weights.T) for name, p in sorted(taught.feedback.items())
    )
    to_left, gate = to_left * (1 - torch.tanh(stem) ** 2), torch.sigmoid(stem)
    to_right = to_right * gate * (1 - gate)
    torch.testing.assert_close(
        own["stem.weight"], (to_left + to_right).T @ inputs, rtol=0, atol=1e-12
    )
    joined = torch.tanh(torch.cat([network.left(torch.tanh(stem)), network.right(gate)], 1))
    onward = torch.cat([to_left @ network.left.weight.T, to_right @ network.right.weight.T], 1) * (
        1 - joined**2
    )
    torch.testing.assert_close(own["left.bias"], onward[:, :3].sum(0), rtol=0, atol=1e-12)
    torch.testing.assert_close(own["right.weight"], onward[:, 3:].T @ gate, rtol=0, atol=1e-12)


def strided() -> tuple[nn.Sequential, Tensor, Tensor]:
    torch.manual_seed(4)
    network = nn.Sequential(
        nn.Conv2d(1, 3, 2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 4, 2, stride=2),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(8, 3),
    ).double()
    return network, torch.randn(5, 1, 5, 9, dtype=DOUBLE), torch.randint(3, (5,))


def test_fa_through_convolutions_is_a_transposed_convolution_with_the_feedback_kernel() -> None:
    network, inputs, targets = strided()
    taught = rule(FA, network)
    own = gradients(taught, inputs, targets)
    values = taught.graph.forward(inputs).values
    error = (torch.softmax(values[-1], 1) - nn.functional.one_hot(targets, 3)) / len(inputs)
    delta = (error @ taught.feedback[2]).view(values[5].shape) * (1 - values[5] ** 2)
    torch.testing.assert_close(own["3.bias"], delta.sum((0, 2, 3)), rtol=0, atol=1e-12)
    back = nn.functional.conv_transpose2d(delta, taught.feedback[1], stride=2)
    indices = nn.functional.max_pool2d(values[2], 2, return_indices=True)[1]
    to_first = nn.functional.max_unpool2d(back, indices, 2, output_size=values[2].shape[2:]) * (
        values[2] > 0
    )
    torch.testing.assert_close(own["0.bias"], to_first.sum((0, 2, 3)), rtol=0, atol=1e-12)


def test_ifa_passes_pooling_by_the_windows_that_were_chosen() -> None:
    network, inputs, targets = strided()
    taught = rule(IFA, network)
    own = gradients(taught, inputs, targets)
    values = taught.graph.forward(inputs).values
    error = (torch.softmax(values[-1], 1) - nn.functional.one_hot(targets, 3)) / len(inputs)
    arriving = (error @ taught.feedback["0"].weights.T).view(values[3].shape)
    indices = nn.functional.max_pool2d(values[2], 2, return_indices=True)[1]
    delta = nn.functional.max_unpool2d(arriving, indices, 2, output_size=values[2].shape[2:]) * (
        values[2] > 0
    )
    torch.testing.assert_close(own["0.bias"], delta.sum((0, 2, 3)), rtol=0, atol=1e-12)
    pooled = delta.flatten(2).gather(2, indices.flatten(2)).view(indices.shape)
    second = nn.functional.conv2d(pooled, network[3].weight, stride=2) * (1 - values[5] ** 2)
    torch.testing.assert_close(
        own["3.weight"],
        torch.nn.grad.conv2d_weight(values[3], (4, 3, 2, 2), second, stride=2),
        rtol=0,
        atol=1e-12,
    )


def test_direct_feedback_is_uniform() -> None:
    for scale in (1.0, 2.0):
        taught = rule(DFA, perceptron(7, 2000, 9), scale=scale)
        gradients(taught, *batch(7, 9))
        drawn = taught.feedback["0"].weights
        assert 0.99 * scale / 3 < float(drawn.abs().max()) <= scale / 3
        assert float(drawn.mean()) == pytest.approx(0.0, abs=0.01) and float(
            drawn.std()
        ) == pytest.approx(scale / 3 / 3**0.5, rel=0.02)


def test_dfa_of_maps_dense_sparse_and_broadcast() -> None:
    network, inputs, targets = pictures()
    network.eval()
    dense = rule(DFA, network)
    gradients(dense, inputs, targets)
    assert {name: tuple(b.weights.shape) for name, b in dense.feedback.items()} == {
        "0": (80, 3),
        "4": (12, 3),
        "9": (5, 3),
    }
    broadcast = rule(DFA, network, convolution="broadcast")
    gradients(broadcast, inputs, targets)
    assert {name: tuple(b.weights.shape) for name, b in broadcast.feedback.items()} == {
        "0": (4, 3),
        "4": (6, 3),
        "9": (5, 3),
    }
    error, like = torch.randn(4, 3, dtype=DOUBLE), torch.zeros(4, 6, 2, 1, dtype=DOUBLE)
    spread = broadcast.feedback["4"](error, like)
    assert torch.equal(
        spread, (error @ broadcast.feedback["4"].weights.T)[:, :, None, None].expand(4, 6, 2, 1)
    )
    sparse = rule(DFA, network, connections=2)
    gradients(sparse, inputs, targets)
    projection = sparse.feedback["9"]
    whole = torch.zeros(5, 3, dtype=DOUBLE).scatter_(1, projection.sources, projection.weights)
    assert ((whole != 0).sum(1) == 2).all()
    torch.testing.assert_close(projection(error, torch.zeros(4, 5, dtype=DOUBLE)), error @ whole.T)


def test_dfa_with_one_matrix_for_all_layers() -> None:
    data = batch(7, 3)
    taught = rule(DFA, perceptron(7, 5, 5, 5, 3), shared=True)
    gradients(taught, *data)
    assert (
        len(taught.feedback) == 3
        and len({id(projection) for projection in taught.feedback.values()}) == 1
    )
    with pytest.raises(UsageError, match="one B for all layers"):
        gradients(rule(DFA, perceptron(7, 5, 4, 3), shared=True), *data)


def test_dfa_refuses_feedback_that_does_not_fit_in_memory() -> None:
    with pytest.raises(UsageError, match="would take") as caught:
        gradients(rule(DFA, perceptron(7, 5000, 3), memory=1e-5), *batch(7, 3))
    assert "broadcast" in str(caught.value.hint)


def test_dfa_under_adam_does_not_depend_on_the_scale_of_its_feedback() -> None:
    inputs, targets = batch(7, 3, size=32)
    ends = []
    for scale in (0.1, 1.0, 10.0):
        network = perceptron(*DEEP)
        taught = rule(DFA, network, scale=scale)
        optimiser = torch.optim.Adam(network.parameters(), lr=1e-2, eps=1e-30)
        for _ in range(20):
            optimiser.zero_grad()
            taught.gradients(inputs, targets)
            optimiser.step()
        ends.append({name: p.detach().clone() for name, p in network.named_parameters()})
    assert difference(ends[0], ends[1]) <= 1e-9 and difference(ends[2], ends[1]) <= 1e-9


@pytest.mark.parametrize(("kind", "learns"), [(FA, True), (DFA, True), (BP, False)])
def test_from_weights_of_zero_only_random_feedback_can_start(
    kind: type[FA] | type[DFA] | type[BP], learns: bool
) -> None:
    network, (inputs, _) = perceptron(7, 20, 20, 3), batch(7, 3, size=100)
    targets = (inputs[:, :3] * 2.0).argmax(1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
    taught = rule(kind, network)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(100):
        optimiser.zero_grad()
        taught.gradients(inputs, targets)
        optimiser.step()
    accuracy = float((network(inputs).argmax(1) == targets).double().mean())
    assert accuracy > 0.9 if learns else accuracy < 0.5


def test_sign_feedback_shares_signs_and_has_its_magnitudes() -> None:
    network, data = perceptron(*DEEP), batch(7, 3)
    weights = [network[2 * k].weight.detach() for k in range(4)]
    uniform, fixed, anew = rule(USF, network), rule(FRSF, network), rule(BRSF, network)
    reference = rule(FA, network)
    reference.feedback = [torch.sign(w) * np.sqrt(2 / sum(w.shape)) for w in weights]
    assert difference(gradients(uniform, *data), gradients(reference, *data)) <= 1e-12
    reference.feedback = [m * torch.sign(w) for m, w in zip(fixed.magnitudes, weights, strict=True)]
    assert difference(gradients(fixed, *data), gradients(reference, *data)) <= 1e-12
    assert difference(gradients(fixed, *data), gradients(fixed, *data)) == 0.0
    assert difference(gradients(anew, *data), gradients(anew, *data)) > 1e-4


@pytest.mark.parametrize("optimiser", [torch.optim.SGD, torch.optim.Adam])
def test_kolen_pollack_makes_feedback_and_weights_alike(optimiser: Any) -> None:
    network, data = perceptron(*DEEP), batch(7, 3)
    taught = rule(KolenPollack, network, decay=0.05)
    stepping = optimiser(network.parameters(), lr=1e-2)

    def gaps() -> list[float]:
        return [
            float((w - b).detach().norm())
            for w, b in zip(taught.graph.weights(), taught.feedback, strict=True)
        ]

    before, weight = gaps(), network[2].weight.detach().clone()
    angles = taught.measures(*data)
    for _ in range(20):
        stepping.zero_grad()
        taught.gradients(*data)
        stepping.step()
        taught.after_step()
    assert gaps() == pytest.approx([0.95**20 * gap for gap in before], rel=1e-9)
    assert float((network[2].weight.detach() - 0.95**20 * weight).abs().max()) > 1e-3
    assert all(
        taught.measures(*data)[name] < angle
        for name, angle in angles.items()
        if name.startswith("angle")
    )


CRASHING = {
    "batch of one": (lambda: perceptron(7, 6, 3), (1, 7)),
    "sequences": (lambda: perceptron(7, 6, 5, 3), (4, 2, 7)),
    "one output": (lambda: perceptron(7, 6, 1), (4, 7)),
    "a layer of one": (lambda: perceptron(7, 1, 3), (4, 7)),
    "pictures": (lambda: pictures()[0], (2, 2, 11, 9)),
    "one layer": (lambda: nn.Linear(7, 3).double(), (4, 7)),
    "sequences, flattened": (
        lambda: nn.Sequential(nn.Linear(7, 4), nn.Tanh(), nn.Flatten(), nn.Linear(8, 3)).double(),
        (4, 2, 7),
    ),
    "two linear layers after a line": (
        lambda: nn.Sequential(
            nn.Conv1d(1, 2, 3),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Flatten(),
            nn.Linear(4, 4),
            nn.Linear(4, 3),
        ).double(),
        (2, 1, 7),
    ),
}


@pytest.mark.parametrize("kind", [BP, *FEEDBACK_RULES])
@pytest.mark.parametrize("name", CRASHING)
def test_shapes_that_other_libraries_trip_over(name: str, kind: Any) -> None:
    make, shape = CRASHING[name]
    network, inputs = make(), torch.randn(shape, dtype=DOUBLE)
    outputs = network(inputs)
    judge = "binary-cross-entropy" if outputs.shape[-1] == 1 else "cross-entropy"
    targets = torch.zeros(outputs.shape[:-1], dtype=torch.int64)
    found = gradients(rule(kind, network, judge=judge), inputs, targets)
    assert found.keys() == dict(network.named_parameters()).keys()
    for parameter_name, parameter in network.named_parameters():
        assert found[parameter_name].shape == parameter.shape
        assert torch.isfinite(found[parameter_name]).all()


@pytest.mark.parametrize("kind", FEEDBACK_RULES)
def test_the_network_stays_as_it_is_and_autograd_is_never_used(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, inputs, targets = pictures()
    classes, text = [type(module) for module in network.modules()], repr(network)
    usual = gradients(rule(kind, network), inputs, targets)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("autograd was used")

    monkeypatch.setattr(torch.autograd, "grad", refuse)
    monkeypatch.setattr(torch.autograd, "backward", refuse)
    monkeypatch.setattr(torch.Tensor, "backward", refuse)
    with torch.inference_mode():
        without = gradients(rule(kind, network), inputs, targets)
    assert all(torch.equal(usual[name], without[name]) for name in usual)
    assert [type(module) for module in network.modules()] == classes and repr(network) == text
    assert not any(module._forward_hooks or module._backward_hooks for module in network.modules())


@pytest.mark.parametrize("kind", [BP, *FEEDBACK_RULES])
def test_a_rule_goes_on_from_its_state(kind: Any) -> None:
    network, inputs, targets = pictures()
    network.train()
    straight = rule(kind, network)
    gradients(straight, inputs, targets)
    state, modules = straight.state_dict(), {name: b.clone() for name, b in network.named_buffers()}
    expected = gradients(straight, inputs, targets)
    for name, buffer in network.named_buffers():
        buffer.copy_(modules[name])
    resumed = rule(kind, network, seed=99)
    resumed.load_state_dict(state)
    again = gradients(resumed, inputs, targets)
    assert all(torch.equal(expected[name], again[name]) for name in expected)
