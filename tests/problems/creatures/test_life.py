"""Lives: the same again to the bit, filmed or not, wherever they are; and the physics is honest.

Seen when planted: a stage that is not reset, oscillators that go on where they were, poses of the
decision before, capsules that are not turned in films, places that are added twice; water without
resistance, an integrator that makes thrust from nothing.
"""

from dataclasses import replace

import mujoco
import numpy as np
import pytest
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.kernels import ENERGY, LIVED, LOST, LOW, POWER, UPRIGHT, WORK, X, Z
from evo_envs.creatures.stage import Stage
from evo_envs.creatures.worlds import World
from scipy.spatial.transform import Rotation

from evo.problems.creatures.guards import NO_LIMITS, gained, used
from evo.problems.creatures.life import Lives, film
from evo.problems.creatures.walk import Slope, Swim, Walk
from tests.problems.creatures.bodies import (
    BALL,
    EEL,
    NOTHING,
    TABLE,
    WAVES,
    batch,
    brain,
    evaluated,
    grown,
    passive,
)

CREATURES = grown(12, 4)
WORLDS = ("land", "water", "slope", "terrain")


def lived(creature, world, seconds=1.0, kick=0.2, filmed=False, **more):
    lives = Lives.of(*creature, World(world), NO_LIMITS, **more)
    rng = np.random.default_rng(3)
    kicks = kick * rng.standard_normal(creature[0].degrees_of_freedom)
    return lives.live(seconds, kicks, NOTHING, filmed=filmed)


@pytest.mark.parametrize("world", WORLDS)
def test_a_life_twice_is_the_same(world):
    """On one stage, on another one, and with another life in between."""
    for body, brain_ in CREATURES[:4]:
        lives = Lives.of(body, brain_, World(world), NO_LIMITS)
        kick = np.full(body.degrees_of_freedom, 0.3)
        first = lives.live(0.6, kick, NOTHING)
        lives.live(0.4, -3.0 * kick, NOTHING)
        again = lives.live(0.6, kick, NOTHING)
        other = Lives.of(body, brain_, World(world), NO_LIMITS).live(0.6, kick, NOTHING)
        assert first.track.tobytes() == again.track.tobytes() == other.track.tobytes()
        assert first.outcome == again.outcome == other.outcome


def test_coupled_oscillators_begin_anew_in_each_life():
    rhythm = np.array([1.0, 4.0])
    upstream = np.array(EEL.upstream, np.int64)
    built = WAVES.oscillators._replace(rhythm=rhythm, upstream=upstream)
    lives = Lives.of(EEL, replace(WAVES, oscillators=built), World("water"), NO_LIMITS)
    tracks = [lives.live(1.0, np.zeros(4), NOTHING).track.tobytes() for _ in range(2)]
    assert tracks[0] == tracks[1]


@pytest.mark.parametrize("world", WORLDS)
def test_a_film_changes_nothing_and_ends_where_the_track_ends(world):
    capsules = 0
    for creature in CREATURES[:4]:
        body = creature[0]
        bare, filmed = (
            lived(creature, world, 0.6, filmed=each, rests=False) for each in (False, True)
        )
        assert bare.track.tobytes() == filmed.track.tobytes()
        assert bare.poses.shape[0] == 0
        assert len(filmed.poses) == len(filmed.track)
        made = film("", filmed, body, World(world), every=1)
        made.check()
        masses = np.array([part.volume for part in body.parts])
        for frame in (0, -1):
            poses = made.poses[frame].astype(float)
            centre = masses @ poses[:, :3] / masses.sum()
            assert centre == pytest.approx(filmed.track[frame, X : Z + 1], abs=1e-4)
            turned = Rotation.from_quat(poses[:, 3:], scalar_first=True).as_matrix()
            low = min(
                pose[2] - reach(part, rotation[2])
                for part, pose, rotation in zip(body.parts, poses, turned, strict=True)
            )
            assert low == pytest.approx(filmed.track[frame, LOW], abs=1e-4)
        capsules += sum(part.shape == "capsule" for part in body.parts)
        second = film("", filmed, body, World(world), every=2)
        assert second.poses.tobytes() == made.poses[::2].tobytes()
        assert second.interval == 2 * made.interval
    assert capsules


def reach(part, up):
    """How far down a part reaches from its centre, `up` being upwards along its axes."""
    if part.shape == "box":
        return np.abs(up * part.half).sum()
    if part.shape == "ellipsoid":
        return np.linalg.norm(up * part.half)
    return abs(up[0]) * (part.half[0] - part.half[1]) + part.half[1]


def test_a_body_that_does_not_come_to_rest_can_be_seen_too():
    task = Slope(Slope.Settings(seconds=1.0))
    made = task.film(batch((BALL, brain(BALL))), 1)
    assert made.title == "breaks the guard rest, 2 parts"
    assert len(made.poses) == 1
    made.check()


def test_a_film_ends_where_a_body_is_nowhere_any_more():
    lives = Lives.of(EEL, WAVES, World("water"), NO_LIMITS)
    life = lives.live(0.5, np.full(4, 1e12), NOTHING, filmed=True)
    assert life.outcome == LOST
    assert len(life.poses) < len(life.track)
    film("", life, EEL, World("water"), every=1).check()


