"""Every step's transposed Jacobian, against torch's own.

Backpropagation written out equals autograd.
"""

import copy
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.losses import LOSSES, Loss, find_loss
from evo.learning.rules.bp import BP

CLASSES = 5


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Residual(nn.Module):
    """Skips, a view by the batch's size, a layer used twice, numbers, functional steps."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.twice, self.last = nn.Conv2d(4, 4, 3, padding=1, groups=2), nn.Linear(16, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm(self.first(x)))
        x = x + torch.tanh(self.twice(x))
        x = F.max_pool2d(torch.cat([x, self.twice(x)], 1), 2)
        x = 0.5 * (x - 1) + x * torch.sigmoid(x)
        x = torch.add(x - torch.tanh(x), torch.sin(x), alpha=0.3)
        x = F.adaptive_avg_pool2d(x, (1, 2))
        x = x.view(x.size(0), -1)
        return self.last(x.reshape(x.shape[0], x.size()[1])) / 2


class Sequence(nn.Module):
    """Sequences: three dimensions, other orders of them, a mean over one."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.mixer, self.last = nn.Linear(6, 8), nn.Linear(3, 3), nn.Linear(8, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.inner(x))
        x = x + self.mixer(x.permute(0, 2, 1)).permute(0, 2, 1)
        return self.last(x.mean(1))


def convolutions() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular"),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(4, 4, (3, 2), padding="same", padding_mode="reflect"),
        nn.LeakyReLU(),
        nn.Conv2d(4, 4, 2, padding="same", bias=False),
        nn.Softplus(),
        nn.Conv2d(4, 4, 3, padding=2, dilation=2, padding_mode="replicate", groups=4),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, CLASSES),
    )


def line() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(2, 4, 3, stride=2),
        nn.ELU(),
        nn.MaxPool1d(2, ceil_mode=True),
        nn.BatchNorm1d(4),
        nn.AvgPool1d(2),
        nn.GroupNorm(2, 4),
        nn.Flatten(),
        nn.LayerNorm(8),
        nn.Linear(8, CLASSES),
    )


def activations() -> nn.Module:
    kinds = [
        nn.Tanh,
        nn.Sigmoid,
        nn.ReLU6,
        nn.Hardtanh,
        nn.SELU,
        nn.GELU,
        nn.SiLU,
        nn.Hardsigmoid,
        nn.Hardswish,
        nn.Identity,
    ]
    layers = [part for kind in kinds for part in (nn.Linear(8, 8), kind())]
    return nn.Sequential(*layers, nn.Linear(8, CLASSES))


NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "mlp": (lambda: nn.Sequential(nn.Linear(8, 7), nn.Tanh(), nn.Linear(7, CLASSES)), (6, 8)),
    "one layer": (lambda: nn.Linear(8, CLASSES), (6, 8)),
    "positions": (
        lambda: nn.Sequential(nn.Linear(8, 7), nn.LayerNorm(7), nn.Linear(7, CLASSES)),
        (6, 3, 8),
    ),
    "residual": (Residual, (6, 1, 8, 6)),
    "sequence": (Sequence, (4, 3, 6)),
    "convolutions": (convolutions, (3, 2, 9, 7)),
    "line": (line, (3, 2, 17)),
    "activations": (activations, (6, 8)),
    "batch of one": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12, CLASSES)
        ),
        (1, 1, 7, 9),
    ),
}


def torch_loss(name: str, outputs: Tensor, targets: Tensor) -> Tensor:
    outputs, targets = outputs.reshape(-1, CLASSES), targets.reshape(-1)
    if name == "cross-entropy":
        return F.cross_entropy(outputs, targets)
    wanted = F.one_hot(targets, CLASSES).to(outputs.dtype)
    if name == "binary-cross-entropy":
        return F.binary_cross_entropy_with_logits(outputs, wanted, reduction="sum") / len(outputs)
    return 0.5 * (outputs - wanted).square().sum() / len(outputs)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("judge", sorted(LOSSES))
@pytest.mark.parametrize("name", NETWORKS)
def test_backpropagation_equals_autograd(name: str, judge: str, training: bool) -> None:
    make, shape = NETWORKS[name]
    torch.manual_seed(1)
    ours = make().double().train(training)
    theirs = copy.deepcopy(ours)
    inputs = torch.randn(shape, dtype=torch.float64)
    with torch.no_grad():
        targets = torch.randint(CLASSES, copy.deepcopy(ours)(inputs).shape[:-1])
    rule = BP(ours, find_loss(judge), BP.Settings(), generator())
    for _ in range(2):  # the second adds to the first, as loss.backward() does
        seen = rule.gradients(inputs, targets)
        outputs = theirs(inputs)
        value = torch_loss(judge, outputs, targets)
        value.backward()
        torch.testing.assert_close(seen.outputs, outputs.detach(), rtol=0, atol=1e-12)
        torch.testing.assert_close(seen.loss, value.detach(), rtol=0, atol=1e-12)
    for mine, peer in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, peer.grad, rtol=0, atol=1e-12)
    for mine, peer in zip(ours.buffers(), theirs.buffers(), strict=True):
        torch.testing.assert_close(mine, peer, rtol=0, atol=1e-12)


