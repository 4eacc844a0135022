"""The audit: honest creatures pass, and those that live from one condition do not.

Seen when planted: finer steps that are not taken, kicks of the same size, a figure that is not
divided by the time, a bound that is not heeded, friction that is not that of the task.
"""

import math

import numpy as np
import pytest

from evo.problems.creatures import audit as audits
from evo.problems.creatures.audit import AS_EVALUATED, CONDITIONS, GUARDED, audit, described
from evo.problems.creatures.jump import Jump
from evo.problems.creatures.life import Lives
from evo.problems.creatures.walk import Swim, Walk
from tests.problems.creatures.bodies import EEL, TABLE, WAVES, batch, brain

SWIMMER = batch((EEL, WAVES))
SEEDS = np.arange(3, dtype=np.uint64)
IN_WATER = [AS_EVALUATED.name, *(each.name for each in CONDITIONS if each.friction == 1.0)]


def swim(**settings):
    return Swim(Swim.Settings(seconds=2.0, **settings))


def by_name(task, phenotype=SWIMMER):
    return {each.condition: each for each in audit(task, phenotype, SEEDS)}


def test_an_honest_swimmer_passes_in_all_conditions_of_water():
    found = by_name(swim())
    assert list(found) == IN_WATER
    assert all(each.passed for each in found.values())
    assert not any(each.guards for each in found.values())
    base = found["as evaluated"]
    assert base.expected is None
    assert base.median == np.median(base.figures) > 0.3
    for each in CONDITIONS:
        if each.name in found:
            low, high = found[each.name].expected
            assert low == pytest.approx(each.least * base.median)
            assert high == pytest.approx(each.most * base.median)


class Coarse(Swim):
    """Swimming where a figure depends on the steps of the physics, as that of a cheat does."""

    def lives(self, body, brain, *more):
        found = super().lives(body, brain, *more)
        self.refined = found.stage.world.refined
        return found

    def worth(self, life, targets):
        return len(life.track) / self.refined


class Fine(Coarse):
    """Swimming that is the better the finer the steps are."""

    def worth(self, life, targets):
        return len(life.track) * self.refined


class Short(Swim):
    """Swimming where what was done in the first second counts, and nothing later."""

    def worth(self, life, targets):
        return 1.0


class Careful(Swim):
    """Swimming that only works from one start."""

    def start(self, seed, body, number=0):
        found = super().start(seed, body, number)
        self.kick = found[0]
        return found

    def lives(self, body, brain, *more):
        found, task = super().lives(body, brain, *more), self

        class Watched(Lives):
            def live(self, seconds, kick, targets, *, filmed=False):
                task.ratio = float((kick / task.kick).max())
                return super().live(seconds, kick, targets, filmed=filmed)

        return Watched(**vars(found))

    def worth(self, life, targets):
        return len(life.track) / self.ratio


@pytest.mark.parametrize(
    ("kind", "failing"),
    [
        (Coarse, {"steps of a half", "steps of a quarter"}),
        (Fine, {"steps of a half", "steps of a quarter"}),
        (Short, {"three times as long"}),
        (Careful, {"kicks twice as hard"}),
    ],
)
def test_a_creature_that_lives_from_a_condition_fails_in_others(kind, failing):
    found = by_name(kind(kind.Settings(seconds=0.6)))
    assert {name for name, each in found.items() if not each.passed} == failing


def test_a_guard_that_breaks_most_starts_is_named_and_fails():
    found = by_name(swim(top_speed=0.05))
    base = found["as evaluated"]
    assert not base.passed
    assert base.guards == ("speed",)
    assert base.figures == (0.0, 0.0, 0.0)


def test_what_evolved_without_guards_is_told_which_it_breaks():
    found = by_name(swim(guards="none", top_speed=0.05))
    assert found["as evaluated"].passed
    assert found["as evaluated"].median > 0.3
    guarded = found[GUARDED.name]
    assert not guarded.passed
    assert guarded.guards == ("speed",)
    assert guarded.figures == (0.0, 0.0, 0.0)
    assert not found["steps of a half"].guards


def test_energy_from_nothing_counts_without_guards(monkeypatch):
    monkeypatch.setattr("evo.problems.creatures.guards.gained", lambda life: np.inf)
    found = by_name(swim(guards="none"))
    assert found["as evaluated"].median > 0.3
    assert found[GUARDED.name].guards == ("energy",)


def test_conditions_are_those_that_a_task_has():
    land = [each.condition for each in audit(_quick(Walk), batch((TABLE, brain(TABLE))), SEEDS[:1])]
    assert land == [AS_EVALUATED.name, *(each.name for each in CONDITIONS)]
    jump = [each.condition for each in audit(_quick(Jump), batch((TABLE, brain(TABLE))), SEEDS[:1])]
    assert jump == [name for name in land if name != "three times as long"]


def _quick(kind):
    return kind(kind.Settings(seconds=0.5))


def test_friction_is_that_of_the_task_times_that_of_the_condition(monkeypatch):
    seen = []

    class Watched(Walk):
        """Walking where worlds are written down."""

        def lives(self, body, brain, *more):
            found = super().lives(body, brain, *more)
            seen.append((found.stage.world.friction, found.stage.world.refined))
            return found

    task = Watched(Watched.Settings(seconds=0.5, friction=0.5))
    list(audit(task, batch((TABLE, brain(TABLE))), SEEDS[:1]))
    assert seen == [(0.5, 1), (0.5, 2), (0.5, 4), (0.5, 1), (0.35, 1), (0.65, 1), (0.5, 1)]


def test_a_finding_is_plain_data():
    finding = next(iter(audit(swim(), SWIMMER, SEEDS)))
    told = described(finding)
    assert told["condition"] == "as evaluated"
    assert told["passed"] is True
    assert all(math.isfinite(each) for each in told["figures"])
    assert set(told) == set(audits.Finding.__dataclass_fields__)
