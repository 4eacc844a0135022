"""Sign-concordant feedback.

Errors return through weights that share only the signs of the forward weights.

    delta_L = e,   delta_l = (delta_{l+1} V_{l+1}) . f'(a_l),   dW_l = delta_l^T h_{l-1},   db_l =
    sum delta_l

    usf    V = sign(W) sqrt(2 / (fan in + fan out))     uniform magnitudes
    frsf   V = |M| . sign(W)                            M random, drawn once
    brsf   V = |M| . sign(W)                            M random, drawn anew for every batch

Source: Q. Liao, J. Z. Leibo, T. Poggio, How Important Is Weight Symmetry in Backpropagation?, AAAI
2016, section "Asymmetric Backpropagations", equations for uSF, frSF and brSF; the uniform magnitude
is the standard deviation of M.
"""

from collections.abc import Mapping
from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

from evo.learning.draws import Generators
from evo.learning.graph import Record
from evo.learning.losses import Loss
from evo.learning.rules.base import Rule, to_numpy, to_tensor
from evo.learning.rules.fa import xavier_feedback
from evo.settings import Settings as BaseSettings


class Settings(BaseSettings):
    """Magnitudes are as of Xavier-uniform forward weights."""

    scale: float = Field(
        1.0, gt=0, description="magnitude of feedback weights in units of Xavier-uniform ones"
    )


class USF(Rule):
    """Uniform sign-concordant feedback."""

    Settings = Settings

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        super().__init__(network, loss, settings, generator)
        self.route = self.graph.route([self.graph.output])

    def backward(self, record: Record, error: Tensor) -> None:
        feedback = [
            torch.sign(layer.operation.weight).mul_(
                self.settings.scale * (2.0 / sum(layer.operation.fans())) ** 0.5
            )
            for layer in self.graph.layers
        ]
        self.graph.sweep(record, self.graph.errors(error), self.route, feedback)


class FRSF(Rule):
    """Sign-concordant feedback of fixed random magnitudes."""

    Settings = Settings

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        super().__init__(network, loss, settings, generator)
        self.route = self.graph.route([self.graph.output])
        self.magnitudes = [
            each.abs_() for each in xavier_feedback(self.graph, generator, settings.scale)
        ]

    def backward(self, record: Record, error: Tensor) -> None:
        pairs = zip(self.magnitudes, self.graph.weights(), strict=True)
        feedback = [magnitude * torch.sign(weight) for magnitude, weight in pairs]
        self.graph.sweep(record, self.graph.errors(error), self.route, feedback)

    def state_dict(self) -> dict[str, Any]:
        named = zip(self.graph.layers, self.magnitudes, strict=True)
        return {
            **super().state_dict(),
            "magnitudes": {layer.name: to_numpy(magnitude) for layer, magnitude in named},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.magnitudes = [
            to_tensor(state["magnitudes"][layer.name], layer.operation.weight)
            for layer in self.graph.layers
        ]


class BRSF(Rule):
    """Sign-concordant feedback of random magnitudes, drawn anew for every batch."""

    Settings = Settings

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        super().__init__(network, loss, settings, generator)
        self.route = self.graph.route([self.graph.output])

    def backward(self, record: Record, error: Tensor) -> None:
        magnitudes = xavier_feedback(self.graph, self.generator, self.settings.scale)
        pairs = zip(magnitudes, self.graph.weights(), strict=True)
        self.graph.sweep(
            record,
            self.graph.errors(error),
            self.route,
            [m.abs_().mul_(torch.sign(w)) for m, w in pairs],
        )
