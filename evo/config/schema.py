"""The settings that belong to no component: the run itself and where it is evaluated."""

from typing import Literal

from pydantic import Field

from evo.settings import Settings


class RunSettings(Settings):
    """How long a run lasts, what it aims at and how it is kept."""

    seed: int = Field(0, ge=0, lt=2**63, description="the run's only source of randomness")
    generations: int = Field(100, ge=1, description="the run ends after so many; the first is the initial population")
    evaluations: int | None = Field(None, ge=1, description="the run ends with the generation that spends so many evaluations")
    wall_time: float | None = Field(None, gt=0, description="the run ends with the generation that passes so many seconds")
    stagnation: int | None = Field(None, ge=1, description="the run ends after so many generations without a better individual")
    target: float | None = Field(None, description="score at which the problem counts as solved; none: the problem's own")
    stop_at_target: bool = Field(True, description="whether the run ends when a champion reaches the target on fresh episodes")
    champion_episodes: int = Field(100, ge=1, le=1_000_000, description="fresh episodes that judge a champion on a noisy problem")
    checkpoint_interval: float = Field(5.0, ge=0, description="seconds between checkpoints at least; more if writing one is slow")


class EvaluationSettings(Settings):
    """Where the batches of a generation run."""

    evaluator: Literal["auto", "serial", "threads", "processes"] = Field("auto", description="where evaluations run")
    workers: int | None = Field(
        None, ge=1, le=4096, description="threads or processes that share a generation; none: one for auto, else all cores"
    )
    timeout: float | None = Field(None, gt=0, description="seconds after which one evaluation has failed")
