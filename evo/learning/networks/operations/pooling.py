"""Pooling over one or two dimensions."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from evo.errors import UsageError
from evo.learning.networks.operations.base import Operation

aten = torch.ops.aten


def _two(value: Any, line: bool, other: int) -> list[int]:
    """A size for both dimensions; a line is a picture one row high."""
    pair = list(value) if isinstance(value, (tuple, list)) else [value] if line else [value, value]
    return [other, *pair] if line else pair


class MaxPool(Operation):
    """The largest of each window; errors return to where it stood, the first of equals."""

    def __init__(self, module: nn.MaxPool1d | nn.MaxPool2d) -> None:
        if module.return_indices:
            raise UsageError(f"{module} returns indices", "use it without return_indices")
        self.line = line = isinstance(module, nn.MaxPool1d)
        self.window = (
            _two(module.kernel_size, line, 1),
            _two(module.stride, line, 1),
            _two(module.padding, line, 0),
            _two(module.dilation, line, 1),
            module.ceil_mode,
        )

    def forward(self, inputs: Tensor) -> tuple[Tensor, Any]:
        if self.line:
            inputs = inputs.unsqueeze(-2)
        outputs, indices = aten.max_pool2d_with_indices.default(inputs, *self.window)
        return outputs.squeeze(-2) if self.line else outputs, (inputs, indices)

    def backward(self, saved: Any, error: Tensor) -> Tensor:
        inputs, indices = saved
        if self.line:
            error = error.unsqueeze(-2)
        result = aten.max_pool2d_with_indices_backward.default(error, inputs, *self.window, indices)
        return result.squeeze(-2) if self.line else result

    def onward(self, saved: Any, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        error, (_, indices) = errors[0], saved
        if error is None:
            return None
        chosen = (
            error.reshape(*indices.shape[:2], -1).gather(2, indices.flatten(2)).view(indices.shape)
        )
        return chosen.squeeze(-2) if self.line else chosen


class AvgPool(Operation):
    """The mean of each window."""

    def __init__(self, module: nn.AvgPool1d | nn.AvgPool2d) -> None:
        self.line = line = isinstance(module, nn.AvgPool1d)
        self.window = (
            _two(module.kernel_size, line, 1),
            _two(module.stride, line, 1),
            _two(module.padding, line, 0),
            module.ceil_mode,
            module.count_include_pad,
            None if line else module.divisor_override,
        )

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        if self.line:
            inputs = inputs.unsqueeze(-2)
        outputs = aten.avg_pool2d.default(inputs, *self.window)
        return outputs.squeeze(-2) if self.line else outputs, inputs

    def backward(self, saved: Tensor, error: Tensor) -> Tensor:
        result = aten.avg_pool2d_backward.default(
            error.unsqueeze(-2) if self.line else error, saved, *self.window
        )
        return result.squeeze(-2) if self.line else result

    def onward(self, saved: Tensor, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return None if errors[0] is None else self.forward(errors[0])[0]


class AdaptiveAvgPool(Operation):
    """Means of as many windows as there are outputs."""

    def __init__(self, module: nn.AdaptiveAvgPool1d | nn.AdaptiveAvgPool2d) -> None:
        self.line = isinstance(module, nn.AdaptiveAvgPool1d)
        self.size = _two(module.output_size, self.line, 1)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        if self.line:
            inputs = inputs.unsqueeze(-2)
        outputs = functional.adaptive_avg_pool2d(inputs, self.size)  # pyright: ignore[reportArgumentType]
        return outputs.squeeze(-2) if self.line else outputs, inputs

    def backward(self, saved: Tensor, error: Tensor) -> Tensor:
        result = aten._adaptive_avg_pool2d_backward.default(
            error.unsqueeze(-2) if self.line else error, saved
        )
        return result.squeeze(-2) if self.line else result

    def onward(self, saved: Tensor, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return None if errors[0] is None else self.forward(errors[0])[0]


def max_pool2d(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Operation:
    """The largest value of each window.

    Args:
        kernel_size: rows and columns of a window; one number for both, here and below.
        stride: rows and columns from one window to the next; None for those of a window.
        padding: rows and columns added on each side.
        dilation: rows and columns from one value of a window to the next.
        ceil_mode: whether a window may hang over the edge.
        return_indices: has to be False.

    Raises:
        UsageError: `return_indices` is True.
    """
    return MaxPool(
        nn.MaxPool2d(
            kernel_size, stride or kernel_size, padding, dilation, return_indices, ceil_mode
        )
    )


def avg_pool2d(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Operation:
    """The mean of each window.

    Args:
        kernel_size: rows and columns of a window; one number for both, here and below.
        stride: rows and columns from one window to the next; None for those of a window.
        padding: rows and columns of zeros added on each side.
        ceil_mode: whether a window may hang over the edge.
        count_include_pad: whether added zeros count as values of a window.
        divisor_override: what sums are divided by; None for the number of values.
    """
    return AvgPool(
        nn.AvgPool2d(
            kernel_size,
            stride or kernel_size,
            padding,
            ceil_mode,
            count_include_pad,
            divisor_override,
        )
    )


def adaptive_avg_pool2d(output_size: Any) -> Operation:
    return AdaptiveAvgPool(nn.AdaptiveAvgPool2d(output_size))
