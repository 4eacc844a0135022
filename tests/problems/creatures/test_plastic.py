"""Creatures whose networks learn while they live, by the same rules as in control tasks.

Seen when planted: a film of a creature that does not learn, weights that a life leaves to the next,
coefficients that no genome carries, nodes that lose their pace where their links learn.
"""

import json
import pickle

import numpy as np
import pytest

import evo.compose
from evo.errors import UsageError
from evo.networks.flat import Networks
from evo.phenotype import Parts
from tests.problems.creatures.test_brains import BODY, creatures, networks

SEEDS = np.array([3], np.uint64)
LEARNS = {"rule": "abcd", "inherit": "baldwin", "learning_rate": 0.05}


def plastic(task="walk", kind="neat", learns=LEARNS, **settings):
    settings = {"guards": "none", "seconds": 1.0, "brain": {"kind": kind}, **settings}
    return evo.compose.problem(task, {"lifetime": learns}, **settings)


@pytest.fixture
def given(tmp_path):
    """Settings of a body that does not evolve."""
    (tmp_path / "body.json").write_text(json.dumps(BODY.describe()))
    return {"file": str(tmp_path / "body.json")}


@pytest.mark.parametrize("kind", ["neat", "ctrnn"])
@pytest.mark.parametrize("of", ["network", "links"])
def test_genomes_carry_how_links_change_beside_what_the_brain_needs(kind, of, given):
    pace = ("pace",) if kind == "ctrnn" else ()
    coefficients = ("a", "b", "c", "d")
    learns = {**LEARNS, "of": of, "evolve": ("learning_rate",)}
    for body in ({}, given):
        need = plastic(kind=kind, learns=learns, body=body).needs
        traits = (dict(need.parts)["brain"] if isinstance(need, Parts) else need).traits
        assert traits.node == pace
        assert traits.network == ("learning_rate", *(coefficients if of == "network" else ()))
        assert traits.link == (coefficients if of == "links" else ())


@pytest.mark.parametrize("kind", ["neat", "ctrnn"])
@pytest.mark.parametrize("task", ["walk", "follow", "compete"])
def test_a_life_is_learnt_anew_each_time_it_is_scored_and_filmed(task, kind):
    problem, fixed = plastic(task, kind), plastic(task, kind, {**LEARNS, "inherit": "darwin"})
    both = creatures(problem)
    score = problem.evaluate_among if task == "compete" else problem.evaluate
    rest = ({"rivals": creatures(problem, 1)},) if task == "compete" else ()
    first = score(both, SEEDS, *rest).fitness
    again = pickle.loads(pickle.dumps(problem))
    assert score(both, SEEDS, *rest).fitness == first
    assert getattr(again, score.__name__)(creatures(again), SEEDS, *rest).fitness == first
    assert getattr(fixed, score.__name__)(both, SEEDS, *rest).fitness != first
    if task == "compete":
        return
    task = problem.inner
    body, brain = task.creature(both, 0)
    assert len(brain.wiring.rates) == (len(brain.network.bias) if kind == "ctrnn" else 0)
    lives = task.lives(body, brain)
    kick, targets = task.start(3, body)
    tracks = [lives.live(1.0, kick, targets).track.tobytes() for _ in range(2)]
    assert tracks[0] == tracks[1]
    filmed = lives.live(1.0, kick, targets, filmed=True)
    assert filmed.track.tobytes() == tracks[0]
    places = problem.film(both, 3, every=1).poses[-1, 0, :3]
    assert (places == filmed.poses[-1, 0, :3]).all()


def test_a_whole_network_learns_in_a_given_body(given):
    problem = plastic(body=given)
    fixed = plastic(body=given, learns={**LEARNS, "inherit": "darwin"})
    batch = networks(problem.needs)
    assert isinstance(batch, Networks)
    scores = [each.evaluate(batch, SEEDS).fitness[0] for each in (problem, problem, fixed)]
    assert scores[0] == scores[1] != scores[2]


def test_an_audit_with_guards_is_of_a_creature_that_learns():
    problem = plastic().inner
    assert problem.with_settings(guards="strict").guarded
    assert problem.with_settings(guards="strict").plasticity is problem.plasticity is not None


def test_a_champion_tells_what_it_learns_by():
    problem = plastic(learns={**LEARNS, "evolve": ("learning_rate",)})
    told = problem.describe(creatures(problem))["learns_by"]
    assert set(told) == {"a", "b", "c", "d", "learning_rate"}
    assert 0.005 <= told["learning_rate"] <= 0.5
    assert problem.told(3.2, {"parts": 5.0}) == "walks 3.2 m, 5 parts"


@pytest.mark.parametrize(
    ("kind", "learns", "words"),
    [
        ("neat", {"modulation": "reward"}, "lifetime.modulation"),
        ("neat", {"inherit": "lamarck"}, "lifetime.inherit=baldwin"),
        ("neat", {"rule": "bp"}, "no lessons"),
        ("sine", {}, "brain.kind to neat or ctrnn"),
        ("ctrnn", {"rule": "dfa", "evolve": ("feedback",)}, "carry traits already"),
    ],
)
def test_what_creatures_cannot_learn_by_is_refused_in_words(kind, learns, words):
    with pytest.raises(UsageError) as caught:
        plastic(kind=kind, learns={**LEARNS, **learns})
    assert words in f"{caught.value} {caught.value.hint}"
