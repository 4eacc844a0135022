"""Cheats: each guard has an exploit that breaks it and no other, and that works without guards.

Seen when planted: each guard taken away.
"""

from dataclasses import replace

import numpy as np
import pytest
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.kernels import CHANNELS, ENERGY, POWER, UPRIGHT, WORK

from evo.population import VIOLATION
from evo.problems.creatures.guards import GUARDS, NAMES, broken, gained, used, violation
from evo.problems.creatures.kernels import LIVED
from evo.problems.creatures.life import Life, Lives
from evo.problems.creatures.task import GUARD
from evo.problems.creatures.walk import Slope, Swim, Walk
from tests.problems.creatures.bodies import (
    BALL,
    EEL,
    NOTHING,
    TABLE,
    TURNED,
    WAVES,
    batch,
    brain,
    evaluated,
    pushed,
)

UPWARDS = (TURNED, 0.0, -TURNED, 0.0)
"""Takes the x axis of a part upwards."""


class Blown(Swim):
    """Swimming where a force pushes."""

    force = 0.0

    def lives(self, body, brain, *more) -> Lives:
        found = super().lives(body, brain, *more)
        return pushed(found, (self.force * body.mass, 0.0, 0.0))


class Gale(Blown):
    force = 500.0


class Breeze(Blown):
    force = 30.0


class Driven(Walk):
    """Walking where parts that overlap drive each other apart."""

    def lives(self, body, brain, *more) -> Lives:
        found = super().lives(body, brain, *more)
        limits = found.limits
        return Lives.of(body, brain, self.world, limits, rests=found.rests, apart=False)


class Flung(Swim):
    """Swimming from a start at which joints are impossibly fast."""

    def start(self, seed, body, number=0):
        kick, targets = super().start(seed, body, number)
        return kick + 1e12, targets


def single():
    body = Body((Part(-1, "box", (0.3, 0.2, 0.1)),))
    return body, brain(body)


def rolling():
    return BALL, brain(BALL)


def folded():
    """Two limbs, of which one begins within the other."""
    limb = {"half": (0.3, 0.1, 0.1), "joint": "hinge", "shape": "box"}
    body = Body(
        (
            Part(-1, "box", (0.3, 0.3, 0.1)),
            Part(0, anchor=(0.3, 0.0, 0.0), **limb),
            Part(0, anchor=(0.3, 0.05, -0.15), **limb),
        )
    )
    return body, brain(body)


def strong():
    body = Body(tuple(replace(part, strength=100.0) for part in EEL.parts))
    return body, brain(body, 1.0, 4.0)


def leaning():
    """A tower that leans over by its joint, falls, and lies there."""
    body = Body(
        (
            Part(-1, "box", (0.08, 0.3, 0.6)),
            Part(0, "box", (0.6, 0.1, 0.1), "hinge", (0.0, 0.0, 0.6), UPWARDS),
        )
    )
    return body, brain(body, 1.0, 0.4)


def trembling():
    return TABLE, brain(TABLE, 0.05, 25.0, (np.pi / 2,) * 4)


EXPLOITS = {
    "joints": (Walk, single, {}),
    "rest": (Slope, rolling, {}),
    "overlap": (Driven, folded, {}),
    "finite": (Flung, lambda: (EEL, WAVES), {}),
    "speed": (Gale, lambda: (EEL, brain(EEL)), {}),
    "power": (Swim, strong, {}),
    "tumbling": (Walk, leaning, {"seconds": 3.0}),
    "vibration": (Walk, trembling, {}),
    "energy": (Breeze, lambda: (EEL, brain(EEL)), {}),
}


def test_all_are_covered():
    assert tuple(EXPLOITS) == NAMES == tuple(GUARDS)


@pytest.mark.parametrize("name", EXPLOITS)
def test_an_exploit_breaks_its_guard_and_works_without(name):
    kind, creature, settings = EXPLOITS[name]
    settings = {"seconds": 1.0, "kick": 0.0, **settings}
    found = evaluated(kind(kind.Settings(**settings)), creature())
    assert np.isnan(found.fitness[0])
    assert NAMES[int(found.results[GUARD][0])] == name
    assert found.results[VIOLATION][0] > 0.0

    free = evaluated(kind(kind.Settings(**settings, guards="none")), creature())
    if name == "finite":
        # there is nothing to score
        assert np.isnan(free.fitness[0])
        assert NAMES[int(free.results[GUARD][0])] == name
    else:
        assert np.isfinite(free.fitness[0])
        assert free.results[GUARD][0] == -1
        assert free.results[VIOLATION][0] == 0.0


