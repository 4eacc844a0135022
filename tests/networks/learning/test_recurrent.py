"""Backpropagation through time, against autograd of the same unrolled computation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from evo.networks.functions import Activation
from evo.networks.learning import learn
from tests.networks.learning.pupils import by_autograd, lessons, random_pupils, single

KINDS = [Activation.TANH, Activation.SIGMOID, Activation.SIN, Activation.RELU]


def pupils(length, aggregations=(0,), every_step=True):
    rng = np.random.default_rng(4)
    networks = random_pupils(rng, 5, recurrent=True, activations=KINDS, aggregations=aggregations)
    networks.output[0, 0] = 1  # an output that is an input
    inputs, targets, order, rates = lessons(rng, networks, examples=20, length=length)
    if every_step:
        targets = rng.normal(size=(20, length, networks.outputs))
    return networks, (inputs, targets, order[:, :, :4].copy(), 0.02 * rates)


@pytest.mark.parametrize("every_step", [True, False])
@pytest.mark.parametrize("truncation", [None, 1, 3, 100])
@pytest.mark.parametrize("aggregations", [(0,), tuple(range(7))])
def test_sequences_teach_what_autograd_finds(every_step, truncation, aggregations):
    networks, (inputs, targets, order, rates) = pupils(7, aggregations, every_step)
    learnt = learn(networks, inputs, targets, order, rates, momentum=0.5, truncation=truncation)
    for row in range(len(networks)):
        weights, bias, loss = by_autograd(
            single(networks, row), inputs, targets, order[row], rates[row], 0.5, truncation
        )
        own = single(learnt.networks, row)
        assert_allclose(own.weights, weights, rtol=1e-12, atol=1e-12)
        assert_allclose(own.bias, bias, rtol=1e-12, atol=1e-12)
        assert_allclose(learnt.loss[row], loss, rtol=1e-12)
    assert np.abs(learnt.networks.weights - networks.weights).max() > 1e-3


def test_where_sequences_are_cut_makes_a_difference():
    networks, lesson = pupils(7)
    found = [learn(networks, *lesson, truncation=cut).networks.weights for cut in (1, 3, None)]
    assert np.abs(found[0] - found[1]).max() > 1e-5
    assert np.abs(found[1] - found[2]).max() > 1e-5


def test_targets_at_the_end_are_those_of_the_last_step_alone():
    networks, (inputs, targets, order, rates) = pupils(1)
    at_each = learn(networks, inputs, targets, order, rates)
    at_end = learn(networks, inputs, targets[:, 0], order, rates)
    assert_array_equal(at_each.networks.weights, at_end.networks.weights)


def test_feedback_equal_to_the_weights_is_one_step_of_backpropagation():
    networks, (inputs, targets, order, rates) = pupils(6)
    exact = learn(networks, inputs, targets, order[:, :1], rates)
    aligned = learn(
        networks, inputs, targets, order[:, :1], rates, rule="fa", feedback=networks.weights
    )
    assert_array_equal(exact.networks.weights, aligned.networks.weights)


def test_a_recurrent_network_learns_to_remember():
    rng = np.random.default_rng(0)
    sequences = rng.choice([-1.0, 1.0], (64, 3, 1))
    networks = random_pupils(rng, 60, inputs=1, outputs=1, recurrent=True)
    order = np.broadcast_to(np.arange(64), (1, 300, 64))
    learnt = learn(networks, sequences, sequences[:, 1], order, 0.1, momentum=0.9)
    first = learn(networks, sequences, sequences[:, 1], order[:, :1], 0.1)
    # Who does not remember expects 0, which costs 0.5.
    able = learnt.loss < 0.02
    assert able.sum() > 5
    assert np.median(first.loss[able]) > 0.4
