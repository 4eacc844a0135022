"""Hebbian learning: what fires together wires together; no error is sent anywhere.

    subspace   dW_ij = eta y_i (x_j - sum_k y_k W_kj)
    Oja        dW_ij = eta y_i (x_j - y_i W_ij)
    ABCD       dW_ij = eta (A x_j y_i + B x_j + C y_i + D)

The last has four weights of its own, A, B, C and D (ABCD). x are a layer's inputs, y its outputs
after the activation function; products are averaged over the batch. `.grad` is minus the update
without eta, which is the optimiser's learning rate. By default the layer that gives the network's
output learns by the delta rule from the error, dW = -e^T x, so that it reads the features which
hidden layers find.

Source: E. Oja, Simplified neuron model as a principal component analyzer, Journal of Mathematical
Biology 15, 267-273 (1982). Subspace: E. Oja, Neural networks, principal components, and subspaces,
International Journal of Neural Systems 1, 61-68 (1989). ABCD: E. Najarro, S. Risi, Meta-Learning
through Hebbian Plasticity in Random Networks, NeurIPS 2020, equation 1.
"""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from evo.errors import UsageError
from evo.learning.networks.graph import ForwardPass, LayerInfo
from evo.learning.networks.operations.base import add_gradient
from evo.learning.networks.operations.convolution import Convolution
from evo.learning.networks.operations.functions import Elementwise
from evo.learning.rules.base import Rule
from evo.settings import Settings as BaseSettings


class Hebbian(Rule):
    """Hebbian learning of layers without shared weights (Linear and evolved graphs).

    Attributes:
        coefficients: A, B, C and D of the ABCD rule. Numbers from the settings; set tensors in the
            shape of the weights in their place, by layer's name, to give every connection its own
            (`coefficients["0"] = (A, B, C, D)`).
    """

    class Settings(BaseSettings):
        """Under Oja's rule all units of a layer find the same, the first principal component.

        Subspace makes them share several.
        """

        form: Literal["subspace", "oja", "abcd"] = Field(
            "subspace", description="the equation of all layers that learn by Hebb"
        )
        a: float = Field(1.0, description="ABCD: weight of the product of input and output")
        b: float = Field(0.0, description="ABCD: weight of the input")
        c: float = Field(0.0, description="ABCD: weight of the output")
        d: float = Field(0.0, description="ABCD: constant")
        output: Literal["delta", "hebbian"] = Field(
            "delta", description="how the layers learn whose output is the network's"
        )

    def prepare(self) -> None:
        graph, settings = self.graph, self.settings
        for layer in graph.layers:
            if isinstance(layer.operation, Convolution):
                raise UsageError(
                    f"hebbian: layer {layer.name} is a convolution",
                    "use networks of Linear layers, or fa and dfa",
                )
        self.route = graph.route([graph.output], sealed=graph.entries(), through=False)
        reached = {leg.layer for leg in self.route}
        self.by_error = reached if settings.output == "delta" else set()
        self.keep = None
        self.outputs = {layer.index: self._after_activation(layer) for layer in graph.layers}
        numbers = (settings.a, settings.b, settings.c, settings.d)
        self.coefficients: dict[str, tuple[float | Tensor, ...]] = {
            layer.name: numbers for layer in graph.layers
        }
        self.nothing: list[Tensor | None] = [None] * len(graph.layers)

    def _after_activation(self, layer: LayerInfo) -> int:
        """The slot of the layer's outputs after the functions of single values that follow it."""
        slot = layer.output
        while True:
            readers = [step for step in self.graph.steps if slot in step.inputs]
            if len(readers) != 1 or not isinstance(readers[0].operation, Elementwise):
                return slot
            slot = readers[0].output

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        for layer in self.graph.layers:
            if layer.index not in self.by_error:
                operation = layer.operation
                inputs = operation.arriving(record.saved[layer.number])
                update = self._update(layer, inputs, record.values[self.outputs[layer.index]])
                add_gradient(operation.parameters["weight"], operation.allowed(update.neg_()))
        if self.by_error:
            self.graph.sweep(record, self.graph.errors(error), self.route, self.nothing)

    def _update(self, layer: LayerInfo, inputs: Tensor, outputs: Tensor) -> Tensor:
        """The batch's mean update, in the shape of the layer's weights."""
        if self.graph.networks is None:
            inputs, outputs = (
                inputs.reshape(-1, inputs.shape[-1]),
                outputs.reshape(-1, outputs.shape[-1]),
            )
        elif inputs.dim() == 2:
            inputs = inputs.expand(self.graph.networks, *inputs.shape)
        batch, weight = outputs.shape[-2], layer.operation.weight
        together = torch.matmul(outputs.mT, inputs) / batch
        if self.settings.form == "subspace":
            return together - torch.matmul(torch.matmul(outputs.mT, outputs) / batch, weight)
        if self.settings.form == "oja":
            return together - outputs.square().mean(-2).unsqueeze(-1) * weight
        a, b, c, d = self.coefficients[layer.name]
        return (
            a * together
            + b * inputs.mean(-2).unsqueeze(-2)
            + c * outputs.mean(-2).unsqueeze(-1)
            + d
        )
