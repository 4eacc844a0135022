"""Competition: kicks that follow the seed, a hall of fame that keeps its first, bouts that tell.

Seen when planted: a hall that forgets its first champion, kicks of another seed, an audit that
counts a draw as won.
"""

import numpy as np
import pytest
from evo_envs.creatures.contest import advantage

import evo
from evo.problems.creatures.audit import contest
from evo.problems.creatures.compete import REIGN, Compete, CompeteSettings
from tests.problems.creatures.bodies import TABLE, batch, brain


def task(**settings) -> Compete:
    return Compete(CompeteSettings(seconds=1.0, guards="none", **settings))


@pytest.fixture(scope="module")
def short():
    parts = evo.evolution(
        "creatures",
        task(hall=4, veterans=1),
        settings={"population": 6},
        generations=9,
        seed=2,
    )
    halls = []
    for _ in parts:
        assert parts.scene is not None
        halls.append(parts.scene.get("hall"))
    return parts, halls


def test_the_hall_of_fame_keeps_the_first_and_the_last(short):
    _, halls = short
    assert halls[0] is None
    for generation, hall in enumerate(halls[1:], start=1):
        reigns = hall.columns[REIGN].tolist()
        assert reigns == sorted(set(reigns))
        assert (reigns[0], reigns[-1]) == (1, generation)
        assert len(hall) <= 4


def test_veterans_are_told_with_their_generation(short):
    parts, halls = short
    veterans = parts.evaluator.problem.veterans(parts.scene, 3)
    reigns = halls[-1].columns[REIGN]
    assert [reign for reign, _ in veterans][:: len(veterans) - 1] == [reigns[0], reigns[-1]]
    assert all(len(each) == 1 for _, each in veterans)
    assert parts.evaluator.problem.veterans({}) == []


def test_kicks_follow_the_seed_and_the_number_of_the_bout():
    creature = TABLE, brain(TABLE, targets=2)
    problem = task(kick=0.5)

    def gaps(seed, number=0):
        return problem.bout(creature, creature, seed, number).gaps

    assert gaps(1).tobytes() == gaps(1).tobytes()
    assert gaps(1).tobytes() != gaps(2).tobytes()
    assert gaps(1).tobytes() != gaps(1, 1).tobytes()


def test_nobody_wins_who_stays_where_the_rival_stays():
    problem = task(kick=0.0)
    creature = batch((TABLE, brain(TABLE, targets=2)))
    found = contest(problem, creature, creature, [1, 2], "itself")
    assert abs(found.median) < 0.05
    assert found.won is not None
    assert found.passed == (found.won == 2)


def test_advantage_is_the_difference_of_gaps_over_their_sum():
    gaps = np.tile([0.5, 1.5], (60, 1))
    assert advantage(gaps) == pytest.approx(0.5)
    assert advantage(gaps[:, ::-1]) == pytest.approx(-0.5)


def test_a_film_shows_the_first_champion_as_the_rival():
    problem = task()
    mine, rival = batch((TABLE, brain(TABLE, targets=2))), batch((TABLE, brain(TABLE, targets=2)))
    alone = problem.film(mine, 3)
    filmed = problem.film(mine, 3, scene={"hall": rival})
    assert len(filmed.shapes) == 2 * len(TABLE.parts) + 1
    assert filmed.poses.tobytes() == alone.poses.tobytes()
