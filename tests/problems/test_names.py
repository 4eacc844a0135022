"""What observations and actions are called, in networks and in recordings."""

import subprocess
import sys

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

import evo
from evo.problems import names
from evo.problems.recordings import MOST_STEPS, Recorder
from tests.networks.random_networks import random_population


class Told(gymnasium.Env):
    observation_space = spaces.Box(-1, 1, (2,))
    action_space = spaces.Discrete(2, start=3)
    observation_names = ("north", "east")
    action_names = ("go",)
    spec = None


def latest(name):
    """The environment with the highest version of a name; skips where it cannot be made."""
    ids = [id for id in gymnasium.registry if id.rpartition("-v")[0] == name]
    try:
        return gymnasium.make(max(ids), disable_env_checker=True)
    except gymnasium.error.DependencyNotInstalled as error:
        pytest.skip(str(error))


BOX2D = ("LunarLander", "BipedalWalker", "CarRacing")


def test_the_table_fits_environments_on_box2d():
    """In a process of its own: other tests need Box2D not to have been imported."""
    code = "import sys; from tests.problems import test_names as t; [t.fits(n) for n in t.BOX2D]"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if "Skipped" in result.stderr:
        pytest.skip("Box2D is not installed")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", [name for name in names.GYMNASIUM if name not in BOX2D])
def test_the_table_fits_the_environments(name):
    fits(name)


def fits(name):
    env = latest(name)
    seen, done = names.names_of(env)
    known = names.GYMNASIUM[name]
    assert done in [list(each) for each in known.actions]
    if known.observations:
        assert seen == list(known.observations[0])
    for each in (seen, done):
        assert each is None or len(set(each)) == len(each)


def test_an_environment_names_its_own_numbers_and_a_wrong_count_is_ignored():
    assert names.names_of(Told()) == (["north", "east"], None)


def test_networks_of_control_problems_and_xor_are_described_with_names():
    problem, rng = evo.problem("cartpole"), np.random.default_rng(0)
    described = problem.describe(random_population(rng, 4, 2, 2, False), 1)
    assert described["input_names"] == list(names.GYMNASIUM["CartPole"].observations[0])
    assert described["output_names"] == ["push left", "push right"]
    described = evo.problem("xor").describe(random_population(rng, 2, 1, 1, False), 0)
    assert (described["input_names"], described["output_names"]) == (["a", "b"], ["a xor b"])


def test_a_long_episode_is_recorded_in_part_from_its_first_step_on():
    recorder = Recorder(spaces.Box(-1, 1, (1,)), spaces.Discrete(2, start=5))
    for step in range(5 * MOST_STEPS):
        recorder(np.array([step / 1e4]), 5 + step % 2, 1.0)
    episode = recorder.description(7, 1.0, None, ["left", "right"])
    assert episode["steps"] == 5 * MOST_STEPS
    assert episode["every"] == 8
    times = [round(seen * 1e4) for (seen,) in episode["observations"]]
    assert times == list(range(0, 5 * MOST_STEPS, 8))
    assert set(episode["actions"]) == {0}
    assert episode["observation_names"] == ["observation 0"]
    assert episode["action_names"] == ["left", "right"]


def test_images_are_not_recorded_and_states_are_numbers():
    image = Recorder(spaces.Box(0, 255, (9, 9, 3)), spaces.Box(-1, 1, (2,)))
    image(np.zeros((9, 9, 3)), np.array([0.5, -1.0]), 0.0)
    episode = image.description(0, 0.0, None, None)
    assert episode["observations"] == [[]]
    assert episode["actions"] == [[0.5, -1.0]]
    assert (episode["choices"], episode["action_names"]) == (0, ["action 0", "action 1"])
    state = Recorder(spaces.Discrete(16), spaces.Discrete(4))
    state(11, 2, 1.0)
    episode = state.description(0, 1.0, [f"state {i}" for i in range(16)], None)
    assert (episode["observation_names"], episode["observations"]) == (["state"], [[11.0]])


def test_an_episode_that_fails_is_not_recorded(monkeypatch):
    from evo.problems import episodes

    problem = evo.problem("cartpole")
    failed = episodes.Episode(float("nan"), 3, "it broke")
    monkeypatch.setattr(problem, "episode", lambda *_, **__: failed)
    assert problem.recording(None, 0) is None
