"""Activations against neat-python's own networks, function by function and on random topologies."""

import math

import numpy as np
import pytest

from evo.networks.activate import Policy, outputs
from evo.networks.functions import ACTIVATIONS, AGGREGATIONS
from evo.networks.kernels import activate
from tests.networks.random_networks import (
    THEIR_ACTIVATIONS,
    THEIR_AGGREGATIONS,
    ours,
    random_network,
)

PLAIN = {
    "tanh": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "sin": math.sin,
    "gauss": lambda x: math.exp(-(x**2)),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "steepened-sigmoid": lambda x: 1 / (1 + math.exp(-4.9 * x)),
}


def close(got, expected):
    return math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("name", sorted(THEIR_ACTIVATIONS))
def test_each_activation_is_theirs(name):
    for x in [*np.random.default_rng(0).normal(0, 4, 200), 0.0, -0.0, 1.0, -1.0, 30.0, -30.0, 1e-9]:
        assert close(activate(ACTIVATIONS[ours(name)], x), THEIR_ACTIVATIONS[name](x)), x


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_plain_activations_are_plain_mathematics(name):
    for x in np.random.default_rng(1).normal(0, 4, 200):
        assert close(activate(ACTIVATIONS[name], x), PLAIN[name](x)), x


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_stay_finite_or_grow_as_they_must(name):
    for x in (-800.0, 800.0):
        y = activate(ACTIVATIONS[name], x)
        assert not math.isnan(y)
        assert math.isfinite(y) or name in {"elu", "selu"}


def test_all_names_have_a_function():
    assert {ours(name) for name in THEIR_ACTIVATIONS} <= set(ACTIVATIONS)
    assert set(THEIR_AGGREGATIONS) == set(AGGREGATIONS)
    assert ACTIVATIONS["tanh"] == 0
    assert AGGREGATIONS["sum"] == 0
    assert math.isnan(activate(200, 1.0))


@pytest.mark.parametrize("recurrent", [False, True])
def test_random_networks_give_their_outputs(recurrent):
    rng = np.random.default_rng(3)
    for _ in range(150):
        network, theirs = random_network(rng, recurrent)
        policy = Policy(network)
        samples = rng.normal(size=(8, network.inputs))
        for sample in samples:
            np.testing.assert_allclose(
                policy(sample), theirs.activate(list(sample)), rtol=1e-12, atol=1e-12
            )
        if recurrent:
            policy.reset()
            theirs.reset()
            for _ in range(3):
                expected = theirs.activate(list(samples[0]))
            assert (
                outputs(network, samples[:1], steps=3)[0, 0].tolist()
                == [policy(samples[0]) for _ in range(3)][-1].tolist()
            )
            np.testing.assert_allclose(
                outputs(network, samples[:1], steps=3)[0, 0], expected, rtol=1e-12, atol=1e-12
            )
        else:
            assert outputs(network, samples)[0].tolist() == [
                policy(sample).tolist() for sample in samples
            ]
