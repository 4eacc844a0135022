"""A learning that does not do what it should says so, and one that does is not suspected."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from evo.data import data
from evo.errors import UsageError
from evo.learning import cautions
from evo.learning.compose import training
from evo.learning.losses import SquaredError
from evo.learning.rules.ep import EP, REST
from evo.registry import RULES

TWO = {"hidden": (64, 64)}


def events(run) -> list[tuple[int, str]]:
    return [(epoch.epoch, each.event) for epoch in run for each in epoch.cautions]


def names(run) -> set[str]:
    return {each.event for each in run.cautions()}


@pytest.mark.parametrize("source", ["digits", "two-moons", "spirals", "parity"])
def test_equilibrium_propagation_rests_with_its_defaults(source: str) -> None:
    run = training("ep", source, epochs=4, device="cpu", probe=64)
    measured = [epoch.measures["free_residual"] for epoch in run]
    assert max(measured) < REST
    assert "not_at_rest" not in names(run)


def test_two_layers_that_swing_are_told_once_and_at_the_end() -> None:
    run = training("ep", "two-moons", epochs=4, device="cpu", probe=32, network=TWO)
    assert events(run) == [(1, "not_at_rest")]
    (told,) = [each for each in run.cautions() if each.event == "not_at_rest"]
    assert "network.hidden" in told.help and "rule.free_steps" in told.help
    assert told.figures["free_residual"] > REST
    calm = {"step": 0.5, "free_steps": 300}
    settled = training(
        "ep", "two-moons", epochs=1, device="cpu", probe=32, network=TWO, settings=calm
    )
    assert events(settled) == []


def test_rest_is_judged_without_a_probe_batch_too() -> None:
    run = training("ep", "two-moons", epochs=2, device="cpu", probe=0, network=TWO)
    assert events(run) == []
    assert "not_at_rest" in names(run)


def test_told_cautions_are_not_told_again_after_a_resume() -> None:
    def begin():
        return training("ep", "two-moons", epochs=3, device="cpu", probe=32, network=TWO)

    first = begin()
    assert [each.event for each in first.step().cautions] == ["not_at_rest"]
    again = begin()
    again.load_state_dict(first.state_dict())
    assert events(again) == []


def test_the_bound_of_rest_is_the_last_step_of_the_free_phase() -> None:
    network = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Hardtanh(0.0, 1.0))
    with torch.no_grad():
        network[0].weight.copy_(torch.eye(2))
    rule = EP(network, SquaredError(), EP.Settings(step=0.5, free_steps=3), torch.Generator())
    measured = rule.measures(torch.tensor([[0.8, 0.0]]), torch.zeros(1, dtype=torch.int64))
    assert measured["free_residual"] == pytest.approx(0.8 * 0.5**3)
    assert [each.event for each in rule.cautions({"free_residual": 1.01 * REST})] == ["not_at_rest"]
    assert rule.cautions({"free_residual": REST}) == []


def test_a_loss_that_grows_is_told() -> None:
    run = training("bp", "digits", epochs=2, device="cpu", optimiser={"lr": 1000.0})
    assert (1, "loss_grew") in events(run)
    assert "loss_grew" in names(run)
    calm = training("bp", "digits", epochs=2, device="cpu")
    assert events(calm) == []
    assert names(calm) == set()


@pytest.mark.parametrize(("last", "event"), [(1.09, None), (1.11, "loss_grew")])
def test_a_loss_may_differ_by_a_tenth(last: float, event: str | None) -> None:
    told = cautions.loss_grew(1.0, last)
    assert (told and told.event) == event


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_told(loss: float) -> None:
    told = cautions.loss_grew(1.0, loss)
    assert told and told.event == "loss_not_finite"


def test_chance_is_the_most_frequent_class_and_two_standard_errors() -> None:
    targets = [0] * 75 + [1] * 25  # standard error 4.3 %
    assert cautions.at_chance(0.83, targets, 0.83)
    assert cautions.at_chance(0.83, targets, 1.0).help.startswith("of the training examples 100.0%")
    assert cautions.at_chance(0.84, targets, 0.84) is None
    assert cautions.at_chance(1.0, [0] * 10, 1.0) is None


def test_a_network_that_learnt_nothing_is_at_chance() -> None:
    still = {"name": "sgd", "lr": 1e-12}
    run = training("bp", "spirals", epochs=1, device="cpu", optimiser=still)
    list(run)
    assert "at_chance" in names(run)


def test_numbers_that_are_not_learnt_are_told(tmp_path) -> None:
    draw = np.random.Generator(np.random.PCG64(3))
    np.savez(tmp_path / "noise.npz", x=draw.normal(size=(200, 2)), y=draw.normal(size=200))
    run = training("bp", str(tmp_path / "noise.npz"), epochs=60, optimiser={"lr": 0.01})
    list(run)
    assert names(run) == {"no_better_than_the_mean"}


def test_classes_that_nobody_has_are_told() -> None:
    assert cautions.missing_classes([1, 2, 3], 4).words.startswith(
        "no training example has the class 0,"
    )
    assert "nothing to learn" in cautions.missing_classes([1, 1], 2).words
    assert cautions.missing_classes([0, 1, 1], 2) is None


def test_an_end_by_validation_needs_examples_of_it() -> None:
    source = data("digits", train=20, validation=0.01)
    with pytest.raises(UsageError, match="none is set apart"):
        training("bp", source, epochs=2, device="cpu", keep_best=True)


def test_a_last_batch_of_one_is_refused_before_the_first_epoch() -> None:
    layers = {"layers": ("flatten", "linear 8", "batch-norm", "tanh")}
    source = data("digits", train=65, validation=0)
    with pytest.raises(UsageError, match="batch-norm") as raised:
        training("bp", source, epochs=1, device="cpu", network=layers)
    assert "run.batch=65" in str(raised.value.hint)
    list(training("bp", source, epochs=1, device="cpu", network=layers, batch=65))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_learns_without_hidden_layers(rule: str) -> None:
    loss = "squared-error" if rule in ("ep", "eqspike") else None
    run = training(
        rule, "two-moons", epochs=1, device="cpu", network={"hidden": ()}, probe=8, loss=loss
    )
    (epoch,) = run
    assert epoch.measures and math.isfinite(epoch.train.loss)
