"""Target propagation: each layer learns to give what would have made the outputs right.

    t_L given,   t_{l-1} = g_l(t_l)
    layer l learns from 1/2 || h_l - t_l ||^2, the output layer from the loss

Exact: square layers with invertible activations, g_l(v) = W_l^{-1} (f^{-1}(v) - b_l) and t_L = o -
alpha dLoss/do. As alpha shrinks, (h_l - t_l) / alpha becomes e through the inverse Jacobians of the
layers above (Gauss-Newton); for orthogonal layers that is backpropagation. Learned: g_l are
decoders; t_L is one-hot with the predictions for h_L (target "minimum"), or as in the exact case
with the outputs for h_L ("gradient").

Source: Y. Bengio, How auto-encoders could provide credit assignment in deep networks via target
propagation, arXiv:1407.7906, 2014; D.-H. Lee et al., Difference target propagation, ECML PKDD 2015,
section 2.2.
"""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from evo.learning.rules.target_rule import Pass, TargetRule, TargetSettings
from evo.learning.targets.inverses import check_invertible, invert


class TP(TargetRule):
    """Target propagation through exact or learned inverses."""

    name = "tp"

    class Settings(TargetSettings):
        """Of tp."""

        inverse: Literal["learned", "exact"] = Field(
            "learned", description="exact needs square Linear layers, invertible activations"
        )
        target: Literal["minimum", "gradient"] = Field(
            "minimum", description="where the top target lies; exact inverses use gradient"
        )
        reconstruction: Literal["preserving", "denoising"] = Field(
            "denoising", description="what decoders reproduce"
        )

    def prepare(self) -> None:
        super().prepare()
        settings = self.settings
        self.exact = settings.inverse == "exact"
        self.minimum = settings.target == "minimum" and not self.exact
        if self.exact:
            for block in self.chain[1:]:
                check_invertible(block)
        else:
            self.decode_with(
                settings.reconstruction,
                top=True,
                squash=self.loss.predictions if self.minimum else None,
            )

    def targets(self, run: Pass) -> list[Tensor]:
        step, outputs = self.settings.target_step, run.values[-1]
        if self.minimum:
            goal = torch.lerp(self.loss.predictions(outputs), run.aims.to(outputs.dtype), step)
        else:
            goal = outputs - step * run.error
        goals = []
        for index in range(len(self.chain) - 1, 0, -1):
            goal = invert(self.chain[index], goal) if self.exact else self.decode(index, goal, run)
            goals.append(goal)
        return goals[::-1]
