"""The contest as an environment: the same bout as the task's, and a rival that sees and acts.

Seen when planted: a rival that looks at itself, one that senses by the learner's body, an advantage
that goes on from the last episode.
"""

import gymnasium
import numpy as np
import pytest
from evo_envs.creatures import kernels as physics
from evo_envs.creatures.contest import advantage, look
from evo_envs.creatures.quadruped import QUADRUPED
from evo_envs.creatures.worlds import TICK

from evo.networks.brains.kernels import think, wake
from evo.problems.creatures.brains import of_vector
from evo.problems.creatures.compete import Compete
from tests.problems.creatures.bodies import TABLE

ACTION = np.array([0.6, -0.4, 0.5, -0.3, 0.6, 0.4, 0.5, 0.3])


def made(**arguments):
    return gymnasium.make("evo_envs:evo/Compete-v0", **arguments).unwrapped


def test_a_bout_is_that_of_the_task_to_the_bit() -> None:
    rng = np.random.default_rng(3)
    bodies = QUADRUPED, TABLE
    brains = [
        of_vector(rng.uniform(-0.7, 0.7, 2 + 5 * body.degrees_of_freedom), body, 2, "cpg")
        for body in bodies
    ]
    task = Compete(Compete.Settings(seconds=2.0, kick=0.0, guards="none"))
    bout = task.bout((bodies[0], brains[0]), (bodies[1], brains[1]), seed=1)

    env = made(body=QUADRUPED, rival=TABLE, kick=0.0)
    parts = [brain.parts() for brain in brains]
    told = [np.zeros(body.degrees_of_freedom) for body in bodies]
    places = np.zeros((2, 3))

    def decide(number: int) -> np.ndarray:
        signals, (mine, other) = parts[number].signals, env.stage.creatures[:: 1 - 2 * number]
        look(env.stage.views, other, env.cube, places)
        physics.sense(env.stage.views, mine, env.now * TICK, places, signals)
        think(parts[number], env.now * TICK, TICK, env.now, True, told[number])
        return told[number]

    env.rival_policy = lambda shown: decide(1)
    for _ in range(2):
        env.reset(seed=4)
        for each in parts:
            wake(each)
        rows, total = [env.first.copy()], 0.0
        for _ in range(100):
            _, reward, ended, *_ = env.step(decide(0))
            assert not ended
            total += reward
            rows.append(env.after.copy())
        assert np.array(rows).tobytes() == bout.life.track.tobytes()
        assert env.advantage == advantage(bout.gaps)
        assert total == pytest.approx(env.advantage, abs=1e-12)
    assert abs(total) > 1e-3


def test_the_rival_is_shown_what_the_learner_is_from_its_side() -> None:
    shown = []

    def policy(seen):
        shown.append(seen.copy())
        return np.zeros(8)

    env = made(kick=0.0, rival_policy=policy)
    seen, _ = env.reset(seed=1)
    env.step(np.zeros(8))
    # the same bodies face each other: the cube is ahead of both, and the rival behind it
    assert shown[0] == pytest.approx(seen, abs=1e-3)
    names = env.observation_names
    ahead = [seen[names.index(f"{target} x")] for target in ("cube", "rival")]
    assert min(ahead) > 0.9
    for k in range(40):
        seen, *_ = env.step(ACTION * np.sin(0.25 * k))
    assert np.abs(shown[-1] - seen).max() > 0.1


def test_who_comes_nearer_gains_what_the_other_loses() -> None:
    still, walks = made(), made(rival_policy=lambda shown: np.sin(6.0 * shown[0]) * ACTION)
    gains = {}
    for name, env in (("still", still), ("walks", walks)):
        env.reset(seed=2)
        gains[name] = sum(env.step(np.zeros(8))[1] for _ in range(150))
    assert abs(gains["still"]) < 1e-3 < 0.01 < abs(gains["walks"])
    ahead = made()
    ahead.reset(seed=2)
    ahead.stage.views.qpos[0] += 0.1
    assert sum(ahead.step(np.zeros(8))[1] for _ in range(30)) > 0.02


def test_what_a_rival_cannot_do_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    env = made(rival=TABLE, rival_policy=lambda shown: np.zeros(8))
    env.reset(seed=1)
    with pytest.raises(ValueError, match="4 finite numbers"):
        env.step(np.zeros(8))
    env.rival_policy = None
    env.reset(seed=1)
    env.stage.views.qvel[env.rival_layout.joints[0, 1]] = np.nan
    *_, ended, _, info = env.step(np.zeros(8))
    assert (ended, info["guard"]) == (True, "finite")
