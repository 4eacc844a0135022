"""Feedback alignment: errors return through fixed random weights B in place of the transposed forward weights.

    delta_L = e,   delta_l = (delta_{l+1} B_{l+1}^T) . f'(a_l),   dW_l = delta_l^T h_{l-1},   db_l =
    sum delta_l

B_{l+1}^T has the shape of W_{l+1}; a convolution's has the shape of its kernel and acts as a
transposed convolution. It is stored that way round, so that "W aligns with B^T" is the angle
between two arrays of one shape. Pooling, normalisation and skip connections keep their true
transposes.

Source: T. P. Lillicrap, D. Cownden, D. B. Tweed, C. J. Akerman, Random synaptic feedback weights
support error backpropagation for deep learning, Nature Communications 7:13276 (2016), "Results".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field
from torch import Tensor, nn

from evo.learning.angles import mean_angle
from evo.learning.draws import Generators, symmetric
from evo.learning.graph import Graph, Record
from evo.learning.losses import Loss
from evo.learning.rules.base import Rule, to_numpy, to_tensor
from evo.settings import Settings as BaseSettings


class FA(Rule):
    """Feedback alignment."""

    class Settings(BaseSettings):
        """Feedback weights are drawn as Xavier-uniform forward weights are."""

        scale: float = Field(
            1.0,
            gt=0,
            description="feedback weights in units of Xavier-uniform ones; under SGD 1 to 3 work "
            "best",
        )

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        super().__init__(network, loss, settings, generator)
        self.route = self.graph.route([self.graph.output])
        self.feedback: list[Tensor] = xavier_feedback(self.graph, generator, self.settings.scale)

    def backward(self, record: Record, error: Tensor) -> None:
        self.graph.sweep(record, self.graph.errors(error), self.route, self.feedback)

    def measures(self, inputs: Tensor, targets: Tensor) -> dict[str, float]:
        return measure_feedback(self.graph, self.feedback)

    def state_dict(self) -> dict[str, Any]:
        named = zip(self.graph.layers, self.feedback, strict=True)
        return {
            **super().state_dict(),
            "feedback": {layer.name: to_numpy(weights) for layer, weights in named},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.feedback = [
            to_tensor(state["feedback"][layer.name], layer.operation.weight)
            for layer in self.graph.layers
        ]


def xavier_feedback(graph: Graph, generator: Generators, scale: float) -> list[Tensor]:
    """Random weights in the shapes of all layers' weights.

    U(-b, b), b = scale sqrt(6 / (fan in + fan out)).
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
