"""Many networks of one architecture at once.

A leading axis of P on every weight, and a learning rate for each network.
"""

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.networks.operations.linear import StackedLinear

WITHOUT_WEIGHTS = (
    *(
        nn.Tanh,
        nn.Sigmoid,
        nn.ReLU,
        nn.ReLU6,
        nn.Hardtanh,
        nn.LeakyReLU,
        nn.ELU,
        nn.SELU,
        nn.GELU,
        nn.SiLU,
        nn.Softplus,
    ),
    *(nn.Hardsigmoid, nn.Hardswish, nn.Identity, nn.Dropout),
)


def stack(networks: Sequence[nn.Module]) -> nn.Module:
    """`networks` of one architecture as one module whose parameters have a leading axis of P.

    They stay as they are.

    It takes `(batch, features)`, the same for all, or `(P, batch, features)`, and gives `(P, batch,
    outputs)`. Every rule runs on it as on a single network; each network has its own loss, so that
    none sees the others.

    Raises:
        UsageError: the networks differ, or have layers other than Linear, activation functions,
            Dropout, and Flatten as the first.
    """
    if not networks:
        raise UsageError("there is no network to stack", "give at least one")
    shapes = {
        tuple((name, tuple(p.shape)) for name, p in network.named_parameters())
        for network in networks
    }
    if len(shapes) > 1 or len({repr(network) for network in networks}) > 1:
        raise UsageError(
            "the networks have different architectures",
            "stack networks that differ in their weights only",
        )
    return _stacked(list(networks), first=True)


def _stacked(modules: Sequence[nn.Module], first: bool) -> nn.Module:
    """One module in place of the same module of every network."""
    model = modules[0]
    if type(model) is nn.Linear:
        return StackedLinear.joined([each for each in modules if isinstance(each, nn.Linear)])
    if type(model) in WITHOUT_WEIGHTS or (type(model) is nn.Flatten and first):
        return copy.deepcopy(model)
    if type(model).__module__.startswith("torch.nn") and type(model) is not nn.Sequential:
        raise UsageError(
            f"{type(model).__name__} cannot be stacked"
            + (" after other layers" if type(model) is nn.Flatten else ""),
            "stack networks of Linear layers and activation functions; train others one by one",
        )
    result = copy.copy(model)
    result._modules = {}
    for number, name in enumerate(model._modules):
        children = [module._modules[name] for module in modules]
        result._modules[name] = _stacked(
            [child for child in children if child is not None], first and number == 0
        )
    if any(True for _ in model.parameters(recurse=False)):
        raise UsageError(
            f"{type(model).__name__} has parameters of its own, outside of Linear layers",
            "put them into Linear layers",
        )
    return result


def unstack(stacked: nn.Module, network: nn.Module, row: int) -> None:
    """Copy the parameters of one network out of many.

    Args:
        stacked: all of them, from `stack`.
        network: of their architecture; its parameters are overwritten.
        row: which one.
    """
    for own, all_of_them in zip(network.parameters(), stacked.parameters(), strict=True):
        own.data.copy_(all_of_them.data[row])


class PopulationSGD(torch.optim.Optimizer):
    """Gradient descent with momentum for P stacked networks, each with its own learning rate.

    Args:
        parameters: each with a leading axis of P.
        rates: `(P,)` learning rates.
        momentum: as in torch.optim.SGD, the same for all.
    """

    def __init__(
        self, parameters: Iterable[Parameter], rates: Tensor, momentum: float = 0.0
    ) -> None:
        super().__init__(parameters, {"rates": rates, "momentum": momentum})
        for parameter in (each for group in self.param_groups for each in group["params"]):
            if rates.dim() != 1 or parameter.shape[:1] != rates.shape:
                raise UsageError(
                    f"{tuple(rates.shape)} learning rates for a parameter of shape "
                    f"{tuple(parameter.shape)}",
                    "give one per network: (P,)",
                )
            self.state[parameter]["rates"] = rates.to(parameter).view(
                -1, *[1] * (parameter.dim() - 1)
            )

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One step of every network.

        `closure` is called first, if given, and its result returned.
        """
        result = None if closure is None else closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state, change = self.state[parameter], parameter.grad
                if group["momentum"]:
                    velocity = state.get("momentum")
                    state["momentum"] = change = (
                        change.clone()
                        if velocity is None
                        else velocity.mul_(group["momentum"]).add_(change)
                    )
                parameter.addcmul_(state["rates"], change, value=-1.0)
        return result
