"""The operation that stands for each module, function and method of torch.

Other modules take the way of `fallback`; other functions are refused by name. A function is called
as in the network, without its first tensor; one that takes several tensors, or lengths known only
when it runs, is in `trace`.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from evo.learning.draws import Generators
from evo.learning.networks.operations import functions as f
from evo.learning.networks.operations import pooling, shapes
from evo.learning.networks.operations.base import Operation
from evo.learning.networks.operations.convolution import Convolution
from evo.learning.networks.operations.linear import Linear, Stacked, StackedLinear
from evo.learning.networks.operations.links import Collect, Collected, LinkLayer, Links
from evo.learning.networks.operations.norms import BatchNorm, GroupNorm, LayerNorm


def flatten(start_dim: int = 0, end_dim: int = -1) -> Operation:
    return shapes.Reshape(lambda x: x.flatten(start_dim, end_dim))


def squeeze(dim: int | tuple[int, ...]) -> Operation:
    return shapes.Reshape(lambda x: x.squeeze(dim))


def unsqueeze(dim: int) -> Operation:
    return shapes.Reshape(lambda x: x.unsqueeze(dim))


def unflatten(dim: int, sizes: Sequence[int]) -> Operation:
    return shapes.Reshape(lambda x: x.unflatten(dim, sizes))


def permute(*order: Any) -> Operation:
    return shapes.Permute(order[0] if len(order) == 1 else order)


def mean(dim: int | Sequence[int], keepdim: bool = False) -> Operation:
    return shapes.Mean(dim, keepdim)


def scale(factor: float) -> Operation:
    return shapes.Affine(factor=factor)


def divide_by(divisor: float) -> Operation:
    return shapes.Affine(factor=1.0 / divisor)


def shift(number: float) -> Operation:
    return shapes.Affine(shift=number)


MODULES: dict[type[nn.Module], Callable[[Any, Generators], Operation]] = {
    nn.Linear: lambda m, _: Linear(m),
    StackedLinear: lambda m, _: Stacked(m),
    LinkLayer: lambda m, _: Links(m),
    Collect: lambda m, _: Collected(m),
    nn.Conv1d: lambda m, _: Convolution(m),
    nn.Conv2d: lambda m, _: Convolution(m),
    nn.MaxPool1d: lambda m, _: pooling.MaxPool(m),
    nn.MaxPool2d: lambda m, _: pooling.MaxPool(m),
    nn.AvgPool1d: lambda m, _: pooling.AvgPool(m),
    nn.AvgPool2d: lambda m, _: pooling.AvgPool(m),
    nn.AdaptiveAvgPool1d: lambda m, _: pooling.AdaptiveAvgPool(m),
    nn.AdaptiveAvgPool2d: lambda m, _: pooling.AdaptiveAvgPool(m),
    nn.BatchNorm1d: lambda m, _: BatchNorm(m),
    nn.BatchNorm2d: lambda m, _: BatchNorm(m),
    nn.LayerNorm: lambda m, _: LayerNorm(m),
    nn.GroupNorm: lambda m, _: GroupNorm(m),
    nn.Dropout: f.Dropout,
    nn.Flatten: lambda m, _: flatten(m.start_dim, m.end_dim),
    nn.Unflatten: lambda m, _: unflatten(m.dim, m.unflattened_size),
    nn.Identity: lambda m, _: f.identity(),
    nn.Tanh: lambda m, _: f.tanh(),
    nn.Sigmoid: lambda m, _: f.sigmoid(),
    nn.ReLU: lambda m, _: f.relu(),
    nn.ReLU6: lambda m, _: f.relu6(),
    nn.Hardtanh: lambda m, _: f.hardtanh(m.min_val, m.max_val),
    nn.LeakyReLU: lambda m, _: f.leaky_relu(m.negative_slope),
    nn.ELU: lambda m, _: f.elu(m.alpha),
    nn.SELU: lambda m, _: f.selu(),
    nn.GELU: lambda m, _: f.gelu(m.approximate),
    nn.SiLU: lambda m, _: f.silu(),
    nn.Softplus: lambda m, _: f.softplus(m.beta, m.threshold),
    nn.Hardsigmoid: lambda m, _: f.hardsigmoid(),
    nn.Hardswish: lambda m, _: f.hardswish(),
    f.Sine: lambda m, _: f.sin(),
    f.Steepened: lambda m, g: f.steepened(m.factor, MODULES[type(m.function)](m.function, g)),
}

OWN = (StackedLinear, LinkLayer, Collect, f.Sine, f.Steepened)
"""Modules of this project, which stacked and evolved networks are made of."""

FUNCTIONS: dict[Any, Callable[..., Operation]] = {
    torch.tanh: f.tanh,
    functional.tanh: f.tanh,
    torch.sigmoid: f.sigmoid,
    functional.sigmoid: f.sigmoid,
    torch.relu: f.relu,
    functional.relu: f.relu,
    functional.relu6: f.relu6,
    functional.hardtanh: f.hardtanh,
    functional.leaky_relu: f.leaky_relu,
    functional.elu: f.elu,
    functional.selu: f.selu,
    functional.gelu: f.gelu,
    functional.silu: f.silu,
    functional.softplus: f.softplus,
    functional.hardsigmoid: f.hardsigmoid,
    functional.hardswish: f.hardswish,
    torch.sin: f.sin,
    functional.max_pool2d: pooling.max_pool2d,
    functional.avg_pool2d: pooling.avg_pool2d,
    functional.adaptive_avg_pool2d: pooling.adaptive_avg_pool2d,
    torch.flatten: flatten,
    torch.squeeze: squeeze,
    torch.unsqueeze: unsqueeze,
    torch.permute: permute,
    torch.mean: mean,
}

METHODS: dict[str, Callable[..., Operation]] = {
    "tanh": f.tanh,
    "sigmoid": f.sigmoid,
    "relu": f.relu,
    "sin": f.sin,
    "flatten": flatten,
    "squeeze": squeeze,
    "unsqueeze": unsqueeze,
    "unflatten": unflatten,
    "permute": permute,
    "mean": mean,
    "contiguous": f.identity,
}

NUMBERS: dict[Any, Callable[[float], Operation]] = {
    operator.add: shift,
    operator.iadd: shift,
    torch.add: shift,
    "add": shift,
    operator.mul: scale,
    operator.imul: scale,
    torch.mul: scale,
    "mul": scale,
    operator.truediv: divide_by,
    torch.div: divide_by,
    "div": divide_by,
    operator.sub: lambda number: shift(-number),
    torch.sub: lambda number: shift(-number),
    "sub": lambda number: shift(-number),
}
"""A tensor on the left, a number on the right."""

JOINS: dict[Any, Callable[..., Operation]] = {
    operator.add: shapes.Add,
    operator.iadd: shapes.Add,
    torch.add: shapes.Add,
    "add": shapes.Add,
    operator.sub: lambda alpha=1.0: shapes.Add(-alpha),
    torch.sub: lambda alpha=1.0: shapes.Add(-alpha),
    "sub": lambda alpha=1.0: shapes.Add(-alpha),
    operator.mul: shapes.Multiply,
    operator.imul: shapes.Multiply,
    torch.mul: shapes.Multiply,
    "mul": shapes.Multiply,
}
"""Two tensors."""
