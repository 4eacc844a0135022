"""torch's optimisers by a few settings, with state that a checkpoint can hold."""

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import nn
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning import states
from evo.learning.tensors import to_numpy
from evo.settings import Settings, one_of

OPTIMISERS: dict[str, type[torch.optim.Optimizer]] = {
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

    name: Annotated[str, one_of("optimiser", OPTIMISERS)] = Field(
        "adam", description=f"one of {', '.join(OPTIMISERS)}; the rest as torch has it"
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


def build_optimiser(
    settings: OptimiserSettings, network: nn.Module, others: Iterable[Parameter] = ()
) -> torch.optim.Optimizer:
    """The optimiser for a network, and for what its rule learns beside it.

    Args:
        settings: which one, and how fast.
        network: its layers may have rates of their own.
        others: further parameters, which learn at the last layer's rate.

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
    return OPTIMISERS[settings.name](groups, **options)


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
    """Set the learning rates of an epoch.

    Args:
        settings: with the schedule.
        optimiser: whose rates are set.
        epoch: which one, from 0.
        epochs: for how many the schedule is.

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
    """Inverse of `state_dict`.

    Raises:
        UsageError: `state` is of another optimiser or of other parameters.
    """
    kept: dict[int, dict[str, Any]] = {}
    number = 0
    for group in optimiser.param_groups:
        for parameter in group["params"]:
            if str(number) in state:
                first = _first_state(optimiser, group, parameter)
                kept[number] = _checked(state, str(number), first, parameter)
            number += 1
    if unknown := set(state) - {str(each) for each in kept}:
        raise states.mismatch(f"the optimiser has no parameter {', '.join(map(str, unknown))}")
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": kept, "param_groups": groups})


def _first_state(
    optimiser: torch.optim.Optimizer, group: Mapping[str, Any], parameter: Parameter
) -> dict[str, Any]:
    """What an optimiser of this kind knows of a parameter of shape (2,) after one step."""
    stand_in = Parameter(torch.zeros(2, dtype=parameter.dtype))
    stand_in.grad = torch.zeros_like(stand_in)
    kind: Any = type(optimiser)
    fresh = kind([{**group, "params": [stand_in]}])
    fresh.step()
    return dict(fresh.state[stand_in])


def _checked(
    state: Mapping[str, Any], number: str, first: Mapping[str, Any], parameter: Parameter
) -> dict[str, Any]:
    """The state of one parameter, in the form that `first` has for a smaller one."""
    kept = states.section(state, number, list(first))
    checked: dict[str, Any] = {}
    for name, value in first.items():
        if isinstance(value, torch.Tensor):
            like = torch.empty_like(parameter, device="meta") if value.dim() else value
            checked[name] = torch.tensor(states.array(kept, name, like))
        elif value is None:
            checked[name] = None
        else:
            checked[name] = states.number(kept, name)
    return checked
