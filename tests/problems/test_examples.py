"""Problems made of examples: figures as NumPy has them, parts that do not mix, batches by the seed.

Seen when planted: fitness from validation examples, a test that takes the training examples, a
batch by the row and not by its seed, a seed that the division ignores.
"""

import pickle

import numpy as np
import pytest

import evo
from evo.data import Data, Examples, Form, data
from evo.data.base import DataSettings
from evo.errors import ConfigError, UnknownName, UsageError
from evo.evaluation import make_evaluator
from evo.networks.activate import Policy
from evo.networks.fixed import FixedTopology, Settings
from evo.problems.base import lesson_stream
from evo.problems.classification import Classification
from evo.problems.examples import CHUNK
from evo.problems.on_data import OnData
from evo.problems.regression import Regression
from evo.rng import Role, Streams
from evo.scores import Score


class Line(Data):
    """Numbers that add up; the form is not told before they are read."""

    def read(self, rng):
        x = rng.normal(size=(60, 3)).astype(np.float32)
        return Examples(x[:40], x[:40] @ A), Examples(x[40:], x[40:] @ A)


A = np.array([[1.0, 0.0], [0.5, -1.0], [0.0, 2.0]], np.float32)


def networks(problem, n=4, seed=0, hidden=(5,)):
    topology = FixedTopology(problem.needs, Settings(hidden=hidden))
    vectors = np.random.default_rng(seed).normal(size=(n, topology.needs.dimensions))
    return topology, vectors


def by_numpy(found, examples):
    """Cross-entropy and accuracy of each network, one example at a time."""
    losses, shares = [], []
    for row in range(len(found)):
        policy = Policy(found, row)
        given = np.array([policy(x).copy() for x in examples.inputs])
        exps = np.exp(given - given.max(1, keepdims=True))
        p = exps / exps.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(p)), examples.targets]).mean())
        shares.append((given.argmax(1) == examples.targets).mean())
    return np.array(losses), np.array(shares)


def evaluate(problem, found, seeds=None):
    seeds = np.zeros(len(found), np.uint64) if seeds is None else np.array(seeds, np.uint64)
    return problem.evaluate(found, seeds)


def test_each_part_of_the_examples_is_used_for_what_it_is_for():
    problem = evo.problem("spirals", arms=3, examples=100, test_examples=40).seeded(5)
    topology, vectors = networks(problem)
    found = topology(vectors)
    parts = data("spirals", arms=3, examples=100, test_examples=40).load(
        Streams(5).generator(0, Role.DATA)
    )
    loss, share = by_numpy(found, parts.train)
    evaluation = evaluate(problem, found)
    np.testing.assert_allclose(evaluation.fitness, -loss, rtol=1e-12)
    np.testing.assert_array_equal(evaluation.results["accuracy"], share)
    assert evaluation.spent["examples"].tolist() == [90] * 4
    one = found.take(slice(1, 2))
    assert (
        problem.validate(one, np.arange(3)).tolist() == [by_numpy(one, parts.validation)[1][0]] * 3
    )
    tested, (loss, share) = problem.test(one), by_numpy(one, parts.test)
    assert tested["examples"] == 40
    assert tested["figures"] == {"cross-entropy": pytest.approx(loss[0]), "accuracy": share[0]}
    table = np.array(tested["confusion"])
    assert table.sum(axis=1).tolist() == np.bincount(parts.test.targets, minlength=3).tolist()
    assert np.trace(table) / 40 == share[0]


def test_the_score_may_be_accuracy():
    problem = evo.problem("two-moons", score="accuracy", examples=50)
    topology, vectors = networks(problem)
    assert problem.scores == (Score("accuracy"),)
    assert problem.judged is None
    found = topology(vectors)
    share = by_numpy(found, problem.examples.train)[1]
    np.testing.assert_array_equal(evaluate(problem, found).fitness, share)
    other = evo.problem("two-moons")
    assert (other.scores[0].name, other.judged) == ("cross-entropy", Score("accuracy"))


def test_the_seed_of_a_run_divides_the_examples():
    problem = evo.problem("digits")
    rows = [problem.seeded(seed).examples.validation.inputs.tobytes() for seed in (0, 1, 1)]
    assert rows[0] != rows[1] == rows[2]
    assert problem.seeded(3).examples.test.inputs.shape == (359, 64)


