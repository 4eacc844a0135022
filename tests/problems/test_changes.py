"""Control tasks that change within an episode.

Seen when planted: a change one step late in one backend, a component that is the same for
all, the last quarter one step short, an episode without the change, a sensor that reads 0
before it is scaled, bounds that are not mirrored, draws that are those of the environment.
"""

from typing import Any, ClassVar

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

import evo
from evo.errors import ConfigError, UsageError
from evo.networks.activate import outputs
from evo.networks.fixed import FixedTopology
from evo.networks.flat import Networks
from evo.problems.episodes import episode_seeds
from evo.reports.views.episode import draw
from tests.networks.random_networks import random_population

LIMIT = 40


class Steady(gymnasium.Env):
    """Always shows the same, pays the number of the step, and keeps the actions it gets."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}
    observation_space = spaces.Box(np.float32([0, 0]), np.float32([1, 4]))
    action_space: spaces.Space[Any] = spaces.Box(
        np.float32([-1, 0, -np.inf, -0.1]), np.float32([1, 10, np.inf, np.inf])
    )
    seen = np.float32([0.75, 1.0])

    def __init__(self, choices: int | None = None, last: int = LIMIT) -> None:
        self.last = last
        if choices is not None:
            self.action_space = spaces.Discrete(choices, start=-3)

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        self.actions: list[Any] = []
        return self.seen, {}

    def step(self, action: Any) -> Any:
        assert self.action_space.contains(action), action
        self.actions.append(action)
        count = len(self.actions)
        return self.seen, float(count), count >= self.last, False, {}


gymnasium.register("TestSteady-v0", Steady, max_episode_steps=LIMIT)
gymnasium.register("TestUnlimited-v0", Steady)


def networks_for(problem: Any, count: int, recurrent: bool = False) -> Networks:
    inputs, outs = problem.needs.inputs, problem.needs.outputs
    return random_population(np.random.default_rng(3), inputs, outs, count, recurrent)


def a_network(problem: Any, seed: int = 0) -> Networks:
    topology = FixedTopology(problem.needs)
    return topology(np.random.default_rng(seed).normal(size=(1, topology.needs.dimensions)))


def played(change: str, seed: int = 11, **kwargs: Any) -> tuple[Any, list[Any], Any]:
    """A problem, the actions that its environment got, and the change of that episode."""
    problem = evo.problem("TestSteady-v0", change=change, episodes=1, kwargs=kwargs)
    assert np.isfinite(problem.episode(a_network(problem), seed).total)
    drawn = problem.changes.drawn(episode_seeds(seed, 1)[0])
    return problem, problem._env().unwrapped.actions, drawn


AGREE = [
    *(("CartPole-v1", change) for change in ("reversed-actions", "blind-sensor")),
    *(("evo/Steer-v0", change) for change in ("reversed-actions", "broken-action", "blind-sensor")),
    ("evo/TMaze-v0", "reversed-actions"),
    *(("Pendulum-v1", change) for change in ("reversed-actions", "blind-sensor")),
    ("Acrobot-v1", "reversed-actions"),
    ("MountainCarContinuous-v0", "reversed-actions"),
]


@pytest.mark.parametrize("recurrent", [False, True])
@pytest.mark.parametrize(("id", "change"), AGREE)
def test_both_backends_agree_bit_for_bit(id: str, change: str, recurrent: bool) -> None:
    # episodes of cartpole end early, so that some of them never come to the change
    options = {"episodes": 2, "max_steps": 24 if id == "CartPole-v1" else 120, "change": change}
    compiled, real = evo.problem(id, **options), evo.problem(id, backend="gymnasium", **options)
    same = evo.problem(id, **(options | {"change": "none"}))
    networks, seeds = networks_for(compiled, 16, recurrent), np.arange(16, dtype=np.uint64)
    found, expected = (each.evaluate(networks, seeds) for each in (compiled, real))
    assert found.fitness.tolist() == expected.fitness.tolist()
    assert found.spent["steps"].tolist() == expected.spent["steps"].tolist()
    assert set(found.results) == {"before", "after"}
    for name, values in found.results.items():
        assert values.tolist() == expected.results[name].tolist()
    if id != "Acrobot-v1":  # whose reward says nothing in so few steps
        assert found.fitness.tolist() != same.evaluate(networks, seeds).fitness.tolist()
    one, first = networks.take(slice(0, 1)), evo.problem(id, **(options | {"episodes": 1}))
    assert compiled.validate(one, seeds[:1]).tolist() == first.evaluate(one, seeds[:1]).fitness


def test_reversed_numbers_are_mirrored_at_the_centre_of_their_bounds() -> None:
    problem, actions, change = played("reversed-actions")
    assert len({tuple(each) for each in actions[: change.step]}) == 1
    assert len({tuple(each) for each in actions[change.step :]}) == 1
    before, after = actions[0], actions[-1]
    np.testing.assert_allclose(after[:3], [-before[0], 10 - before[1], -before[2]], rtol=1e-6)
    seen = problem.senses.numbers(Steady.seen) * problem.senses.scale + problem.senses.shift
    output = outputs(a_network(problem), seen[None])[0, 0, 3]
    assert abs(output) > 0.1
    np.testing.assert_allclose((before[3], after[3]), np.maximum([output, -output], -0.1), 1e-6)


@pytest.mark.parametrize("choices", [2, 5])
def test_reversed_choices_are_counted_from_the_other_end(choices: int) -> None:
    _, actions, change = played("reversed-actions", choices=choices)
    assert set(actions[: change.step]) == {actions[0]}
    assert set(actions[change.step :]) == {choices - 1 - (actions[0] + 3) - 3}


def test_one_number_of_a_broken_action_stays_at_the_centre() -> None:
    broken = set()
    for seed in range(20):
        _, actions, change = played("broken-action", seed)
        before, after = actions[change.step - 1], actions[change.step]
        expected = before.copy()
        expected[change.component] = [0.0, 5.0, 0.0, 0.0][change.component]
        assert after.tolist() == actions[-1].tolist() == expected.tolist()
        broken.add(change.component)
    assert broken == {0, 1, 2, 3}


def test_a_blind_sensor_reads_zero_after_scaling() -> None:
    blind = set()
    for seed in range(8):
        problem, actions, change = played("blind-sensor", seed, choices=3)
        seen = problem.senses.numbers(Steady.seen) * problem.senses.scale + problem.senses.shift
        assert seen.tolist() == [0.5, -0.5]
        without = seen.copy()
        without[change.component] = 0.0
        for inputs, action in ((seen, actions[change.step - 1]), (without, actions[change.step])):
            chosen = int(np.argmax(outputs(a_network(problem), inputs[None])[0, 0]))
            assert action == chosen - 3
        blind.add(change.component)
    assert blind == {0, 1}


def test_the_step_is_drawn_from_the_episodes_own_seed() -> None:
    between = (0.3, 0.7)
    changes = evo.problem(
        "cartpole", max_steps=50, change="blind-sensor", change_between=between
    ).changes
    drawn = [changes.drawn(seed) for seed in range(300)]
    assert {each.step for each in drawn} == set(range(15, 36))
    assert {each.component for each in drawn} == {0, 1, 2, 3}
    assert drawn == [changes.drawn(seed) for seed in range(300)]
    # the environment has the same seed, and must not draw the same numbers
    rngs = [np.random.default_rng(seed) for seed in range(300)]
    equal = [each.step == rng.integers(15, 36) for each, rng in zip(drawn, rngs, strict=True)]
    assert np.mean(equal) < 0.2


@pytest.mark.parametrize("between", [(0.25, 0.25), (0.4, 0.6), (0.75, 0.75)])
def test_rewards_are_those_of_the_quarters_before_the_change_and_at_the_end(
    between: tuple[float, float],
) -> None:
    problem = evo.problem(
        "TestSteady-v0", change="reversed-actions", change_between=between, episodes=1
    )
    seed = np.array([5], np.uint64)
    found = problem.evaluate(a_network(problem), seed)
    step = problem.changes.drawn(episode_seeds(5, 1)[0]).step
    paid = np.arange(1, LIMIT + 1)
    assert found.results["before"].tolist() == [paid[step - 10 : step].mean()]
    assert found.results["after"].tolist() == [paid[-10:].mean()]
    assert found.fitness.tolist() == [paid.sum()]


def test_steps_after_an_early_end_count_as_nothing() -> None:
    problem = evo.problem(
        "TestSteady-v0", change="reversed-actions", episodes=1, kwargs={"last": 33}
    )
    found = problem.evaluate(a_network(problem), np.array([5], np.uint64))
    assert found.results["after"].tolist() == [(31 + 32 + 33) / 10]


def test_a_recording_says_when_the_task_changed() -> None:
    problem, actions, change = played("reversed-actions", choices=5)
    recording = problem.recording(a_network(problem), 11)
    assert recording["change"] == {"kind": "reversed-actions", "step": change.step}
    assert recording["actions"] == [action + 3 for action in actions]
    assert "reversed-actions</title>" in draw(recording)
    assert "reversed-actions" not in draw(recording | {"change": None})


@pytest.mark.parametrize("backend", ["compiled", "gymnasium"])
def test_a_champion_is_tested_before_and_after(backend: str) -> None:
    problem = evo.problem(
        "Pendulum-v1", change="reversed-actions", max_steps=40, episodes=30, backend=backend
    )
    network = a_network(problem)
    found = problem.test(network)
    assert found["examples"] == 120
    assert set(found["figures"]) == {"before", "after"}, "a share of a loss means nothing"
    assert found == problem.test(network)
    assert evo.problem("Pendulum-v1").test(network) is None
    steady = evo.problem("TestSteady-v0", change="reversed-actions", change_between=(0.5, 0.5))
    assert steady.test(a_network(steady)) == {
        "figures": {"before": 15.5, "after": 35.5, "recovered": 35.5 / 15.5},
        "examples": 100,
    }


def test_the_test_uses_episodes_that_no_run_has() -> None:
    from evo.rng import Role, Streams

    used = {int(s) for role in Role for s in Streams(0).seeds(0, role, 20) if role != Role.TEST}
    assert not used & {int(seed) for seed in Streams(0).seeds(0, Role.TEST, 20)}


def test_a_network_that_fails_has_neither_before_nor_after() -> None:
    problem = evo.problem("cartpole", change="blind-sensor", max_steps=20)
    networks = networks_for(problem, 3)
    networks.bias[networks.nodes[1] : networks.nodes[2]] = np.nan
    found = problem.evaluate(networks, np.zeros(3, np.uint64))
    assert np.isnan(found.results["before"]).tolist() == [False, True, False]
    assert problem.test(networks.take(slice(1, 2))) is None


@pytest.mark.parametrize(
    ("id", "options", "words"),
    [
        ("TestUnlimited-v0", {"change": "blind-sensor"}, "TestUnlimited-v0 has no step limit"),
        ("CartPole-v1", {"change": "blind-sensor", "max_steps": 3}, "too short to change"),
        ("CartPole-v1", {"change": "broken-action"}, "those of CartPole-v1 are 2 choices"),
        ("Pendulum-v1", {"change": "broken-action"}, "those of Pendulum-v1 are one number"),
    ],
)
def test_what_cannot_change_is_refused(id: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words) as error:
        evo.problem(id, **options)
    assert error.value.hint
    assert evo.problem(id).changes.kind == 0
    if id == "TestUnlimited-v0":
        assert evo.problem(id, max_steps=30, **options).changes


@pytest.mark.parametrize("between", [(0.2, 0.5), (0.5, 0.8), (0.6, 0.4), (0.5,)])
def test_the_change_leaves_a_quarter_on_either_side(between: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="change_between"):
        evo.problem("cartpole", change="blind-sensor", change_between=between)
