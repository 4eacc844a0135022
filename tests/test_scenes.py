"""What the evaluations of a generation take from others."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import evo
from evo.errors import UsageError
from evo.evaluation import make_evaluator
from evo.phenotype import Reals
from evo.population import Evaluation
from evo.problems.base import Problem
from evo.scenes import Scene, Setting, load_scene, scene_state
from evo.skeleton import Evolution
from evo.termination import Generations
from tests.helpers import same


class Race(Problem):
    """Who is further than the opponents, half of the last survivors, on a course that grows."""

    needs = Reals(2)

    def arrange(self, setting: Setting) -> Scene:
        met = setting.individuals if setting.population is None else setting.population
        before = 0 if setting.previous is None else setting.previous["length"]
        rows = setting.rng.permutation(len(met))[: len(met) // 2]
        return {"opponents": met.take(rows), "length": before + 1, "wind": setting.rng.random(2)}

    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        raise AssertionError("this problem is evaluated in a scene")

    def evaluate_among(
        self, phenotypes: Any, seeds: NDArray[np.uint64], scene: Scene
    ) -> Evaluation:
        mine, theirs = phenotypes.sum(axis=1), scene["opponents"].sum(axis=1)
        noise = np.array([np.random.default_rng(int(seed)).random() for seed in seeds])
        wins = (mine[:, None] > theirs).mean(axis=1)
        return Evaluation(wins + 1e-3 * noise + scene["length"] + scene["wind"].sum())


def race(evaluator: str = "serial", generations: int = 8) -> Evolution:
    parts = evo.evolution("ga", Race(), settings={"population": 20})
    place = make_evaluator(evaluator, Race(), parts.evaluator.task.development)  # pyright: ignore
    return Evolution(parts.algorithm, place, seed=4, stop=[Generations(generations)])


def test_survivors_are_evaluated_again_in_each_scene() -> None:
    evolution = race()
    assert evolution.noisy
    records = list(evolution)
    assert records[-1].evaluations == 8 * 20
    assert [int(record.worst) for record in records] == sorted(
        int(record.worst) for record in records
    )


def test_the_best_is_that_of_the_last_scene() -> None:
    """The course gets no longer, so that the wind of a lucky scene would keep the first best."""

    class Calm(Race):
        def evaluate_among(
            self, phenotypes: Any, seeds: NDArray[np.uint64], scene: Scene
        ) -> Evaluation:
            found = super().evaluate_among(phenotypes, seeds, scene)
            return Evaluation(found.fitness - 2.0 * scene["length"])

    evolution = evo.evolution("ga", Calm(), settings={"population": 20}, seed=4)
    for _ in range(6):
        record = evolution.step()
        assert evolution.best is not None
        assert evolution.best_generation == evolution.generation
        assert evolution.best.fitness[0] == record.best == record.best_so_far


@pytest.mark.parametrize("evaluator", ["threads", "processes"])
def test_scenes_go_with_every_batch(evaluator: str) -> None:
    assert list(race(evaluator)) == list(race())


def test_scenes_belong_to_the_checkpoint() -> None:
    whole, half = race(), race()
    records = list(whole)
    for _ in range(4):
        half.step()
    resumed = race()
    resumed.load_state_dict(half.state_dict())
    assert list(resumed) == records[4:]
    assert same(resumed.state_dict()["scene"], whole.state_dict()["scene"])


def test_a_scene_holds_what_can_be_saved() -> None:
    population = evo.evolution("ga", Race()).ask()
    scene = {"a": population, "b": np.arange(3), "c": {"deep": [1, 2.5, "x"]}}
    again = load_scene(scene_state(scene))
    assert again is not None
    assert same(scene_state(again), scene_state(scene))
    with pytest.raises(UsageError, match="'b' cannot be saved"):
        scene_state({"b": object()})
