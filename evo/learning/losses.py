"""What is minimised, and its error.

The derivative by the network's outputs, averaged over the batch once.

All three belong to a link function of the outputs (softmax, logistic, identity) and have one error:
prediction - target.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from evo.errors import UnknownName, UsageError


class LossValue(NamedTuple):
    """`value`: (), or `(P,)` for P networks at once.

    `error`: d value / d outputs, in the shape of the outputs.
    """

    value: Tensor
    error: Tensor


@dataclass(frozen=True)
class Loss:
    """A loss of outputs `(batch, ..., K)` against targets.

    Classes `(batch, ...)`, or numbers in the shape of the outputs.

    Every sample (and every position of a sequence) counts the same. With P networks at once outputs
    are `(P, batch, ..., K)`, targets may be common to all networks, and every network has a loss of
    its own.
    """

    def __call__(self, outputs: Tensor, targets: Tensor, networks: int | None = None) -> LossValue:
        aims = self.encode(targets, outputs, networks)
        samples = outputs.numel() // outputs.shape[-1] // (networks or 1)
        predictions, costs = self.costs(outputs, aims)
        total = costs.sum() if networks is None else costs.reshape(networks, -1).sum(1)
        return LossValue(total / samples, predictions.sub_(aims).div_(samples))

    def costs(self, outputs: Tensor, aims: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs on the scale of the targets, as a new tensor; and what each of them costs.

        The loss is the mean sum of costs.
        """
        raise UsageError(
            f"{type(self).__name__} is no loss by itself", f"losses: {', '.join(LOSSES)}"
        )

    def predictions(self, outputs: Tensor) -> Tensor:
        """Outputs on the scale of the targets."""
        return self.costs(outputs, outputs)[0]

    def encode(self, targets: Tensor, outputs: Tensor, networks: int | None = None) -> Tensor:
        """Targets in the shape of `outputs`, or of those of one network.

        Classes become 1 for theirs and 0 for the others (one output: the class itself).

        Args:
            targets: classes or numbers.
            outputs: `(batch, ..., K)`, of P networks `(P, batch, ..., K)`.
            networks: P, None for one; only then may targets be common to all.

        Raises:
            UsageError: the shapes do not fit.
        """
        common = 0 if networks is None else 1
        if targets.is_floating_point():
            return self._fitted(targets.to(outputs.dtype), outputs, common)
        if outputs.shape[-1] == 1:
            return self._fitted(
                targets.to(outputs.dtype).reshape(
                    *targets.shape, *([1] if targets.shape[-1:] != (1,) else [])
                ),
                outputs,
                common,
            )
        if outputs.dim() - targets.dim() not in (1, 1 + common):
            raise UsageError(
                f"targets of shape {tuple(targets.shape)} do not fit outputs "
                f"{tuple(outputs.shape)}",
                "give one class per sample",
            )
        encoded = torch.zeros(
            (*targets.shape, outputs.shape[-1]), dtype=outputs.dtype, device=outputs.device
        )
        return self._fitted(encoded.scatter_(-1, targets.unsqueeze(-1), 1.0), outputs, common)

    @staticmethod
    def _fitted(targets: Tensor, outputs: Tensor, common: int) -> Tensor:
        """Targets in the shape of the outputs.

        A dimension of 1 may be missing, and the first `common` dimensions of the outputs.
        """
        if (
            targets.dim() == outputs.dim() - 1
            and outputs.shape[-1] == 1
            and targets.shape == outputs.shape[:-1]
        ):
            targets = targets.unsqueeze(-1)
        if targets.shape not in (outputs.shape, outputs.shape[common:]):
            raise UsageError(
                f"targets of shape {tuple(targets.shape)} do not fit outputs of shape "
                f"{tuple(outputs.shape)}",
                "give classes (batch,), or numbers in the shape of the outputs",
            )
        return targets


class CrossEntropy(Loss):
    """Softmax cross-entropy, in nats.

    -log softmax(o)[class], or -sum_k y_k log softmax(o)_k for given probabilities.
    """

    def costs(self, outputs: Tensor, aims: Tensor) -> tuple[Tensor, Tensor]:
        # Written out, for torch's own softmax takes several times as long over a short last
        # dimension.
        shifted = outputs - outputs.amax(-1, keepdim=True)
        exponentials = shifted.exp()
        total = exponentials.sum(-1, keepdim=True)
        return exponentials.div_(total), (total.log_() - shifted).mul_(aims)


class BinaryCrossEntropy(Loss):
    """Logistic cross-entropy of every output by itself, summed over outputs: softplus(o) - y o."""

    def costs(self, outputs: Tensor, aims: Tensor) -> tuple[Tensor, Tensor]:
        return torch.sigmoid(outputs), functional.softplus(outputs) - aims * outputs


class SquaredError(Loss):
    """Half the squared distance, summed over outputs: 1/2 ||o - y||^2."""

    def costs(self, outputs: Tensor, aims: Tensor) -> tuple[Tensor, Tensor]:
        return outputs.clone(), (outputs - aims).square_().mul_(0.5)


LOSSES: dict[str, type[Loss]] = {
    "cross-entropy": CrossEntropy,
    "binary-cross-entropy": BinaryCrossEntropy,
    "squared-error": SquaredError,
}


def find_loss(name: str | None, numbers: bool = False) -> Loss:
    """The loss of that name.

    Args:
        name: None for squared-error where targets are numbers, and cross-entropy where they are
            classes.
        numbers: whether targets are numbers.

    Raises:
        UnknownName: there is none.
        UsageError: it is a loss of classes, and targets are numbers.
    """
    if name is None:
        return SquaredError() if numbers else CrossEntropy()
    if name not in LOSSES:
        raise UnknownName("loss", name, LOSSES)
    if numbers and LOSSES[name] is not SquaredError:
        raise UsageError(
            f"run.loss = {name} judges classes, and the targets of this data are numbers",
            "set run.loss=squared-error; if they are classes, data.answers=classes",
        )
    return LOSSES[name]()
