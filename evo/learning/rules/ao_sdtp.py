"""Auxiliary-output simplified difference target propagation: features help to decode classes.

Ten class probabilities say little of a hidden layer of hundreds. So the decoder of the output layer
also sees features that are never trained,

    z = tanh(R h_{L-1}),   R fixed, its entries U(-b, b), b = sqrt(6 / (features + width))
    t_{L-1} = h_{L-1} + g_L(t_L, z) - g_L(p, z)                   z is its own target

and everything else is as in sdtp.

Source: S. Bartunov, A. Santoro, B. Richards, L. Marris, G. Hinton, T. Lillicrap, Assessing the
scalability of biologically-motivated deep learning algorithms and architectures, NeurIPS 2018,
paragraph on auxiliary output SDTP.
"""

import torch
from pydantic import Field
from torch import Tensor

from evo.errors import UsageError
from evo.learning.draws import symmetric
from evo.learning.networks.operations.convolution import Convolution
from evo.learning.rules.sdtp import SDTP
from evo.learning.rules.target_rule import Pass, TargetRule


class AOSDTP(TargetRule):
    """Auxiliary-output simplified difference target propagation."""

    name = "ao-sdtp"

    class Settings(SDTP.Settings):
        """Of ao-sdtp."""

        features: int = Field(64, ge=1, description="auxiliary outputs")

    def prepare(self) -> None:
        super().prepare()
        settings, layer = self.settings, self.chain[-1].layer
        if isinstance(layer, Convolution):
            raise UsageError(
                "ao-sdtp needs a Linear last", "end the network with Flatten and Linear"
            )
        width, like = layer.fans()[0], layer.weight.detach()
        bound = (6.0 / (settings.features + width)) ** 0.5
        self.projection = symmetric(
            self.generator, (width, settings.features), like, layer.networks
        ).mul_(bound)
        self.memory["projection"] = self.projection
        self.decode_with(
            settings.reconstruction,
            top=True,
            squash=self.loss.predictions,
            features=(self.auxiliary, settings.features),
        )

    def auxiliary(self, below: Tensor) -> Tensor:
        """Features z of the output layer's inputs."""
        if self.graph.networks is None:
            below = below.reshape(-1, self.projection.shape[0])
        return torch.tanh(below @ self.projection)

    def targets(self, run: Pass) -> list[Tensor]:
        return self.differences(run, run.values[-2] + self.top_difference(run))
