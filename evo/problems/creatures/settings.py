"""What can be set about creatures: their bodies, their brains, and how they live."""

from typing import Literal

from evo_envs.creatures.worlds import KICK
from pydantic import Field

from evo.problems.creatures.shapes import DESCRIPTORS
from evo.settings import Settings as BaseSettings

BrainKind = Literal["auto", "sine", "cpg", "neurons", "neat", "ctrnn"]


class BodySettings(BaseSettings):
    """The body of a creature, where it does not evolve."""

    file: str | None = Field(
        None,
        description="a body that does not evolve: champion.json of a run, another JSON file with a "
        "body, or MJCF (.xml)",
    )


class BrainSettings(BaseSettings):
    """What moves the joints of a creature."""

    kind: BrainKind = Field(
        "auto",
        description="sine: an oscillator for each joint axis; cpg: oscillators that draw their "
        "neighbours; neurons: Sims' neurons, in each part and central; neat: networks; ctrnn: "
        "networks whose nodes take their time; auto: sine, cpg where something is followed, and "
        "neat for a body from a file",
    )


class Settings(BaseSettings):
    """How creatures live, and what they must not do."""

    seconds: float = Field(10.0, ge=0.5, le=3600, description="how long a life is")
    starts: int = Field(
        1, ge=1, le=1000, description="lives of an evaluation; the score is their mean"
    )
    patience: float = Field(
        2.0,
        ge=0,
        le=3600,
        description="seconds after which a life ends in which the centre has stayed within 3 cm; "
        "0: never",
    )
    kick: float = Field(
        KICK,
        ge=0,
        le=10,
        description="speeds of the joints at the start, as the standard deviation in rad/s",
    )
    guards: Literal["strict", "none"] = Field(
        "strict", description="whether cheats are refused, see the guide virtual-creatures"
    )
    top_speed: float = Field(6.0, gt=0, description="of the centre, in m/s (guard speed)")
    power: float = Field(
        30.0, gt=0, description="mean of all actuators, in W per kg of the body (guard power)"
    )
    objectives: Literal["score", "score-and-power"] = Field(
        "score", description="one score; or the score and the power per kg, which is to be low"
    )
    descriptors: tuple[str, ...] = Field(
        tuple(DESCRIPTORS), description=f"what tells bodies apart: {', '.join(DESCRIPTORS)}"
    )
