"""Rules that send errors back, against the project's rules in torch and against autograd."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from evo.learning.losses import find_loss
from evo.learning.networks.evolved import TEACHABLE, EvolvedNetwork
from evo.learning.rules.bp import BP
from evo.learning.rules.dfa import DFA
from evo.learning.rules.fa import FA
from evo.learning.rules.sign import FRSF
from evo.networks.functions import Activation, Aggregation
from evo.networks.learning import draw_feedback, learn
from evo.networks.learning.feedback import heard
from tests.networks.learning.pupils import (
    by_autograd,
    evolved,
    lessons,
    links_of,
    nodes_of,
    random_pupils,
    single,
)

RULES = {"bp": BP, "fa": FA, "frsf": FRSF, "dfa": DFA}
LOSSES = ("squared-error", "cross-entropy", "binary-cross-entropy")
# torch's softplus is x itself from 20 on, which is off by 2e-9.
EXACT = [code for code in TEACHABLE if code != Activation.SOFTPLUS]


def by_torch(networks, row, lesson, rule, loss, momentum, feedback):
    """The network after learning as a module, and its last loss."""
    inputs, targets, order, rates = lesson
    module = EvolvedNetwork(networks, row)
    kind = RULES[rule]
    taught = kind(module, find_loss(loss), kind.Settings(), torch.Generator().manual_seed(row))
    batches = [(torch.tensor(inputs[i]), torch.tensor(targets[i])) for i in order[row]]
    if rule in ("fa", "frsf"):
        drawn = feedback[links_of(networks, row)]
        weights = taught.feedback if rule == "fa" else taught.magnitudes
        for matrix, (_, links, rows, columns) in zip(weights, module.where, strict=True):
            matrix[rows, columns] = (
                torch.tensor(drawn[links]).abs_()
                if rule == "frsf"
                else (torch.tensor(drawn[links]))
            )
    if rule == "dfa":
        taught.gradients(*batches[0])
        drawn = feedback[nodes_of(networks, row)] * heard(single(networks, row))[:, None]
        for name, projection in taught.feedback.items():
            group = module.where[int(name.split("#")[0].removeprefix("layers."))][0]
            projection.weights.copy_(torch.tensor(drawn[group]))
    optimiser = torch.optim.SGD(module.parameters(), lr=float(rates[row]), momentum=momentum)
    value = torch.zeros(())
    for batch in batches:
        optimiser.zero_grad()
        value = taught.gradients(*batch).loss
        optimiser.step()
    return module.networks(), float(value.detach())


def agree(networks, lesson, rule, loss, rows, momentum=0.0, tolerance=1e-12):
    feedback = None if rule == "bp" else draw_feedback(networks, rule, np.arange(len(networks)))
    learnt = learn(networks, *lesson, rule=rule, loss=loss, momentum=momentum, feedback=feedback)
    changed = 0.0
    for row in rows:
        expected, value = by_torch(networks, row, lesson, rule, loss, momentum, feedback)
        own = single(learnt.networks, row)
        assert_allclose(own.weights, expected.weights, rtol=tolerance, atol=tolerance)
        assert_allclose(own.bias, expected.bias, rtol=tolerance, atol=tolerance)
        assert_allclose(learnt.loss[row], value, rtol=tolerance, atol=tolerance)
        changed = max(changed, np.abs(own.weights - single(networks, row).weights).max(initial=0))
    return changed


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("problem", "loss"), [("xor", LOSSES[0]), ("cartpole", LOSSES[1])])
def test_evolved_networks_learn_as_their_modules_do(rule: str, problem: str, loss: str) -> None:
    networks = evolved(problem)
    lesson = lessons(np.random.default_rng(1), networks, loss)
    assert agree(networks, lesson, rule, loss, range(0, len(networks), 10)) > 1e-3


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    st.integers(0, 2**32), st.sampled_from(sorted(RULES)), st.sampled_from(LOSSES), st.booleans()
)
def test_networks_of_any_shape_learn_as_their_modules_do(
    seed: int, rule: str, loss: str, speed: bool
) -> None:
    rng = np.random.default_rng(seed)
    networks = random_pupils(rng, 4, outputs=int(rng.integers(1, 4)), activations=EXACT)
    inputs, targets, order, rates = lessons(rng, networks, loss)
    # Large steps of steep functions are chaotic: they double and triple any rounding error.
    lesson = inputs, targets, order, 0.05 * rates
    rows = [i for i in range(4) if len(single(networks, i).bias)]
    agree(networks, lesson, rule, loss, rows, 0.8 if speed else 0.0)


@pytest.mark.parametrize("aggregation", Aggregation)
@pytest.mark.parametrize("activation", Activation)
def test_all_functions_have_the_derivatives_that_autograd_finds(activation, aggregation) -> None:
    rng = np.random.default_rng([activation, aggregation])
    networks = random_pupils(rng, 2, activations=[Activation.TANH], aggregations=[aggregation])
    first = networks.nodes[:-1][np.diff(networks.nodes) > 0]
    networks.activation[first] = activation
    inputs, targets, order, _ = lessons(rng, networks, steps=2)
    learnt = learn(networks, inputs, targets, order, 1e-3, momentum=0.5)
    for row in range(2):
        alone = single(networks, row)
        weights, bias, loss = by_autograd(alone, inputs, targets, order[row], 1e-3, 0.5)
        own = single(learnt.networks, row)
        assert_allclose(own.weights, weights, rtol=1e-11, atol=1e-12)
        assert_allclose(own.bias, bias, rtol=1e-11, atol=1e-12)
        assert_allclose(learnt.loss[row], loss, rtol=1e-11)


def test_feedback_equal_to_the_weights_is_one_step_of_backpropagation() -> None:
    rng = np.random.default_rng(5)
    networks = random_pupils(rng, 20, activations=list(Activation)[:8], aggregations=list(range(7)))
    lesson = lessons(rng, networks, steps=1)
    exact = learn(networks, *lesson)
    aligned = learn(networks, *lesson, rule="fa", feedback=networks.weights)
    np.testing.assert_array_equal(aligned.networks.weights, exact.networks.weights)
    signed = learn(networks, *lesson, rule="frsf", feedback=-networks.weights)
    np.testing.assert_array_equal(signed.networks.weights, exact.networks.weights)


def test_two_links_between_the_same_nodes_learn_as_one() -> None:
    rng = np.random.default_rng(0)
    networks = random_pupils(rng, 1, inputs=1, outputs=1)
    twice = replace(
        networks,
        nodes=np.array([0, 1]),
        bias=np.zeros(1),
        activation=np.zeros(1, np.uint8),
        aggregation=np.zeros(1, np.uint8),
        links=np.array([0, 2]),
        sources=np.zeros(2, np.int32),
        weights=np.array([0.3, 0.2]),
        output=np.ones((1, 1), np.int32),
    )
    once = replace(
        twice,
        links=np.array([0, 1]),
        sources=np.zeros(1, np.int32),
        weights=np.array([0.5]),
    )
    lesson = lessons(rng, twice, steps=1)
    gained = learn(twice, *lesson).networks.weights - twice.weights
    assert_allclose(gained, (learn(once, *lesson).networks.weights - 0.5).repeat(2), rtol=1e-12)
