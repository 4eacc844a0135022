"""Kolen-Pollack: feedback weights learn what forward weights learn, and both decay.

So they become transposes of each other:

    delta_l = (delta_{l+1} B_{l+1}^T) . f'(a_l)          as in feedback alignment
    W <- (1 - lambda) (W + dW),   B^T <- (1 - lambda) (B^T + dW)

dW is whatever the optimiser did to W, so any optimiser serves; its own weight decay is part of dW.
W - B^T shrinks by 1 - lambda a step, and no weight is ever read by the other pathway: both see the
same activity and errors.

Source: J. F. Kolen, J. B. Pollack, Backpropagation without weight transport, ICNN 1994; M. Akrout,
C. Wilson, P. C. Humphreys, T. Lillicrap, D. Tweed, Deep Learning without Weight Transport, NeurIPS
2019, "The Kolen-Pollack algorithm".
"""

import torch
from pydantic import Field
from torch import Tensor

from evo.learning.feedback.matrices import measure_feedback, xavier_feedback
from evo.learning.networks.graph import ForwardPass
from evo.learning.rules.base import Rule
from evo.settings import Settings as BaseSettings


class KolenPollack(Rule):
    """Kolen-Pollack learning; `after_step` belongs to it."""

    class Settings(BaseSettings):
        """Feedback weights start as Xavier-uniform forward weights do."""

        scale: float = Field(
            1.0, gt=0, description="feedback weights at the start in units of Xavier-uniform ones"
        )
        decay: float = Field(
            1e-3,
            ge=0,
            lt=1,
            description="share of W and of B lost in a step; they are alike after a few times 1 / "
            "decay",
        )

    def prepare(self) -> None:
        self.route = self.graph.route([self.graph.output])
        drawn = xavier_feedback(self.graph, self.generator, self.settings.scale)
        self.feedback = self.remember(drawn)
        self.before = self.graph.weights()

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        self.before = [weight.clone() for weight in self.graph.weights()]
        self.graph.sweep(record, self.graph.errors(error), self.route, self.feedback)

    @torch.no_grad()
    def after_step(self) -> None:
        """What the optimiser did to W happens to B as well; then both decay."""
        kept = 1.0 - self.settings.decay
        for weight, feedback, before in zip(
            self.graph.weights(), self.feedback, self.before, strict=True
        ):
            feedback.add_(weight).sub_(before).mul_(kept)
            weight.mul_(kept)
        self.before = self.graph.weights()

    def measures(self, inputs: Tensor, targets: Tensor) -> dict[str, float]:
        return measure_feedback(self.graph, self.feedback)
