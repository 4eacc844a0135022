"""What a step of a network can do: run forward, send an error back, and carry an error forward."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import Parameter

from evo.errors import UsageError


class Operation:
    """One step of a network, with its exact transposed Jacobian: no rule needs autograd.

    Attributes:
        layer: whether it has weights that a rule may replace on the way back.
        differentiable: whether its output is a tensor that errors come back from.
        join: whether it brings branches together.
        collects: whether it only gathers values that are outputs of the network.
    """

    layer: ClassVar[bool] = False
    differentiable: ClassVar[bool] = True
    join: ClassVar[bool] = False
    collects: ClassVar[bool] = False

    def forward(self, *inputs: Any, **_: Any) -> tuple[Any, Any]:
        """The output, and what `backward` needs to know of this pass."""
        raise self._missing("forward")

    def backward(self, saved: Any, error: Tensor) -> Any:
        """The errors of the inputs: one tensor, or a tuple of one for each.

        Gradients of own parameters are added.
        """
        raise self._missing("backward")

    def onward(self, saved: Any, errors: tuple[Tensor | None, ...]) -> Tensor | None:
        """Errors of the inputs carried forward, None where there is none.

        What moves no values passes them on as they are.
        """
        raise UsageError(
            f"no error can be carried forward through {self.title()}",
            "ifa does so; bp, fa and dfa send errors backward only",
        )

    def trainable(self) -> bool:
        """Whether it has parameters that learn."""
        return False

    def title(self) -> str:
        """What errors call it."""
        return type(self).__name__

    def _missing(self, what: str) -> UsageError:
        return UsageError(f"operation {type(self).__name__} has no {what}")


class Layer(Operation):
    """A step with weights: what comes back through them is what the rules differ in."""

    layer: ClassVar[bool] = True
    networks: int | None = None  # with a leading axis of that many networks

    def __init__(self, module: torch.nn.Module) -> None:
        self.module = module
        self.parameters = (
            module._parameters
        )  # looked up in a step: a module's own attributes take several times as long

    @property
    def weight(self) -> Tensor:
        """The forward weights."""
        weight = self.parameters["weight"]
        if weight is None:
            raise UsageError(f"{self.module} has no weight")
        return weight

    def trainable(self) -> bool:
        return any(learns(parameter) for parameter in self.parameters.values())

    def backward(self, saved: Any, error: Tensor, weight: Tensor | None = None) -> Any:
        """Add the gradients of the parameters.

        Args:
            saved: what `forward` gave beside the output.
            error: of the output.
            weight: what the inputs' error returns through, shaped as the weights; None for none.

        Returns:
            The errors of the inputs, or None.
        """
        raise self._missing("backward")

    def forward_error(self, error: Tensor) -> Tensor:
        """What the weights alone, without bias, make of an error of the inputs."""
        raise self._missing("forward_error")

    def arriving(self, saved: Any) -> Tensor:
        """What the weights multiplied, `(..., fan in)`."""
        return saved

    def allowed(self, update: Tensor) -> Tensor:
        """A change of the weights, without what there is no connection for."""
        return update

    def fans(self) -> tuple[int, int]:
        """How many values each output comes from, and how many outputs each value goes to."""
        raise self._missing("fans")


def learns(parameter: Parameter | None) -> bool:
    """Whether gradients of `parameter` are asked for."""
    return parameter is not None and parameter.requires_grad


def add_gradient(parameter: Parameter | None, gradient: Tensor | None) -> None:
    """Add to `.grad`, as `loss.backward()` does."""
    if parameter is None or gradient is None or not parameter.requires_grad:
        return
    if parameter.grad is None:
        parameter.grad = gradient
    else:
        parameter.grad.add_(gradient)
