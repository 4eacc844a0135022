"""Our own environments, against the same tasks written once more in plain Python.

Seen when planted: a goal that jumps one step late, a wall that is free, a high reward that changes
its side one round late, an argument that the compiled dynamics do not know of, rounds that do not
end at a wall.
"""

import subprocess
import sys

import gymnasium
import numpy as np
import pytest
from evo_envs import ENVIRONMENTS, register_environments
from gymnasium.utils.env_checker import check_env

import evo
from evo.networks.fixed import FixedTopology
from tests.test_imports import ENVIRONMENT

register_environments()
IDS = sorted(id for id, each in ENVIRONMENTS.items() if "changing" in each["entry_point"])


class PlainSteer:
    """The task of evo/Steer-v0 as its page tells it."""

    def __init__(self, point, goals):
        self.point, self.goals, self.waited = np.array(point), goals, 0
        self.moved = np.zeros(2)

    def seen(self):
        return np.concatenate([self.goals[0] - self.point, self.moved])

    def step(self, action):
        old, before = self.point, self.goals[0] - self.point
        self.point = np.clip(old + 0.1 * np.clip(action.astype(float), -1, 1), -1, 1)
        self.moved, self.waited = self.point - old, self.waited + 1
        after = np.linalg.norm(self.goals[0] - self.point)
        if after < 0.1 or self.waited == 25:
            self.goals, self.waited = np.roll(self.goals, -1, axis=0), 0
        return (np.linalg.norm(before) - after) / 0.1


class PlainMaze:
    """The task of evo/TMaze-v0 as its page tells it: a round is a path of places."""

    def __init__(self, side, change, rounds, length):
        self.side, self.change, self.rounds, self.length = side, change, rounds, length
        self.round, self.path, self.reward = 0, [], 0.0

    def seen(self):
        walked, turn = len(self.path), self.length + 1
        return [walked == 0, walked == turn, walked == 2 * turn, self.reward]

    def step(self, choice):
        turn, self.reward = self.length + 1, 0.0
        at_end, at_turn = len(self.path) == 2 * turn, len(self.path) == turn
        if at_end or (choice == "straight") == at_turn:
            self.reward = 0.0 if at_end else -0.4
            self.round, self.path = self.round + 1, []
            return self.reward
        self.path.append(choice)
        if len(self.path) == 2 * turn:
            pays = (
                self.side if self.round < self.change else {"left": "right"}.get(self.side, "left")
            )
            self.reward = 1.0 if self.path[turn] == pays else 0.1
        return self.reward


def test_steer_is_the_task_that_its_page_tells() -> None:
    env = gymnasium.make("evo/Steer-v0").unwrapped
    for seed in range(5):
        seen, _ = env.reset(seed=seed)
        plain = PlainSteer(env.state[:2], env.state[6:-1].reshape(-1, 2))
        rng, jumps = np.random.default_rng(seed), 0
        for _ in range(400):
            np.testing.assert_allclose(seen, plain.seen(), atol=1e-6)
            towards = np.clip(10 * plain.seen()[:2], -1.3, 1.3)
            action = (towards if rng.random() < 0.5 else rng.uniform(-1.3, 1.3, 2)).astype("f")
            seen, reward, ended, _, _ = env.step(action)
            assert reward == pytest.approx(plain.step(action), abs=1e-9)
            assert not ended
            jumps += plain.waited == 0
        assert jumps > 20


@pytest.mark.parametrize(("rounds", "length"), [(100, 1), (12, 0), (30, 4)])
def test_the_maze_is_the_task_that_its_page_tells(rounds: int, length: int) -> None:
    env = gymnasium.make("evo/TMaze-v0", rounds=rounds, length=length).unwrapped
    sides = set()
    for seed in range(8):
        seen, _ = env.reset(seed=seed)
        side = "left" if env.state[3] < 0 else "right"
        plain = PlainMaze(side, env.state[4], rounds, length)
        sides.add((side, plain.change))
        rng, ended = np.random.default_rng(seed), False
        while not ended:
            assert seen.tolist() == np.float32(plain.seen()).tolist()
            good = [0, 2] if plain.seen()[1] else [1]
            choice = int(rng.choice(good) if rng.random() < 0.95 else rng.integers(3))
            seen, reward, ended, _, _ = env.step(choice)
            assert reward == plain.step(("left", "straight", "right")[choice])
            assert ended == (plain.round == rounds)
    assert {side for side, _ in sides} == {"left", "right"}
    assert len({change for _, change in sides}) > 2
    assert all(0.35 * rounds - 0.5 <= change <= 0.65 * rounds + 0.5 for _, change in sides)