def test_an_evolution_hands_its_seed_to_the_problem():
    evolution = evo.evolution("ga", evo.problem("spirals", examples=60), seed=3, generations=1)
    evolution.run()
    problem = evo.problem("spirals", examples=60).seeded(3)
    expected = evaluate(problem, evolution.phenotypes(evolution.best)).fitness
    assert evolution.best.fitness.tolist() == expected.tolist()


def test_many_examples_add_up_over_chunks():
    problem = evo.problem("two-moons", examples=2 * CHUNK + 77, validation=0)
    topology, vectors = networks(problem, 2)
    found = topology(vectors)
    np.testing.assert_allclose(
        evaluate(problem, found).fitness, -by_numpy(found, problem.examples.train)[0], rtol=1e-10
    )


def test_a_batch_follows_from_the_seed_alone():
    problem = evo.problem("spirals", batch=30)
    assert (problem.noisy, problem.common_random_numbers) == (True, True)
    topology, vectors = networks(problem, 3)
    same = topology(np.repeat(vectors[:1], 6, axis=0))
    fitness = evaluate(problem, same, [7, 7, 8, 8, 7, 9]).fitness
    assert fitness[0] == fitness[1] == fitness[4]
    assert len({*fitness.tolist()}) == 3
    each = [evaluate(problem, same.take(slice(i, i + 1)), [s]) for i, s in enumerate([7, 7, 8])]
    assert [e.fitness[0] for e in each] == fitness[:3].tolist()
    assert each[0].spent["examples"].tolist() == [30]
    assert len({*problem.validate(same.take(slice(0, 1)), np.arange(5)).tolist()}) == 1
    assert not problem.noisy_validation


@pytest.mark.parametrize(("kind", "workers"), [("threads", 2), ("processes", 1)])
def test_it_is_the_same_in_workers(kind, workers):
    problem = evo.problem("spirals", batch=30).seeded(2)
    topology, vectors = networks(problem, 20)
    expected = evaluate(problem, topology(vectors), [4] * 20).fitness
    with make_evaluator(kind, problem, topology, workers=workers) as evaluator:
        found = evaluator.evaluate(vectors, np.full(20, 4, np.uint64))
    assert np.array_equal(found.fitness, expected)
    again = pickle.loads(pickle.dumps(problem))
    assert np.array_equal(evaluate(again, topology(vectors), [4] * 20).fitness, expected)


def test_recurrent_networks_see_an_example_for_some_steps():
    evolution = evo.evolution(
        "neat", evo.problem("two-moons", examples=60, steps=3), generations=2,
        genome={"recurrent": True}, settings={"population": 10},
    )  # fmt: skip
    evolution.run()
    assert np.isfinite(evolution.best.fitness).all()


def test_lessons_are_the_training_examples_and_learners_are_scored_on_others():
    problem = evo.problem("spirals", arms=3, examples=60).seeded(1)
    lessons = problem.lessons(np.random.default_rng(0))
    assert lessons.inputs.shape == (54, 2)
    assert lessons.answers.sum(axis=1).tolist() == [1.0] * 54
    assert lessons.answers.argmax(axis=1).tolist() == problem.examples.train.targets.tolist()
    topology, vectors = networks(problem)
    found, taught = topology(vectors), problem.for_learners()
    loss = by_numpy(found, problem.examples.validation)[0]
    np.testing.assert_allclose(evaluate(taught, found).fitness, -loss, rtol=1e-12)
    assert taught.lessons(np.random.default_rng(0)).inputs.shape == (54, 2)
    in_batches = evo.problem("spirals", arms=3, examples=60, batch=20).seeded(1).for_learners()
    assert not in_batches.noisy
    np.testing.assert_allclose(evaluate(in_batches, found).fitness, -loss, rtol=1e-12)
    with pytest.raises(UsageError, match=r"problem\.validation is 0"):
        evo.problem("spirals", validation=0).for_learners()


