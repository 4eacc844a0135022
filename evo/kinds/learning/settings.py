"""The settings of a learning that belong to no component."""

from typing import Annotated, Literal

from pydantic import Field

from evo.registry import SINKS
from evo.settings import Settings, one_of


class RunSettings(Settings):
    """How long a rule learns, in what steps, and how the run is kept."""

    seed: int = Field(0, ge=0, lt=2**63, description="the run's only source of randomness")
    epochs: int = Field(
        20, ge=1, description="the run ends after so many passes through the training examples"
    )
    batch: int = Field(64, ge=1, description="examples of a step")
    loss: Literal["cross-entropy", "binary-cross-entropy", "squared-error"] | None = Field(
        None,
        description="what outputs are judged by, on softmax, logistic or linear outputs; none: "
        "cross-entropy of classes, squared-error of numbers",
    )
    wall_time: float | None = Field(
        None, gt=0, description="the run ends with the epoch that passes so many seconds"
    )
    patience: int | None = Field(
        None,
        ge=1,
        description="the run ends after so many epochs that are no better on validation; the best "
        "network is kept",
    )
    target: float | None = Field(
        None,
        gt=0,
        le=1,
        description="share of test examples that are right to reach, as in 0.9; of numbers R²",
    )
    stop_at_target: bool = Field(
        False, description="whether the run ends when validation reaches the target"
    )
    probe: int = Field(
        64,
        ge=0,
        description="training examples on which the rule is measured against backpropagation; 0: "
        "none",
    )
    probe_interval: int = Field(1, ge=1, description="epochs from one measurement to the next")
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="where the network is; auto: a CUDA device if there is one"
    )
    precision: Literal["single", "double"] = Field("single", description="float32 or float64")
    threads: int = Field(
        1,
        ge=1,
        le=1024,
        description="threads of the CPU; another number can change the last bits of a sum",
    )
    checkpoint_interval: float = Field(
        5.0, ge=0, description="seconds between checkpoints at least; more if writing one is slow"
    )
    sinks: tuple[Annotated[str, one_of("sink", SINKS, own=True)], ...] = Field(
        (), description=f"where figures go too, step by step: {', '.join(SINKS)}"
    )
