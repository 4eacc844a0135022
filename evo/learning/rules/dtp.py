"""Difference target propagation: what the learned inverses get wrong is taken off the targets.

    t_{L-1} = h_{L-1} - alpha dLoss/dh_{L-1}            the only place where weights are transported
    t_{l-1} = h_{l-1} + g_l(t_l) - g_l(h_l)             l = L-1 ... 2
    layer l learns from 1/2 || h_l - t_l ||^2
    g_l learns from || g_l(f_l(h_{l-1} + eps)) - (h_{l-1} + eps) ||^2

`evo.learning.targets.decoders` has g_l. With exact inverses the correction vanishes.

Source: D.-H. Lee, S. Zhang, A. Fischer, Y. Bengio, Difference target propagation, ECML PKDD 2015,
algorithm 1, sections 2.3 and 2.4. Schedules: S. Bartunov, A. Santoro, B. Richards, L. Marris, G.
Hinton, T. Lillicrap, Assessing the scalability of biologically-motivated deep learning algorithms
and architectures, NeurIPS 2018.
"""

from typing import Literal

from pydantic import Field
from torch import Tensor

from evo.learning.rules.target_rule import Pass, TargetRule, TargetSettings


class DTP(TargetRule):
    """Difference target propagation."""

    name = "dtp"
    transports = True

    class Settings(TargetSettings):
        """Of dtp."""

        target_step: float = Field(
            0.1, gt=0, description="alpha, how far the top target goes along -dLoss/dh"
        )
        reconstruction: Literal["preserving", "denoising"] = Field(
            "preserving", description="what decoders reproduce"
        )

    def prepare(self) -> None:
        super().prepare()
        self.decode_with(self.settings.reconstruction, top=False)

    def targets(self, run: Pass) -> list[Tensor]:
        if run.returned is None:
            return []
        return self.differences(run, run.values[-2] - self.settings.target_step * run.returned)
