"""Activation functions and other steps that treat every value by itself."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from evo.learning.draws import Generators, uniform
from evo.learning.networks.operations.base import Operation

aten = torch.ops.aten


class Steepened(nn.Module):
    """A function of `factor` times its input."""

    def __init__(self, factor: float, function: nn.Module) -> None:
        super().__init__()
        self.factor, self.function = factor, function

    def forward(self, inputs: Tensor) -> Tensor:
        return self.function(inputs * self.factor)


class Sine(nn.Module):
    """The sine."""

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.sin(inputs)


class Elementwise(Operation):
    """A function of single values.

    Args:
        compute: the function.
        derivative: `(error, saved)` to the error times the slope.
        of_output: whether the slope follows from the output; otherwise the input is kept.
    """

    def __init__(
        self,
        compute: Callable[[Tensor], Tensor],
        derivative: Callable[[Tensor, Tensor], Tensor],
        of_output: bool,
    ) -> None:
        self.compute, self.derivative, self.of_output = compute, derivative, of_output

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        outputs = self.compute(inputs)
        return outputs, outputs if self.of_output else inputs

    def backward(self, saved: Tensor, error: Tensor) -> Tensor:
        return self.derivative(error, saved)

    def onward(self, saved: Tensor, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return errors[0]


def identity() -> Operation:
    return Elementwise(lambda x: x, lambda error, _: error, True)


def tanh() -> Operation:
    return Elementwise(torch.tanh, aten.tanh_backward.default, True)


def sigmoid() -> Operation:
    return Elementwise(torch.sigmoid, aten.sigmoid_backward.default, True)


def relu(inplace: bool = False) -> Operation:
    return Elementwise(
        torch.relu, lambda error, y: aten.threshold_backward.default(error, y, 0), True
    )


def relu6(inplace: bool = False) -> Operation:
    return hardtanh(0.0, 6.0)


def hardtanh(min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Operation:
    """Values as they are between two bounds, which they do not leave.

    Args:
        min_val: the lower bound.
        max_val: the upper bound.
        inplace: accepted as torch does; the inputs are never overwritten.
    """
    return Elementwise(
        lambda x: functional.hardtanh(x, min_val, max_val),
        lambda error, x: aten.hardtanh_backward.default(error, x, min_val, max_val),
        False,
    )


def leaky_relu(negative_slope: float = 0.01, inplace: bool = False) -> Operation:
    return Elementwise(
        lambda x: functional.leaky_relu(x, negative_slope),
        lambda error, x: aten.leaky_relu_backward.default(error, x, negative_slope, False),
        False,
    )


def elu(alpha: float = 1.0, inplace: bool = False) -> Operation:
    return Elementwise(
        lambda x: functional.elu(x, alpha),
        lambda error, x: aten.elu_backward.default(error, alpha, 1.0, 1.0, False, x),
        False,
    )


def selu(inplace: bool = False) -> Operation:
    alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    return Elementwise(
        functional.selu,
        lambda error, x: aten.elu_backward.default(error, alpha, scale, 1.0, False, x),
        False,
    )


def gelu(approximate: str = "none") -> Operation:
    return Elementwise(
        lambda x: functional.gelu(x, approximate=approximate),
        lambda error, x: aten.gelu_backward.default(error, x, approximate=approximate),
        False,
    )


def silu(inplace: bool = False) -> Operation:
    return Elementwise(functional.silu, aten.silu_backward.default, False)


def softplus(beta: float = 1.0, threshold: float = 20.0) -> Operation:
    return Elementwise(
        lambda x: functional.softplus(x, beta, threshold),
        lambda error, x: aten.softplus_backward.default(error, x, beta, threshold),
        False,
    )


def hardsigmoid(inplace: bool = False) -> Operation:
    return Elementwise(functional.hardsigmoid, aten.hardsigmoid_backward.default, False)


def hardswish(inplace: bool = False) -> Operation:
    return Elementwise(functional.hardswish, aten.hardswish_backward.default, False)


def sin() -> Operation:
    return Elementwise(torch.sin, lambda error, x: error * torch.cos(x), False)


def steepened(factor: float, function: Operation) -> Operation:
    """A function of `factor` times its input.

    Args:
        factor: of the input.
        function: an `Elementwise`.
    """
    assert isinstance(function, Elementwise)
    return Elementwise(
        lambda x: function.compute(x * factor),
        (lambda error, y: function.derivative(error, y) * factor)
        if function.of_output
        else (lambda error, x: function.derivative(error, x * factor) * factor),
        function.of_output,
    )


class Dropout(Operation):
    """Each value is dropped with probability p while the module trains.

    Masks come from the rule's generators.
    """

    def __init__(self, module: nn.Dropout, generators: Generators) -> None:
        self.module, self.generators = module, generators

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor | None]:
        rate = self.module.p
        if not self.module.training or rate == 0.0:
            return inputs, None
        if rate == 1.0:
            return torch.zeros_like(inputs), torch.zeros_like(inputs)
        shape = inputs.shape
        if (
            not isinstance(self.generators, torch.Generator)
            and inputs.dim() == 3
            and len(inputs) == len(self.generators)
        ):
            shape = inputs.shape[1:]
        kept = uniform(self.generators, shape, inputs).ge(rate).to(inputs.dtype).div_(1.0 - rate)
        return inputs * kept, kept

    def backward(self, saved: Tensor | None, error: Tensor) -> Tensor:
        return error if saved is None else error * saved

    def onward(self, saved: Any, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return errors[0]
