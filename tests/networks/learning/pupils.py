"""Networks that learn in tests, and the same learning written for autograd."""

from functools import cache

import numpy as np
import torch
from torch import Tensor

import evo
from evo.networks.flat import Networks
from evo.networks.functions import Activation, Aggregation

DOUBLE = torch.float64


def random_pupils(
    rng, n, inputs=3, outputs=2, recurrent=False, activations=(Activation.TANH,), aggregations=(0,)
) -> Networks:
    """Networks of 0 to 9 nodes.

    Links of any length, nodes without links, nodes that nobody reads, outputs that others read,
    that stand in one node, and that are inputs.
    """
    counts = rng.integers(0, 10, n)
    links, sources, output = [0], [], []
    for count in counts:
        for node in range(count):
            known = inputs + (count if recurrent else node)
            chosen = rng.choice(known, size=rng.integers(0, min(known, 5) + 1), replace=False)
            sources.extend(chosen)
            links.append(len(sources))
        late = rng.random(outputs) < 0.7
        anywhere = rng.integers(0, inputs + count, outputs)
        output.append(
            np.where(late, np.maximum(inputs + count - 1 - np.arange(outputs), 0), anywhere)
        )
    nodes = np.concatenate([[0], np.cumsum(counts)])
    return Networks(
        inputs=inputs,
        outputs=outputs,
        recurrent=recurrent,
        nodes=nodes,
        bias=rng.normal(size=nodes[-1]),
        activation=rng.choice([int(each) for each in activations], nodes[-1]).astype(np.uint8),
        aggregation=rng.choice([int(each) for each in aggregations], nodes[-1]).astype(np.uint8),
        links=np.array(links),
        sources=np.array(sources, np.int32),
        weights=rng.normal(size=len(sources)),
        output=np.array(output, np.int32).reshape(n, outputs),
    )


@cache
def evolved(problem: str, generations: int = 12) -> Networks:
    """The population of NEAT after some generations."""
    evolution = evo.evolution("neat", problem, seed=3)
    for _ in range(generations):
        evolution.step()
    return evolution.phenotypes(evolution.population)


def lessons(rng, networks, loss="squared-error", examples=40, steps=20, batch=8, length=None):
    """Inputs, targets, order and rates for `networks`; `length` of sequences."""
    n = len(networks)
    shape = (examples,) if length is None else (examples, length)
    if loss == "squared-error":
        targets = rng.normal(size=(examples, networks.outputs))
    else:
        targets = rng.integers(0, max(networks.outputs, 2), examples)
    return (
        rng.normal(size=(*shape, networks.inputs)),
        targets,
        rng.integers(0, examples, (n, steps, batch)).astype(np.int32),
        rng.uniform(0.01, 0.2, n),
    )


def single(networks: Networks, row: int) -> Networks:
    return networks.take(slice(row, row + 1))


def links_of(networks: Networks, row: int) -> slice:
    return slice(
        int(networks.links[networks.nodes[row]]), int(networks.links[networks.nodes[row + 1]])
    )


def nodes_of(networks: Networks, row: int) -> slice:
    return slice(int(networks.nodes[row]), int(networks.nodes[row + 1]))


def clip(x: Tensor, low: float, high: float) -> Tensor:
    return torch.clamp(x, low, high)