def test_a_film_of_a_task_is_the_life_that_was_scored():
    task = Swim(Swim.Settings(seconds=1.0))
    found = evaluated(task, (EEL, WAVES), seed=7)
    made = task.film(batch((EEL, WAVES)), 7, every=1)
    assert made.title == f"{task.in_words(found.fitness[0])}, 3 parts"
    assert made.duration == pytest.approx(1.0)


@pytest.mark.parametrize("world", WORLDS)
def test_a_passive_body_gets_no_energy(world):
    for creature in map(passive, CREATURES):
        life = lived(creature, world, 1.5, kick=1.0, rests=False)
        assert life.outcome == LIVED
        # the height that the energy would lift it; the ground gives back what it took
        assert gained(life) / (9.81 * life.mass) < 0.01


class Thrown(Stage):
    """A stage where a body begins with a speed, in m/s."""

    speed = (1.5, 0.5, -0.5)

    def reset(self) -> None:
        super().reset()
        self.data.qvel[:3] = self.speed
        mujoco.mj_forward(self.model, self.data)


def thrown(creature, kind=Thrown):
    lives = Lives.of(*creature, World("water"), NO_LIMITS, rests=False)
    return replace(lives, stage=kind(**vars(lives.stage)))


def test_in_water_a_passive_body_is_never_faster_than_it_was():
    for creature in map(passive, CREATURES):
        dofs = creature[0].degrees_of_freedom
        track = thrown(creature).live(1.0, np.zeros(dofs), NOTHING).track
        energy = track[:, ENERGY] - track[:, WORK]
        assert (np.diff(energy) <= 1e-9 * energy[0]).all()
        assert energy[-1] < energy[0]
    single = Body((Part(-1, "ellipsoid", (0.3, 0.2, 0.1)), Part(0, "box", (0.05,) * 3, "rigid")))
    track = thrown(passive((single, None))).live(2.0, np.zeros(0), NOTHING).track
    speed = np.linalg.norm(np.diff(track[:, X : Z + 1], axis=0), axis=1)
    # the first row is of the start itself, and all others of the last step but one
    assert (np.diff(speed[1:]) < 0.0).all()
    assert speed[-1] < 0.5 * speed[1]


class Vacuum(Stage):
    """A stage without water."""

    def reset(self) -> None:
        self.model.opt.density = self.model.opt.viscosity = 0.0
        super().reset()


def test_nobody_swims_without_water():
    for creature in [(EEL, WAVES), *CREATURES[:6]]:
        dofs = creature[0].degrees_of_freedom
        far = []
        for kind in (Stage, Vacuum):
            track = thrown(creature, kind).live(2.0, np.zeros(dofs), NOTHING).track
            far.append(np.linalg.norm(track[:, X : Z + 1] - track[0, X : Z + 1], axis=1).max())
        if creature[0] is EEL:
            assert far[0] > 0.1


def test_work_and_power_are_those_of_the_actuators():
    passive_life, active = (lived(each, "water") for each in (passive((EEL, None)), (EEL, WAVES)))
    assert used(active) > 20.0 * used(passive_life)
    assert active.track[0, WORK] == active.track[0, POWER] == 0.0
    # what is used is at least what is given
    assert used(active) >= abs(active.track[-1, WORK])


def test_upright_is_the_direction_that_was_upwards_at_first():
    life = lived(passive((TABLE, None)), "land", kick=0.0)
    assert life.track[:, UPRIGHT] == pytest.approx(1.0, abs=1e-3)
    assert life.track[:, LOW] == pytest.approx(0.0, abs=3e-3)


def test_finer_steps_change_a_life_little():
    """Water: a gait there is no chaos."""
    ends = []
    for refined in (1, 4):
        lives = Lives.of(EEL, WAVES, World("water", refined=refined), NO_LIMITS)
        ends.append(lives.live(3.0, np.zeros(4), NOTHING).track[-1, X : Z + 1])
    assert np.linalg.norm(ends[0]) > 0.3
    assert np.linalg.norm(ends[0] - ends[1]) < 0.15 * np.linalg.norm(ends[0])


@pytest.mark.parametrize(("patience", "decisions"), [(0.8, 40), (0.0, 75)])
def test_who_stays_where_it_is_lives_as_long_as_there_is_patience(patience, decisions):
    life = lived(passive((TABLE, None)), "land", 1.5, patience=patience)
    assert len(life.track) == decisions + 1
    assert life.outcome == LIVED
    swims = lived((EEL, WAVES), "water", 1.5, patience=patience)
    assert len(swims.track) == 76


@pytest.mark.parametrize("task", [Walk, Swim])
def test_a_row_depends_on_its_seed_alone(task):
    problem = task(task.Settings(seconds=0.5, kick=0.5))
    three = CREATURES[:3]
    phenotypes = batch(*three)
    seeds = np.array([5, 6, 7], np.uint64)
    whole = problem.evaluate(phenotypes, seeds)
    turned = problem.evaluate(phenotypes.take([2, 0, 1]), seeds[[2, 0, 1]])
    assert turned.fitness.tobytes() == whole.fitness[[2, 0, 1]].tobytes()
    other = problem.evaluate(phenotypes, seeds + 1)
    assert np.isfinite(whole.fitness).any()
    assert other.fitness.tobytes() != whole.fitness.tobytes()
