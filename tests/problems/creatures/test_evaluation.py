"""Creatures are evaluated in threads and processes as in one thread, and runs go on as they were.

Seen when planted: memory of brains that threads share, a problem that forgets its settings on the
way to a process.
"""

import copy

import numpy as np
import pytest
from evo_envs.creatures import stage

import evo
from evo.evaluation import make_evaluator
from evo.genomes.bodies.creatures import Creature
from evo.genomes.bodies.representation import Bodies
from evo.problems.creatures.life import Lives
from evo.problems.creatures.settings import BrainSettings
from evo.problems.creatures.task import GUARD
from evo.problems.creatures.walk import Swim, Walk
from evo.skeleton import Evolution
from tests.helpers import same
from tests.problems.creatures.bodies import BALL, EEL, TABLE, WAVES, batch, brain

SETTINGS = {"seconds": 0.6, "kick": 0.3, "guards": "none"}


def drawn(count):
    """A task, genomes for it and what they develop into."""
    task = Swim(Swim.Settings(**SETTINGS), None, BrainSettings(kind="cpg"))
    representation = Bodies(Creature("cpg"), Bodies.Operators(max_parts=5))
    genomes = representation.start(count, np.random.default_rng(1))
    return task, representation.development(), genomes


@pytest.mark.parametrize(("kind", "workers"), [("threads", 2), ("processes", 2)])
def test_evaluations_are_the_same_wherever_they_run(kind, workers):
    task, development, genomes = drawn(16)
    seeds = np.arange(16, dtype=np.uint64)
    alone = task.evaluate(development(genomes), seeds)
    assert np.isfinite(alone.fitness).sum() > 10
    with make_evaluator(kind, task, development, workers=workers) as evaluator:
        for _ in range(2):
            found = evaluator.evaluate(genomes, seeds)
            assert found.fitness.tobytes() == alone.fitness.tobytes()
            assert same(dict(found.results), alone.results)
            assert found.spent["seconds"].tolist() == alone.spent["seconds"].tolist()


class Cramped(Walk):
    """Walking where MuJoCo has too little memory for bodies of many parts."""

    def lives(self, body, brain, *more) -> Lives:
        whole = stage.ARENA
        try:
            stage.ARENA = 20_000 if len(body.parts) > 4 else whole
            return super().lives(body, brain, *more)
        finally:
            stage.ARENA = whole


def test_a_fatal_error_of_the_physics_costs_one_creature(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where MuJoCo leaves a file about it
    creatures = batch((BALL, brain(BALL)), (TABLE, brain(TABLE)), (EEL, WAVES), (EEL, WAVES))
    task = Cramped(Cramped.Settings(seconds=0.5, guards="none"))
    with make_evaluator("processes", task, Same(), workers=1) as evaluator:
        found = evaluator.evaluate(creatures, np.ones(4, np.uint64))
    assert dict(found.errors) == {1: "its process died"}
    assert np.isfinite(found.fitness).tolist() == [True, False, True, True]
    assert (found.results[GUARD][[0, 2, 3]] == -1).all()


class Same:
    """A development for phenotypes."""

    def __call__(self, genomes):
        return genomes


@pytest.mark.parametrize(
    ("name", "settings", "brain"),
    [("swim", {}, "sine"), ("follow", {"starts": 2}, "cpg"), ("walk", {}, "neat")],
)
def test_a_run_that_is_taken_up_is_as_one_that_was_not_interrupted(name, settings, brain):
    def start() -> Evolution:
        return evo.evolution(
            "creatures",
            evo.problem(name, seconds=0.5, brain={"kind": brain}, **settings),
            seed=3,
            generations=3,
            workers=1,
            settings={"population": 8, "protection": "age", "newcomers": 0.2},
        )

    whole, states = start(), []
    for _ in whole:
        states.append(copy.deepcopy(whole.state_dict()))
    resumed = start()
    resumed.load_state_dict(states[0])
    assert [record.generation for record in resumed] == [2, 3]
    ends = [each.state_dict() for each in (resumed, whole)]
    assert all(each.pop("elapsed") is not None for each in ends)
    assert same(*ends)
