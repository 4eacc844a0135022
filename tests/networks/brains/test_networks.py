"""Networks as brains against plain Python.

Seen when planted: copies that share their weights, links that read the values after instead of
before, weights that stay at the next birth, changes made before the nodes' pace is heeded.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from evo.networks.activate import Policy
from evo.networks.brains.columns import NETWORK, Brain, Wiring, paced, wired
from evo.networks.brains.kernels import think, wake
from evo.networks.flat import Networks, TraitValues
from evo.networks.functions import ACTIVATIONS, AGGREGATIONS
from evo.networks.plasticity import ABCD

from ..random_networks import random_population

TICK = 0.02


def told(parts, signals, count, actuators):
    control = np.zeros(actuators)
    parts.signals[: len(signals)] = signals
    think(parts, count * TICK, TICK, count, False, control)
    return control


def dense(recurrent_weights, input_weights, bias, activation="sigmoid"):
    """A network of nodes that all read all nodes and all inputs; all are outputs."""
    count, inputs = input_weights.shape
    width = inputs + count
    return Networks(
        inputs=inputs,
        outputs=count,
        recurrent=True,
        nodes=np.array([0, count]),
        bias=np.array(bias),
        activation=np.full(count, ACTIVATIONS[activation], np.uint8),
        aggregation=np.full(count, AGGREGATIONS["sum"], np.uint8),
        links=np.arange(count + 1) * width,
        sources=np.tile(np.arange(width), count).astype(np.int32),
        weights=np.concatenate([input_weights, recurrent_weights], axis=1).ravel(),
        output=np.arange(inputs, width, dtype=np.int32)[None],
    )


@pytest.mark.parametrize("recurrent", [False, True])
def test_a_network_does_what_it_does_elsewhere(recurrent):
    rng = np.random.default_rng(5)
    for network in range(20):
        chosen = random_population(rng, 4, 3, 20, recurrent).take(slice(network, network + 1))
        parts, policy = wired(chosen, 4, 3).parts(), Policy(chosen)
        for count in range(12):
            signals = rng.normal(size=4)
            wanted = np.clip(policy(signals), -1.0, 1.0)
            assert told(parts, signals, count, 3) == pytest.approx(wanted, abs=1e-15)


def test_recurrent_nodes_read_the_decision_before():
    weights = np.array([[0.0, 0.0], [1.0, 0.0]])
    network = dense(weights, np.array([[1.0], [0.0]]), [0.0, 0.0], "identity")
    parts = wired(network, 1, 2).parts()
    seen = [told(parts, [float(count == 0)], count, 2).tolist() for count in range(3)]
    assert seen == [[1, 0], [0, 1], [0, 0]]


def nodes_of(parts, inputs, count):
    return parts.values[0, count % 2, inputs:]


def test_nodes_with_a_pace_go_part_of_the_way():
    rng = np.random.default_rng(6)
    weights, inwards, bias = rng.normal(size=(3, 3)), rng.normal(size=(3, 2)), rng.normal(size=3)
    rates = np.array([0.1, 0.5, 1.0])
    parts = paced(wired(dense(weights, inwards, bias), 2, 3), rates).parts()
    u = [0.0, 0.0, 0.0]
    for count in range(100):
        signals = rng.normal(size=2)
        new = []
        for i in range(3):
            total = bias[i] + sum(weights[i, j] * u[j] for j in range(3))
            total += sum(inwards[i, j] * signals[j] for j in range(2))
            new.append(u[i] + rates[i] * (1 / (1 + math.exp(-total)) - u[i]))
        u = new
        assert told(parts, signals, count, 3) == pytest.approx(np.clip(u, -1, 1), abs=1e-12)
        assert nodes_of(parts, 2, count) == pytest.approx(u, abs=1e-12)


def test_such_a_network_is_that_of_beer():
    """``tau dy_i/dt = -y_i + sum_j w_ij sigma(y_j + theta_j) + I_i``, in steps of a decision.

    His y is what comes into a node here, less its bias; so the two agree where tau is the same for
    all nodes, and the first y is what comes in at rest.
    """
    rng = np.random.default_rng(7)
    weights, inwards = 4 * rng.normal(size=(3, 3)), rng.normal(size=(3, 2))
    theta, signals, tau = rng.normal(size=3), rng.normal(size=2), 0.13
    parts = paced(wired(dense(weights, inwards, theta), 2, 3), np.full(3, TICK / tau)).parts()
    current = inwards @ signals
    y = current.copy()
    for count in range(200):
        slope = [
            -y[i]
            + sum(weights[i, j] / (1 + math.exp(-(y[j] + theta[j]))) for j in range(3))
            + current[i]
            for i in range(3)
        ]
        y = y + TICK / tau * np.array(slope)
        told(parts, signals, count, 3)
        assert weights @ nodes_of(parts, 2, count) + current == pytest.approx(y, abs=1e-9)


def copies(network):
    """A brain of two copies that see different signals; one moves two actuators, one a third."""
    wiring = Wiring(np.array([[0, 2, 4], [1, -1, 5]]), np.array([[2, 0], [1, -1]]), np.zeros(0))
    return Brain(NETWORK, 4, 3, network=network, wiring=wiring, constants=np.array([0.5, -0.5]))


def test_copies_see_and_move_what_is_theirs():
    network = random_population(np.random.default_rng(8), 3, 2, 1, True)
    parts = copies(network).parts()
    assert parts.signals[7:].tolist() == [0.5, -0.5]
    # signal 4 is what actuator 0 was told, signal 5 what actuator 1 was
    policies, before = (Policy(network), Policy(network)), np.zeros(3)
    rng = np.random.default_rng(9)
    for count in range(30):
        signals = rng.normal(size=4)
        first = policies[0]([signals[0], signals[2], before[0]])
        second = policies[1]([signals[1], 0.0, before[1]])
        control = told(parts, signals, count, 3)
        wanted = np.clip([first[1], second[0], first[0]], -1.0, 1.0)
        assert control == pytest.approx(wanted, abs=1e-15)
        before = control.copy()


def test_waking_forgets_everything_but_constants():
    network = random_population(np.random.default_rng(10), 3, 2, 1, True)
    parts, lives = copies(network).parts(), []
    for _ in range(2):
        wake(parts)
        assert not parts.values.any()
        assert parts.signals.tolist() == [0.0] * 7 + [0.5, -0.5]
        lives.append([told(parts, [0.3, -0.2, 1.0, 0.1], k, 3).tobytes() for k in range(15)])
    assert lives[0] == lives[1]


@pytest.mark.parametrize("rates", [None, [0.1, 0.5, 1.0]])
def test_each_copy_changes_its_links_by_what_it_sees_itself_and_forgets_at_its_next_birth(rates):
    rng, rate = np.random.default_rng(8), 0.1
    weights, inwards, bias = rng.normal(size=(3, 3)), rng.normal(size=(3, 2)), rng.normal(size=3)
    network = dense(weights, inwards, bias, "tanh")
    coefficients = rng.uniform(-1.0, 1.0, (len(network.weights), 4))
    network = replace(network, traits=TraitValues(np.zeros((1, 0)), np.zeros((3, 0)), coefficients))
    wiring = Wiring(np.array([[0, 1], [2, 3]]), np.array([[0, 1, 2], [3, 4, 5]]), np.zeros(0))
    rule = ABCD({"of": "links", "weight_limit": 2.0})
    brain = Brain(
        NETWORK,
        4,
        6,
        network=network,
        plasticity=lambda networks: rule.plasticity(networks, rate, {}),
        wiring=wiring,
    )
    share = np.ones(3)
    if rates is not None:
        brain, share = paced(brain, rates), np.array(rates)
    parts, plain = brain.parts(), replace(brain, plasticity=None).parts()
    a, b, c, d = coefficients.T.reshape(4, 3, 5)
    for _ in range(2):
        wake(parts)
        wake(plain)
        both = np.concatenate([inwards, weights], axis=1)
        w, u = np.stack([both, both]), np.zeros((2, 3))
        for count in range(20):
            signals = rng.normal(size=4)
            given, control = told(parts, signals, count, 6), told(plain, signals, count, 6)
            for copy in range(2):
                x = np.concatenate([signals[2 * copy : 2 * copy + 2], u[copy]])
                y = u[copy] + share * (np.tanh(w[copy] @ x + bias) - u[copy])
                w[copy] += rate * (a * np.outer(y, x) + b * x + c * y[:, None] + d)
                w[copy], u[copy] = np.clip(w[copy], -2.0, 2.0), y
            assert given == pytest.approx(np.clip(u.ravel(), -1.0, 1.0), abs=1e-12)
            assert parts.net.weights == pytest.approx(w.ravel(), abs=1e-12)
        assert np.abs(w[0] - w[1]).max() > 0.1
        assert np.abs(given - control).max() > 0.1
    assert (network.weights == both.ravel()).all()


@pytest.mark.parametrize("recurrent", [False, True])
def test_links_that_change_at_no_rate_are_as_good_as_fixed_ones_to_the_bit(recurrent):
    rng = np.random.default_rng(9)
    network = random_population(rng, 4, 3, 20, recurrent).take(slice(0, 1))
    coefficients = rng.uniform(-1.0, 1.0, (1, 4))
    nodes, links = len(network.bias), len(network.weights)
    traits = TraitValues(coefficients, np.zeros((nodes, 0)), np.zeros((links, 0)))
    brain = wired(replace(network, traits=traits), 4, 3)
    still = replace(brain, plasticity=lambda networks: ABCD().plasticity(networks, 0.0, {})).parts()
    plain = brain.parts()
    wake(still)
    wake(plain)
    for count in range(12):
        signals = rng.normal(size=4)
        assert (told(still, signals, count, 3) == told(plain, signals, count, 3)).all()
