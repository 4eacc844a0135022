"""A champion is judged by a figure that is not its fitness, and once on what nothing was chosen by.

Seen when planted: a target that is compared with the loss, test examples in place of validation.
"""

import json

import pytest
from typer.testing import CliRunner

import evo
from evo.cli import app
from evo.reports.html import render
from evo.runs.folder import RunFolder


def started(tmp_path, monkeypatch, *more):
    monkeypatch.chdir(tmp_path)
    words = [
        "run",
        "es",
        "two-moons",
        "--workers",
        "1",
        "--set",
        "problem.examples=200",
        "--seed",
        "3",
        *more,
    ]
    answer = CliRunner().invoke(app, words, catch_exceptions=False)
    assert answer.exit_code == 0, answer.stderr
    return RunFolder.open(tmp_path / "runs/latest"), answer.stdout + answer.stderr


def test_a_target_is_of_accuracy_while_loss_is_bred(tmp_path, monkeypatch):
    folder, said = started(tmp_path, monkeypatch, "--set", "target=0.9")
    summary, facts = folder.summary(), folder.facts()
    assert "solved: target 0.9 reached" in said
    assert summary["stopped"] == "target reached"
    assert summary["generations"] < 60
    assert (summary["score"], summary["training_score"]) == ("accuracy", "cross-entropy")
    assert summary["champion"]["mean"] >= 0.9
    assert summary["champion"]["episodes"] == 1
    assert summary["best"] < 1.0
    assert facts["scores"] == [{"name": "cross-entropy", "minimise": True, "target": None}]
    assert facts["judged"] == {"name": "accuracy", "minimise": False, "target": 0.9}
    line = folder.metrics()[-1]
    assert line["train_accuracy"] >= 0.9
    problem = evo.problem("two-moons", examples=200).seeded(3)
    network = evo.load(folder.path).network
    assert problem.validate(network, [0]).tolist() == [summary["champion"]["mean"]]
    assert problem.test(network) == summary["test"]
    assert f"on {summary['test']['examples']} test examples" in said


@pytest.mark.parametrize("batch", ["none", "40"])
def test_the_test_examples_are_met_once_however_often_it_is_judged(tmp_path, monkeypatch, batch):
    from evo.problems.classification import Classification

    met, asked = [], []
    test, validate = Classification.test, Classification.validate
    monkeypatch.setattr(Classification, "test", lambda *a: met.append(1) or test(*a))
    monkeypatch.setattr(
        Classification, "validate", lambda *a: asked.append(len(a[2])) or validate(*a)
    )
    folder, _ = started(
        tmp_path, monkeypatch, "--generations", "12", "--set", "target=0.999",
        "--set", f"problem.batch={batch}", "--set", "problem.noise=0.3",
    )  # fmt: skip
    assert met == [1]
    assert set(asked) == {1}
    assert folder.summary()["champion"]["ci95"] is None


def test_the_report_shows_which_class_is_taken_for_which(tmp_path, monkeypatch):
    folder, _ = started(tmp_path, monkeypatch, "--generations", "3")
    html = render(folder)
    assert "Test examples of each class" in html
    assert "accuracy in the test" in html
    assert "best cross-entropy in training" in html
    answer = CliRunner().invoke(app, ["replay", str(folder.path), "--format", "json"])
    assert json.loads(answer.stdout)["scores"] == [folder.summary()["champion"]["mean"]]
    assert "Cross-entropy by evaluations" in (folder.path / "fitness.svg").read_text()
