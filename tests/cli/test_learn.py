"""`evo learn` and what else works on its runs, called in this process.

Interruptions in processes of their own.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from evo.cli import app
from evo.runs import checkpoint
from evo.runs.folder import RunFolder
from tests.helpers import same

KEYS = {
    "rule",
    "data",
    "seed",
    "epochs",
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "wall_s",
    "run",
    "reached",
}
SMALL = ("--set", "network.hidden=[16]", "--set", "checkpoint_interval=0")


@pytest.fixture
def evo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVO_TRACEBACK", raising=False)

    def call(*words):
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)

    return call


def dfa(*words):
    return ("learn", "dfa", "digits", "--epochs", "3", *SMALL, *words)


def only_run(folder="runs"):
    (run,) = Path(folder).glob("*_s*")
    return run


def test_learn_tells_its_end_and_leaves_a_run_folder(evo):
    answer = evo(*dfa())
    assert answer.code == 0, answer.err
    run = only_run()
    assert "done after 3 epochs" in answer.out
    assert f"evo report {run}" in answer.out
    assert "epoch 1/3" in answer.err
    assert "epoch 3/3" in answer.err
    names = {path.name for path in run.iterdir()}
    assert names >= {
        "config.toml",
        "metrics.jsonl",
        "checkpoint.zip",
        "network.npz",
        "summary.json",
        "accuracy.svg",
        "angle-to-bp.svg",
    }
    folder = RunFolder.open(run)
    assert [line["epoch"] for line in folder.metrics()] == [1, 2, 3]
    assert folder.state() == "finished"
    with np.load(run / "network.npz") as network:
        assert {name: network[name].shape for name in network.files}["0.weight"] == (16, 64)


def test_json_has_accuracies_as_fractions(evo):
    answer = evo(*dfa("--format", "json", "--seed", "7"))
    summary = json.loads(answer.out)
    assert summary.keys() >= KEYS
    assert (summary["rule"], summary["data"], summary["seed"], summary["epochs"]) == (
        "dfa",
        "digits",
        7,
        3,
    )
    assert all(0 < summary[f"{part}_accuracy"] <= 1 for part in ("train", "validation", "test"))
    without = json.loads(evo(*dfa("--format", "json", "--set", "data.validation=0")).out)
    assert without["validation_accuracy"] is None
    assert without["examples"] == 1438


def test_quiet_prints_the_folder_only(evo):
    answer = evo(*dfa("--quiet"))
    assert (answer.out.strip(), answer.err) == (str(only_run()), "")


def test_the_same_seed_gives_the_same_files(evo):
    for out in ("a", "b"):
        evo(*dfa("--out", out, "--seed", "3"))
    for name in ("metrics.jsonl", "network.npz"):
        assert (only_run("a") / name).read_bytes() == (only_run("b") / name).read_bytes()
    evo("learn", "--config", only_run("a") / "config.toml", "--out", "c")
    assert (only_run("a") / "metrics.jsonl").read_bytes() == (
        only_run("c") / "metrics.jsonl"
    ).read_bytes()


def test_targets(evo):
    assert evo(*dfa("--require-target")).code == 2
    answer = evo(*dfa("--require-target", "--set", "target=0.999"))
    assert answer.code == 1
    assert "not solved" in answer.out
    assert evo(*dfa("--require-target", "--set", "target=0.1")).code == 0
    stopped = json.loads(
        evo(*dfa("--set", "target=0.1", "--set", "stop_at_target=true", "--format", "json")).out
    )
    assert (stopped["epochs"], stopped["reached"]) == (1, True)


def test_patience_keeps_the_best_network(evo):
    summary = json.loads(
        evo(*dfa("--set", "patience=1", "--set", "optimiser.lr=1e-12", "--format", "json")).out
    )
    assert (summary["epochs"], summary["best_epoch"]) == (2, 1)
    assert summary["best_test_accuracy"] == summary["test_accuracy"]
    assert "best         " in evo(*dfa("--set", "patience=1")).out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("learn", "dfaa", "digits"), "did you mean 'dfa'?"),
        (("learn", "dfa", "digit"), "did you mean 'digits'?"),
        (("learn",), "no rule is named"),
        (("learn", "dfa", "digits", "--epochs", "0"), "run.epochs = 0"),
        (("learn", "dfa", "digits", "--set", "optimiser.lr=fast"), "optimiser.lr"),
        (("learn", "dfa", "digits", "--set", "rule.scal=2"), "did you mean 'rule.scale'?"),
        (
            ("learn", "dfa", "digits", "--set", "algorithm.population=2"),
            "unknown section 'algorithm'",
        ),
        (("learn", "dfa", "digits", "--set", "generations=2"), "unknown key run.generations"),
        (("learn", "dfa", "digits", "--set", 'network.layers=["conv 4 50"]'), "does not fit"),
        (
            ("learn", "dfa", "digits", "--set", "patience=2", "--set", "data.validation=0"),
            "needs validation examples",
        ),
        (("learn", "dfa", "digits", "--set", "stop_at_target=true"), "needs a target"),
        (("learn", "dfa", "none.npz"), "there is no file"),
        (("learn", "dfa", "digits", "--device", "abacus"), "run.device = 'abacus'"),
        (("config", "show", "dfa", "nothing"), "unknown data set"),
        (("run", "dfa", "digits"), "unknown algorithm 'dfa': it belongs to evo learn"),
        (("run", "dfa", "digits"), "evo learn dfa digits"),
        (("learn", "neat", "cartpole"), "evo run neat cartpole"),
        (("learn", "ga", "digits"), "unknown rule 'ga'"),
    ],
)
def test_usage_errors_are_words_and_exit_2(evo, tmp_path, words, expected):
    answer = evo(*words)
    assert answer.code == 2
    assert expected in answer.err
    assert (answer.out, "Traceback" in answer.err) == ("", False)
    assert not (tmp_path / "runs").exists()


def test_without_torch_it_says_what_to_install(evo, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("evo.learning")]:
        monkeypatch.delitem(sys.modules, name)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "torch" else found(name, *rest),
    )
    answer = evo(*dfa())
    assert answer.code == 4
    assert "[learn]" in answer.err


def test_config_new_show_and_check(evo):
    assert evo("config", "new", "fa", "two-moons", "mine.toml").code == 0
    assert "[optimiser]" in evo("config", "show", "fa", "two-moons").out
    assert (
        evo("config", "check", "mine.toml").out == "mine.toml is a valid config: fa on two-moons\n"
    )
    assert evo("learn", "--config", "mine.toml", "--epochs", "1", "--quiet").code == 0
    assert evo("run", "--config", "mine.toml").code == 2


def test_list_report_and_replay(evo):
    evo(*dfa())
    evo("run", "ga", "sphere", "--generations", "1", "--quiet")
    rows = json.loads(evo("list", "--format", "json").out)
    (row,) = [row for row in rows if row.get("rule")]
    assert (row["data"], row["epochs"], row["state"]) == ("digits", 3, "finished")
    assert "dfa" in evo("list").out
    run = next(path for path in Path("runs").glob("*_s*") if "dfa" in path.name)
    assert evo("report", run).code == 0
    page = (run / "report.html").read_text()
    for words in (
        "test accuracy",
        "Angle to backpropagation",
        "Accuracy by epoch",
        "dfa on digits",
    ):
        assert words in page
    answer = evo("replay", run)
    assert answer.code == 2
    assert "no champion" in answer.err


def test_a_report_of_a_run_that_has_not_ended(evo):
    evo(*dfa())
    (only_run() / "summary.json").unlink()
    assert evo("report", only_run()).code == 0
    (only_run() / "metrics.jsonl").write_text("")
    assert evo("report", only_run()).code == 0


def test_a_finished_run_can_be_extended(evo):
    evo(*dfa("--seed", "2"))
    run = only_run()
    before = (run / "metrics.jsonl").read_bytes()
    assert "finished" in evo("resume", run).err
    assert evo("resume", run, "--generations", "9").code == 2
    assert json.loads(evo("resume", run, "--epochs", "5", "--format", "json").out)["epochs"] == 5
    assert (run / "metrics.jsonl").read_bytes().startswith(before)
    evo(*dfa("--seed", "2", "--epochs", "5", "--out", "whole"))
    assert (run / "metrics.jsonl").read_bytes() == (
        only_run("whole") / "metrics.jsonl"
    ).read_bytes()


@pytest.mark.parametrize("name", ["config.toml", "checkpoint.zip", "summary.json"])
@pytest.mark.parametrize("content", [b"", b"\xff\x00\xff", b"[1, 2]"])
def test_damaged_runs_are_refused_in_words(evo, name, content):
    evo(*dfa("--epochs", "1"))
    run = only_run()
    (run / name).write_bytes(content)
    if name == "checkpoint.zip":
        (run / "summary.json").unlink()
    for words in (("resume", run), ("report", run), ("list",)):
        answer = evo(*words)
        assert answer.code in (0, 2), (words, answer.err)
        assert "Traceback" not in answer.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interruption_leaves_no_trace(evo, number):
    words = ("learn", "dfa", "digits", "--epochs", "40", "--seed", "5", *SMALL, "--quiet")
    assert evo(*words, "--out", "whole").code == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "evo", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    deadline = time.monotonic() + 60
    while not list(Path("runs").glob("*/checkpoint.zip")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    process.wait(30)
    run = only_run()
    if not (run / "summary.json").exists():
        assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)
        assert len(RunFolder.open(run).metrics()) < 40
    assert evo("resume", run, "--quiet").code == 0
    whole = only_run("whole")
    assert (run / "metrics.jsonl").read_bytes() == (whole / "metrics.jsonl").read_bytes()
    a, b = (checkpoint.read(path / "checkpoint.zip")["training"] for path in (run, whole))
    assert same({**a, "elapsed": 0}, {**b, "elapsed": 0})
    assert (run / "network.npz").read_bytes() == (whole / "network.npz").read_bytes()
