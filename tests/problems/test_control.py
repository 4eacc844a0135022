"""Control tasks: spaces, seeds, failures, refusals."""

import pickle
import sys
from concurrent.futures import ThreadPoolExecutor

import gymnasium
import numpy as np
import pytest
from evo_envs import COMPILED
from gymnasium import spaces

import evo
from evo.errors import ConfigError, MissingExtra, UsageError
from evo.networks.activate import outputs
from evo.networks.fixed import FixedTopology
from evo.phenotype import Network
from evo.scores import Score
from tests.networks.random_networks import random_population
from tests.problems import environments  # noqa: F401 (registers them)

CLASSIC = sorted(COMPILED)


def networks_for(problem, n=12, recurrent=False, seed=0):
    return random_population(
        np.random.default_rng(seed), problem.needs.inputs, problem.needs.outputs, n, recurrent
    )


def seeds_for(n, seed=0):
    return np.random.default_rng(seed).integers(2**63, size=n, dtype=np.uint64)


@pytest.mark.parametrize("recurrent", [False, True])
@pytest.mark.parametrize("id", CLASSIC)
def test_compiled_and_gymnasium_agree_bit_for_bit(id, recurrent):
    options = {"episodes": 2, "max_steps": 120}
    compiled, real = evo.problem(id, **options), evo.problem(id, backend="gymnasium", **options)
    assert compiled.compiled
    assert not real.compiled
    networks, seeds = networks_for(compiled, 8, recurrent), seeds_for(8)
    a, b = compiled.evaluate(networks, seeds), real.evaluate(networks, seeds)
    assert a.fitness.tolist() == b.fitness.tolist()
    assert a.spent["steps"].tolist() == b.spent["steps"].tolist()
    assert a.spent["steps"].dtype == np.int64
    assert len(set(a.fitness)) > 1 or id in {"MountainCar-v0", "Acrobot-v1"}
    assert a.errors == b.errors == {}


def test_whole_episodes_agree_where_most_time_is_spent():
    compiled, real = (
        evo.problem("cartpole", scale_observations="none"),
        evo.problem("cartpole", backend="gymnasium", scale_observations="none"),
    )
    rng = np.random.default_rng(5)
    topology = FixedTopology(compiled.needs)
    vectors = rng.normal(size=(400, topology.needs.dimensions))
    seeds = np.full(400, 9, np.uint64)
    scores = compiled.evaluate(topology(vectors), seeds).fitness
    best = np.argsort(-scores)[:8]
    assert scores[best[0]] > 200
    assert (
        real.evaluate(topology(vectors[best]), seeds[:8]).fitness.tolist() == scores[best].tolist()
    )


@pytest.mark.parametrize("backend", ["compiled", "gymnasium"])
def test_a_row_depends_on_its_network_and_seed_alone(backend):
    problem = evo.problem("Pendulum-v1", backend=backend, episodes=2, max_steps=30)
    topology = FixedTopology(problem.needs)
    vectors = np.random.default_rng(1).normal(size=(6, topology.needs.dimensions))
    seeds = seeds_for(6)
    whole = problem.evaluate(topology(vectors), seeds).fitness
    parts = [
        problem.evaluate(topology(vectors[i : i + 1]), seeds[i : i + 1]).fitness[0]
        for i in range(6)
    ]
    assert whole.tolist() == parts
    assert problem.evaluate(topology(vectors), seeds[::-1].copy()).fitness.tolist() != parts


