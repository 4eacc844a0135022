"""Lives of networks as torch modules, one after the other: any rule that can teach them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from evo.learning.lifetimes.curriculum import Curriculum
from evo.learning.losses import find_loss
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.rules.base import Rule
from evo.networks.flat import Networks


def teach(
    networks: Networks,
    curriculum: Curriculum,
    kind: type[Rule],
    settings: Any,
    constants: Mapping[str, NDArray[Any]] = {},
) -> tuple[Networks, NDArray[np.bool_]]:
    """The n networks after their lives, and whether each still has finite weights.

    Args:
        networks: n of them.
        curriculum: what each learns, and how.
        kind: the class of the rule.
        settings: of the rule.
        constants: `(n,)` values of settings that networks carry themselves, by name.

    Raises:
        UsageError: a network is recurrent, or has functions that the rule cannot teach.
    """
    bias, weights = networks.bias.copy(), networks.weights.copy()
    fine = np.ones(len(networks), bool)
    for row in range(len(networks)):
        own = {name: values[row].item() for name, values in constants.items()}
        taught = _taught(networks, row, curriculum, kind, settings, own)
        a, b = networks.nodes[row], networks.nodes[row + 1]
        c, d = networks.links[a], networks.links[b]
        bias[a:b], weights[c:d] = taught.bias, taught.weights
        fine[row] = np.isfinite(bias[a:b]).all() and np.isfinite(weights[c:d]).all()
    return replace(networks, bias=bias, weights=weights), fine


def _taught(
    networks: Networks,
    row: int,
    curriculum: Curriculum,
    kind: type[Rule],
    settings: Any,
    own: Mapping[str, Any],
) -> Networks:
    network = EvolvedNetwork(networks, row)
    generator = torch.Generator().manual_seed(int(curriculum.feedback_seeds[row]))
    of_rule = {name: value for name, value in own.items() if name in type(settings).model_fields}
    settings = settings.model_copy(update=of_rule)
    rule = kind(network, find_loss(curriculum.loss), settings, generator)
    optimiser = torch.optim.SGD(
        [*network.parameters(), *rule.parameters()],
        own.get("learning_rate", curriculum.rate),
        own.get("momentum", curriculum.momentum),
    )
    inputs, answers = (torch.from_numpy(each) for each in (curriculum.inputs, curriculum.answers))
    for chosen in curriculum.order[row % len(curriculum.order)]:
        rows = torch.from_numpy(chosen.astype(np.int64))
        optimiser.zero_grad()
        rule.gradients(inputs[rows], answers[rows])
        optimiser.step()
        rule.after_step()
    return network.networks()
