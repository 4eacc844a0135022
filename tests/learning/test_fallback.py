"""Modules without a step of their own stand between layers by autograd."""

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.networks.operations.fallback import Fallback
from evo.learning.networks.operations.table import MODULES
from evo.learning.rules.base import Rule
from evo.learning.rules.bp import BP
from evo.learning.rules.dfa import DFA
from evo.learning.rules.dtp import DTP
from evo.learning.rules.fa import FA
from evo.learning.rules.ifa import IFA
from tests.learning.teaching import DOUBLE, generator, gradients, rule

CLASSES = 4


def flat(module: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(5, 8), module, nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, CLASSES))


def maps(module: nn.Module) -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 4, 3), module, nn.Conv2d(4, 3, 2), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(12, CLASSES)),
    )


MODULES_BETWEEN: dict[str, Callable[[], nn.Module]] = {
    "mish": lambda: flat(nn.Mish()),
    "mish in place": lambda: flat(nn.Mish(inplace=True)),
    "celu": lambda: flat(nn.CELU(0.7)),
    "prelu": lambda: flat(nn.PReLU(8)),
    "glu": lambda: nn.Sequential(nn.Linear(5, 8), nn.GLU(), nn.Linear(4, CLASSES)),
    "softmax": lambda: flat(nn.Softmax(-1)),
    "rms-norm": lambda: flat(nn.RMSNorm(8)),
    "conv-transpose": lambda: maps(nn.ConvTranspose2d(4, 4, 3, stride=2)),
    "instance-norm": lambda: maps(nn.InstanceNorm2d(4, affine=True, track_running_stats=True)),
    "local response": lambda: maps(nn.LocalResponseNorm(2)),
    "adaptive max pool": lambda: maps(nn.AdaptiveMaxPool2d(4)),
    "upsample": lambda: maps(nn.Upsample(scale_factor=2)),
    "last": lambda: nn.Sequential(nn.Linear(5, CLASSES), nn.PReLU()),
}


def batch(network: nn.Module) -> tuple[Tensor, Tensor]:
    drawn = generator(3)
    shape = (6, 5) if isinstance(network[0], nn.Linear) else (6, 1, 7, 7)
    targets = torch.randint(CLASSES, (6,), generator=drawn)
    return torch.randn(shape, generator=drawn, dtype=DOUBLE), targets


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", MODULES_BETWEEN)
def test_backpropagation_through_any_module_equals_autograd(name: str, training: bool) -> None:
    torch.manual_seed(2)
    ours = MODULES_BETWEEN[name]().double().train(training)
    theirs = copy.deepcopy(ours)
    inputs, targets = batch(ours)
    taught = rule(BP, ours)
    assert any(isinstance(step.operation, Fallback) for step in taught.graph.steps)
    for _ in range(2):  # the second adds to the first, as loss.backward() does
        seen = taught.gradients(inputs, targets)
        outputs = theirs(inputs)
        nn.functional.cross_entropy(outputs, targets).backward()
        torch.testing.assert_close(seen.outputs, outputs.detach(), rtol=0, atol=1e-12)
    for mine, peer in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, peer.grad, rtol=0, atol=1e-12)
    for mine, peer in zip(ours.buffers(), theirs.buffers(), strict=True):
        torch.testing.assert_close(mine, peer, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", MODULES_BETWEEN)
def test_fa_with_the_forward_weights_is_backpropagation_there_too(name: str) -> None:
    torch.manual_seed(2)
    network = MODULES_BETWEEN[name]().double()
    exact = gradients(rule(BP, network), *batch(network))
    taught = rule(FA, network)
    taught.feedback = [weight.detach() for weight in taught.graph.weights()]
    found = gradients(taught, *batch(network))
    assert found.keys() == exact.keys()
    for parameter, gradient in exact.items():
        torch.testing.assert_close(found[parameter], gradient, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [FA, DFA])
@pytest.mark.parametrize("name", MODULES_BETWEEN)
def test_fa_and_dfa_learn_through_any_module(name: str, kind: type[Rule]) -> None:
    torch.manual_seed(2)
    network = MODULES_BETWEEN[name]().double()
    inputs, targets = batch(network)
    taught = rule(kind, network)
    optimiser = torch.optim.Adam(network.parameters(), 0.01)
    losses = []
    for _ in range(60):
        optimiser.zero_grad()
        losses.append(float(taught.gradients(inputs, targets).loss))
        optimiser.step()
    assert losses[-1] < 0.8 * losses[0]


def test_dfa_sends_its_error_through_the_module_to_the_layer_before_it() -> None:
    torch.manual_seed(2)
    network = flat(nn.PReLU(8)).double()
    inputs, targets = batch(network)
    taught = rule(DFA, network)
    found = gradients(taught, inputs, targets)
    outputs = network(inputs).detach()
    error = (torch.softmax(outputs, -1) - nn.functional.one_hot(targets, CLASSES)) / len(inputs)
    before = network[0](inputs)
    after = network[1](before)
    arriving = error @ taught.feedback["0"].weights.T
    weight, slope = torch.autograd.grad(after, [network[0].weight, network[1].weight], arriving)
    torch.testing.assert_close(found["0.weight"], weight, rtol=0, atol=1e-12)
    torch.testing.assert_close(found["1.weight"], slope, rtol=0, atol=1e-12)


def test_frozen_parameters_of_a_module_get_no_gradient() -> None:
    network = flat(nn.PReLU(8)).double()
    network[1].weight.requires_grad_(False)
    assert set(gradients(rule(BP, network), *batch(network))) == {
        f"{layer}.{part}" for layer in (0, 2, 4) for part in ("weight", "bias")
    }


def test_it_works_in_somebodys_inference_mode() -> None:
    torch.manual_seed(2)
    network = flat(nn.PReLU(8)).double()
    exact = gradients(rule(BP, network), *batch(network))
    with torch.inference_mode():
        inputs, targets = batch(network)
        network.zero_grad()
        rule(BP, network).gradients(inputs, targets)
    for name, parameter in network.named_parameters():
        torch.testing.assert_close(parameter.grad, exact[name], rtol=0, atol=1e-12)


def test_modules_with_a_step_of_their_own_keep_it() -> None:
    network = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.LayerNorm(4), nn.Linear(4, 2))
    steps = rule(BP, network).graph.steps
    assert not any(isinstance(step.operation, Fallback) for step in steps)
    assert nn.Mish not in MODULES


def test_rules_that_need_more_than_a_transpose_say_so() -> None:
    network = flat(nn.Mish()).double()
    with pytest.raises(UsageError, match="no use for Mish"):
        rule(DTP, network)
    with pytest.raises(UsageError, match="carried forward through Mish"):
        gradients(rule(IFA, network), *batch(network))
    with pytest.raises(UsageError, match="GRU gives no tensor, but a tuple"):
        recurrent = nn.Sequential(nn.Linear(5, 4), nn.GRU(4, 4), nn.Linear(4, CLASSES)).double()
        gradients(rule(BP, recurrent), *batch(recurrent))