def test_who_remembers_the_side_gets_nearly_everything() -> None:
    env, returns = gymnasium.make("evo/TMaze-v0"), {"remembers": [], "always left": []}
    for name, found in returns.items():
        for seed in range(20):
            (seen, _), total, over, side = env.reset(seed=seed), 0.0, False, 0
            while not over:
                if name == "remembers" and 0 < seen[3] < 0.5:
                    side = 2 - side
                seen, reward, *ends, _ = env.step(side if seen[1] else 1)
                total, over = total + reward, any(ends)
            found.append(total)
    assert min(returns["remembers"]) >= 100 - 2 * 0.9 - 1e-9
    assert np.mean(returns["always left"]) == pytest.approx(55, abs=6)


@pytest.mark.parametrize("id", IDS)
def test_gymnasium_finds_no_fault(id: str) -> None:
    check_env(gymnasium.make(id, render_mode="rgb_array").unwrapped)
    assert gymnasium.make(id).unwrapped.render() is None


@pytest.mark.parametrize("order", ["gymnasium", "gymnasium, evo_envs", "evo_envs, gymnasium"])
def test_a_fresh_interpreter_can_make_them(order: str) -> None:
    calls = "evo_envs.register_environments(); " if order.startswith("evo") else ""
    makes = "; ".join(f"gymnasium.make('evo_envs:{id}').reset(seed=0)" for id in IDS)
    code = f"import {order}; {calls}{makes}"
    subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=True, timeout=60)


def test_importing_the_package_imports_no_gymnasium() -> None:
    code = "import sys, evo_envs; assert not {'gymnasium', 'numba', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=True, timeout=60)


@pytest.mark.parametrize("id", IDS)
def test_pictures_show_what_happens(id: str) -> None:
    env = gymnasium.make(id, render_mode="rgb_array").unwrapped
    env.reset(seed=1)
    first = env.render()
    env.step(1 if "TMaze" in id else np.float32([1, 1]))
    second = env.render()
    assert first.dtype == np.uint8
    assert first.shape == second.shape
    assert 0 < np.mean(first != second) < 0.2


@pytest.mark.parametrize("options", [{}, {"kwargs": {"rounds": 20, "length": 3}}])
def test_both_backends_agree_in_the_maze_whatever_its_size(options: dict) -> None:
    compiled, real = (
        evo.problem("tmaze", episodes=2, backend=backend, **options)
        for backend in ("compiled", "gymnasium")
    )
    topology = FixedTopology(compiled.needs)
    vectors = np.random.default_rng(1).normal(size=(400, topology.needs.dimensions))
    seeds = np.arange(400, dtype=np.uint64)
    found = compiled.evaluate(topology(vectors), seeds)
    # nearly all run into a wall all the time
    rows = np.argsort(-found.fitness)[:12]
    expected = real.evaluate(topology(vectors[rows]), seeds[rows])
    assert found.fitness[rows].tolist() == expected.fitness.tolist()
    assert found.spent["steps"][rows].tolist() == expected.spent["steps"].tolist()
    assert len(set(expected.fitness)) > 2
    with pytest.raises(evo.errors.UsageError, match="0 rounds of length 1"):
        evo.problem("tmaze", kwargs={"rounds": 0})


def test_names_of_what_is_seen_and_done() -> None:
    maze, steer = evo.problem("tmaze"), evo.problem("steer")
    assert maze.input_names == ["home", "turn", "end", "reward"]
    assert maze.output_names == ["left", "straight", "right"]
    assert (len(steer.input_names), len(steer.output_names)) == (4, 2)
    assert steer.max_steps == 200
