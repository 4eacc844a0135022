"""Linear layers: one network's, and those of many networks at once."""

from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from evo.errors import UsageError
from evo.learning.networks.operations.base import Layer, add_gradient, learns


class Linear(Layer):
    """`(..., in_features)` to `(..., out_features)`."""

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        return functional.linear(inputs, self.weight, self.parameters["bias"]), inputs

    def backward(self, saved: Tensor, error: Tensor, weight: Tensor | None = None) -> Tensor | None:
        flat, inputs = error, saved
        if error.dim() != 2:
            flat, inputs = error.reshape(-1, error.shape[-1]), saved.reshape(-1, saved.shape[-1])
        if learns(self.parameters["weight"]):
            add_gradient(self.parameters["weight"], flat.t().mm(inputs))
        if learns(self.parameters["bias"]):
            add_gradient(self.parameters["bias"], flat.sum(0))
        return None if weight is None else torch.matmul(error, weight)

    def forward_error(self, error: Tensor) -> Tensor:
        return torch.matmul(error, self.weight.t())

    def fans(self) -> tuple[int, int]:
        outputs, inputs = self.weight.shape
        return inputs, outputs


class StackedLinear(nn.Module):
    """Linear layers of P networks, each with weights of its own.

    Takes `(batch, in_features)`, the same for all, or `(P, batch, in_features)`; gives `(P, batch,
    out_features)`.

    Args:
        weight: `(P, out_features, in_features)`, taken over as a parameter, not copied.
        bias: `(P, out_features)` or None, likewise.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = None if bias is None else nn.Parameter(bias)

    @classmethod
    def joined(cls, layers: Sequence[nn.Linear]) -> Self:
        """Layers of one shape, which stay as they are."""
        biased = layers[0].bias is not None
        return cls(
            torch.stack([layer.weight.detach() for layer in layers]),
            torch.stack([layer.bias.detach() for layer in layers]) if biased else None,
        )

    def forward(self, inputs: Tensor) -> Tensor:
        return stacked(inputs, self.weight, self.bias)


def stacked(inputs: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Many linear layers at once.

    Args:
        inputs: `(batch, in)`, the same for all, or `(P, batch, in)`.
        weight: `(P, out, in)`.
        bias: `(P, out)` or None.

    Returns:
        `(P, batch, out)`.

    Raises:
        UsageError: the inputs do not fit.
    """
    if inputs.dim() == 2:
        inputs = inputs.expand(weight.shape[0], *inputs.shape)
    if (
        inputs.dim() != 3
        or inputs.shape[0] != weight.shape[0]
        or inputs.shape[2] != weight.shape[2]
    ):
        raise UsageError(
            f"inputs of shape {tuple(inputs.shape)} do not fit {weight.shape[0]} networks of "
            f"{weight.shape[2]} inputs",
            "give (batch, inputs), the same for all networks, or (networks, batch, inputs)",
        )
    if bias is None:
        return torch.bmm(inputs, weight.mT)
    return torch.baddbmm(bias.unsqueeze(1), inputs, weight.mT)


class Stacked(Layer):
    """The step of a `StackedLinear`."""

    def __init__(self, module: StackedLinear) -> None:
        super().__init__(module)
        self.networks = module.weight.shape[0]

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        return stacked(inputs, self.weight, self.parameters["bias"]), inputs

    def backward(self, saved: Tensor, error: Tensor, weight: Tensor | None = None) -> Tensor | None:
        if learns(self.parameters["weight"]):
            inputs = saved if saved.dim() == 3 else saved.expand(error.shape[0], *saved.shape)
            add_gradient(self.parameters["weight"], torch.bmm(error.mT, inputs))
        if learns(self.parameters["bias"]):
            add_gradient(self.parameters["bias"], error.sum(1))
        return None if weight is None else torch.bmm(error, weight)

    def forward_error(self, error: Tensor) -> Tensor:
        return torch.bmm(error, self.weight.mT)

    def fans(self) -> tuple[int, int]:
        _, outputs, inputs = self.weight.shape
        return inputs, outputs
