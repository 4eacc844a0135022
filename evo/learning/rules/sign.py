"""Sign-concordant feedback: errors return through weights with the signs of the forward weights.

    delta_L = e,   delta_l = (delta_{l+1} V_{l+1}) . f'(a_l)
    dW_l = delta_l^T h_{l-1},   db_l = sum delta_l

    usf    V = sign(W) sqrt(2 / (fan in + fan out))     uniform magnitudes
    frsf   V = |M| . sign(W)                            M random, drawn once
    brsf   V = |M| . sign(W)                            M random, drawn anew for every batch

Source: Q. Liao, J. Z. Leibo, T. Poggio, How Important Is Weight Symmetry in Backpropagation?, AAAI
2016, section "Asymmetric Backpropagations", equations for uSF, frSF and brSF; the uniform magnitude
is the standard deviation of M.
"""

import torch
from pydantic import Field
from torch import Tensor

from evo.learning.feedback.matrices import xavier_feedback
from evo.learning.networks.graph import ForwardPass
from evo.learning.rules.base import Rule
from evo.settings import Settings as BaseSettings


class SignSettings(BaseSettings):
    """Magnitudes are as of Xavier-uniform forward weights."""

    scale: float = Field(
        1.0, gt=0, description="magnitude of feedback weights in units of Xavier-uniform ones"
    )


class USF(Rule):
    """Uniform sign-concordant feedback: the forward weights' signs, all of one magnitude."""

    Settings = SignSettings

    def prepare(self) -> None:
        self.route = self.graph.route([self.graph.output])

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        feedback = [
            torch.sign(layer.operation.weight).mul_(
                self.settings.scale * (2.0 / sum(layer.operation.fans())) ** 0.5
            )
            for layer in self.graph.layers
        ]
        self.graph.sweep(record, self.graph.errors(error), self.route, feedback)


class FRSF(Rule):
    """Fixed random-magnitude sign-concordant feedback: forward signs, magnitudes drawn once."""

    Settings = SignSettings

    def prepare(self) -> None:
        self.route = self.graph.route([self.graph.output])
        drawn = xavier_feedback(self.graph, self.generator, self.settings.scale)
        self.magnitudes = self.remember([each.abs_() for each in drawn])

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        pairs = zip(self.magnitudes, self.graph.weights(), strict=True)
        feedback = [magnitude * torch.sign(weight) for magnitude, weight in pairs]
        self.graph.sweep(record, self.graph.errors(error), self.route, feedback)


class BRSF(Rule):
    """Batchwise random-magnitude sign-concordant feedback: forward signs, new magnitudes each time.

    They are drawn anew for every batch.
    """

    Settings = SignSettings

    def prepare(self) -> None:
        self.route = self.graph.route([self.graph.output])

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        magnitudes = xavier_feedback(self.graph, self.generator, self.settings.scale)
        pairs = zip(magnitudes, self.graph.weights(), strict=True)
        self.graph.sweep(
            record,
            self.graph.errors(error),
            self.route,
            [m.abs_().mul_(torch.sign(w)) for m, w in pairs],
        )
