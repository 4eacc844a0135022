"""Target propagation: what would each layer have had to give for the outputs to be right?

    t_L given,   t_{l-1} = g_l(t_l),   layer l learns from 1/2 || h_l - t_l ||^2,   the output layer
    from the loss

Exact: square layers with invertible activations, g_l(v) = W_l^{-1} (f^{-1}(v) - b_l) and t_L = o -
alpha dLoss/do. As alpha shrinks, (h_l - t_l) / alpha becomes e through the inverse Jacobians of the
layers above (Gauss-Newton); for orthogonal layers that is backpropagation. Learned: g_l are
decoders; t_L is one-hot with the predictions for h_L (target "minimum"), or as in the exact case
with the outputs for h_L ("gradient").

Source: Y. Bengio, How auto-encoders could provide credit assignment in deep networks via target
propagation, arXiv:1407.7906, 2014; D.-H. Lee et al., Difference target propagation, ECML PKDD 2015,
section 2.2.
"""

from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.activations import INVERTIBLE
from evo.learning.blocks import Block
from evo.learning.draws import Generators
from evo.learning.losses import Loss
from evo.learning.operations.linear import Linear, Stacked
from evo.learning.rules.targets import Pass, TargetRule, TargetSettings


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

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        super().__init__(network, loss, settings, generator)
        self.exact = settings.inverse == "exact"
        self.minimum = settings.target == "minimum" and not self.exact
        if self.exact:
            for block in self.chain[1:]:
                check_invertible(block)
        else:
            self.decode_with(
                settings.reconstruction, top=True, squash=loss.predictions if self.minimum else None
            )

    def targets(self, run: Pass) -> list[Tensor]:
        step, outputs = self.settings.target_step, run.values[-1]
        if self.minimum:
            goal = torch.lerp(self.loss.predictions(outputs), run.wanted.to(outputs.dtype), step)
        else:
            goal = outputs - step * run.error
        goals = []
        for index in range(len(self.chain) - 1, 0, -1):
            goal = invert(self.chain[index], goal) if self.exact else self.decode(index, goal, run)
            goals.append(goal)
        return goals[::-1]


def check_invertible(block: Block) -> None:
    """Raises `UsageError` unless `invert` can undo `block`."""
    known, weight = block.activation, block.layer.weight
    square = isinstance(block.layer, (Linear, Stacked)) and weight.shape[-1] == weight.shape[-2]
    if not square or block.reshape or known is None or not known.invertible:
        raise UsageError(
            f"block {block.name!r} has no exact inverse: "
            f"{', '.join(str(module) for module in block.modules.values())}",
            f"exact inverses need square Linear layers, each with {INVERTIBLE}; or use inverse = "
            "learned",
        )


def invert(block: Block, values: Tensor) -> Tensor:
    """W^-1 (f^-1(values) - b): the inputs that `block` gives `values` for.

    See `check_invertible`.
    """
    if block.activation is None:
        raise UsageError(f"block {block.name!r} has no exact inverse")
    weight, bias = block.layer.weight, block.layer.parameters["bias"]
    before = block.activation.inverse(values)
    if bias is not None:
        before = before - (bias if bias.dim() == 1 else bias.unsqueeze(1))
    return torch.linalg.solve(weight, before.mT).mT
