"""Direct feedback alignment.

The output error reaches every layer directly, through a fixed random matrix of its own.

    delta_L = e,   delta_l = (e B_l^T) . f'(a_l),   dW_l = delta_l^T h_{l-1},   db_l = sum delta_l

The error arrives where the next layer reads its inputs; from there to the pre-activation
(activation, pooling, normalisation) it goes through the true transpose. Nothing comes back through
a layer's weights or through a skip connection.

Source: A. Nøkland, Direct Feedback Alignment Provides Learning in Deep Neural Networks, NIPS 29
(2016), section 2. Sparse B: B. Crafton et al., Direct Feedback Alignment With Sparse Connections
for Local Learning, Frontiers in Neuroscience 13:525 (2019).
"""

from collections.abc import Mapping
from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.angles import mean_angle
from evo.learning.draws import Generators
from evo.learning.feedback import Draw, Projection
from evo.learning.graph import Record
from evo.learning.losses import Loss
from evo.learning.operations.linear import Linear, Stacked
from evo.learning.rules.base import Rule
from evo.settings import Settings as BaseSettings


class DFA(Rule):
    """Direct feedback alignment.

    Feedback is drawn at the first batch, when the sizes of all maps are known.
    """

    class Settings(BaseSettings):
        """Feedback weights are uniform in ±scale / sqrt(outputs that a unit hears of)."""

        scale: float = Field(
            1.0, gt=0, description="of feedback weights; makes no difference under Adam"
        )
        shared: bool = Field(
            False, description="one B for all hidden layers, which then need equal widths"
        )
        connections: int | None = Field(
            None,
            ge=1,
            description="outputs that each unit hears of (sparse B); none is all of them",
        )
        convolution: Literal["dense", "broadcast"] = Field(
            "dense", description="B of maps: for each value, or one per channel"
        )
        memory: float = Field(4.0, gt=0, description="the most that one B may take, GiB")

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        super().__init__(network, loss, settings, generator)
        self.entries = self.graph.entries(in_shape=True)
        self.keep = self.entries
        self.route = self.graph.route(
            [self.graph.output, *self.entries], sealed=self.entries, through=False
        )
        self.feedback: dict[str, Projection] = {}
        self.nothing: list[Tensor | None] = [None] * len(self.graph.layers)

    def backward(self, record: Record, error: Tensor) -> None:
        if len(self.feedback) < len(self.entries):
            self._draw(record)
        errors = self.graph.errors(error)
        for slot, name in self.entries.items():
            errors[slot] = self.feedback[name](error, record.values[slot])
        self.graph.sweep(record, errors, self.route, self.nothing)

    def _draw(self, record: Record) -> None:
        chosen = self.settings
        draw = Draw(
            chosen.scale,
            chosen.connections,
            chosen.convolution == "broadcast",
            chosen.memory * 2.0**30,
        )
        outputs, shared = record.values[self.graph.output], None
        for slot, name in self.entries.items():
            value = record.values[slot]
            if chosen.shared and shared is not None:
                if shared[0] != value.shape:
                    raise UsageError(
                        f"one B for all layers: {name} has values {tuple(value.shape)}, an earlier "
                        f"layer {tuple(shared[0])}",
                        "give all hidden layers the same width, or set shared = false",
                    )
                self.feedback[name] = shared[1]
                continue
            self.feedback[name] = draw(self.generator, value, outputs, self.graph.networks, name)
            shared = (value.shape, self.feedback[name])

    def measures(self, inputs: Tensor, targets: Tensor) -> dict[str, float]:
        """`angle_to_feedback/<layer>`.

        Degrees between B and the product of all later weights, where those are of Linear layers.
        """
        figures: dict[str, float] = {}
        layers, networks = self.graph.layers, self.graph.networks
        product: Tensor | None = None
        for layer, before in zip(reversed(layers[1:]), reversed(layers[:-1]), strict=True):
            operation, projection = layer.operation, self.feedback.get(before.name)
            dense = (
                projection is not None and projection.sources is None and not projection.broadcast
            )
            if not isinstance(operation, (Linear, Stacked)) or projection is None or not dense:
                break
            weight = operation.weight.detach()
            product = weight if product is None else torch.matmul(product, weight)
            if product.mT.shape != projection.weights.shape:
                break
            figures[f"angle_to_feedback/{before.name}"] = mean_angle(
                product.mT, projection.weights, networks
            )
        return figures

    def state_dict(self) -> dict[str, Any]:
        return {
            **super().state_dict(),
            "feedback": {name: projection.state() for name, projection in self.feedback.items()},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        like = self.graph.layers[0].operation.weight
        self.feedback = {
            name: Projection.from_state(kept, like) for name, kept in state["feedback"].items()
        }
