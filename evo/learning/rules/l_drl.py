"""Local difference reconstruction loss: decoders get the transposes of the layers' Jacobians.

    t_L = o - beta dLoss/do
    t_{l-1} = h_{l-1} + g_l(t_l) - g_l(h_l)             l = L ... 2, no weight transported
    layer l learns from 1/2 || h_l - t_l ||^2, the output layer from the loss
    g_l learns from -2 eps . (g_l(f_l(h + eps)) - g_l(f_l(h))) + || g_l(h_l + eta) - g_l(h_l) ||^2

The minimum of g_l's loss is dg_l/dv = (df_l/dh)^T. In the limit of small beta targets then carry
backpropagation's errors.

Source: M. Ernoult, F. Normandin, A. Moudgil, S. Spinney, E. Belilovsky, I. Rish, B. Richards, Y.
Bengio, Towards scaling difference target propagation by learning backprop targets, ICML 2022; beta,
the noise and 20 to 55 decoder steps are of its CIFAR-10 settings.
"""

from pydantic import Field
from torch import Tensor

from evo.learning.rules.target_rule import Pass, TargetRule, TargetSettings


class LDRL(TargetRule):
    """Targets are those of difference target propagation."""

    name = "l-drl"

    class Settings(TargetSettings):
        """Of l-drl."""

        target_step: float = Field(
            0.7, gt=0, description="beta, how far the top target goes along -dLoss/do"
        )
        decoder_steps: int = Field(
            5, ge=1, description="decoder steps per batch; more follow the layers' Jacobians better"
        )

    def prepare(self) -> None:
        super().prepare()
        self.decode_with("jacobian", top=True)

    def targets(self, run: Pass) -> list[Tensor]:
        last, outputs = len(self.chain) - 1, run.values[-1]
        goal = outputs - self.settings.target_step * run.error
        return self.differences(
            run, run.values[-2] + self.decode(last, goal, run) - self.decode(last, outputs, run)
        )
