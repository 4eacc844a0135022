"""Random networks, as ours and as neat-python's."""

import numpy as np
from neat.activations import ActivationFunctionSet
from neat.aggregations import AggregationFunctionSet
from neat.nn import FeedForwardNetwork, RecurrentNetwork

from evo.networks.flat import Networks
from evo.networks.functions import ACTIVATIONS, AGGREGATIONS

THEIR_ACTIVATIONS, THEIR_AGGREGATIONS = (
    ActivationFunctionSet().functions,
    AggregationFunctionSet().functions,
)
SCALED = {"tanh", "sigmoid", "sin", "gauss", "softplus"}


def ours(name):
    """Our name of neat-python's activation."""
    return f"neat-{name}" if name in SCALED else name


def random_network(rng, recurrent):
    """A network of ours and one of theirs, with every function likely to occur."""
    inputs, count, outs = int(rng.integers(1, 5)), int(rng.integers(2, 14)), int(rng.integers(1, 4))
    keys = [-1 - i for i in range(inputs)] + list(range(count))
    bias, activation, aggregation, links, sources, weights, evals = [], [], [], [0], [], [], []
    for node in range(count):
        known = inputs + (count if recurrent else node)
        chosen = rng.choice(known, size=rng.integers(0, min(known, 6) + 1), replace=False)
        strength = rng.normal(size=len(chosen))
        act, agg = rng.choice(sorted(THEIR_ACTIVATIONS)), rng.choice(sorted(THEIR_AGGREGATIONS))
        # Powers and reciprocals of unbounded sums blow up any rounding; elsewhere they are tested
        # one by one.
        act = "tanh" if act in {"exp", "cube", "square", "inv", "log"} else act
        bias.append(rng.normal())
        activation.append(ACTIVATIONS[ours(act)])
        aggregation.append(AGGREGATIONS[agg])
        sources.extend(chosen)
        weights.extend(strength)
        links.append(len(sources))
        incoming = [(keys[s], w) for s, w in zip(chosen, strength, strict=True)]
        evals.append(
            (node, THEIR_ACTIVATIONS[act], THEIR_AGGREGATIONS[agg], bias[-1], 1.0, incoming)
        )
    output = rng.choice(count, size=min(outs, count), replace=False)
    network = Networks(
        inputs=inputs,
        outputs=len(output),
        recurrent=recurrent,
        nodes=np.array([0, count]),
        bias=np.array(bias),
        activation=np.array(activation, np.uint8),
        aggregation=np.array(aggregation, np.uint8),
        links=np.array(links),
        sources=np.array(sources, np.int32),
        weights=np.array(weights, np.float64),
        output=(output[None] + inputs).astype(np.int32),
    )
    kind = RecurrentNetwork if recurrent else FeedForwardNetwork
    return network, kind(keys[:inputs], [int(o) for o in output], evals)


def random_population(rng, inputs, outputs, n, recurrent, activation="tanh"):
    """`n` networks of different sizes."""
    counts = rng.integers(outputs, outputs + 6, n)
    links, sources = [0], []
    for count in counts:
        for node in range(count):
            known = inputs + (count if recurrent else node)
            chosen = rng.choice(known, size=rng.integers(1, known + 1), replace=False)
            sources.extend(chosen)
            links.append(len(sources))
    nodes = np.concatenate([[0], np.cumsum(counts)])
    return Networks(
        inputs=inputs,
        outputs=outputs,
        recurrent=recurrent,
        nodes=nodes,
        bias=rng.normal(size=nodes[-1]),
        activation=np.full(nodes[-1], ACTIVATIONS[activation], np.uint8),
        aggregation=np.full(nodes[-1], AGGREGATIONS["sum"], np.uint8),
        links=np.array(links),
        sources=np.array(sources, np.int32),
        weights=rng.normal(0, 2, len(sources)),
        output=np.array(
            [[inputs + count - outputs + k for k in range(outputs)] for count in counts], np.int32
        ),
    )
