"""Simplified difference target propagation: no weight is transported, not even the output layer's.

With predictions p, and y where the loss is least (one-hot classes),

    t_L = p + alpha (y - p)
    t_{l-1} = h_{l-1} + g_l(t_l) - g_l(h_l)             l = L ... 2, with p for h_L
    layer l learns from 1/2 || h_l - t_l ||^2, the output layer from the loss
    g_l learns from || g_l(f_l(h_{l-1} + eps)) - h_{l-1} ||^2

Source: S. Bartunov, A. Santoro, B. Richards, L. Marris, G. Hinton, T. Lillicrap, Assessing the
scalability of biologically-motivated deep learning algorithms and architectures, NeurIPS 2018,
paragraph on SDTP; there alpha = 1.
"""

from typing import Literal

from pydantic import Field
from torch import Tensor

from evo.learning.rules.target_rule import Pass, TargetRule, TargetSettings


class SDTP(TargetRule):
    """Simplified difference target propagation."""

    name = "sdtp"

    class Settings(TargetSettings):
        """Of sdtp."""

        target_step: float = Field(
            1.0, gt=0, le=1, description="alpha: 1 sets the target where the loss is least"
        )
        reconstruction: Literal["preserving", "denoising"] = Field(
            "denoising", description="what decoders reproduce"
        )

    def prepare(self) -> None:
        super().prepare()
        self.decode_with(self.settings.reconstruction, top=True, squash=self.loss.predictions)

    def targets(self, run: Pass) -> list[Tensor]:
        return self.differences(run, run.values[-2] + self.top_difference(run))
