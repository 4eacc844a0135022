"""Hebbian learning, against NumPy and against the project's rule in torch."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from evo.errors import UsageError
from evo.learning.losses import find_loss
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.rules.hebbian import Hebbian
from evo.networks.activate import Policy
from evo.networks.functions import Activation
from evo.networks.kernels import columns
from evo.networks.learning import learn
from evo.networks.learning.hebbian import coefficients_of_links
from evo.networks.learning.hebbian_kernels import abcd_step
from tests.networks.learning.pupils import lessons, links_of, random_pupils, single

KINDS = [Activation.TANH, Activation.SIGMOID, Activation.GAUSS, Activation.SIN]


def pupils(recurrent=False, aggregations=range(7)):
    rng = np.random.default_rng(2)
    networks = random_pupils(
        rng, 8, recurrent=recurrent, activations=KINDS, aggregations=aggregations
    )
    return rng, networks


def seen(policy, sample):
    """What the nodes read, and what they wrote."""
    policy(sample)
    before = policy.values[policy.old].copy()
    before[: policy.inputs] = sample
    return before, policy.values[policy.new].copy()


def change(network, coefficients, before, after):
    """Of every link of one network, for one sample; None is Oja's rule."""
    changes = np.zeros(len(network.weights))
    for node in range(len(network.bias)):
        for k in range(network.links[node], network.links[node + 1]):
            x, y = before[network.sources[k]], after[network.inputs + node]
            if coefficients is None:
                changes[k] = y * (x - y * network.weights[k])
            else:
                a, b, c, d = coefficients[k]
                changes[k] = a * x * y + b * x + c * y + d
    return changes


@pytest.mark.parametrize("recurrent", [False, True])
@pytest.mark.parametrize("rule", ["hebbian", "oja"])
def test_batches_change_links_by_the_mean_over_samples(rule, recurrent):
    rng, networks = pupils(recurrent)
    length = 4 if recurrent else None
    inputs, targets, order, rates = lessons(rng, networks, steps=5, length=length)
    abcd = rng.normal(size=(len(networks.weights), 4)) if rule == "hebbian" else None
    learnt = learn(networks, inputs, targets, order, rates, rule=rule, coefficients=abcd)
    assert_array_equal(learnt.networks.bias, networks.bias)
    assert np.abs(learnt.networks.weights - networks.weights).max() > 0.1
    for row in range(len(networks)):
        network = single(networks, row)
        network = replace(network, weights=network.weights.copy())
        own = None if abcd is None else abcd[links_of(networks, row)]
        for batch in order[row]:
            total, count = np.zeros(len(network.weights)), 0
            for sequence in inputs[batch] if recurrent else inputs[batch][:, None]:
                policy = Policy(network)
                for sample in sequence:
                    total += change(network, own, *seen(policy, sample))
                    count += 1
            network.weights[:] += rates[row] * total / count
        assert_allclose(
            single(learnt.networks, row).weights, network.weights, rtol=1e-12, atol=1e-12
        )


@pytest.mark.parametrize("rule", ["hebbian", "oja"])
def test_networks_learn_as_their_modules_do(rule):
    rng, networks = pupils(aggregations=(0,))
    networks = replace(networks, activation=np.zeros_like(networks.activation))
    inputs, targets, order, rates = lessons(rng, networks)
    abcd = (0.7, -0.2, 0.1, 0.05)
    learnt = learn(
        networks,
        inputs,
        targets,
        order,
        rates,
        rule=rule,
        momentum=0.4,
        coefficients=abcd if rule == "hebbian" else None,
    )
    able = [row for row in range(len(networks)) if len(single(networks, row).bias)]
    for row in able:
        module = EvolvedNetwork(networks, row)
        kind = {"form": "oja" if rule == "oja" else "abcd", **dict(zip("abcd", abcd, strict=True))}
        chosen = Hebbian.Settings(output="hebbian", **kind)
        taught = Hebbian(module, find_loss("squared-error"), chosen, torch.Generator())
        optimiser = torch.optim.SGD(module.parameters(), lr=float(rates[row]), momentum=0.4)
        for rows in order[row]:
            optimiser.zero_grad()
            taught.gradients(torch.tensor(inputs[rows]), torch.tensor(targets[rows]))
            optimiser.step()
        expected = module.networks().weights
        assert_allclose(single(learnt.networks, row).weights, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("recurrent", [False, True])
def test_a_life_changes_links_step_by_step(recurrent):
    rng, networks = pupils(recurrent)
    abcd = rng.normal(size=(len(networks.weights), 4))
    for row in range(len(networks)):
        changing = replace(networks, weights=networks.weights.copy())
        policy, net = Policy(changing, row), columns(changing)
        policy.columns = net
        expected = single(replace(networks, weights=networks.weights.copy()), row)
        expected = replace(expected, weights=expected.weights.copy())
        mirror = Policy(expected)
        for observation in rng.normal(size=(12, 3)):
            before, after = seen(mirror, observation)
            policy(observation)
            abcd_step(net, 3, row, policy.values, policy.old, policy.new, abcd, 0.03)
            expected.weights[:] += 0.03 * change(
                expected, abcd[links_of(networks, row)], before, after
            )
        assert_allclose(
            net.weights[links_of(networks, row)], expected.weights, rtol=1e-12, atol=1e-12
        )
        others = np.ones(len(net.weights), bool)
        others[links_of(networks, row)] = False
        assert_array_equal(net.weights[others], networks.weights[others])


def test_coefficients_of_a_network_are_those_of_all_its_links():
    rng, networks = pupils()
    each = rng.normal(size=(8, 4))
    of_links = coefficients_of_links(networks, each)
    assert of_links.shape == (len(networks.weights), 4)
    for row in range(8):
        assert (of_links[links_of(networks, row)] == each[row]).all()
    assert (coefficients_of_links(networks, [1, 2, 3, 4]) == [1, 2, 3, 4]).all()
    assert_array_equal(coefficients_of_links(networks, of_links), of_links)


def test_a_network_that_diverges_leaves_the_others_alone():
    rng, networks = pupils()
    networks = replace(networks, activation=np.ones_like(networks.activation))
    inputs, targets, order, _ = lessons(rng, networks)
    grow = np.zeros((8, 4))
    row = int(np.argmax(np.diff(networks.links[networks.nodes])))
    grow[row] = [1e3, 0, 0, 0]
    learnt = learn(networks, inputs, targets, order, 10.0, rule="hebbian", coefficients=grow)
    assert np.flatnonzero(np.isnan(learnt.loss)).tolist() == [row]
    assert np.isfinite(learnt.networks.weights).all()


@pytest.mark.parametrize(
    ("coefficients", "words"),
    [
        (None, "none were given"),
        (np.ones((3, 4)), r"shape \(3, 4\)"),
        ([1, 2, 3, np.nan], "finite"),
    ],
)
def test_coefficients_that_do_not_fit_are_refused(coefficients, words):
    rng, networks = pupils()
    with pytest.raises(UsageError, match=words) as caught:
        learn(networks, *lessons(rng, networks), rule="hebbian", coefficients=coefficients)
    assert caught.value.hint