def test_returns_are_what_a_person_would_get():
    """The pipeline written out by hand: scaling, network, argmax, sum of rewards."""
    problem = evo.problem("cartpole", episodes=3)
    networks = networks_for(problem, 1)
    env = gymnasium.make("CartPole-v1")
    low, high = env.observation_space.low.astype(float), env.observation_space.high.astype(float)
    returns = []
    for first in np.random.SeedSequence(77).generate_state(3):
        seen, _ = env.reset(seed=int(first))
        total, over = 0.0, False
        while not over:
            with np.errstate(invalid="ignore"):
                inputs = np.where(np.isfinite(high), 2 * (seen - low) / (high - low) - 1, seen)
            action = int(np.argmax(outputs(networks, inputs[None])[0, 0]))
            seen, reward, terminated, truncated, _ = env.step(action)
            total, over = total + float(reward), terminated or truncated
        returns.append(total)
    seeds = np.array([77], np.uint64)
    assert problem.evaluate(networks, seeds).fitness[0] == np.mean(returns)
    assert problem.validate(networks, seeds).tolist() == returns[:1]


def test_validation_plays_one_real_episode_per_seed():
    problem = evo.problem("Acrobot-v1", max_steps=40, episodes=1)
    networks, seeds = networks_for(problem, 1), seeds_for(4)
    expected = [problem.evaluate(networks, seeds[i : i + 1]).fitness[0] for i in range(4)]
    assert problem.validate(networks, seeds).tolist() == expected


def test_what_a_problem_says_of_itself():
    problem = evo.problem("cartpole")
    assert problem.needs == Network(4, 2)
    assert problem.scores == (Score("return", target=475.0),)
    assert problem.noisy
    assert problem.common_random_numbers
    assert problem.max_steps == 500
    assert problem.frames_per_second == 50
    assert not evo.problem("cartpole", common_random_numbers=False).common_random_numbers
    assert evo.problem("Pendulum-v1").scores[0].target is None
    assert evo.problem("gym:CartPole-v1", max_steps=7).max_steps == 7


@pytest.mark.parametrize("backend", ["compiled", "gymnasium"])
def test_episodes_end_at_max_steps(backend):
    problem = evo.problem("mountaincar", backend=backend, max_steps=300, episodes=2)
    evaluation = problem.evaluate(networks_for(problem, 2), seeds_for(2))
    assert evaluation.spent["steps"].max() == 600


def test_problems_can_be_sent_and_used_in_threads():
    problem = evo.problem("cartpole", backend="gymnasium", episodes=2)
    networks, seeds = networks_for(problem, 4), seeds_for(4)
    expected = problem.evaluate(networks, seeds).fitness.tolist()
    again = pickle.loads(pickle.dumps(problem))
    assert again.evaluate(networks, seeds).fitness.tolist() == expected
    with ThreadPoolExecutor(3) as pool:
        for result in pool.map(
            lambda _: problem.evaluate(networks, seeds).fitness.tolist(), range(6)
        ):
            assert result == expected


def test_dynamics_with_other_parameters_are_left_to_gymnasium():
    assert not evo.problem("Pendulum-v1", kwargs={"g": 5.0}).compiled
    with pytest.raises(UsageError, match="with kwargs has no compiled dynamics"):
        evo.problem("Pendulum-v1", kwargs={"g": 5.0}, backend="compiled")
    with pytest.raises(UsageError, match="has no compiled dynamics"):
        evo.problem("FrozenLake-v1", backend="compiled")


def probe(observation=None, action=None, id="TestProbe-v0", **options):
    given = {"observation_space": observation, "action_space": action}
    problem = evo.problem(
        id, kwargs={k: v for k, v in given.items() if v is not None}, episodes=1, **options
    )
    return problem, problem._env().unwrapped


def actions_of(problem, env, n=6):
    evaluation = problem.evaluate(networks_for(problem, n), seeds_for(n))
    assert evaluation.errors == {}
    assert (evaluation.fitness == 15).all()
    return env.actions


def test_discrete_spaces_count_from_their_start():
    problem, env = probe(spaces.Discrete(3, start=5), spaces.Discrete(4, start=-2))
    assert problem.needs == Network(3, 4)
    assert problem.senses.numbers(6).tolist() == [0.0, 1.0, 0.0]
    assert set(actions_of(problem, env)) <= {-2, -1, 0, 1}