def test_answers_that_are_numbers(tmp_path):
    problem = OnData(Line)().seeded(4)
    assert isinstance(problem, Regression)
    assert (problem.needs.inputs, problem.needs.outputs) == (3, 2)
    topology, _ = networks(problem, hidden=())
    exact = np.concatenate([np.zeros((2, 1)), A.T], axis=1).reshape(1, -1)
    found = topology(np.concatenate([exact, np.zeros_like(exact)]))
    train = problem.examples.train
    np.testing.assert_allclose(
        evaluate(problem, found).fitness, [0.0, -np.square(train.targets).mean()], atol=1e-10
    )
    assert problem.lessons(np.random.default_rng(0)).answers.shape == (36, 2)
    assert problem.test(found.take(slice(0, 1)))["figures"]["squared-error"] < 1e-10
    with pytest.raises(UsageError, match="more or less right"):
        OnData(Line)({"score": "accuracy"})


def test_files_are_classified_or_fitted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = np.random.default_rng(0).normal(size=(30, 2))
    np.savez("classes.npz", x=x, y=(x[:, 0] > 0).astype(float))
    np.savez("numbers.npz", x=x, y=x[:, 0] * x[:, 1])
    assert isinstance(evo.problem("classes.npz"), Classification)
    assert isinstance(evo.problem("numbers.npz"), Regression)
    as_numbers = evo.problem("classes.npz", answers="numbers")
    assert isinstance(as_numbers, Regression)
    assert as_numbers.examples.train.targets.shape == (22, 1)
    with pytest.raises(UsageError, match="class numbers"):
        evo.problem("numbers.npz", answers="classes")


class Liar(Line):
    def form(self):
        return Form((3,), 0, 1)


class Bold(Data):
    class Settings(DataSettings):
        score: float = 1.0

    def read(self, rng):
        raise AssertionError


def test_what_does_not_fit_is_refused_in_words():
    problem = OnData(Liar)()
    with pytest.raises(UsageError, match=r"correct its form\(\)"):
        _ = problem.examples
    with pytest.raises(UsageError, match="Bold has settings called score"):
        _ = OnData(Bold).Settings
    with pytest.raises(UsageError, match=r"problem\.batch = 5000: there are 900 examples"):
        _ = evo.problem("spirals", batch=5000).scored
    with pytest.raises(ConfigError, match=r"problem\.scor.*'score'"):
        evo.problem("spirals", scor="loss")
    with pytest.raises(UnknownName, match="did you mean 'spirals'"):
        evo.problem("spiral")


def test_a_network_whose_outputs_are_not_numbers_has_failed():
    problem = evo.problem("two-moons", examples=20)
    topology, vectors = networks(problem, 3)
    vectors[1] = 1e308
    with make_evaluator("serial", problem, topology) as evaluator:
        found = evaluator.evaluate(vectors, np.zeros(3, np.uint64))
    assert list(found.errors) == [1]
    assert np.isfinite(found.fitness[[0, 2]]).all()


def test_classes_that_drift_are_the_same_in_the_lessons_and_in_the_score_of_a_seed():
    drifting = evo.problem("digits", drift=4)
    plain = evo.problem("digits")
    assert drifting.noisy and drifting.noisy_validation and not plain.noisy
    topology, vectors = networks(plain, 3)
    three = topology(vectors)
    seeds = np.array([3, 3, 8], np.uint64)
    figures = drifting.evaluate(three, seeds).fitness
    for row, seed in enumerate(seeds):
        lessons = drifting.lessons(lesson_stream(seed))
        moved = (lessons.answers != plain.lessons(lesson_stream(seed)).answers).any(axis=0)
        assert moved.sum() == 4
        one = three.take(slice(row, row + 1))
        examples = plain.scored._replace(targets=lessons.answers.argmax(axis=1))
        expected = -plain.figures(one, examples)["cross-entropy"]
        assert figures[row] == expected
    assert not np.array_equal(
        drifting.lessons(lesson_stream(3)).answers, drifting.lessons(lesson_stream(8)).answers
    )
    judged = drifting.validate(three.take(slice(0, 1)), np.arange(5, dtype=np.uint64))
    assert len(set(judged)) > 1
    assert drifting.test(three.take(slice(0, 1))) is None


@pytest.mark.parametrize("drift", [1, 11])
def test_a_number_of_classes_that_cannot_drift_is_refused(drift):
    with pytest.raises(UsageError, match="change places"):
        evo.problem("digits", drift=drift)
