"""Feedback in the shapes of the forward weights: one matrix or kernel for each layer."""

from collections.abc import Sequence

from torch import Tensor

from evo.learning.angles import mean_angle
from evo.learning.draws import Generators, symmetric
from evo.learning.networks.graph import Graph


def xavier_feedback(graph: Graph, generator: Generators, scale: float) -> list[Tensor]:
    """Random weights, U(-b, b) with b = scale sqrt(6 / (fan in + fan out)).

    Args:
        graph: whose layers' weights they have the shapes of.
        generator: draws them.
        scale: in units of Xavier-uniform weights.

    Returns:
        One tensor for each layer; 0 where there is no connection.
    """
    drawn = []
    for layer in graph.layers:
        weight = layer.operation.weight.detach()
        shape = weight.shape if graph.networks is None else weight.shape[1:]
        bound = scale * (6.0 / sum(layer.operation.fans())) ** 0.5
        drawn.append(
            layer.operation.allowed(symmetric(generator, shape, weight, graph.networks).mul_(bound))
        )
    return drawn


def measure_feedback(graph: Graph, feedback: Sequence[Tensor]) -> dict[str, float]:
    """`angle_to_feedback/<layer>`: degrees between W and B^T.

    `feedback_norm/<layer>`: |B| / |W|; only where errors come back.
    """
    figures: dict[str, float] = {}
    for layer, weights in zip(graph.layers, feedback, strict=True):
        if any(graph.behind[slot] for slot in layer.inputs):
            forward = layer.operation.weight.detach()
            figures[f"angle_to_feedback/{layer.name}"] = mean_angle(
                forward, weights, graph.networks
            )
            figures[f"feedback_norm/{layer.name}"] = float(weights.norm() / forward.norm())
    return figures