def test_the_first_of_equal_outputs_is_chosen():
    problem, env = probe(action=spaces.Discrete(4, start=7))
    topology = FixedTopology(problem.needs)
    problem.evaluate(topology(np.zeros((1, topology.needs.dimensions))), seeds_for(1))
    assert set(env.actions) == {7}


def test_boxes_are_flattened_scaled_and_shaped_back():
    problem, env = probe(
        spaces.Box(0, 255, (2, 3), np.uint8),
        spaces.Box(
            np.array([[-1.0, 0.0], [-np.inf, 3.0]]),
            np.array([[1.0, 10.0], [np.inf, np.inf]]),
            dtype=np.float64,
        ),
    )
    assert problem.needs == Network(6, 4)
    np.testing.assert_allclose(
        problem.senses.numbers(np.full((2, 3), 255)) * problem.senses.scale + problem.senses.shift,
        1.0,
    )
    actions = np.array(actions_of(problem, env))
    assert actions.shape[1:] == (2, 2)
    assert actions.dtype == np.float64
    assert actions[:, 0, 1].max() > 1
    assert actions[:, 1, 1].min() == 3


def test_whole_numbered_actions_are_rounded():
    problem, env = probe(action=spaces.Box(0, 3, (2,), np.int64))
    actions = np.array(actions_of(problem, env, 30))
    assert actions.dtype == np.int64
    assert set(actions.ravel()) == {0, 1, 2, 3}


def test_bounds_as_wide_as_their_type_are_none():
    problem, _ = probe(spaces.Box(-3.4e38, 3.4e38, (2,), np.float32))
    assert problem.senses.scale.tolist() == [1, 1]
    problem, _ = probe(spaces.Box(0, 8, (2,), np.float32), scale_observations="none")
    assert problem.senses.scale.tolist() == [1, 1]


@pytest.mark.parametrize(
    "space",
    [
        spaces.Dict({"a": spaces.Discrete(2)}),
        spaces.Tuple([spaces.Discrete(2)]),
        spaces.MultiBinary(3),
        spaces.MultiDiscrete([2, 3]),
    ],
)
def test_other_spaces_are_named_and_refused(space):
    with pytest.raises(UsageError, match="observation space") as error:
        probe(observation=space)
    assert str(space) in str(error.value)
    with pytest.raises(UsageError, match="action space"):
        probe(action=space)


def test_what_an_environment_raises_costs_one_row():
    problem, _ = probe(id="TestFragile-v0")
    networks, seeds = networks_for(problem, 20), seeds_for(20)
    evaluation = problem.evaluate(networks, seeds)
    failed = np.isnan(evaluation.fitness)
    assert 0 < failed.sum() < 20
    assert (evaluation.fitness[~failed] == 15).all()
    assert set(evaluation.errors) == set(np.flatnonzero(failed))
    assert set(evaluation.errors.values()) == {"RuntimeError: a joint came loose"}
    row = int(np.flatnonzero(failed)[0])
    alone = random_population(
        np.random.default_rng(0), problem.needs.inputs, problem.needs.outputs, 20, False
    )
    assert np.isnan(problem.evaluate(alone, seeds).fitness[row])


def test_nan_observations_and_endless_returns_cost_one_row():
    blind, _ = probe(id="TestBlind-v0")
    evaluation = blind.evaluate(networks_for(blind, 20), seeds_for(20))
    assert 0 < np.isnan(evaluation.fitness).sum() < 20
    assert set(evaluation.errors.values()) == {"an observation is NaN"}
    rich, _ = probe(id="TestRich-v0")
    evaluation = rich.evaluate(networks_for(rich, 2), seeds_for(2))
    assert np.isnan(evaluation.fitness).all()
    assert evaluation.errors == dict.fromkeys((0, 1), "the return is not finite")


