"""What tasks score: ways, heights, shares of ways; and what is worth nothing.

Seen when planted: the whole way instead of its later half, what a body sank left out, the lowest
point of the root instead of the body, one start for all lives of an evaluation.
"""

from dataclasses import replace

import numpy as np
import pytest
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.kernels import CHANNELS, LOW, X, Y, Z

from evo.errors import UsageError
from evo.problems.creatures.follow import Follow
from evo.problems.creatures.jump import Jump
from evo.problems.creatures.kernels import LIVED
from evo.problems.creatures.life import Life
from evo.problems.creatures.shapes import described, symmetry
from evo.problems.creatures.walk import Slope, Swim, Terrain, Walk, distance
from tests.problems.creatures.bodies import (
    EEL,
    NOTHING,
    TABLE,
    TURNED,
    WAVES,
    batch,
    brain,
    evaluated,
)

UPWARDS = (TURNED, 0.0, -TURNED, 0.0)
TIME = np.linspace(0.0, 1.0, 101)


def way(shares, *direction):
    """Places along a way of which there are so many shares at each time."""
    return np.outer(shares, direction)


def life(**columns):
    track = np.zeros((101, CHANNELS))
    for name, values in columns.items():
        track[:, {"x": X, "y": Y, "z": Z, "low": LOW}[name]] = values
    return Life(LIVED, track, 1.0, 10.0, np.zeros((0, 1, 12), np.float32))


def test_a_steady_way_counts_as_it_is_in_any_direction():
    for direction in ((3.0, 0.0), (0.0, -3.0), (1.8, 2.4), (1.0, -2.0, 2.0)):
        assert distance(way(TIME, *direction)) == pytest.approx(3.0)


def test_one_push_at_the_start_counts_less_than_swimming_as_far():
    push = 1.0 - np.exp(-5.0 * TIME)
    steady = distance(way(TIME, 3.0, 0.0))
    pushed = distance(way(push / push[-1], 3.0, 0.0))
    assert pushed < 0.2 * steady
    # a start from rest costs nothing, and no more counts than was swum
    assert distance(way(TIME**2, 3.0, 0.0)) == pytest.approx(3.0)


def test_who_turns_around_or_goes_nowhere_gets_nothing_for_it():
    assert distance(way(np.zeros(101), 1.0, 0.0)) == 0.0
    assert distance(way(np.sin(np.pi * TIME), 3.0, 0.0)) <= 0.0
    back = distance(way(np.where(TIME < 0.5, 2.0 * TIME, 1.5 - TIME), 3.0, 0.0))
    assert back < 0.0


def test_what_a_walker_sank_is_taken_off():
    task = Walk()
    assert task.worth(life(x=3.0 * TIME), NOTHING) == pytest.approx(3.0)
    assert task.worth(life(x=3.0 * TIME, z=1.0 - 0.4 * TIME), NOTHING) == pytest.approx(2.6)
    assert task.worth(life(x=3.0 * TIME, z=1.0 + 0.4 * TIME), NOTHING) == pytest.approx(3.0)


def test_a_slope_counts_uphill_only():
    task = Slope()
    assert task.worth(life(x=2.0 * TIME, y=9.0 * TIME), NOTHING) == pytest.approx(2.0)
    assert task.worth(life(x=-2.0 * TIME), NOTHING) == pytest.approx(-2.0)
    # who slides down and climbs back is not above where it began
    valley = np.where(TIME < 0.5, -6.0 * TIME, -3.0 + 5.0 * (TIME - 0.5))
    assert task.worth(life(x=valley), NOTHING) == pytest.approx(-0.5)
    assert task.worth(life(x=-valley), NOTHING) < 0.0


def test_hills_count_the_way_over_the_ground_and_water_every_way():
    tracks = life(x=3.0 * TIME, y=4.0 * TIME, z=12.0 * TIME)
    assert Terrain().worth(tracks, NOTHING) == pytest.approx(5.0)
    assert Swim().worth(tracks, NOTHING) == pytest.approx(13.0)


def tower(strength=1e-3):
    """2.4 m high, on a foot to which its joint hardly holds it."""
    body = Body(
        (
            Part(-1, "box", (0.3, 0.3, 0.1)),
            Part(0, "box", (1.2, 0.1, 0.1), "hinge", (0.0, 0.0, 0.1), UPWARDS, strength=strength),
        )
    )
    return body, brain(body)


def test_a_tower_that_stands_or_falls_gets_nowhere():
    stands = evaluated(Walk(Walk.Settings(seconds=2.0, kick=0.0)), tower(1.0))
    assert stands.fitness[0] == pytest.approx(0.0, abs=0.05)
    for seed in range(4):
        falls = evaluated(Walk(Walk.Settings(seconds=4.0, kick=0.5)), tower(), seed=seed)
        assert not falls.fitness[0] > 0.05
    task = Walk(Walk.Settings(seconds=4.0, kick=0.5))
    body, still = tower()
    track = task.lives(body, still).live(4.0, np.array([0.5]), NOTHING).track
    assert track[0, Z] - track[-1, Z] > 0.3, "it falls"


