"""What a control task promises about seeds and steps.

Seen when planted: validation plays one seed only (of a problem and of a champion), no step limit
for environments without one, a table of all observations for each of them.
"""

import math
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

import evo
from evo.kinds.evolution.judge import Judge
from evo.networks.fixed import FixedTopology
from evo.problems.environments import UNLIMITED
from evo.problems.spaces import senses
from tests.helpers import NoisySphere
from tests.problems.environments import Probe


class Endless(Probe):
    """Has no limit of its own, and breaks long after the one it should be given."""

    def step(self, action: Any) -> Any:
        observation, _, _, _, info = super().step(action)
        if self.steps > UNLIMITED + 100:
            raise RuntimeError("nobody ended this episode")
        return observation, 1.0, False, False, info


gymnasium.register("TestEndless-v0", Endless)


def network(problem: Any) -> Any:
    topology = FixedTopology(problem.needs)
    return topology(np.random.default_rng(0).normal(size=(1, topology.needs.dimensions)))


def test_episodes_end_where_neither_task_nor_settings_say_so() -> None:
    problem = evo.problem("TestEndless-v0", episodes=1)
    evaluation = problem.evaluate(network(problem), np.array([3], np.uint64))
    assert evaluation.errors == {}
    assert evaluation.spent["steps"].tolist() == [UNLIMITED]
    assert evaluation.fitness.tolist() == [UNLIMITED]
    shorter = evo.problem("TestEndless-v0", episodes=1, max_steps=7)
    assert shorter.evaluate(network(shorter), np.array([3], np.uint64)).fitness.tolist() == [7]


def test_a_problem_is_validated_with_every_seed() -> None:
    problem, seeds = NoisySphere(), np.arange(5, dtype=np.uint64)
    point = np.zeros((1, 3))
    expected = [problem.evaluate(point, seeds[i : i + 1]).fitness[0] for i in range(5)]
    assert problem.validate(point, seeds).tolist() == expected
    assert len(set(expected)) == 5


def test_a_control_task_is_validated_with_every_seed() -> None:
    problem = evo.problem("Pendulum-v1", max_steps=20)
    seeds = np.arange(5, dtype=np.uint64)
    returns = problem.validate(network(problem), seeds).tolist()
    assert len(set(returns)) == 5
    assert returns == [problem.episode(network(problem), int(seed)).total for seed in seeds]


def test_a_champion_is_judged_by_as_many_episodes_as_asked_for() -> None:
    problem = NoisySphere()
    run = evo.evolution("es", problem, seed=1, generations=3)
    run.run()
    (champion,) = Judge(problem, lambda genomes: genomes, problem.goal, 25).conclude(run)
    scores = champion.figures["fitness"]
    assert len(set(champion.seeds)) == len(set(scores)) == 25
    assert math.isclose(champion.mean, sum(scores) / 25)
    seeds = np.array(champion.seeds, np.uint64)
    assert problem.validate(champion.individual.genomes, seeds).tolist() == scores


def test_an_observation_of_many_choices_takes_one_row_and_no_table() -> None:
    many = 1_000_000  # a table of so many rows would take 8 TB
    numbers = senses(spaces.Discrete(many, start=-5), "Many-v0", "bounds").numbers
    for choice in (-5, 0, many - 6):
        assert np.flatnonzero(numbers(choice)).tolist() == [choice + 5]
        assert numbers(choice).sum() == 1.0
