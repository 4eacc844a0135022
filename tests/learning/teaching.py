"""What tests of rules share."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from evo.learning.losses import find_loss
from evo.learning.rules.base import Rule

DOUBLE = torch.float64


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def perceptron(*sizes: int, activation: type[nn.Module] = nn.Tanh, seed: int = 0) -> nn.Sequential:
    """Layers of these sizes with an activation function between them, in double precision."""
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1]).double()


def batch(inputs: int, classes: int, size: int = 8, seed: int = 1) -> tuple[Tensor, Tensor]:
    drawn = generator(seed)
    return torch.randn(size, inputs, generator=drawn, dtype=DOUBLE), torch.randint(
        classes, (size,), generator=drawn
    )


def rule(
    kind: type[Rule],
    network: nn.Module,
    seed: int = 0,
    judge: str = "cross-entropy",
    **settings: Any,
) -> Any:
    return kind(network, find_loss(judge), kind.Settings(**settings), generator(seed))


def gradients(taught: Rule, inputs: Tensor, targets: Tensor) -> dict[str, Tensor]:
    taught.network.zero_grad()
    taught.gradients(inputs, targets)
    return {
        name: p.grad.clone() for name, p in taught.network.named_parameters() if p.grad is not None
    }


def difference(first: dict[str, Tensor], second: dict[str, Tensor]) -> float:
    """The largest difference; both must have gradients of the same parameters."""
    assert first.keys() == second.keys()
    return max(float((first[name] - second[name]).abs().max()) for name in first)