def test_frozen_parameters_get_no_gradient() -> None:
    network = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 3))
    network[0].weight.requires_grad_(False)
    BP(network, find_loss("cross-entropy"), BP.Settings(), generator()).gradients(
        torch.randn(5, 4), torch.randint(3, (5,))
    )
    assert network[0].weight.grad is None
    assert network[0].bias.grad is not None


def test_dropout_draws_from_the_generator_and_its_errors_pass_the_same_mask() -> None:
    network = nn.Sequential(nn.Linear(6, 50), nn.Dropout(0.4), nn.Linear(50, 3)).double()
    inputs, targets = torch.randn(4, 6, dtype=torch.float64), torch.randint(3, (4,))

    def gradient(seed: int) -> tuple[Tensor, Tensor]:
        network.zero_grad()
        rule = BP(network, find_loss("cross-entropy"), BP.Settings(), generator(seed))
        outputs = rule.gradients(inputs, targets).outputs
        return outputs, network[0].weight.grad.clone()

    (first, gradient1), (again, gradient2), (other, _) = gradient(1), gradient(1), gradient(2)
    assert torch.equal(first, again) and torch.equal(gradient1, gradient2)
    assert not torch.equal(first, other)
    kept = torch.rand((4, 50), generator=generator(1), dtype=torch.float64).ge(0.4).double() / 0.6
    network.zero_grad()
    F.cross_entropy(network[2](network[0](inputs) * kept), targets).backward()
    torch.testing.assert_close(gradient1, network[0].weight.grad, rtol=0, atol=1e-12)
    network.eval()
    torch.testing.assert_close(gradient(1)[0], network(inputs).detach())


class Branching(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) if x.sum() > 0 else self.layer(-x)


class OwnWeights(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3, 4))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight)


class Overwriting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer(x)
        return F.relu(x, inplace=True) + x


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (nn.Sequential(nn.Linear(4, 4), nn.RReLU()), "1: RReLU is not supported"),
        (nn.Sequential(nn.Conv2d(1, 1, 3), nn.Dropout2d()), "1: Dropout2d is not supported"),
        (
            nn.Sequential(nn.Linear(4, 4), nn.TransformerEncoderLayer(4, 2)),
            "TransformerEncoderLayer is not supported",
        ),
        (
            nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))),
            "ParametrizedLinear is not supported",
        ),
        (nn.Sequential(nn.ConvTranspose2d(1, 1, 3)), "no layer that could learn"),
        (nn.Sequential(nn.Tanh()), "no layer that could learn"),
        (Branching(), "forward pass of Branching cannot be followed"),
        (OwnWeights(), "'weight' is used directly"),
        (Overwriting(), "overwrites a value that is used again"),
        (nn.Bilinear(2, 2, 2), "several inputs"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(network: nn.Module, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        BP(network, find_loss("cross-entropy"), BP.Settings(), generator())
    assert caught.value.hint


def test_targets_as_numbers_probabilities_and_single_outputs() -> None:
    outputs = torch.randn(4, CLASSES, dtype=torch.float64)
    classes = torch.tensor([0, 3, 4, 1])
    for name in LOSSES:
        judge: Loss = find_loss(name)
        spelled_out = judge(outputs, F.one_hot(classes, CLASSES).double())
        for by_class, by_number in zip(judge(outputs, classes), spelled_out, strict=True):
            torch.testing.assert_close(by_class, by_number, rtol=0, atol=1e-14)
    single = torch.randn(4, 1, dtype=torch.float64)
    ones = torch.tensor([0, 1, 1, 0])
    value, error = find_loss("binary-cross-entropy")(single, ones)
    torch.testing.assert_close(
        value, F.binary_cross_entropy_with_logits(single[:, 0], ones.double())
    )
    torch.testing.assert_close(error, (torch.sigmoid(single) - ones[:, None]) / 4)
    torch.testing.assert_close(
        find_loss("squared-error")(single, ones[:, None]),
        find_loss("squared-error")(single, ones.double()),
    )
    with pytest.raises(UsageError, match=r"targets of shape \(3,\)"):
        find_loss("squared-error")(single, torch.zeros(3))
    with pytest.raises(UsageError, match="unknown loss 'hinge'"):
        find_loss("hinge")


def test_classes_of_samples_are_not_those_of_positions() -> None:
    outputs, classes = torch.zeros(3, 3, 4), torch.zeros(3, dtype=torch.int64)
    with pytest.raises(UsageError, match="do not fit"):
        find_loss("cross-entropy")(outputs, classes)
    value, _ = find_loss("cross-entropy")(outputs, classes, networks=3)
    assert value.shape == (3,)