FUNCTIONS = {
    Activation.TANH: torch.tanh,
    Activation.IDENTITY: lambda x: x,
    Activation.SIGMOID: torch.sigmoid,
    Activation.STEEPENED_SIGMOID: lambda x: torch.sigmoid(4.9 * x),
    Activation.RELU: torch.relu,
    Activation.SIN: torch.sin,
    Activation.GAUSS: lambda x: torch.exp(-x * x),
    Activation.SOFTPLUS: lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    Activation.ABS: torch.abs,
    Activation.SQUARE: lambda x: x * x,
    Activation.CUBE: lambda x: x * x * x,
    Activation.CLAMPED: lambda x: clip(x, -1.0, 1.0),
    Activation.HAT: lambda x: torch.relu(1.0 - torch.abs(x)),
    Activation.ELU: torch.nn.functional.elu,
    Activation.SELU: torch.selu,
    Activation.LELU: lambda x: torch.nn.functional.leaky_relu(x, 0.005),
    Activation.EXP: lambda x: torch.exp(clip(x, -60.0, 60.0)),
    Activation.LOG: lambda x: torch.log(torch.clamp(x, min=1e-7)),
    Activation.INV: lambda x: 1.0 / x,
    Activation.NEAT_TANH: lambda x: torch.tanh(clip(2.5 * x, -60.0, 60.0)),
    Activation.NEAT_SIGMOID: lambda x: torch.sigmoid(clip(5.0 * x, -60.0, 60.0)),
    Activation.NEAT_SIN: lambda x: torch.sin(clip(5.0 * x, -60.0, 60.0)),
    Activation.NEAT_GAUSS: lambda x: torch.exp(-5.0 * clip(x, -3.4, 3.4) ** 2),
    Activation.NEAT_SOFTPLUS: lambda x: (
        0.2 * torch.log(1.0 + torch.exp(clip(5.0 * x, -60.0, 60.0)))
    ),
}


def joined(code: int, parts: list[Tensor], like: Tensor) -> Tensor:
    if not parts:
        return torch.full_like(like, 1.0 if code == Aggregation.PRODUCT else 0.0)
    stack = torch.stack(parts)
    if code == Aggregation.SUM:
        return stack.sum(0)
    if code == Aggregation.PRODUCT:
        return stack.prod(0)
    if code == Aggregation.MAX:
        return stack.amax(0)
    if code == Aggregation.MIN:
        return stack.amin(0)
    if code == Aggregation.MEAN:
        return stack.mean(0)
    if code == Aggregation.MEDIAN:
        ascending = stack.sort(0).values
        return (ascending[(len(parts) - 1) // 2] + ascending[len(parts) // 2]) / 2
    return stack.gather(0, stack.abs().argmax(0, keepdim=True))[0]


def answers(
    network: Networks, weights: Tensor, bias: Tensor, inputs: Tensor, truncation: int | None = None
) -> Tensor:
    """The outputs of one network, node by node: `(batch, outputs)`, or `(batch, T, outputs)`."""
    steps = inputs[:, None] if inputs.dim() == 2 else inputs
    nothing = steps.new_zeros(len(steps))
    state = [nothing] * len(network.bias)
    outputs = []
    for t in range(steps.shape[1]):
        if truncation and t % truncation == 0:
            state = [value.detach() for value in state]
        seen = list(steps[:, t].unbind(1))
        new: list[Tensor] = []
        for node in range(len(network.bias)):
            before = seen + (state if network.recurrent else new)
            parts = [
                weights[k] * before[network.sources[k]]
                for k in range(network.links[node], network.links[node + 1])
            ]
            total = bias[node] + joined(network.aggregation[node], parts, nothing)
            new.append(FUNCTIONS[Activation(network.activation[node])](total))
        state = new
        outputs.append(torch.stack([(seen + new)[p] for p in network.output[0]], 1))
    return outputs[0] if inputs.dim() == 2 else torch.stack(outputs, 1)


def by_autograd(network, inputs, targets, order, rate, momentum=0.0, truncation=None):
    """Weights, biases and the last loss after torch's SGD on half squared errors."""
    weights = torch.tensor(network.weights, requires_grad=True)
    bias = torch.tensor(network.bias, requires_grad=True)
    optimiser = torch.optim.SGD([weights, bias], lr=float(rate), momentum=momentum)
    value = torch.zeros(())
    for rows in order:
        optimiser.zero_grad()
        aims = torch.tensor(targets[rows])
        outputs = answers(network, weights, bias, torch.tensor(inputs[rows]), truncation)
        if outputs.dim() > aims.dim():
            outputs = outputs[:, -1]
        samples = aims.numel() / aims.shape[-1]
        value = 0.5 * (outputs - aims).square().sum() / samples
        if value.requires_grad:
            value.backward()
            optimiser.step()
    return weights.detach().numpy(), bias.detach().numpy(), float(value.detach())