def test_what_does_not_fit_is_not_read():
    short, _ = probe(id="TestShort-v0")
    assert set(short.evaluate(networks_for(short, 2), seeds_for(2)).errors) == {0, 1}
    with pytest.raises(ValueError, match="not in"):
        probe(spaces.Discrete(3))[0].senses.numbers(3)
    cartpole = evo.problem("cartpole")
    with pytest.raises(UsageError, match=r"another shape: Network\(inputs=2, outputs=2\)"):
        cartpole.evaluate(networks_for(short, 1), seeds_for(1))


def test_dynamics_that_observe_something_else_are_refused(monkeypatch):
    monkeypatch.setitem(COMPILED, "TestProbe-v0", COMPILED["CartPole-v1"])
    problem, _ = probe()
    assert problem.compiled
    with pytest.raises(UsageError, match="observe 4 numbers, the environment 2"):
        problem.evaluate(networks_for(problem, 1), seeds_for(1))


@pytest.mark.parametrize("backend", ["compiled", "gymnasium"])
@pytest.mark.parametrize("id", ["CartPole-v1", "Pendulum-v1"])
def test_nan_outputs_cost_one_row(id, backend):
    problem = evo.problem(id, backend=backend, episodes=2, max_steps=20)
    networks = networks_for(problem, 3)
    networks.bias[networks.nodes[1] : networks.nodes[2]] = np.nan
    evaluation = problem.evaluate(networks, seeds_for(3))
    assert np.isnan(evaluation.fitness).tolist() == [False, True, False]
    assert evaluation.errors == {1: "an output of the network is NaN"}
    assert evaluation.spent["steps"][1] == 0


@pytest.mark.parametrize(
    ("id", "message"),
    [
        ("CartPol-v1", r"no environment 'CartPol-v1' \(did you mean 'CartPole-v1'\?\)"),
        ("CartPole-v7", "versioned environments"),
        ("ALE/Pong-v5", "Namespace ALE not found"),
        ("Humanoid-v2", "gymnasium-robotics"),
        ("nowhere_at_all:Task-v0", "nowhere_at_all"),
        ("a:b:c-v0", "a:b:c-v0"),
        ("TestPicky-v0", "no simulator found"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*out of date")
def test_ids_that_cannot_be_made_are_explained(id, message):
    with pytest.raises(UsageError, match=message) as error:
        evo.problem(f"gym:{id}")
    assert error.value.hint


@pytest.mark.parametrize(
    ("id", "extra"), [("lunarlander", "box2d"), ("bipedalwalker", "box2d"), ("Ant-v5", "mujoco")]
)
def test_missing_extras_are_named(id, extra, monkeypatch):
    for module in [name for name in sys.modules if name.startswith("gymnasium.envs.box2d")]:
        monkeypatch.delitem(sys.modules, module)
    for module in ("Box2D", "mujoco"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=rf"\[{extra}\]") as error:
        evo.problem(id)
    assert error.value.exit_code == 4


def test_settings_have_bounds():
    with pytest.raises(ConfigError) as error:
        evo.problem("cartpole", episodes=0, max_steps=-1, backend="fast", epsiodes=3)
    assert len(error.value.problems) == 4
    with pytest.raises(UsageError, match="unexpected keyword"):
        evo.problem("cartpole", kwargs={"gravitation": 1})


def test_an_episode_can_be_watched():
    pytest.importorskip("pygame")
    problem = evo.problem("cartpole")
    frames = []
    networks = networks_for(problem, 1)
    episode = problem.episode(networks, 3, "rgb_array", frames.append)
    assert len(frames) == episode.steps + 1
    assert frames[0].shape == (400, 600, 3)
    assert episode.total == problem.validate(networks, np.array([3], np.uint64))[0]


@pytest.mark.filterwarnings("ignore:.*render_mode")
def test_what_cannot_be_watched_says_so():
    problem, _ = probe()
    with pytest.raises(UsageError, match="TestProbe-v0"):
        problem.episode(networks_for(problem, 1), 0, "rgb_array", lambda frame: None)


def test_module_ids_are_imported():
    assert evo.problem("gym:tests.problems.environments:TestProbe-v0").needs == Network(2, 2)
