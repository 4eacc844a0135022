"""Difference target propagation.

Targets come down through learned inverses, corrected by what the inverses get wrong.

    t_{L-1} = h_{L-1} - alpha dLoss/dh_{L-1}                      (the only place where weights are
    transported) t_{l-1} = h_{l-1} + g_l(t_l) - g_l(h_l)                       l = L-1 ... 2 layer l
    learns from 1/2 || h_l - t_l ||^2, g_l from || g_l(f_l(h_{l-1} + eps)) - (h_{l-1} + eps) ||^2

`evo.learning.decoders` has g_l. With exact inverses the correction vanishes.

Source: D.-H. Lee, S. Zhang, A. Fischer, Y. Bengio, Difference target propagation, ECML PKDD 2015,
algorithm 1, sections 2.3 and 2.4. Schedules: S. Bartunov, A. Santoro, B. Richards, L. Marris, G.
Hinton, T. Lillicrap, Assessing the scalability of biologically-motivated deep learning algorithms
and architectures, NeurIPS 2018.
"""

from typing import Any, Literal

from pydantic import Field
from torch import Tensor, nn

from evo.learning.draws import Generators
from evo.learning.losses import Loss
from evo.learning.rules.targets import Pass, TargetRule, TargetSettings


class DTP(TargetRule):
    """Difference target propagation."""

    name = "dtp"
    transports = True

    class Settings(TargetSettings):
        """Of dtp."""

        target_step: float = Field(0.1, gt=0, description="alpha")
        reconstruction: Literal["preserving", "denoising"] = Field(
            "preserving", description="what decoders reproduce"
        )

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        super().__init__(network, loss, settings, generator)
        self.decode_with(settings.reconstruction, top=False)

    def targets(self, run: Pass) -> list[Tensor]:
        if run.returned is None:
            return []
        return self.differences(run, run.values[-2] - self.settings.target_step * run.returned)