def test_a_tall_body_that_raises_a_limb_does_not_jump():
    crane = Body(
        (
            Part(-1, "box", (0.4, 0.4, 0.8)),
            Part(0, "box", (0.5, 0.05, 0.05), "hinge", (0.4, 0.0, 0.6), limits=(1.4, 1.0, 1.0)),
        )
    )
    raises = brain(crane, -1.0, 0.25)
    task = Jump(Jump.Settings(seconds=1.0, kick=0.0))
    assert evaluated(task, (crane, raises)).fitness[0] == pytest.approx(0.0, abs=0.01)
    lives = task.lives(crane, raises)
    track = lives.live(1.0, np.zeros(1), NOTHING).track
    assert abs(track[:, Z] - track[0, Z]).max() > 0.001, "the limb moves"


def test_a_jump_counts_the_height_of_the_lowest_point():
    task = Jump()
    assert task.worth(life(low=0.002 + 0.3 * np.sin(np.pi * TIME)), NOTHING) == pytest.approx(0.3)


def test_a_light_that_is_reached_counts_in_full_and_one_that_is_left_less_than_nothing():
    task, light = Follow(), np.array([[3.0, 4.0, 0.3]])
    assert task.worth(life(x=3.0 * TIME, y=4.0 * TIME), light) == pytest.approx(100.0)
    assert task.worth(life(x=1.5 * TIME, y=2.0 * TIME), light) == pytest.approx(50.0)
    assert task.worth(life(), light) == pytest.approx(0.0)
    assert task.worth(life(x=-3.0 * TIME, y=-4.0 * TIME), light) == pytest.approx(-100.0)


@pytest.mark.parametrize("medium", ["land", "water"])
def test_four_lights_lie_in_the_four_quarters(medium):
    task = Follow(Follow.Settings(medium=medium))
    for seed in range(20):
        lights = [task.start(seed, EEL, number)[1] for number in range(4)]
        assert all(each.shape == (1, 3) for each in lights)
        angles = [np.arctan2(each[0, 1], each[0, 0]) % (2.0 * np.pi) for each in lights]
        assert [int(angle // (np.pi / 2.0)) for angle in angles] == [0, 1, 2, 3]
        away = [np.hypot(each[0, 0], each[0, 1]) for each in lights]
        assert all(3.0 <= each <= 5.0 for each in away)
        assert {each[0, 2] for each in lights} == {0.3 if medium == "land" else 0.0}


def test_the_score_is_the_mean_of_lives_that_begin_differently():
    found = {}
    for starts in (1, 3):
        task = Swim(Swim.Settings(seconds=0.6, starts=starts, kick=1.0))
        found[starts] = evaluated(task, (EEL, WAVES), seed=4)
    body, waves = EEL, WAVES
    figures = []
    for number in range(3):
        kick, targets = task.start(4, body, number)
        figures.append(task.worth(task.lives(body, waves).live(0.6, kick, targets), targets))
    assert len(set(figures)) == 3
    assert found[1].fitness[0] == figures[0]
    assert found[3].fitness[0] == pytest.approx(np.mean(figures))
    assert found[3].spent["seconds"][0] == 2


def test_power_can_be_an_objective():
    task = Swim(Swim.Settings(seconds=1.0, objectives="score-and-power"))
    found = evaluated(task, (EEL, WAVES), (EEL, brain(EEL)))
    assert [score.name for score in task.scores] == ["distance", "power"]
    assert found.fitness.shape == (2, 2)
    assert found.results["power"][0] > 1.0 > found.results["power"][1] >= 0.0
    assert (found.fitness[:, 1] == -found.results["power"]).all()


def test_descriptors_tell_bodies_apart():
    table = described(TABLE)
    assert table["parts"] == 5.0
    assert table["mass"] == pytest.approx(TABLE.mass)
    assert table["height"] == pytest.approx(0.5)
    assert table["symmetry"] == symmetry(TABLE) == 1.0
    odd = Body((*TABLE.parts, replace(TABLE.parts[1], anchor=(0.0, 0.1, 0.05), rotation=UPWARDS)))
    assert symmetry(odd) == pytest.approx(4 / 5)
    assert described(odd)["height"] == pytest.approx(0.9)


def test_a_description_has_the_body_and_the_oscillators():
    told = Swim().describe(batch((EEL, WAVES)))
    assert (told["parts"], told["joints"]) == (3, 2)
    assert Body.read(told["body"]) == EEL
    assert told["oscillators"]["amplitude"] == [0.0, 0.8, 0.0, 0.8]


def test_another_world_is_one_that_there_is():
    assert Walk(Walk.Settings(friction=0.4)).world_of("slope").friction == 0.4
    with pytest.raises(UsageError, match="no world 'moon'"):
        Walk().world_of("moon")
