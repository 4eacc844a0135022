"""Equilibrium propagation in compiled code, against the project's rule in torch."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from evo.errors import UsageError
from evo.learning.losses import find_loss
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.rules.ep import EP
from evo.networks.functions import Activation
from evo.networks.learning import Settling, learn
from evo.networks.learning.equilibrium import BOUNDED
from tests.networks.learning.pupils import evolved, lessons, nodes_of, random_pupils, single

LOSSES = ("squared-error", "cross-entropy", "binary-cross-entropy")


def settling_pupils(rng, n, outputs=2):
    """Networks with at least as many nodes as outputs, whose outputs stand in nodes."""
    networks = random_pupils(rng, 6 * n + 20, outputs=outputs, activations=BOUNDED)
    able = [i for i in range(len(networks)) if len(single(networks, i).bias) >= outputs + 1]
    parts = [single(networks, i) for i in able[:n]]
    sizes = [len(part.bias) for part in parts]
    ends = np.cumsum([0, *(part.links[-1] for part in parts)])
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("bias", "activation", "aggregation", "sources", "weights")
    }
    whole = replace(
        parts[0],
        nodes=np.cumsum([0, *sizes]),
        links=np.concatenate(
            [[0], *(part.links[1:] + end for part, end in zip(parts, ends[:-1], strict=True))]
        ),
        output=np.array([3 + rng.integers(0, size, outputs) for size in sizes], np.int32),
        **joined,
    )
    gives = np.unique(whole.output - 3 + whole.nodes[:-1, None])
    kinds = [Activation.TANH, Activation.SIGMOID, Activation.IDENTITY, Activation.LELU]
    whole.activation[gives] = rng.choice([int(kind) for kind in kinds], len(gives))
    return replace(whole, weights=0.3 * whole.weights)


def by_torch(networks, row, lesson, loss, settling, momentum):
    inputs, targets, order, rates = lesson
    module = EvolvedNetwork(networks, row)
    chosen = EP.Settings(
        phases=settling.phases,
        beta=float(settling.beta),
        free_steps=settling.free_steps,
        nudged_steps=settling.nudged_steps,
        step=settling.step,
    )
    taught = EP(module, find_loss(loss), chosen, torch.Generator())
    optimiser = torch.optim.SGD(module.parameters(), lr=float(rates[row]), momentum=momentum)
    value = torch.zeros(())
    for rows in order[row]:
        optimiser.zero_grad()
        value = taught.gradients(torch.tensor(inputs[rows]), torch.tensor(targets[rows])).loss
        optimiser.step()
    return module.networks(), float(value)


def agree(networks, lesson, loss, settling, momentum=0.0, rows=None):
    learnt = learn(networks, *lesson, rule="ep", loss=loss, settling=settling, momentum=momentum)
    for row in rows or range(len(networks)):
        expected, value = by_torch(networks, row, lesson, loss, settling, momentum)
        own = single(learnt.networks, row)
        assert_allclose(own.weights, expected.weights, rtol=1e-12, atol=1e-12)
        assert_allclose(own.bias, expected.bias, rtol=1e-12, atol=1e-12)
        assert_allclose(learnt.loss[row], value, rtol=1e-12)
    return learnt


@pytest.mark.parametrize(("problem", "loss"), [("xor", LOSSES[0]), ("cartpole", LOSSES[1])])
def test_evolved_networks_learn_as_their_modules_do(problem: str, loss: str) -> None:
    networks = evolved(problem)
    networks = replace(networks, weights=0.2 * networks.weights)
    lesson = lessons(np.random.default_rng(1), networks, loss)
    learnt = agree(networks, lesson, loss, Settling(), rows=range(0, len(networks), 25))
    assert np.abs(learnt.networks.weights - networks.weights).max() > 1e-2


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    st.integers(0, 2**32),
    st.sampled_from(LOSSES),
    st.sampled_from(["two-phase", "three-phase"]),
    st.sampled_from([1.0, 0.4]),
    st.sampled_from([0.0, 0.7]),
)
def test_networks_of_any_shape_learn_as_their_modules_do(seed, loss, phases, step, momentum):
    rng = np.random.default_rng(seed)
    networks = settling_pupils(rng, 3, outputs=int(rng.integers(1, 4)))
    inputs, targets, order, rates = lessons(rng, networks, loss, steps=8)
    settling = Settling(phases, 0.3, 9, 4, step)
    agree(networks, (inputs, targets, order, 0.2 * rates), loss, settling, momentum)


def test_each_network_and_step_may_have_a_nudge_of_its_own():
    rng = np.random.default_rng(3)
    networks = settling_pupils(rng, 4)
    inputs, targets, order, rates = lessons(rng, networks, steps=2)
    beta = np.array([0.5, -0.4, 0.3, -0.2])
    both = np.stack([beta, -beta], 1)
    together = learn(
        networks, inputs, targets, order, rates, rule="ep", settling=Settling("two-phase", both)
    )
    first = learn(
        networks,
        inputs,
        targets,
        order[:, :1],
        rates,
        rule="ep",
        settling=Settling("two-phase", beta),
    )
    for row in range(4):
        alone = single(first.networks, row)
        second = learn(
            alone,
            inputs,
            targets,
            order[row : row + 1, 1:],
            rates[row],
            rule="ep",
            settling=Settling("two-phase", -beta[row]),
        )
        assert_array_equal(second.networks.bias, together.networks.bias[nodes_of(networks, row)])


def test_a_network_that_diverges_leaves_the_others_alone():
    rng = np.random.default_rng(3)
    networks = settling_pupils(rng, 4)
    inputs, targets, order, rates = lessons(rng, networks)
    usual = learn(networks, inputs, targets, order, rates, rule="ep")
    assert np.isfinite(usual.loss).all()
    rates[1] = 1e300
    wild = learn(networks, inputs, 1e10 * targets, order, rates, rule="ep")
    assert np.isnan(wild.loss[1])
    assert np.isfinite(wild.networks.weights).all()
    rates[1] = 1e200
    broken = replace(networks, weights=networks.weights.copy())
    k = networks.links[networks.nodes[1]]
    broken.weights[k] = np.nan
    learnt = learn(broken, inputs, targets, order, rates, rule="ep")
    assert np.isnan(learnt.loss[1])
    for row in (0, 2, 3):
        assert learnt.loss[row] == usual.loss[row]
        assert_array_equal(
            single(learnt.networks, row).weights, single(usual.networks, row).weights
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recurrent": True}, "these networks are recurrent"),
        ({"aggregation": 2}, "another aggregation"),
        ({"output": 0}, "one of its inputs"),
        ({"activation": int(Activation.RELU)}, "got relu"),
        ({"activation": int(Activation.IDENTITY)}, "got identity"),
    ],
)
def test_networks_that_cannot_settle_are_refused(change, words):
    rng = np.random.default_rng(3)
    networks = settling_pupils(rng, 4)
    inputs, targets, order, rates = lessons(rng, networks)
    if "recurrent" in change:
        inputs = inputs[:, None]
    change = {
        name: value if name == "recurrent" else np.full_like(getattr(networks, name), value)
        for name, value in change.items()
    }
    with pytest.raises(UsageError, match=words) as caught:
        learn(replace(networks, **change), inputs, targets, order, rates, rule="ep")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("settling", "words"),
    [
        (Settling("four-phase"), "phases is 'four-phase'"),  # pyright: ignore
        (Settling(beta=0.0), "beta is 0"),
        (Settling(beta=np.ones(3)), r"beta has shape \(3,\)"),
        (Settling(free_steps=0), "free_steps is 0"),
        (Settling(step=1.5), "step 1.5"),
    ],
)
def test_settling_that_is_none_is_refused(settling, words):
    rng = np.random.default_rng(3)
    networks = settling_pupils(rng, 4)
    with pytest.raises(UsageError, match=words):
        learn(networks, *lessons(rng, networks), rule="ep", settling=settling)
