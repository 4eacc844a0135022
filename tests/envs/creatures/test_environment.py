"""Environments of creatures: what they reward, what they refuse, and that they are repeatable.

Seen when planted: a reward that forgets the place of rest, a best height that is not kept, a light
that stays when it is reached, a guard that does not end the episode, a start that differs after
many decisions, a kick from another generator, power that costs nothing, touch that can be -1.
"""

import json
import pickle
import subprocess
import sys

import gymnasium
import mujoco
import numpy as np
import pytest
from evo_envs import ENVIRONMENTS, register_environments
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.kernels import LOW, X
from evo_envs.creatures.quadruped import QUADRUPED
from gymnasium.utils.env_checker import check_env

from evo.problems.names import names_of
from tests.test_imports import ENVIRONMENT

register_environments()
IDS = sorted(id for id, each in ENVIRONMENTS.items() if "creatures" in each["entry_point"])
ACTION = np.array([0.6, -0.4, 0.5, -0.3, 0.6, 0.4, 0.5, 0.3])
HINGED = Body(
    (Part(-1, "box", (0.2, 0.1, 0.1)), Part(0, "box", (0.2, 0.1, 0.1), "hinge", (0.2, 0.0, 0.0)))
)


def swung(env, seed, decisions=60):
    """What is shown and rewarded while the joints swing."""
    seen, _ = env.reset(seed=seed)
    rows = [np.append(seen, 0.0)]
    for k in range(decisions):
        seen, reward, *_ = env.step(ACTION * np.sin(0.25 * k))
        rows.append(np.append(seen, reward))
    return np.array(rows)


def test_there_are_seven() -> None:
    names = ["Compete", "Follow", "Jump", "Slope", "Swim", "Terrain", "Walk"]
    assert [f"evo/{name}-v0" for name in names] == IDS
    steps = {id: gymnasium.spec(id).max_episode_steps for id in IDS}
    assert steps == dict.fromkeys(IDS, 500) | {"evo/Compete-v0": 400}


@pytest.mark.parametrize("id", IDS)
def test_gymnasium_finds_no_fault(id: str) -> None:
    env = gymnasium.make(id).unwrapped
    check_env(env, skip_render_check=True)
    assert env.render() is None


@pytest.mark.parametrize("id", IDS)
def test_a_seed_gives_the_same_episode_to_the_bit(id: str) -> None:
    env, other = gymnasium.make(id).unwrapped, gymnasium.make(id).unwrapped
    first = swung(env, 3)
    assert (swung(other, 3) == first).all()
    assert (swung(env, 3) == first).all()
    assert (swung(env, 4) != first).any()
    assert len(set(first[:, -1])) > 2 or id == "evo/Jump-v0"
    still = gymnasium.make(id, kick=0.0).unwrapped
    assert (still.reset(seed=1)[0][:5] == still.reset(seed=2)[0][:5]).all()
    speeds = [name.endswith("speed") for name in env.observation_names]
    rest = still.reset(seed=1)[0][speeds]
    kicks = [env.reset(seed=seed)[0][speeds] - rest for seed in range(40)]
    assert np.std(kicks) == pytest.approx(0.005, rel=0.15)  # 0.05 rad/s; speeds are divided by 10


@pytest.mark.parametrize(("id", "axes"), [("Walk", 2), ("Terrain", 2), ("Swim", 3), ("Slope", 1)])
def test_the_return_is_the_distance_from_the_place_of_rest(id: str, axes: int) -> None:
    env = gymnasium.make(f"evo/{id}-v0").unwrapped
    total = swung(env, 1)[:, -1].sum()
    way = (env.after - env.first)[X : X + axes]
    assert total == pytest.approx(way[0] if id == "Slope" else np.linalg.norm(way), abs=1e-12)
    assert abs(total) > 1e-3


