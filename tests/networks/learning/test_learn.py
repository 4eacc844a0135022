"""What all rules share: rows by themselves, divergence, and what is refused."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from evo.errors import UnknownName, UsageError
from evo.networks.activate import outputs
from evo.networks.functions import Activation
from evo.networks.learning import Settling, draw_feedback, learn
from tests.networks.learning.pupils import lessons, random_pupils, single

FUNCTIONS = [Activation.TANH, Activation.SIGMOID, Activation.RELU, Activation.GAUSS]


def pupils(n=12, recurrent=False):
    rng = np.random.default_rng(0)
    networks = random_pupils(
        rng, n, activations=FUNCTIONS, aggregations=range(7), recurrent=recurrent
    )
    return networks, lessons(rng, networks, length=5 if recurrent else None)


def one_of(lesson, row):
    inputs, targets, order, rates = lesson
    return inputs, targets, order[row : row + 1], rates[row]


def same(first, second):
    return np.array_equal(first, second, equal_nan=True)


@pytest.mark.parametrize(
    ("rule", "recurrent"),
    [(rule, False) for rule in ("bp", "fa", "frsf", "dfa")]
    + [(rule, True) for rule in ("bp", "fa", "frsf")],
)
def test_a_network_learns_the_same_alone_and_among_others(rule, recurrent):
    networks, lesson = pupils(recurrent=recurrent)
    seeds = np.arange(100, 112)
    drawn = None if rule == "bp" else draw_feedback(networks, rule, seeds)
    together = learn(networks, *lesson, rule=rule, momentum=0.3, feedback=drawn)
    assert not same(together.networks.weights, networks.weights)
    for row in range(len(networks)):
        alone = single(networks, row)
        feedback = None if rule == "bp" else draw_feedback(alone, rule, seeds[row : row + 1])
        learnt = learn(alone, *one_of(lesson, row), rule=rule, momentum=0.3, feedback=feedback)
        again = single(together.networks, row)
        assert same(learnt.networks.weights, again.weights)
        assert same(learnt.networks.bias, again.bias)
        assert same(learnt.loss, together.loss[row : row + 1])


def test_the_loss_is_that_of_the_outputs_before_the_last_step():
    networks, (inputs, targets, order, rates) = pupils()
    before = learn(networks, inputs, targets, order[:, :-1], rates).networks
    loss = learn(networks, inputs, targets, order, rates).loss
    for row in range(len(networks)):
        rows = order[row, -1]
        gap = outputs(single(before, row), inputs[rows])[0] - targets[rows]
        assert loss[row] == pytest.approx(0.5 * (gap**2).sum(1).mean(), rel=1e-12)


def test_learning_lowers_the_loss():
    networks, (inputs, targets, order, _) = pupils(40)
    order = np.broadcast_to(np.arange(len(inputs)), (1, 60, len(inputs)))
    first = learn(networks, inputs, targets, order[:, :1], 0.02).loss
    last = learn(networks, inputs, targets, order, 0.02).loss
    able = np.diff(networks.nodes) > 0
    assert (last <= first + 1e-12).mean() > 0.9
    assert (last[able] < 0.97 * first[able]).mean() > 0.5


def test_what_is_given_stays_as_it_is():
    networks, lesson = pupils()
    weights, bias = networks.weights.copy(), networks.bias.copy()
    for column in networks.columns():
        column.flags.writeable = False
    learnt = learn(networks, *lesson).networks
    assert same(networks.weights, weights)
    assert same(networks.bias, bias)
    assert learnt.sources is networks.sources


def test_a_network_that_diverges_stops_and_leaves_the_others_alone():
    networks, (inputs, targets, order, rates) = pupils()
    usual = learn(networks, inputs, targets, order, rates)
    row = int(np.flatnonzero(np.isfinite(usual.loss) & (np.diff(networks.nodes) > 2))[0])
    wild = replace(networks, activation=np.full_like(networks.activation, Activation.CUBE))
    rates = rates.copy()
    rates[row] = 1e5
    alone = learn(single(wild, row), inputs, targets, order[row : row + 1], 1e5)
    assert np.isnan(alone.loss).all()
    assert np.isfinite(alone.networks.weights).all()
    assert np.isfinite(alone.networks.bias).all()
    networks = replace(networks, activation=networks.activation.copy())
    networks.activation[networks.nodes[row] : networks.nodes[row + 1]] = Activation.CUBE
    learnt = learn(networks, inputs, targets, order, rates)
    assert np.isnan(learnt.loss[row])
    for other in set(range(len(networks))) - {row}:
        assert learnt.loss[other] == usual.loss[other]
        assert same(single(learnt.networks, other).weights, single(usual.networks, other).weights)


@pytest.mark.parametrize("column", ["weights", "bias"])
def test_a_network_that_is_not_finite_does_not_learn(column):
    networks, lesson = pupils()
    broken = getattr(networks, column).copy()
    broken[-1] = np.inf
    networks = replace(networks, **{column: broken})
    learnt = learn(networks, *lesson)
    row = len(networks) - 1
    while networks.nodes[row] == len(networks.bias):
        row -= 1
    assert np.isnan(learnt.loss[row])
    assert same(single(learnt.networks, row).weights, single(networks, row).weights)
    assert np.isfinite(learnt.loss[:row]).all()


def test_a_step_too_far_is_not_taken():
    networks, (inputs, targets, order, _) = pupils()
    learnt = learn(networks, inputs, 1e3 * targets, order[:, :1], 1e307)
    moved = np.isnan(learnt.loss)
    assert moved.any()
    for row in np.flatnonzero(moved):
        assert same(single(learnt.networks, row).weights, single(networks, row).weights)
        assert same(single(learnt.networks, row).bias, single(networks, row).bias)


def test_classes_are_ones_and_zeros():
    networks, (inputs, _, order, rates) = pupils()
    classes = np.arange(len(inputs)) % 2
    first = learn(networks, inputs, classes, order, rates, loss="cross-entropy")
    second = learn(networks, inputs, np.eye(2)[classes], order, rates, loss="cross-entropy")
    assert same(first.networks.weights, second.networks.weights)
    assert same(first.loss, second.loss)


def test_one_order_and_one_rate_for_all():
    networks, (inputs, targets, order, _) = pupils()
    common = learn(networks, inputs, targets, order[:1], 0.1)
    each = learn(
        networks, inputs, targets, np.repeat(order[:1], len(networks), 0), np.full(12, 0.1)
    )
    assert same(common.networks.weights, each.networks.weights)


def test_other_threads_run_meanwhile():
    networks, (inputs, targets, order, rates) = pupils()
    order = np.tile(order, (1, 400, 1))
    seen, done = [], threading.Event()
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(learn, networks, inputs, targets, order, rates)
        work.add_done_callback(lambda _: done.set())
        while not done.is_set():
            seen.append(1)
        work.result()
    assert len(seen) > 100


def test_no_networks_learn_nothing():
    networks, (inputs, targets, order, _) = pupils()
    nobody = learn(networks.take(slice(0, 0)), inputs, targets, order[:1], 0.1)
    assert len(nobody.networks) == len(nobody.loss) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": np.ones((40, 2))}, r"inputs have shape \(40, 2\)"),
        ({"inputs": np.ones((40, 5, 3))}, "feed-forward"),
        ({"inputs": np.ones((0, 3))}, "at least one example"),
        ({"inputs": np.full((40, 3), np.nan)}, "not finite"),
        ({"targets": np.ones((40, 3))}, r"targets have shape \(40, 3\)"),
        ({"targets": np.full(40, 2)}, "classes run from 2 to 2"),
        ({"order": np.full((12, 1, 1), 40)}, "order names examples 40"),
        ({"order": np.full((12, 1, 1), -1)}, "order names examples -1"),
        ({"order": np.zeros((3, 1, 1), int)}, "order has shape"),
        ({"order": np.zeros((12, 0, 1), int)}, "at least one step"),
        ({"order": np.zeros((12, 1, 1))}, "order has type float64"),
        ({"rates": np.ones(3)}, r"rates have shape \(3,\)"),
        ({"rates": np.nan}, "not finite"),
        ({"momentum": 1.0}, "momentum is 1.0"),
        ({"truncation": 3}, "only recurrent"),
        ({"feedback": np.ones(3)}, "'bp' does not read feedback"),
        ({"rule": "ep", "truncation": 3}, "'ep' does not read truncation"),
        ({"settling": Settling()}, "'bp' does not read settling"),
        ({"rule": "fa"}, "none was given"),
        ({"rule": "fa", "feedback": np.ones(3)}, r"it has shape \(3,\)"),
        ({"rule": "dfa", "feedback": np.ones(3)}, "needs feedback of shape"),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    networks, (inputs, targets, order, rates) = pupils()
    given = {"inputs": inputs, "targets": targets, "order": order, "rates": rates, **change}
    with pytest.raises(UsageError, match=words) as caught:
        learn(networks, **given)
    assert caught.value.hint


def test_unknown_names_are_answered_with_the_known():
    networks, lesson = pupils()
    with pytest.raises(UnknownName, match="unknown rule 'pb'"):
        learn(networks, *lesson, rule="pb")
    with pytest.raises(UnknownName, match="did you mean 'squared-error'"):
        learn(networks, *lesson, loss="squared_error")


def test_what_has_no_meaning_in_recurrent_networks_is_refused():
    networks, lesson = pupils(recurrent=True)
    with pytest.raises(UsageError, match="dfa sends no errors from step to step"):
        learn(networks, *lesson, rule="dfa", feedback=np.ones((len(networks.bias), 2)))
    with pytest.raises(UsageError, match="take \\(k, T, inputs\\)"):
        learn(networks, lesson[0][:, 0], *lesson[1:])
