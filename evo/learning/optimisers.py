"""torch's optimisers by a few settings, with state that a checkpoint can hold."""

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import nn
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.rules.base import to_numpy
from evo.settings import Settings, one_of

KINDS: dict[str, type[torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
}
WITH_MOMENTUM = ("sgd", "rmsprop")

Rate = Annotated[float, Field(gt=0)]


class OptimiserSettings(Settings):
    """Which of torch's optimisers, and how fast."""

    name: Annotated[str, one_of("optimiser", KINDS)] = Field(
        "adam", description=f"one of {', '.join(KINDS)}; the rest as torch has it"
    )
    lr: Rate | tuple[Rate, ...] = Field(
        1e-3,
        description="learning rate, one for all or one for each layer with weights, first to last",
    )
    momentum: float = Field(0.0, ge=0, lt=1, description=f"of {' and '.join(WITH_MOMENTUM)}")
    weight_decay: float = Field(
        0.0, ge=0, description="share of a weight that is added to its gradient"
    )
    schedule: Literal["constant", "cosine"] = Field(
        "constant", description="cosine: the rate falls to 0 over all epochs"
    )


def build(
    settings: OptimiserSettings, network: nn.Module, others: Iterable[Parameter] = ()
) -> torch.optim.Optimizer:
    """The optimiser for a network, and for what its rule learns beside it, at the last layer's rate.

    Raises:
        UsageError: as many rates as layers are needed; or this optimiser has no momentum.
    """
    layers = layered(network)
    rates = settings.lr if isinstance(settings.lr, tuple) else (settings.lr,) * len(layers)
    if len(rates) != len(layers):
        raise UsageError(
            f"optimiser.lr has {len(rates)} rates for {len(layers)} layers with weights",
            "give one for each, or one number",
        )
    if settings.momentum and settings.name not in WITH_MOMENTUM:
        raise UsageError(
            f"optimiser.momentum has no meaning for {settings.name}",
            f"use {' or '.join(WITH_MOMENTUM)}",
        )
    groups = [
        {"params": parameters, "lr": rate, "rate": rate}
        for parameters, rate in zip(layers, rates, strict=True)
    ]
    if extra := list(others):
        groups.append({"params": extra, "lr": rates[-1], "rate": rates[-1]})
    options: dict[str, Any] = {"weight_decay": settings.weight_decay}
    options |= {"momentum": settings.momentum} if settings.name in WITH_MOMENTUM else {}
    return KINDS[settings.name](groups, **options)


def layered(network: nn.Module) -> list[list[Parameter]]:
    """The parameters by layer.

    Those of each module with a matrix or kernel, and of what follows it without one.
    """
    layers: list[list[Parameter]] = []
    for module in network.modules():
        own = list(module.parameters(recurse=False))
        if not own:
            continue
        if not layers or any(parameter.dim() > 1 for parameter in own):
            layers.append([])
        layers[-1] += own
    return layers


def schedule(
    settings: OptimiserSettings, optimiser: torch.optim.Optimizer, epoch: int, epochs: int
) -> None:
    """Set the rates for `epoch` of `epochs`, counted from 0.

    Source: Loshchilov and Hutter (2017), equation 5, without restarts.
    """
    if settings.schedule == "cosine":
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * 0.5 * (1 + math.cos(math.pi * epoch / epochs))


def state_dict(optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    """Parameter number → name → array or number. Rates and the like come from the settings."""
    state = optimiser.state_dict()["state"]
    return {
        str(number): {
            name: to_numpy(value) if isinstance(value, torch.Tensor) else value
            for name, value in kept.items()
        }
        for number, kept in state.items()
    }


def load_state_dict(optimiser: torch.optim.Optimizer, state: Mapping[str, Any]) -> None:
    """Inverse of `state_dict`."""
    kept = {
        int(number): {
            name: value if value is None or isinstance(value, int | float) else torch.tensor(value)
            for name, value in values.items()
        }
        for number, values in state.items()
    }
    optimiser.load_state_dict(
        {"state": kept, "param_groups": optimiser.state_dict()["param_groups"]}
    )
