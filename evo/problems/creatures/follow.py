"""Following a light: whether a creature goes where it is."""

from typing import Any, ClassVar

import numpy as np
from evo_envs.creatures.kernels import X, Z
from evo_envs.creatures.worlds import LIGHT_HEIGHT, World
from pydantic import Field

from evo.population import Floats
from evo.problems.creatures.life import Life
from evo.problems.creatures.settings import Settings as TaskSettings
from evo.problems.creatures.task import CreatureTask
from evo.scores import Score


class FollowSettings(TaskSettings):
    """How often, how far and where creatures follow a light."""

    starts: int = Field(
        4, ge=1, le=1000, description="lights of an evaluation; the score is the mean"
    )
    seconds: float = Field(8.0, ge=0.5, le=3600, description="how long each light is on")
    near: float = Field(3.0, gt=0, le=100, description="least distance of a light in m")
    far: float = Field(5.0, gt=0, le=100, description="greatest distance of a light in m")
    medium: str = Field("land", pattern="^(land|water)$", description="land or water")


class Follow(CreatureTask):
    """Follow a light: get nearer to each of four lights in different directions.

    The figure is the mean share of the distance to a light that a creature has closed at the end,
    in percent. It senses the direction to the light. The four lights of an evaluation lie in the
    four quarters around it, each at a random angle and distance, so that walking straight on, or in
    circles, is worth nothing.

    Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 5.4.
    """

    Settings = FollowSettings
    figure: ClassVar[Score] = Score("closed", reference=0.0)
    lasting = False
    targets = 1

    @property
    def upright(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """On land only."""
        return self.settings.medium == "land"

    @property
    def world(self) -> World:
        return World(self.settings.medium)

    def targets_of(self, rng: np.random.Generator, number: int) -> Floats:
        """The place of light `number` of an evaluation, in its own quarter of the plane."""
        settings = self.settings
        angle = (number % 4 + rng.random()) * np.pi / 2.0
        away = rng.uniform(settings.near, max(settings.near, settings.far))
        height = LIGHT_HEIGHT if settings.medium == "land" else 0.0
        return np.array([[away * np.cos(angle), away * np.sin(angle), height]])

    def worth(self, life: Life, targets: Floats) -> float:
        places = life.track[[0, -1], X:Z]
        before, after = np.linalg.norm(places - targets[0, :2], axis=1)
        return 100.0 * float(1.0 - after / before)

    def scenery(self, life: Life, targets: Floats, every: int) -> dict[str, Any]:
        frames = len(life.poses[::every])
        return {"lights": np.repeat(targets.astype(np.float32), frames, axis=0)}

    def in_words(self, figure: float) -> str:
        return f"closes {figure:.0f} % of the way to the light"
