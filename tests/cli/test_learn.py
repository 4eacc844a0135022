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

from evo import load
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
    assert summary["kept_epoch"] == 1
    told = evo(*dfa("--set", "patience=1", "--set", "optimiser.lr=1e-12")).out
    assert "of the network kept after epoch 1, the best by validation" in " ".join(told.split())


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
        (("learn", "tp", "digits", "--set", "network.kind=conv"), "network.pool=stride"),
        (
            (
                "learn",
                "ep",
                "digits",
                "--set",
                "network.kind=conv",
                "--set",
                "network.pool=average",
            ),
            "network.pool=max or network.pool=stride",
        ),
        (("learn", "bp", "digits", "--set", "network.output_activation=clamp"), "squared-error"),
        (("learn", "eqspike", "digits", "--set", "network.activation=tanh"), "activation=clamp"),
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


def test_an_extended_schedule_says_what_it_is_not(evo):
    evo(*dfa("--set", "optimiser.schedule=cosine"))
    told = evo("resume", only_run(), "--epochs", "5").err
    assert "the cosine schedule of optimiser.lr was planned for 3 epochs" in told
    evo(*dfa("--out", "constant"))
    assert "schedule" not in evo("resume", only_run("constant"), "--epochs", "5").err


def test_a_regression_from_file_to_prediction(evo):
    draw = np.random.Generator(np.random.PCG64(1))
    x = draw.normal(size=(300, 2))
    y = 100 + 30 * np.sin(2 * x[:, 0])
    np.savez("waves.npz", x=x, y=y)
    words = ("--epochs", "60", "--set", "optimiser.lr=0.01", "--set", "target=0.9")
    answer = evo("learn", "bp", "waves.npz", *words)
    assert answer.code == 0
    assert "mean squared error" in answer.out and "R² 0.9" in answer.out
    assert "validation R²" in answer.err
    run = only_run()
    summary = RunFolder.open(run).summary()
    assert summary["reached"] is True and summary["test_r2"] > 0.9
    assert "test_accuracy" not in summary
    predicted = load(run).predict(x)
    assert predicted.shape == (300,)
    assert np.mean((predicted - y) ** 2) < 0.2 * y.var()
    assert (run / "r2.svg").exists() and not (run / "accuracy.svg").exists()
    assert evo("report", run).code == 0
    page = (run / "report.html").read_text()
    assert "R² by epoch" in page and "mean squared error" in page
    (row,) = json.loads(evo("list", "--format", "json").out)
    assert row["test_accuracy"] == summary["test_r2"]
    evo("learn", "dfa", "waves.npz", *words)
    compared = evo("compare", *sorted(Path("runs").glob("*_s*")))
    assert compared.code == 0 and "test_mse" not in compared.out and "r2" in compared.out
    refused = evo("learn", "bp", "waves.npz", "--set", "loss=cross-entropy")
    assert refused.code == 2 and "squared-error" in refused.err


def test_what_goes_wrong_is_told_at_the_end_and_in_events(evo):
    answer = evo(*("learn", "ep", "two-moons", "--epochs", "2", "--set", "network.hidden=[64,64]"))
    assert answer.code == 0
    words = " ".join(answer.out.split())
    assert "warning the network does not come to rest" in words and "network.hidden" in words
    assert "measured free residual" in words and "angle to backpropagation" in words
    folder = RunFolder.open(only_run())
    assert folder.events()[0]["event"] == "not_at_rest"
    assert any("come to rest" in each for each in folder.summary()["warnings"])
    evo("report", only_run())
    assert "come to rest" in (only_run() / "report.html").read_text()


def test_a_network_at_chance_is_told(evo):
    answer = evo(*dfa("--set", "optimiser.name=sgd", "--set", "optimiser.lr=1e-12"))
    assert answer.code == 0
    assert "the network is at chance" in " ".join(answer.out.split())
    assert [each["event"] for each in RunFolder.open(only_run()).events()] == ["at_chance"]


def test_a_loss_that_is_never_finite_is_an_error(evo):
    diverging = ("--set", "optimiser.name=sgd", "--set", "optimiser.lr=1e30")
    words = ("learn", "bp", "digits", *SMALL, "--set", "loss=squared-error", *diverging)
    answer = evo(*words, "--set", "network.activation=relu")
    assert answer.code == 3
    assert "not finite in the first epoch" in answer.err and "optimiser.lr" in answer.err
    assert evo("resume", only_run()).code == 3


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


LONGER = ("learn", "dfa", "digits", "--epochs", "40", "--seed", "5", *SMALL, "--quiet")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a run that nobody interrupted."""
    place = tmp_path_factory.mktemp("whole")
    assert CliRunner().invoke(app, [*LONGER, "--out", str(place)]).exit_code == 0
    return only_run(place)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interruption_leaves_no_trace(evo, whole, number):
    process = subprocess.Popen(
        [sys.executable, "-m", "evo", *LONGER],
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
    assert (run / "metrics.jsonl").read_bytes() == (whole / "metrics.jsonl").read_bytes()
    a, b = (checkpoint.read(path / "checkpoint.zip")["training"] for path in (run, whole))
    assert same({**a, "elapsed": 0}, {**b, "elapsed": 0})
    assert (run / "network.npz").read_bytes() == (whole / "network.npz").read_bytes()
