"""Walking: how far a creature gets over land, a slope or hills."""

from typing import ClassVar

import numpy as np
from evo_envs.creatures.kernels import X, Z
from evo_envs.creatures.worlds import World
from pydantic import Field

from evo.population import Floats
from evo.problems.creatures.life import Life
from evo.problems.creatures.settings import Settings as TaskSettings
from evo.problems.creatures.task import CreatureTask
from evo.scores import Score


def distance(places: Floats) -> float:
    """How far a creature got, in m; no more than twice what it did in the later half.

    A push at the start or a fall does not count: what counts is the way along the line from first
    to last place, and its first half counts no more than its second.

    Args:
        places: `(decisions + 1, k)` of its centre.
    """
    way = places[-1] - places[0]
    length = float(np.linalg.norm(way))
    if length == 0.0:
        return 0.0
    later = float((places[-1] - places[len(places) // 2]) @ way) / length
    return counted(length - later, later)


def counted(first: float, later: float) -> float:
    """What ways in both halves of a life count, in m: the first no more than the later one."""
    return min(first, later) + later


class WalkSettings(TaskSettings):
    """How creatures walk, and on what."""

    friction: float = Field(1.0, gt=0, le=10, description="of the ground")


class Walk(CreatureTask):
    """Walk: get as far as possible over flat land in ten seconds.

    The figure is the way of the centre of mass over the ground from the place where the body has
    come to rest, less the height by which it has sunk; the later half counts at least as much as
    the first.

    Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 5.2.
    """

    Settings = WalkSettings
    figure: ClassVar[Score] = Score("distance", reference=0.0)

    @property
    def world(self) -> World:
        return World("land", self.settings.friction)

    def worth(self, life: Life, targets: Floats) -> float:
        places = life.track[:, X : X + 3]
        sunk = max(0.0, float(places[0, 2] - places[-1, 2])) if self.upright else 0.0
        return distance(places[:, :2]) - sunk

    def in_words(self, figure: float) -> str:
        return f"walks {figure:.1f} m"


class SlopeSettings(WalkSettings):
    """How creatures climb."""

    slope: float = Field(0.25, ge=0, le=2, description="how much the slope rises per m")


class Slope(Walk):
    """Climb: get as far up a slope as possible in ten seconds.

    Source: chosen here; the measure is that of `walk`, uphill only.
    """

    Settings = SlopeSettings

    @property
    def world(self) -> World:
        return World("slope", self.settings.friction, slope=self.settings.slope)

    def worth(self, life: Life, targets: Floats) -> float:
        # uphill in each half: who slides down and climbs back has climbed nothing
        start, middle, end = life.track[[0, len(life.track) // 2, -1], X].tolist()
        return counted(middle - start, end - middle)

    def in_words(self, figure: float) -> str:
        return f"climbs {figure:.1f} m"


class TerrainSettings(WalkSettings):
    """Over which hills creatures walk."""

    roughness: float = Field(0.3, ge=0, le=3, description="height of the hills in m")
    hills: int = Field(0, ge=0, description="seed of the hills, which no run's seed changes")


class Terrain(Walk):
    """Walk over hills and hollows as far as possible in ten seconds.

    Source: chosen here; the measure is that of `walk`.
    """

    Settings = TerrainSettings

    @property
    def world(self) -> World:
        settings = self.settings
        return World(
            "terrain", settings.friction, roughness=settings.roughness, seed=settings.hills
        )

    def worth(self, life: Life, targets: Floats) -> float:
        return distance(life.track[:, X:Z])


class Swim(CreatureTask):
    """Swim: get as far as possible through water, without weight, in ten seconds.

    The figure is the way of the centre of mass; the later half counts at least as much as the
    first, so that one push is not enough. Water resists as MuJoCo's ellipsoid model says.

    Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 5.1.
    """

    figure: ClassVar[Score] = Score("distance", reference=0.0)
    upright = False

    @property
    def world(self) -> World:
        return World("water")

    def worth(self, life: Life, targets: Floats) -> float:
        return distance(life.track[:, X : X + 3])

    def in_words(self, figure: float) -> str:
        return f"swims {figure:.1f} m"
