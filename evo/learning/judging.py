"""How good outputs are: their loss, and the share of classes that are right or R² of numbers."""

import math
from typing import NamedTuple

import torch
from torch import Tensor


class Judgement(NamedTuple):
    """Figures of some examples; NaN without examples.

    Attributes:
        loss: the mean.
        score: of classes the share of the examples whose class has the largest output; of numbers
            R², the share of their variance that the outputs explain, a mean over the outputs.
    """

    loss: float
    score: float

    @property
    def accuracy(self) -> float:
        """The score, where targets are classes."""
        return self.score


NOTHING = Judgement(math.nan, math.nan)


class Tally:
    """Adds the batches of a part of the data up to a judgement.

    Args:
        targets: of the whole part: `(n,)` classes, or `(n,)` or `(n, m)` numbers.

    Attributes:
        squares: of numbers, the sum of squared errors of each output, `(m,)`.
    """

    def __init__(self, targets: Tensor) -> None:
        self.targets, self.numbers = targets, targets.is_floating_point()
        self.loss, self.right = torch.zeros(
            2, dtype=torch.float64, device=targets.device
        )  # there, so that no step waits for a device
        self.squares = torch.zeros((), dtype=torch.float64, device=targets.device)

    def add(self, loss: Tensor, outputs: Tensor, targets: Tensor) -> None:
        """A batch: its mean loss, its outputs and its targets."""
        self.loss += loss * len(targets)
        if self.numbers:
            errors = (outputs - targets.view_as(outputs)).double()
            self.squares = self.squares + errors.square().sum(0)
        else:
            self.right += (outputs.argmax(-1) == targets).sum()

    def judgement(self) -> Judgement:
        """The figures of all examples together, once all batches are there."""
        count = len(self.targets)
        score = self._explained() if self.numbers else float(self.right) / count
        return Judgement(float(self.loss) / count, score)

    def _explained(self) -> float:
        """R², a mean over the outputs whose targets vary; NaN where none does."""
        numbers = self.targets.double().reshape(len(self.targets), -1)
        total = (numbers - numbers.mean(0)).square().sum(0)
        return float((1 - self.squares / total)[total > 0].mean())
