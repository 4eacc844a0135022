"""Jumping: how high a creature lifts all of itself off the ground."""

from typing import ClassVar

from evo_envs.creatures.kernels import LOW
from evo_envs.creatures.worlds import World
from pydantic import Field

from evo.population import Floats
from evo.problems.creatures.life import Life
from evo.problems.creatures.settings import Settings as TaskSettings
from evo.problems.creatures.task import CreatureTask
from evo.scores import Score


class JumpSettings(TaskSettings):
    """How long creatures may try, and how hard."""

    seconds: float = Field(5.0, ge=0.5, le=3600, description="how long a life is")
    power: float = Field(
        60.0,
        gt=0,
        description="mean of all actuators, in W per kg of the body (guard power): a jump is a "
        "short effort",
    )


class Jump(CreatureTask):
    """Jump: lift the lowest point of the body as high as possible.

    The figure is the greatest height of the lowest point over that at which the body has come to
    rest, in m. So neither a tall body nor a raised limb counts. It may fall over when it lands.
    The physics goes in steps of 2.5 ms: at 5 ms evolution found an impact that throws a body four
    times as high as at finer steps.

    Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 5.3.
    """

    Settings = JumpSettings
    figure: ClassVar[Score] = Score("height", reference=0.0)
    lasting = False
    upright = False

    @property
    def world(self) -> World:
        return World("land", refined=2)

    def worth(self, life: Life, targets: Floats) -> float:
        low = life.track[:, LOW]
        return float(low.max() - low[0])

    def in_words(self, figure: float) -> str:
        return f"jumps {figure:.2f} m"
