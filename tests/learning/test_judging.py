"""Judgements: scores and errors are those that scikit-learn computes, whatever the batches."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, mean_squared_error, r2_score

from evo.data import data
from evo.learning.compose import training
from evo.learning.judging import Tally
from evo.learning.losses import CrossEntropy, SquaredError


@pytest.mark.parametrize("shape", [(), (1,), (3,)])
def test_r2_is_that_of_scikit_learn(shape: tuple[int, ...]) -> None:
    draw = torch.Generator().manual_seed(1)
    targets = 5 + 2 * torch.randn((40, *shape), generator=draw, dtype=torch.float64)
    outputs = targets.reshape(40, -1) + torch.randn((40, *(shape or (1,))), generator=draw)
    tally = Tally(targets)
    for some, wanted in zip(outputs.split(7), targets.split(7), strict=True):
        tally.add(SquaredError()(some, wanted).value, some, wanted)
    assert tally.judgement().score == pytest.approx(r2_score(targets, outputs), rel=1e-12)
    assert tally.judgement().loss == pytest.approx(float(SquaredError()(outputs, targets).value))


def test_accuracy_is_that_of_scikit_learn() -> None:
    draw = torch.Generator().manual_seed(1)
    outputs, targets = torch.randn((40, 3), generator=draw), torch.arange(40) % 3
    tally = Tally(targets)
    for some, wanted in zip(outputs.split(7), targets.split(7), strict=True):
        tally.add(CrossEntropy()(some, wanted).value, some, wanted)
    assert tally.judgement().accuracy == accuracy_score(targets, outputs.argmax(1))


def test_targets_that_do_not_vary_have_no_r2() -> None:
    targets = torch.ones(5, 2)
    targets[:, 1] = torch.arange(5)
    tally = Tally(targets)
    tally.add(torch.tensor(0.0), targets, targets)
    assert tally.judgement().score == 1.0
    constant = Tally(torch.ones(5))
    constant.add(torch.tensor(0.0), torch.ones(5, 1), torch.ones(5))
    assert np.isnan(constant.judgement().score)


@pytest.mark.parametrize("rule", ["bp", "dfa", "ep", "dtp", "sdtp"])
def test_rules_learn_numbers_and_their_error_is_in_the_data_s_unit(rule: str, tmp_path) -> None:
    draw = np.random.Generator(np.random.PCG64(3))
    x = draw.normal(size=(400, 2)).astype(np.float32)
    y = np.stack([1e4 + 500 * np.sin(x[:, 0]), 1e-3 * x[:, 1]], 1)
    np.savez(tmp_path / "numbers.npz", x=x, y=y)
    source = data(str(tmp_path / "numbers.npz"))
    beside = {"network": {"hidden": (32,)}, "optimiser": {"lr": 0.01}}
    run = training(rule, source, epochs=30, device="cpu", batch=32, **beside)
    list(run)
    assert run.judge("test").score > 0.8
    scale, (inputs, targets) = run.data.target_scaling, run.parts["test"]
    told = run.rule.predict(inputs).numpy() * scale.deviation + scale.mean
    true = targets.numpy() * scale.deviation + scale.mean
    assert run.squared_error("test", batch=9) == pytest.approx(
        mean_squared_error(true, told), rel=1e-5
    )