def test_the_return_of_a_jump_is_the_best_height_of_the_lowest_point() -> None:
    env = gymnasium.make("evo/Jump-v0").unwrapped
    env.reset(seed=1)
    total, lows = 0.0, [env.first[LOW]]
    for k in range(120):
        down = np.array([1.0, -1.0, 1.0, -1.0, -1.0, 1.0, -1.0, 1.0])
        _, reward, ended, *_ = env.step(0.5 * (down if k // 20 % 2 else -down))
        assert not ended
        total += reward
        lows.append(env.after[LOW])
    assert total == pytest.approx(max(lows) - lows[0], abs=1e-12)
    assert total > 0.01


def test_a_light_is_somewhere_else_when_it_is_reached() -> None:
    env = gymnasium.make("evo/Follow-v0").unwrapped
    lights, places = [], [name.startswith("light") for name in env.observation_names]
    for seed in range(60):
        seen, _ = env.reset(seed=seed)
        away = env.seen_places[0] - env.root
        rotation = env.stage.views.xmat[env.layout.root[0]].reshape(3, 3)
        expected = rotation.T @ away / np.linalg.norm(away)
        np.testing.assert_allclose(seen[places], expected, atol=1e-6)
        lights.append(away[:2])
    distances = np.linalg.norm(lights, axis=1)
    assert 4.0 <= distances.min() < 4.4 < 5.6 < distances.max() <= 6.0
    assert np.abs(np.mean(np.array(lights) / distances[:, None], axis=0)).max() < 0.3
    env.stage.views.qpos[0] += 7.0
    mujoco.mj_forward(env.stage.model, env.stage.data)
    env.seen_places[0, :2] = env.root[:2] + np.array([0.3, 0.4])
    env.distance = 0.5
    before = env.root[:2].copy()
    light, reward = env.seen_places[0, :2].copy(), 0.0
    while not env.reached:
        env.seen_places[0, :2] = light = light - [0.01, 0.01]
        reward += env.step(np.zeros(8))[1]
    assert 3.9 <= np.linalg.norm(env.seen_places[0, :2] - env.root[:2]) <= 6.1
    assert reward == pytest.approx(0.5 - np.linalg.norm(light - env.root[:2]), abs=1e-12)
    assert 4.0 <= env.distance <= 6.0
    assert np.linalg.norm(before - env.root[:2]) < 0.1


def test_broken_guards_end_an_episode_and_are_named(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # where MuJoCo writes that numbers are not finite
    env = gymnasium.make("evo/Walk-v0").unwrapped
    env.reset(seed=1)
    env.stage.views.qvel[0] = 9.0
    *_, ended, _, info = env.step(np.zeros(8))
    assert ended
    assert info["guard"] == "speed"
    env.reset(seed=1)
    env.stage.views.qvel[0] = np.nan
    seen, reward, ended, _, info = env.step(np.zeros(8))
    assert (ended, info["guard"], reward, seen.any()) == (True, "finite", 0.0, False)
    for id, last in (("Walk", 51), ("Swim", None)):
        env = gymnasium.make(f"evo/{id}-v0").unwrapped
        env.reset(seed=1)
        env.stage.views.qpos[2:7] = [0.5, 0.0, 1.0, 0.0, 0.0]
        mujoco.mj_forward(env.stage.model, env.stage.data)
        env.after[X : X + 3] = env.stage.views.subtree_com[env.layout.root[0]]
        ends = [env.step(np.zeros(8)) for _ in range(60)]
        tumbled = [k for k, end in enumerate(ends, 1) if end[2]]
        assert tumbled[:1] == ([last] if last else [])
        assert all(("guard" in end[4]) == end[2] for end in ends)


def test_power_is_told_and_costs_what_it_should() -> None:
    free = gymnasium.make("evo/Walk-v0").unwrapped
    dear = gymnasium.make("evo/Walk-v0", power_cost=0.5).unwrapped
    for env in (free, dear):
        env.reset(seed=2)
    powers = []
    for k in range(20):
        action = ACTION * np.sin(0.5 * k)
        (_, reward, *_, info), (_, less, *_) = free.step(action), dear.step(action)
        assert reward - less == pytest.approx(0.5 * info["power"] * 0.02, abs=1e-12)
        powers.append(info["power"])
    assert 0.5 < np.mean(powers) < 30


def test_a_body_comes_from_many_places(tmp_path) -> None:
    champion = tmp_path / "champion.json"
    champion.write_text(json.dumps({"kind": "x", "found": [[1, {"body": HINGED.describe()}]]}))
    for source in (HINGED, HINGED.describe(), champion, str(champion)):
        assert gymnasium.make("evo/Walk-v0", body=source).unwrapped.body == HINGED
    assert gymnasium.make("evo/Walk-v0").unwrapped.body == QUADRUPED


def test_bodies_that_cannot_be_used_are_refused(tmp_path) -> None:
    (tmp_path / "none.json").write_text('{"kind": "network"}')
    (tmp_path / "torn.json").write_text('{"kind": ')
    for name, words in (("none", "holds no body"), ("torn", "Expecting value")):
        with pytest.raises(ValueError, match=f"{name}.json.*{words}"):
            gymnasium.make("evo/Walk-v0", body=tmp_path / f"{name}.json")
    with pytest.raises(FileNotFoundError):
        gymnasium.make("evo/Walk-v0", body="nowhere.json")
    with pytest.raises(ValueError, match="no joint that moves"):
        gymnasium.make("evo/Walk-v0", body=Body((Part(-1, "box", (0.1, 0.1, 0.1)),)))
    with pytest.raises(ValueError, match=r"does not come to rest.*guard rest"):
        gymnasium.make("evo/Slope-v0", slope=2.0, friction=0.1)
    with pytest.raises(ValueError, match="a kick 0 or more"):
        gymnasium.make("evo/Walk-v0", kick=-1.0)
    env = gymnasium.make("evo/Walk-v0").unwrapped
    env.reset(seed=1)
    with pytest.raises(ValueError, match="8 finite numbers"):
        env.step([np.nan] * 8)


def test_each_number_has_a_name() -> None:
    env = gymnasium.make("evo/Follow-v0", body=HINGED)
    seen, done = names_of(env)
    assert done == ["part 1 y"]
    assert seen == [
        *("clock sine", "clock cosine", "up x", "up y", "up z", "light x", "light y", "light z"),
        *("part 1 y angle", "part 1 y speed", "touch 0", "touch 1"),
    ]
    assert env.observation_space.low.tolist() == [-1.0] * 10 + [0.0] * 2
    assert env.reset(seed=1)[0].tolist()[:2] == [0.0, 1.0]


def test_vectors_and_pickles() -> None:
    envs = gymnasium.make_vec(
        "evo_envs:evo/Walk-v0", 2, vectorization_mode="sync", vector_kwargs={}, body=HINGED
    )
    seen, _ = envs.reset(seed=5)
    again = pickle.loads(pickle.dumps(gymnasium.make("evo/Walk-v0", body=HINGED).spec)).make()
    assert (again.reset(seed=6)[0] == seen[1]).all()
    _, rewards, *_ = envs.step(np.full((2, 1), 0.5, np.float32))
    assert again.step(np.full(1, 0.5, np.float32))[1] == rewards[1]


def test_without_mujoco_there_is_a_hint() -> None:
    code = (
        "import sys; sys.modules['mujoco'] = None; import gymnasium\n"
        "try: gymnasium.make('evo_envs:evo/Walk-v0')\n"
        "except gymnasium.error.DependencyNotInstalled as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    assert "evo-neuro[creatures]" in told.stdout, told.stderr
