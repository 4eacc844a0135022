"""Convolutions of one and two dimensions, with any stride, padding, dilation and groups."""

from typing import Any

import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.networks.operations.base import Layer, add_gradient, learns

aten = torch.ops.aten


class Convolution(Layer):
    """`(batch, channels, ...)` to `(batch, filters, ...)`."""

    def __init__(self, module: nn.Conv1d | nn.Conv2d) -> None:
        super().__init__(module)
        self.stride, self.dilation, self.groups = (
            list(module.stride),
            list(module.dilation),
            module.groups,
        )
        pads = _pads(module)
        self.explicit = module.padding_mode != "zeros" or any(
            before != after for before, after in pads
        )
        self.padding = [0] * len(pads) if self.explicit else [before for before, _ in pads]
        self.pads, self.mode = pads, module.padding_mode
        self.indices: dict[tuple[int, ...], list[Tensor | None]] = {}

    def forward(self, inputs: Tensor) -> tuple[Tensor, Any]:
        if inputs.dim() != len(self.stride) + 2:
            raise UsageError(
                f"{self.module} got inputs of shape {tuple(inputs.shape)}",
                "give (batch, channels, ...)",
            )
        padded = self._pad(inputs) if self.explicit else inputs
        return self._convolve(padded, self.parameters["bias"]), (padded, inputs.shape)

    def _convolve(self, padded: Tensor, bias: Tensor | None) -> Tensor:
        return torch.convolution(
            padded,
            self.weight,
            bias,
            self.stride,
            self.padding,
            self.dilation,
            False,
            [0] * len(self.stride),
            self.groups,
        )

    def backward(self, saved: Any, error: Tensor, weight: Tensor | None = None) -> Tensor | None:
        padded, shape = saved
        kernel, bias = self.parameters["weight"], self.parameters["bias"]
        # The weights' gradient does not depend on the weights, so one call serves feedback weights
        # as well.
        to_inputs, to_kernel, to_bias = aten.convolution_backward.default(
            error,
            padded,
            self.weight if weight is None else weight,
            [error.shape[1]],
            self.stride,
            self.padding,
            self.dilation,
            False,
            [0] * len(self.stride),
            self.groups,
            [weight is not None, learns(kernel), learns(bias)],
        )
        add_gradient(kernel, to_kernel)
        add_gradient(bias, to_bias)
        return self._unpad(to_inputs, shape) if self.explicit and weight is not None else to_inputs

    def forward_error(self, error: Tensor) -> Tensor:
        return self._convolve(self._pad(error) if self.explicit else error, None)

    def fans(self) -> tuple[int, int]:
        filters, channels, *size = self.weight.shape
        return channels * torch.Size(size).numel(), filters * torch.Size(size).numel()

    def _pad(self, inputs: Tensor) -> Tensor:
        for dim, index in enumerate(self._sources(inputs.shape, inputs.device), start=2):
            if index is not None:
                inputs = inputs.index_select(dim, index.clamp(min=0))
                if self.mode == "zeros":
                    inputs = inputs * (index >= 0).to(inputs.dtype).view(
                        -1, *[1] * (inputs.dim() - dim - 1)
                    )
        return inputs

    def _unpad(self, error: Tensor, shape: torch.Size) -> Tensor:
        """The transpose of `_pad`: every padded value goes back to where it was copied from."""
        for dim, index in enumerate(self._sources(shape, error.device), start=2):
            if index is not None:
                if self.mode == "zeros":
                    error = error * (index >= 0).to(error.dtype).view(
                        -1, *[1] * (error.dim() - dim - 1)
                    )
                smaller = list(error.shape)
                smaller[dim] = shape[dim]
                error = error.new_zeros(smaller).index_add_(dim, index.clamp(min=0), error)
        return error

    def _sources(self, shape: torch.Size, device: torch.device) -> list[Tensor | None]:
        """For each spatial dimension, which input each padded position is a copy of.

        -1 is zero, None is no padding.
        """
        key = tuple(shape[2:])
        if key not in self.indices:
            self.indices[key] = [
                _copied(size, *pads, self.mode) if any(pads) else None
                for size, pads in zip(key, self.pads, strict=True)
            ]
        return [None if index is None else index.to(device) for index in self.indices[key]]


def _pads(module: nn.Conv1d | nn.Conv2d) -> list[tuple[int, int]]:
    """What is added before and after, by spatial dimension."""
    if module.padding == "same":
        totals = [d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True)]
        return [(total // 2, total - total // 2) for total in totals]
    if module.padding == "valid":
        return [(0, 0)] * len(module.kernel_size)
    return [(int(pad), int(pad)) for pad in module.padding]


def _copied(size: int, before: int, after: int, mode: str) -> Tensor:
    positions = torch.arange(-before, size + after)
    if mode == "circular":
        return positions % size
    if mode == "reflect":
        folded = positions.abs()
        return torch.where(folded >= size, 2 * (size - 1) - folded, folded)
    if mode == "replicate":
        return positions.clamp(0, size - 1)
    return torch.where((positions < 0) | (positions >= size), -1, positions)
