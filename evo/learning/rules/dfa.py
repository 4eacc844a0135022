"""Direct feedback alignment: every layer gets the output error through a random matrix of its own.

    delta_L = e,   delta_l = (e B_l^T) . f'(a_l),   dW_l = delta_l^T h_{l-1},   db_l = sum delta_l

The error arrives where the next layer reads its inputs; from there to the pre-activation
(activation, pooling, normalisation) it goes through the true transpose. Nothing comes back through
a layer's weights or through a skip connection.

Source: A. Nøkland, Direct Feedback Alignment Provides Learning in Deep Neural Networks, NIPS 29
(2016), section 2. Sparse B: B. Crafton et al., Direct Feedback Alignment With Sparse Connections
for Local Learning, Frontiers in Neuroscience 13:525 (2019).
"""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from evo.errors import UsageError
from evo.learning.angles import mean_angle
from evo.learning.feedback.projections import Draw, Projection, projections
from evo.learning.networks.graph import ForwardPass
from evo.learning.networks.operations.linear import Linear, Stacked
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

    def prepare(self) -> None:
        self.entries = self.graph.entries(in_shape=True)
        self.keep = self.entries
        self.route = self.graph.route(
            [self.graph.output, *self.entries], sealed=self.entries, through=False
        )
        self.fitted = False
        self.nothing: list[Tensor | None] = [None] * len(self.graph.layers)

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        if not self.fitted:
            self._fit(record)
        errors, feedback = self.graph.errors(error), self.feedback
        for slot, name in self.entries.items():
            errors[slot] = feedback[name](error, record.values[slot])
        self.graph.sweep(record, errors, self.route, self.nothing)

    @property
    def feedback(self) -> dict[str, Projection]:
        """B by the name of the layer that it goes to."""
        return projections(self.memory)

    def _fit(self, record: ForwardPass) -> None:
        """Draw the projections that are missing, and check those that a state brought."""
        chosen, networks = self.settings, self.graph.networks
        draw = Draw(
            chosen.scale,
            chosen.connections,
            chosen.convolution == "broadcast",
            chosen.memory * 2.0**30,
        )
        outputs, feedback, shared = record.values[self.graph.output], self.feedback, None
        for slot, name in self.entries.items():
            value = record.values[slot]
            if name in feedback:
                feedback[name].check(name, value, outputs, networks)
            elif not chosen.shared or shared is None:
                self.memory[name] = draw(self.generator, value, outputs, networks, name)
                shared = (value.shape, self.memory[name])
            elif shared[0] == value.shape:
                self.memory[name] = shared[1]
            else:
                raise UsageError(
                    f"one B for all layers: {name} has values {tuple(value.shape)}, an earlier "
                    f"layer {tuple(shared[0])}",
                    "give all hidden layers the same width, or set shared = false",
                )
        self.fitted = True

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
