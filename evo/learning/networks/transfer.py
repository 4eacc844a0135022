"""Transfer functions as energies and inverses see them.

What they compute, their inverse, and the integral of that.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from evo.learning.networks.operations.functions import Steepened

INVERTIBLE = "LeakyReLU, Tanh, Sigmoid or no activation"
BOUNDED = "Hardtanh(0.0, 1.0) or other bounds, Hardsigmoid, Sigmoid, Tanh or ReLU6"


@dataclass(frozen=True)
class Transfer:
    """A monotone function f of single values.

    Attributes:
        apply_: f in place.
        inverse: f^-1 of values in f's range; values on its open bounds are moved inside.
        potential: G with G' = f^-1, value by value: what a state costs in the energy sum G(s) -
            Phi(s).
        bounded: whether states stay finite whatever drives them.
        invertible: whether every output has one input.
    """

    apply_: Callable[[Tensor], Tensor]
    inverse: Callable[[Tensor], Tensor]
    potential: Callable[[Tensor], Tensor]
    bounded: bool
    invertible: bool


def transfer(module: nn.Module) -> Transfer | None:
    """That of a torch module; None for one that is not known here."""
    if isinstance(module, nn.Identity):
        return Transfer(lambda x: x, lambda y: y, _square, False, True)
    if isinstance(module, nn.Tanh):
        return Transfer(
            torch.tanh_, lambda y: torch.atanh(_inside(y, -1.0)), _tanh_potential, True, True
        )
    if isinstance(module, nn.Sigmoid):
        return Transfer(
            torch.sigmoid_, lambda y: torch.logit(_inside(y, 0.0)), _sigmoid_potential, True, True
        )
    if isinstance(module, nn.Hardsigmoid):
        return Transfer(
            lambda x: functional.hardsigmoid(x, inplace=True),
            lambda y: 6.0 * y - 3.0,
            lambda s: 3.0 * s * (s - 1.0),
            True,
            False,
        )
    if isinstance(module, nn.Hardtanh):
        low, high = module.min_val, module.max_val
        return Transfer(lambda x: x.clamp_(low, high), lambda y: y, _square, True, False)
    if isinstance(module, nn.LeakyReLU) and module.negative_slope > 0.0:
        slope = module.negative_slope
        return Transfer(
            lambda x: functional.leaky_relu_(x, slope),
            lambda y: torch.where(y < 0.0, y / slope, y),
            lambda s: 0.5 * s * torch.where(s < 0.0, s / slope, s),
            False,
            True,
        )
    if isinstance(module, Steepened):
        return _steepened(module)
    return None


def _steepened(module: Steepened) -> Transfer | None:
    """Of f(k x)."""
    inner, factor = transfer(module.function), module.factor
    if inner is None:
        return None
    return replace(
        inner,
        apply_=lambda x: inner.apply_(x.mul_(factor)),
        inverse=lambda y: inner.inverse(y) / factor,
        potential=lambda s: inner.potential(s) / factor,
    )


def _inside(values: Tensor, low: float) -> Tensor:
    """Moved off the bounds `low` and 1, where tanh and sigmoid arrive only at infinity."""
    margin = 4.0 * torch.finfo(values.dtype).eps
    return values.clamp(low + margin, 1.0 - margin)


def _square(state: Tensor) -> Tensor:
    return 0.5 * state * state


def _tanh_potential(state: Tensor) -> Tensor:
    return 0.5 * (torch.xlogy(1.0 + state, 1.0 + state) + torch.xlogy(1.0 - state, 1.0 - state))


def _sigmoid_potential(state: Tensor) -> Tensor:
    return torch.xlogy(state, state) + torch.xlogy(1.0 - state, 1.0 - state)
