"""Modules that have no step of their own here: torch's autograd sends their errors back.

Between the layers every rule needs an exact transpose only, so any module will do there. It never
counts as a layer: also a transposed convolution returns errors through its own weights, whatever
the rule.
"""

import torch
from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.networks.operations.base import Operation, add_gradient

LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d)
"""Modules of these kinds have weights that rules differ in, and must not pass as steps between."""
RANDOM = (
    nn.Dropout,
    nn.Dropout1d,
    nn.Dropout2d,
    nn.Dropout3d,
    nn.AlphaDropout,
    nn.FeatureAlphaDropout,
    nn.RReLU,
    nn.FractionalMaxPool2d,
    nn.FractionalMaxPool3d,
)
"""Modules that draw from torch's global generator."""


class Fallback(Operation):
    """The step of any module from one tensor to one tensor."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.parameters = list(module.parameters())
        self.in_place = bool(getattr(module, "inplace", False))

    def trainable(self) -> bool:
        return any(parameter.requires_grad for parameter in self.parameters)

    def title(self) -> str:
        return type(self.module).__name__

    def forward(self, inputs: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        with torch.inference_mode(False), torch.enable_grad():
            leaf = (inputs.clone() if inputs.is_inference() else inputs).detach()
            leaf.requires_grad_()
            outputs = self.module(leaf.clone() if self.in_place else leaf)
        if not isinstance(outputs, Tensor):
            raise UsageError(
                f"{self.title()} gives no tensor, but a {type(outputs).__name__}",
                "give it a wrapper that returns one tensor",
            )
        return outputs.detach(), (leaf, outputs)

    def backward(self, saved: tuple[Tensor, Tensor], error: Tensor) -> Tensor:
        leaf, outputs = saved
        learning = [parameter for parameter in self.parameters if parameter.requires_grad]
        with torch.inference_mode(False):
            sent = error.clone() if error.is_inference() else error
            back, *gradients = torch.autograd.grad(
                outputs, [leaf, *learning], sent, retain_graph=True, allow_unused=True
            )
        for parameter, gradient in zip(learning, gradients, strict=True):
            add_gradient(parameter, gradient)
        return torch.zeros_like(leaf) if back is None else back


def fallback(module: nn.Module) -> Fallback | None:
    """The step of a module of torch; None where a rule could not be exact or repeatable."""
    if not type(module).__module__.startswith("torch.nn") or isinstance(module, LAYERS):
        return None
    if any(isinstance(each, RANDOM) for each in module.modules()):
        return None
    return Fallback(module)
