"""The settings of an evolution that belong to no component: the run, and its evaluation."""

from typing import Annotated, Literal

from pydantic import Field

from evo.registry import SINKS
from evo.settings import Settings, one_of


class RunSettings(Settings):
    """How long a run lasts, what it aims at and how it is kept."""

    seed: int = Field(0, ge=0, lt=2**63, description="the run's only source of randomness")
    generations: int = Field(
        100, ge=1, description="the run ends after so many; the first is the initial population"
    )
    evaluations: int | None = Field(
        None, ge=1, description="the run ends with the generation that spends so many evaluations"
    )
    budget: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict,
        description="the run ends with the generation that spends so much of a unit that "
        "evaluations count, as in {steps = 1000000}",
    )
    wall_time: float | None = Field(
        None, gt=0, description="the run ends with the generation that passes so many seconds"
    )
    stagnation: int | None = Field(
        None, ge=1, description="the run ends after so many generations without a better individual"
    )
    target: float | None = Field(
        None,
        description="score at which the problem counts as solved; none: the problem's own; "
        "only where there is one score",
    )
    stop_at_target: bool = Field(
        True,
        description="whether the run ends when a champion reaches the target on fresh episodes",
    )
    champion_episodes: int = Field(
        100,
        ge=1,
        le=1_000_000,
        description="fresh episodes that judge a champion on a noisy problem",
    )
    checkpoint_interval: float = Field(
        5.0, ge=0, description="seconds between checkpoints at least; more if writing one is slow"
    )
    sinks: tuple[Annotated[str, one_of("sink", SINKS, own=True)], ...] = Field(
        (), description=f"where figures go too, step by step: {', '.join(SINKS)}"
    )


class EvaluationSettings(Settings):
    """Where the batches of a generation run."""

    evaluator: Literal["auto", "serial", "threads", "processes"] = Field(
        "auto", description="where evaluations run"
    )
    workers: int | None = Field(
        None,
        ge=1,
        le=4096,
        description="threads or processes that share a generation; none: all cores, as soon as "
        "they pay",
    )
    timeout: float | None = Field(
        None, ge=0.001, le=1e6, description="seconds after which one evaluation has failed"
    )
