"""Lives of networks of the same layers, many at once as stacked tensors: any rule that teaches one.

The last bits of what a network learns depend on its place in a stack and on how many are in it:
matrix products go another way where a matrix does not begin at a multiple of 64 bytes, functions
where a tensor ends. So who is stacked with whom follows from the rows' order alone: the first
`STACK` rows, then the next, as `Problem.group` cuts a generation.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from evo.learning.lifetimes.curriculum import Curriculum
from evo.learning.losses import find_loss
from evo.learning.networks.evolved import TEACHABLE
from evo.learning.networks.operations.linear import StackedLinear
from evo.learning.networks.stacked import PopulationSGD
from evo.learning.rules.base import Rule
from evo.networks.flat import Networks
from evo.networks.layers import Layers, Weights, find_layers
from evo.population import Floats

STACK = 64
"""How many networks learn at once. Fewer cost more each; more are hardly faster."""

KNOWN = frozenset(
    {"output-only", "bp", "fa", "dfa", "ifa", "usf", "frsf", "brsf", "kolen-pollack", "hebbian"}
    | {"tp", "dtp", "sdtp", "ao-sdtp", "l-drl"}
)
"""The rules that keep stacked networks apart, and do to layers what they do to networks of links.

Not ep, which reads classes out of the last state of a chain of layers; the outputs of links are
states themselves. Not rules of somebody's own, which may mix networks unnoticed, by a mean over all
that they are given.
"""


def serves(rule: str, evolve: Collection[str] = ()) -> bool:
    """Whether a rule teaches stacked networks.

    Args:
        rule: its name.
        evolve: the settings that genomes carry; a stack shares all but the learning rate.
    """
    return rule in KNOWN and {"learning_rate"}.issuperset(evolve)


def shared_layers(networks: Networks) -> Layers | None:
    """The layers that all of the networks consist of; None where they cannot be stacked."""
    layers = find_layers(networks)
    return layers if layers is not None and TEACHABLE.keys() >= set(layers.activations) else None


def teach(
    networks: Networks,
    layers: Layers,
    curriculum: Curriculum,
    kind: type[Rule],
    settings: Any,
    rates: Floats | None = None,
) -> tuple[Networks, NDArray[np.bool_]]:
    """The n networks after their lives, and whether each still has finite weights.

    Args:
        networks: n of them.
        layers: their `shared_layers`.
        curriculum: what each learns, and how.
        kind: the class of the rule.
        settings: of the rule.
        rates: `(n,)` learning rates that networks carry; None for the one of the curriculum.

    Raises:
        UsageError: the rule cannot teach such layers.
    """
    n = len(networks)
    learnt = replace(networks, bias=networks.bias.copy(), weights=networks.weights.copy())
    parts = layers.weights(learnt)
    order = np.broadcast_to(curriculum.order, (n, *curriculum.order.shape[1:]))
    rates = np.full(n, curriculum.rate) if rates is None else rates
    for first in range(0, n, STACK):
        rows = slice(first, min(first + STACK, n))
        born = [Weights(part.weight[rows], part.bias[rows]) for part in parts]
        lives = replace(
            curriculum, order=order[rows], feedback_seeds=curriculum.feedback_seeds[rows]
        )
        taught = _taught(layers, born, lives, kind, settings, rates[rows])
        for part, (weight, bias) in zip(parts, taught, strict=True):
            part.weight[rows], part.bias[rows] = weight, bias
    fine = np.logical_and.reduce(
        [np.isfinite(each.reshape(n, -1)).all(axis=1) for part in parts for each in part]
    )
    return learnt, fine


def _taught(
    layers: Layers,
    born: list[Weights],
    lives: Curriculum,
    kind: type[Rule],
    settings: Any,
    rates: Floats,
) -> list[Weights]:
    """The weights of one stack of networks after their lives; arguments as of `teach`."""
    # torch.tensor copies to where torch's own tensors begin, at a multiple of 64 bytes
    linear = [StackedLinear(torch.tensor(part.weight), torch.tensor(part.bias)) for part in born]
    network = nn.Sequential()
    for layer, activation in zip(linear, layers.activations, strict=True):
        network.extend([layer, TEACHABLE[activation]()])
    generators = [torch.Generator().manual_seed(int(seed)) for seed in lives.feedback_seeds]
    rule = kind(network, find_loss(lives.loss), settings, generators)
    optimiser = PopulationSGD(
        [*network.parameters(), *rule.parameters()], torch.tensor(rates), lives.momentum
    )
    inputs, answers = torch.from_numpy(lives.inputs), torch.from_numpy(lives.answers)
    for chosen in torch.tensor(lives.order.swapaxes(0, 1), dtype=torch.int64):
        optimiser.zero_grad()
        rule.gradients(_rows(inputs, chosen), _rows(answers, chosen))
        optimiser.step()
        rule.after_step()
    return [Weights(*(each.detach().numpy() for each in layer.parameters())) for layer in linear]


def _rows(examples: Tensor, chosen: Tensor) -> Tensor:
    """`(networks, batch, numbers)` of `(k, numbers)` examples; twice as fast as an index."""
    return examples.index_select(0, chosen.flatten()).view(*chosen.shape, -1)