def test_honest_creatures_break_no_guard():
    swims = evaluated(Swim(Swim.Settings(seconds=3.0)), (EEL, WAVES))
    assert swims.results[GUARD][0] == -1
    assert swims.fitness[0] > 0.4
    walks = evaluated(Walk(Walk.Settings(seconds=2.0)), (TABLE, brain(TABLE, 0.3, 1.0)))
    assert walks.results[GUARD][0] == -1


def test_limits_that_are_set_count():
    body, waves = EEL, WAVES
    for settings, name in (({"top_speed": 0.05}, "speed"), ({"power": 0.05}, "power")):
        found = evaluated(Swim(Swim.Settings(seconds=1.0, **settings)), (body, waves))
        assert NAMES[int(found.results[GUARD][0])] == name


def test_in_water_there_is_no_tumbling():
    body = Body(
        (
            Part(-1, "box", (0.1, 0.05, 0.05)),
            Part(0, "box", (0.4, 0.1, 0.1), "hinge", (0.1, 0.0, 0.0), limits=(2.5, 1.0, 1.0)),
        )
    )
    task = Swim(Swim.Settings(seconds=2.0, kick=0.0))
    turning = brain(body, 0.0, offset=1.0)
    track = task.lives(body, turning).live(2.0, np.zeros(1), NOTHING).track
    assert (track[50:, UPRIGHT] < 0.0).all(), "the root lies on its back"
    assert evaluated(task, (body, turning)).results[GUARD][0] == -1


def test_a_lie_of_the_energy_is_seen_in_the_track():
    """A body of 10 kg gets energy at the end; what actuators gave does not count."""
    track = np.zeros((51, CHANNELS))
    track[:, ENERGY] = np.linspace(0.0, 50.0, 51)
    track[:, WORK] = track[:, ENERGY]
    limits = Walk().limits

    def life(track):
        return Life(LIVED, track, 1.0, 10.0, np.zeros((0, 1, 12), np.float32))

    assert broken(life(track), limits) is None
    track[-1, ENERGY] += 9.0
    assert broken(life(track), limits) is None
    track[-1, ENERGY] += 2.0
    assert gained(life(track)) == pytest.approx(11.0)
    assert broken(life(track), limits) == "energy"
    # of what actuators use a fiftieth may be rounding
    track[1:, POWER] = 100.0
    assert used(life(track)) == pytest.approx(100.0)
    assert broken(life(track), limits) is None


def test_the_later_a_life_ends_the_less_it_violates():
    assert violation("joints", 0.0) == violation("rest", 0.0) == violation("overlap", 0.0) == 3.0
    assert violation("speed", 0.0) == 2.0 > violation("power", 0.5) > violation("energy", 1.0) > 0.0


@pytest.mark.parametrize("kind", [Walk, Swim])
def test_a_brain_that_says_no_number_costs_one_creature(kind):
    """What is no number is told to actuators as a bound; others do not notice."""
    task = kind(kind.Settings(seconds=0.6))
    honest = (TABLE, brain(TABLE, 0.3)) if kind is Walk else (EEL, WAVES)
    poisoned = (EEL, brain(EEL, np.nan, np.nan, (np.nan,) * 4, np.nan))
    alone = evaluated(task, honest)
    found = evaluated(task, honest, poisoned, honest)
    assert found.fitness[[0, 2]].tolist() == [alone.fitness[0]] * 2
    assert np.isfinite(alone.fitness[0])
    assert np.isfinite(found.fitness[1]) or found.results[GUARD][1] >= 0


def test_a_body_that_explodes_costs_one_creature():
    class Third(Swim):
        """Swimming where the creature of one seed explodes."""

        def start(self, seed, body, number=0):
            kick, targets = super().start(seed, body, number)
            return kick + 1e12 * (seed == 3), targets

    task = Third(Third.Settings(seconds=0.6))
    found = task.evaluate(batch(*[(EEL, WAVES)] * 4), np.array([1, 2, 3, 4], np.uint64))
    assert np.isnan(found.fitness).tolist() == [False, False, True, False]


def test_what_goes_wrong_in_the_physics_is_not_written_anywhere(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evaluated(Flung(Flung.Settings(seconds=0.5, guards="none")), (EEL, WAVES))
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
