"""What the files of a learning have to hold."""

from typing import Annotated, Any

from pydantic import Field

from evo.runs.schemas import Count, Line, Schema, Seconds, Summary

Share = Annotated[float, Field(ge=0, le=1)] | None


class Epoch(Line):
    """A line of metrics.jsonl: accuracies of classes, R² of numbers; further keys are measures."""

    epoch: Count
    train_loss: float | None
    train_accuracy: Share = None
    train_r2: float | None = None
    validation_loss: float | None
    validation_accuracy: Share = None
    validation_r2: float | None = None


class LearningSummary(Summary):
    """summary.json."""

    rule: str
    data: str
    epochs: Count
    examples: Count
    parameters: Count
    train_accuracy: Share = None
    validation_accuracy: Share = None
    test_accuracy: Share = None
    train_r2: float | None = None
    validation_r2: float | None = None
    test_r2: float | None = None
    test_mse: float | None = None
    best_epoch: Count | None
    kept_epoch: Count | None = None
    measures: dict[str, Any] = Field(default_factory=dict)
    warnings: list[str] = Field(default_factory=list)


class TrainingState(Schema):
    """The training in a checkpoint, as far as every rule has it."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    count: Count
    spent: dict[str, Count]
    best_count: Count
    best_value: Annotated[float, Field(le=1)] | None
    best_network: dict[str, Any] | None
    network: dict[str, Any]
    rule: dict[str, Any]
    optimiser: dict[str, Any]
    first_loss: float | None
    told: list[str]
    elapsed: Seconds
    stopped: str | None
    diverged: bool


class NetworkFile(Schema):
    """network.json: what the network in network.npz takes, and how inputs are scaled for it."""

    shape: list[Count]
    classes: Count
    numbers: Count = 0
    target_mean: float | list[Any] = 0.0
    target_deviation: float | list[Any] = 1.0
    flat: bool
    mean: float | list[Any]
    deviation: float | list[Any]
    settles: bool
    own_weights: bool = False


class LearningCheckpoint(Schema):
    """checkpoint.zip."""

    training: TrainingState
