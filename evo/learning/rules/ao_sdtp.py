"""Auxiliary-output SDTP: the top decoder also sees fixed random features of what it decodes to.

Ten class probabilities say little of a hidden layer of hundreds. So the output layer is widened by
features that are never trained,

    z = tanh(R h_{L-1}),   R fixed, its entries U(-b, b), b = sqrt(6 / (features + width))
    t_{L-1} = h_{L-1} + g_L(t_L, z) - g_L(p, z)                   z is its own target

and everything else is as in sdtp.

Source: S. Bartunov, A. Santoro, B. Richards, L. Marris, G. Hinton, T. Lillicrap, Assessing the
scalability of biologically-motivated deep learning algorithms and architectures, NeurIPS 2018,
paragraph on auxiliary output SDTP.
"""

from collections.abc import Mapping
from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.draws import Generators, symmetric
from evo.learning.losses import Loss
from evo.learning.operations.convolution import Convolution
from evo.learning.rules.base import to_numpy, to_tensor
from evo.learning.rules.sdtp import SDTP
from evo.learning.rules.targets import Pass, TargetRule


class AOSDTP(TargetRule):
    """Auxiliary-output simplified difference target propagation."""

    name = "ao-sdtp"

    class Settings(SDTP.Settings):
        """Of ao-sdtp."""

        features: int = Field(64, ge=1, description="auxiliary outputs")

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        super().__init__(network, loss, settings, generator)
        layer = self.chain[-1].layer
        if isinstance(layer, Convolution):
            raise UsageError(
                "ao-sdtp needs a Linear last", "end the network with Flatten and Linear"
            )
        width, like = layer.fans()[0], layer.weight.detach()
        bound = (6.0 / (settings.features + width)) ** 0.5
        self.projection = symmetric(
            generator, (width, settings.features), like, layer.networks
        ).mul_(bound)
        self.decode_with(
            settings.reconstruction,
            top=True,
            squash=loss.predictions,
            features=(self.auxiliary, settings.features),
        )

    def auxiliary(self, below: Tensor) -> Tensor:
        """Features z of the output layer's inputs."""
        if self.graph.networks is None:
            below = below.reshape(-1, self.projection.shape[0])
        return torch.tanh(below @ self.projection)

    def targets(self, run: Pass) -> list[Tensor]:
        return self.differences(run, run.values[-2] + self.top_difference(run))

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "projection": to_numpy(self.projection)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.projection = to_tensor(state["projection"], self.projection)
