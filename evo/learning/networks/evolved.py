"""Evolved networks as torch modules, so that rules can teach them, and back again.

Nodes are grouped by topological level, activation function, and whether they give outputs. A group
is one layer; its links come from the inputs and any earlier groups.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.networks.operations.functions import Sine, Steepened
from evo.learning.networks.operations.links import Collect, LinkLayer
from evo.networks.flat import Networks
from evo.networks.functions import Activation, Aggregation

TEACHABLE: dict[Activation, Callable[[], nn.Module]] = {
    Activation.TANH: nn.Tanh,
    Activation.IDENTITY: nn.Identity,
    Activation.SIGMOID: nn.Sigmoid,
    Activation.STEEPENED_SIGMOID: lambda: Steepened(4.9, nn.Sigmoid()),
    Activation.RELU: nn.ReLU,
    Activation.SIN: Sine,
    Activation.SOFTPLUS: nn.Softplus,
    Activation.CLAMPED: nn.Hardtanh,
    Activation.ELU: nn.ELU,
    Activation.SELU: nn.SELU,
    Activation.LELU: lambda: nn.LeakyReLU(0.005),
    Activation.NEAT_TANH: lambda: Steepened(2.5, nn.Tanh()),
    Activation.NEAT_SIGMOID: lambda: Steepened(5.0, nn.Sigmoid()),
    Activation.NEAT_SIN: lambda: Steepened(5.0, Sine()),
}


class EvolvedNetwork(nn.Module):
    """Row `row` of `networks` as a module.

    `(batch, inputs)` to `(batch, outputs)`, in double precision as it comes.

    Its parameters are copies; `networks()` gives them back. Rules that have a meaning here: bp, fa,
    dfa, usf, frsf, brsf, kolen-pollack, hebbian, ep (which takes links to work both ways).

    Raises:
        UsageError: the network is recurrent, aggregates by anything but sums, has an activation
            function without a torch counterpart, or two links between the same nodes.
    """

    collect: Collect

    def __init__(self, networks: Networks, row: int = 0) -> None:
        super().__init__()
        self.source = source = _row(networks, row)
        groups = _groups(source)
        width = [source.inputs, *(len(group) for group in groups)]
        group_of, place = (
            np.zeros(source.inputs + len(source.bias), int),
            np.arange(source.inputs + len(source.bias)),
        )
        for number, group in enumerate(groups, start=1):
            group_of[source.inputs + group], place[source.inputs + group] = (
                number,
                np.arange(len(group)),
            )
        self.layers, self.functions = nn.ModuleList(), nn.ModuleList()
        self.reads, self.where = [], []
        for group in groups:
            links = np.concatenate(
                [np.arange(int(source.links[node]), int(source.links[node + 1])) for node in group]
            )
            rows = np.repeat(np.arange(len(group)), np.diff(source.links)[group])
            read, columns = _beside(source.sources[links], group_of, place, width)
            weight, mask = np.zeros((2, len(group), sum(width[each] for each in read)))
            weight[rows, columns], mask[rows, columns] = source.weights[links], 1.0
            if mask.sum() != len(links):
                raise UsageError(
                    "a network has two links between the same nodes",
                    "join them to one with the sum of their weights",
                )
            self.layers.append(
                LinkLayer(
                    torch.tensor(weight), torch.tensor(mask), torch.tensor(source.bias[group])
                )
            )
            self.functions.append(TEACHABLE[Activation(source.activation[group[0]])]())
            self.reads.append(read)
            self.where.append((group, links, rows, columns))
        self.output_reads, positions = _beside(source.output[0], group_of, place, width)
        self.collect = Collect(torch.tensor(positions))

    def forward(self, inputs: Tensor) -> Tensor:
        values = [inputs]
        for layer, function, read in zip(self.layers, self.functions, self.reads, strict=True):
            values.append(function(layer(*[values[each] for each in read])))
        return self.collect(*[values[each] for each in self.output_reads])

    def networks(self) -> Networks:
        """The network with the weights and biases that it has now.

        Everything else is as it came.
        """
        bias, weights = self.source.bias.copy(), self.source.weights.copy()
        for layer, (group, links, rows, columns) in zip(self.layers, self.where, strict=True):
            learnt = {
                name: parameter.detach().cpu().double().numpy()
                for name, parameter in layer.named_parameters()
            }
            weights[links], bias[group] = learnt["weight"][rows, columns], learnt["bias"]
        return replace(self.source, bias=bias, weights=weights)


def _row(networks: Networks, row: int) -> Networks:
    """One network by itself."""
    first, last = networks.nodes[row], networks.nodes[row + 1]
    start, end = networks.links[first], networks.links[last]
    single = replace(
        networks,
        nodes=np.array([0, last - first]),
        bias=networks.bias[first:last].copy(),
        activation=networks.activation[first:last],
        aggregation=networks.aggregation[first:last],
        links=networks.links[first : last + 1] - start,
        sources=networks.sources[start:end],
        weights=networks.weights[start:end].copy(),
        output=networks.output[row : row + 1],
    )
    if single.recurrent:
        raise UsageError(
            "the network is recurrent; rules teach feed-forward ones",
            "set genome.recurrent=false",
        )
    if (single.aggregation != Aggregation.SUM).any():
        raise UsageError(
            "a node aggregates by something else than a sum",
            "leave nothing but sum in genome.aggregations",
        )
    codes = {Activation(code) for code in single.activation}
    if unknown := codes - TEACHABLE.keys():
        raise UsageError(
            f"no rule can teach nodes with activation {_spelled(unknown)}",
            f"activations that can learn: {_spelled(TEACHABLE)}",
        )
    return single


def _spelled(activations: Iterable[Activation]) -> str:
    return ", ".join(sorted(each.name.lower().replace("_", "-") for each in activations))


def _groups(network: Networks) -> list[np.ndarray]:
    """Nodes in the order of their levels.

    Each array is of one level, one activation, and all or none of them give outputs.
    """
    level = np.zeros(network.inputs + len(network.bias), int)
    for node in range(len(network.bias)):
        sources = network.sources[network.links[node] : network.links[node + 1]]
        level[network.inputs + node] = 1 + level[sources].max(initial=0)
    gives = np.isin(np.arange(len(network.bias)) + network.inputs, network.output[0])
    keys = np.stack(
        [level[network.inputs :], network.activation.astype(int), gives.astype(int)], axis=1
    )
    return [np.flatnonzero((keys == key).all(axis=1)) for key in np.unique(keys, axis=0)]


def _beside(
    positions: np.ndarray, group_of: np.ndarray, place: np.ndarray, width: list[int]
) -> tuple[list[int], np.ndarray]:
    """Which groups hold `positions`, and where these stand when those groups are laid side by side.

    At least one group.
    """
    read = sorted(set(group_of[positions].tolist())) or [0]
    start = dict(zip(read, np.cumsum([0, *(width[each] for each in read)]).tolist(), strict=False))
    return read, np.array(
        [start[group_of[position]] + place[position] for position in positions], int
    )
