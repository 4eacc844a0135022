"""When a training ends.

Each criterion reads the training's counters only, so a resumed one stops where the whole one would.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from evo.learning.training import Training


class Stop(Protocol):
    """A reason to stop, asked once after each epoch."""

    @property
    def reason(self) -> str:
        """Words for the person who reads why the training ended."""
        ...

    def __call__(self, training: "Training") -> bool:
        """Whether to stop now."""
        ...


@dataclass(frozen=True)
class Epochs:
    """After `limit` passes through the training examples."""

    limit: int

    @property
    def reason(self) -> str:
        return f"{self.limit} epochs"

    def __call__(self, training: "Training") -> bool:
        return training.epoch >= self.limit


@dataclass(frozen=True)
class Target:
    """When the share of validation examples that are right is at least `accuracy`."""

    accuracy: float
    reason = "target reached on validation examples"

    def __call__(self, training: "Training") -> bool:
        return training.best_epoch > 0 and training.best_validation >= self.accuracy


@dataclass(frozen=True)
class Patience:
    """After `epochs` without a better share of validation examples."""

    epochs: int

    @property
    def reason(self) -> str:
        return f"{self.epochs} epochs without improvement on validation examples"

    def __call__(self, training: "Training") -> bool:
        return training.epoch - training.best_epoch >= self.epochs


@dataclass(frozen=True)
class WallTime:
    """At the end of the epoch in which `seconds` of wall time were spent, those before a resume included."""

    seconds: float

    @property
    def reason(self) -> str:
        return f"{self.seconds:g} s of wall time"

    def __call__(self, training: "Training") -> bool:
        return training.elapsed >= self.seconds
