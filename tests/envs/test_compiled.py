"""Compiled dynamics equal the environments they stand for, to the last bit."""

import gymnasium
import numpy as np
import pytest
from evo_envs import (
    COMPILED,
    ENVIRONMENTS,
    load_compiled,
    register_compiled,
    register_environments,
)

ALL = sorted(COMPILED)
CLASSIC = [id for id in ALL if id not in ENVIRONMENTS]
ENDLESS = {"Pendulum-v1", "evo/Steer-v0"}
register_environments()


def extremes(space, rng):
    """Actions that stay random, or keep to one choice for a while, so that limits are met."""
    while True:
        fixed = space.sample()
        if isinstance(space, gymnasium.spaces.Box):
            fixed = rng.choice([space.low, space.high])
        for _ in range(rng.integers(1, 60)):
            yield space.sample() if rng.random() < 0.3 else fixed


@pytest.mark.parametrize("id", ALL)
def test_equals_gymnasium_step_by_step(id):
    dynamics = load_compiled(id)
    env = gymnasium.make(id, disable_env_checker=True).unwrapped
    rng = np.random.default_rng(7)
    env.action_space.seed(7)
    actions = extremes(env.action_space, rng)
    observation, endings = np.empty(dynamics.observation_size), 0
    for seed in range(12):
        env.reset(seed=seed)
        state = dynamics.initial_state(env)
        assert state.shape == (dynamics.state_size,)
        assert state[-1] == 0
        for _ in range(600):
            action = next(actions)
            seen, reward, terminated, _, _ = env.step(action)
            got = dynamics.step(state, np.atleast_1d(np.asarray(action, np.float64)))
            dynamics.observe(state, observation)
            assert got == reward
            assert observation.astype(np.float32).tolist() == seen.tolist()
            assert bool(state[-1]) == terminated
            if terminated:
                endings += 1
                break
    assert endings or id in ENDLESS


WHERE_RULES_CHANGE = {
    "Acrobot-v1": [[np.pi, 0.0], [np.pi, 0.0], [4 * np.pi, 3.0], [9 * np.pi, 3.0]],
    "CartPole-v1": [[2.4, 0.0], [0.0, 3.0], [12 * 2 * np.pi / 360, 0.0], [0.0, 3.0]],
    "MountainCar-v0": [[-1.2, 0.5, 0.6], [0.07, 0.0]],
    "MountainCarContinuous-v0": [[-1.2, 0.45, 0.6], [0.07, 0.0]],
    "Pendulum-v1": [[np.pi, 3.0], [8.0, 0.0]],
}


def odd_states(id, rng, count):
    """States anywhere within the limits, at them, and a little to either side of them."""
    for _ in range(count):
        state = []
        for edges in WHERE_RULES_CHANGE[id]:
            anywhere = rng.uniform(-1.1, 1.1) * max(np.abs(edges))
            edge = rng.choice(edges) * rng.choice([1.0, 1.0, -1.0]) + rng.choice(
                [0.0, 0.0, 1e-4, 1e-8, -1e-4, -1e-8]
            )
            state.append(anywhere if rng.random() < 0.4 else edge)
        yield np.array(state, np.float32 if id == "MountainCarContinuous-v0" else np.float64)


@pytest.mark.parametrize("id", CLASSIC)
def test_equals_gymnasium_where_rules_change(id):
    dynamics = load_compiled(id)
    env = gymnasium.make(id, disable_env_checker=True).unwrapped
    env.reset(seed=0)
    env.action_space.seed(3)
    actions = extremes(env.action_space, np.random.default_rng(3))
    observation, endings = np.empty(dynamics.observation_size), []
    for start in odd_states(id, np.random.default_rng(3), 3_000):
        env.state, action = start.copy(), next(actions)
        state = np.zeros(dynamics.state_size)
        state[: len(start)] = start
        if id == "CartPole-v1":
            env.steps_beyond_terminated = None
        seen, reward, terminated, _, _ = env.step(action)
        assert dynamics.step(state, np.atleast_1d(np.asarray(action, np.float64))) == reward
        dynamics.observe(state, observation)
        assert observation.astype(np.float32).tolist() == seen.tolist()
        assert state[: len(start)].tolist() == np.asarray(env.state, np.float64).tolist()
        assert bool(state[-1]) == terminated
        endings.append(terminated)
    assert 0.02 < np.mean(endings) < 0.98 or id == "Pendulum-v1"


@pytest.mark.parametrize("id", ALL)
def test_sizes_match_the_spaces(id):
    dynamics = load_compiled(id)
    env = gymnasium.make(id)
    assert env.observation_space.shape == (dynamics.observation_size,)
    assert dynamics.id == id


def test_squares_are_those_of_python():
    from evo_envs.power import squared, squared_single

    values = np.random.default_rng(1).uniform(-30, 30, 20_000)
    assert all(squared(x) == x**2 for x in values)
    assert all(squared_single(x) == x**2 for x in values.astype(np.float32))


def test_own_dynamics_are_found(monkeypatch):
    monkeypatch.setitem(COMPILED, "Own-v0", "")  # gone again after the test
    register_compiled("Own-v0", "evo_envs.classic.cartpole:DYNAMICS")
    assert load_compiled("Own-v0").id == "CartPole-v1"
    with pytest.raises(ValueError, match="module:attribute"):
        register_compiled("Own-v0", "nowhere")
