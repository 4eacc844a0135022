"""What a run of `evo learn` leaves behind is of the network and the examples that it says."""

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor
from typer.testing import CliRunner

from evo import registry
from evo.cli import app
from evo.learning.compose import training
from evo.learning.rules.base import BatchResult
from evo.learning.rules.bp import BP
from evo.learning.training import network_state
from tests.helpers import same


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def learn(
    rule: str, data: str, folder: str = "runs", **settings: Any
) -> tuple[Path, dict[str, Any]]:
    """The folder and the summary of a run."""
    words = [f"{name.replace('__', '.')}={json.dumps(value)}" for name, value in settings.items()]
    sets = [part for word in words for part in ("--set", word)]
    CliRunner().invoke(app, ["learn", rule, data, "--out", folder, *sets], catch_exceptions=False)
    (run,) = Path(folder).glob("*_s*")
    return run, json.loads((run / "summary.json").read_text())


def test_with_patience_the_network_kept_is_the_best_one() -> None:
    folder, summary = learn(
        *("bp", "digits"),
        epochs=9,
        patience=3,
        network__hidden=[8],
        optimiser__name="sgd",
        optimiser__lr=0.8,
        optimiser__momentum=0.9,
        device="cpu",
    )
    assert summary["best_epoch"] < summary["epochs"]
    again = training(
        *("bp", "digits"),
        epochs=9,
        network={"hidden": (8,)},
        optimiser={"name": "sgd", "lr": 0.8, "momentum": 0.9},
        device="cpu",
    )
    for _ in range(summary["best_epoch"]):
        again.step()
    with np.load(folder / "network.npz") as kept:
        assert same(dict(kept), network_state(again.rule.network))
    assert summary["kept_epoch"] == summary["best_epoch"]
    for part in ("train", "validation", "test"):
        assert summary[f"{part}_accuracy"] == again.judge(part).accuracy
    assert summary["test_loss"] == again.judge("test").loss
    for _ in range(summary["epochs"] - summary["best_epoch"]):
        again.step()
    assert summary["test_accuracy"] != again.judge("test").accuracy
    reached, missed = (summary["test_accuracy"] + change for change in (-1e-6, 1e-6))
    for number, (target, expected) in enumerate([(reached, True), (missed, False)]):
        told = learn(
            *("bp", "digits"),
            folder=f"runs{number}",
            epochs=9,
            patience=3,
            target=target,
            network__hidden=[8],
            optimiser__name="sgd",
            optimiser__lr=0.8,
            optimiser__momentum=0.9,
            device="cpu",
        )[1]
        assert told["reached"] is expected


@pytest.mark.parametrize(("target", "reached"), [(0.97, False), (0.5, True)])
def test_a_target_is_reached_on_the_test_examples(target: float, reached: bool) -> None:
    _, summary = learn(
        *("bp", "digits"),
        epochs=40,
        target=target,
        data__train=100,
        network__hidden=[32],
        optimiser__lr=0.02,
        device="cpu",
    )
    assert summary["train_accuracy"] > 0.97 > summary["test_accuracy"] > 0.5
    assert summary["reached"] is reached


class Watching(BP):
    """Backpropagation that notes how many threads it has."""

    threads: ClassVar[list[int]] = []

    def gradients(self, inputs: Tensor, targets: Tensor) -> BatchResult:
        self.threads.append(torch.get_num_threads())
        return super().gradients(inputs, targets)


def test_a_run_has_the_threads_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.RULES, "watching", "tests.learning.test_left_behind:Watching")
    before = torch.get_num_threads()
    Watching.threads.clear()
    learn("watching", "parity", epochs=1, threads=3, probe=0, device="cpu")
    assert set(Watching.threads) == {3}
    assert torch.get_num_threads() == before
