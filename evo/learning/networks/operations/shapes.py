"""Steps that move values without changing them, and steps that bring branches together."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from evo.learning.networks.operations.base import Operation


class Size(Operation):
    """The length of one dimension, or the whole shape."""

    differentiable = False

    def __init__(self, dim: int | None = None) -> None:
        self.dim = dim

    def forward(self, inputs: Tensor) -> tuple[Any, None]:
        return inputs.shape if self.dim is None else inputs.shape[self.dim], None


class Item(Operation):
    """One entry of a shape."""

    differentiable = False

    def __init__(self, index: int) -> None:
        self.index = index

    def forward(self, shape: Sequence[int]) -> tuple[int, None]:
        return shape[self.index], None


class Reshape(Operation):
    """The same values in another shape.

    `compute` takes the tensor and the lengths that are known only when it runs.
    """

    def __init__(self, compute: Callable[..., Tensor]) -> None:
        self.compute = compute

    def forward(
        self, inputs: Tensor, *lengths: int
    ) -> tuple[Tensor, tuple[torch.Size, torch.Size]]:
        outputs = self.compute(inputs, *lengths)
        return outputs, (inputs.shape, outputs.shape)

    def backward(self, saved: tuple[torch.Size, torch.Size], error: Tensor) -> Tensor:
        return error.reshape(saved[0])

    def onward(
        self, saved: tuple[torch.Size, torch.Size], errors: tuple[Tensor | None, ...]
    ) -> Tensor | None:
        return None if errors[0] is None else errors[0].reshape(saved[1])


class Permute(Operation):
    """Dimensions in another order."""

    def __init__(self, order: Sequence[int]) -> None:
        self.order = list(order)

    def forward(self, inputs: Tensor) -> tuple[Tensor, None]:
        return inputs.permute(self.order), None

    def backward(self, saved: None, error: Tensor) -> Tensor:
        order = [axis % len(self.order) for axis in self.order]
        return error.permute([order.index(axis) for axis in range(len(order))])

    def onward(self, saved: None, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return None if errors[0] is None else errors[0].permute(self.order)


class Mean(Operation):
    """The mean over dimensions, as for a global average pool."""

    def __init__(self, dim: int | Sequence[int], keepdim: bool = False) -> None:
        self.dims, self.keepdim = [dim] if isinstance(dim, int) else list(dim), keepdim

    def forward(self, inputs: Tensor) -> tuple[Tensor, torch.Size]:
        return inputs.mean(self.dims, self.keepdim), inputs.shape

    def backward(self, saved: torch.Size, error: Tensor) -> Tensor:
        if not self.keepdim:
            for dim in sorted(dim % len(saved) for dim in self.dims):
                error = error.unsqueeze(dim)
        return (error / math.prod(saved[dim] for dim in self.dims)).expand(saved)

    def onward(self, saved: torch.Size, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return None if errors[0] is None else errors[0].mean(self.dims, self.keepdim)


class Add(Operation):
    """`left + alpha * right`; either may be broadcast."""

    join = True

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, left: Tensor, right: Tensor) -> tuple[Tensor, Any]:
        return torch.add(left, right, alpha=self.alpha), (left.shape, right.shape)

    def backward(self, saved: Any, error: Tensor) -> Any:
        left, right = saved
        scaled = error if self.alpha == 1.0 else self.alpha * error
        return error if error.shape == left else error.sum_to_size(
            left
        ), scaled if error.shape == right else scaled.sum_to_size(right)

    def onward(self, saved: Any, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        left, right = errors
        if left is None or right is None:
            return left if right is None else self.alpha * right
        return torch.add(left, right, alpha=self.alpha)


class Multiply(Operation):
    """`left * right`; either may be broadcast."""

    join = True

    def forward(self, left: Tensor, right: Tensor) -> tuple[Tensor, Any]:
        return left * right, (left, right)

    def backward(self, saved: Any, error: Tensor) -> Any:
        left, right = saved
        return (error * right).sum_to_size(left.shape), (error * left).sum_to_size(right.shape)


class Affine(Operation):
    """`factor * x + shift` for two numbers."""

    def __init__(self, factor: float = 1.0, shift: float = 0.0) -> None:
        self.factor, self.shift = factor, shift

    def forward(self, inputs: Tensor) -> tuple[Tensor, None]:
        return self.factor * inputs + self.shift, None

    def backward(self, saved: None, error: Tensor) -> Tensor:
        return self.factor * error

    def onward(self, saved: None, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        return errors[0]


class Cat(Operation):
    """Branches side by side along one dimension."""

    join = True

    def __init__(self, dim: int = 0) -> None:
        self.dim = dim

    def forward(self, *inputs: Tensor) -> tuple[Tensor, list[torch.Size]]:
        return torch.cat(inputs, self.dim), [value.shape for value in inputs]

    def backward(self, saved: list[torch.Size], error: Tensor) -> Any:
        return error.split([shape[self.dim] for shape in saved], self.dim)

    def onward(self, saved: list[torch.Size], errors: tuple[Tensor | None, ...]) -> Tensor | None:
        present = next((error for error in errors if error is not None), None)
        if present is None:
            return None
        parts = [
            present.new_zeros(shape) if error is None else error
            for error, shape in zip(errors, saved, strict=True)
        ]
        return torch.cat(parts, self.dim)
