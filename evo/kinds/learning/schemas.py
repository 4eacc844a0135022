"""What the files of a learning have to hold."""

from typing import Annotated, Any

from pydantic import Field

from evo.runs.schemas import Count, Line, Schema, Seconds, Summary

Share = Annotated[float, Field(ge=0, le=1)] | None


class Epoch(Line):
    """A line of metrics.jsonl; further keys are measures of the rule."""

    epoch: Count
    train_loss: float | None
    train_accuracy: Share
    validation_loss: float | None
    validation_accuracy: Share


class LearningSummary(Summary):
    """summary.json."""

    rule: str
    data: str
    epochs: Count
    examples: Count
    parameters: Count
    train_accuracy: Share
    validation_accuracy: Share
    test_accuracy: Share
    best_epoch: Count | None
    best_test_accuracy: Share


class TrainingState(Schema):
    """The training in a checkpoint, as far as every rule has it."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    count: Count
    spent: dict[str, Count]
    best_count: Count
    best_value: Share
    best_network: dict[str, Any] | None
    network: dict[str, Any]
    rule: dict[str, Any]
    optimiser: dict[str, Any]
    elapsed: Seconds
    stopped: str | None
    diverged: bool


class NetworkFile(Schema):
    """network.json: what the network in network.npz takes, and how inputs are scaled for it."""

    shape: list[Count]
    classes: Count
    flat: bool
    mean: float | list[Any]
    deviation: float | list[Any]
    settles: bool


class LearningCheckpoint(Schema):
    """checkpoint.zip."""

    training: TrainingState
