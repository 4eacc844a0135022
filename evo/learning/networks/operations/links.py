"""Layers of evolved networks.

Only some connections exist, and they come from any earlier layers.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from evo.learning.networks.operations.base import Layer, Operation, add_gradient, learns


class LinkLayer(nn.Module):
    """Nodes that read any of several groups of values, side by side `(batch, width)`.

    Attributes:
        weight: `(nodes, width)`, 0 where there is no link.
        mask: `(nodes, width)`, 1 where there is a link.
        bias: `(nodes,)`.
    """

    mask: Tensor

    def __init__(self, weight: Tensor, mask: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)
        self.register_buffer("mask", mask)

    def forward(self, *values: Tensor) -> Tensor:
        return functional.linear(torch.cat(values, 1), self.weight * self.mask, self.bias)


class Collect(nn.Module):
    """The outputs of a network, from wherever they stand in several groups of values."""

    positions: Tensor

    def __init__(self, positions: Tensor) -> None:
        super().__init__()
        self.register_buffer("positions", positions)

    def forward(self, *values: Tensor) -> Tensor:
        return torch.cat(values, 1).index_select(1, self.positions)


class Links(Layer):
    """The step of a `LinkLayer`."""

    def __init__(self, module: LinkLayer) -> None:
        super().__init__(module)
        self.linked = module

    def forward(self, *values: Tensor) -> tuple[Tensor, tuple[Tensor, list[int]]]:
        inputs = torch.cat(values, 1)
        outputs = functional.linear(inputs, self.allowed(self.weight), self.parameters["bias"])
        return outputs, (inputs, [value.shape[1] for value in values])

    def backward(self, saved: Any, error: Tensor, weight: Tensor | None = None) -> Any:
        inputs, widths = saved
        if learns(self.parameters["weight"]):
            add_gradient(self.parameters["weight"], self.allowed(error.t().mm(inputs)))
        add_gradient(self.parameters["bias"], error.sum(0))
        return None if weight is None else error.mm(self.allowed(weight)).split(widths, 1)

    def arriving(self, saved: Any) -> Tensor:
        return saved[0]

    def allowed(self, update: Tensor) -> Tensor:
        return update * self.linked.mask

    def fans(self) -> tuple[int, int]:
        mask = self.linked.mask
        links = float(mask.sum())
        return round(links / max(len(mask), 1)), max(
            round(links / max(float(mask.any(0).sum()), 1.0)), 1
        )


class Collected(Operation):
    """The step of a `Collect`.

    Errors of outputs arrive at their nodes themselves, whoever else reads those.
    """

    collects = True

    def __init__(self, module: Collect) -> None:
        self.module = module

    def forward(self, *values: Tensor) -> tuple[Tensor, list[int]]:
        return self.module(*values), [value.shape[1] for value in values]

    def backward(self, saved: list[int], error: Tensor) -> tuple[Tensor, ...]:
        whole = error.new_zeros((len(error), sum(saved)))
        return whole.index_add_(1, self.module.positions, error).split(saved, 1)
