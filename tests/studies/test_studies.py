"""`evo study` and `evo compare`.

What they leave behind, that they go on where they stopped, and that they stop at once.
"""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from evo.cli import app
from evo.runs.folder import RunFolder
from evo.studies import parquet

FILE = """
[study]
title = "Rules on two moons"
seeds = 2
success = 0.0

[settings]
data = { name = "two-moons", examples = 200 }
run = { epochs = 3, checkpoint_interval = 0.0 }
network.hidden = [8]

[[cells]]
name = "bp"
published = 0.99
settings.rule.name = "bp"

[[cells]]
name = "dfa"
success = 2.0
settings.rule.name = "dfa"
"""


@pytest.fixture
def evo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    Path("small.toml").write_text(FILE)

    def call(*words):
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)

    return call


def test_a_study_leaves_tables_and_a_figure_and_runs_once(evo):
    answer = evo("study", "small.toml", "--workers", "2")
    assert answer.code == 0, answer.err
    folder = Path("studies/small")
    assert {path.name for path in folder.iterdir()} == {
        "study.toml",
        "runs",
        "table.csv",
        "table.md",
        "runs.csv",
        "figure.png",
    }
    rows = list(csv.DictReader((folder / "table.csv").read_text().splitlines()))
    assert [(row["cell"], row["n"], row["successes"], row["published"]) for row in rows] == [
        ("bp", "2", "2", "0.99"),
        ("dfa", "2", "0", ""),
    ]
    assert "Rules on two moons" in answer.out
    assert (
        "two-moons · 180 training examples · networks of 42 parameters · 3 epochs · seeds 0, 1"
        in answer.out
    )
    assert (folder / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert "4/4" in answer.err
    assert "finished before" not in answer.err
    times = {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/*")}
    again = evo("study", "small.toml", "--format", "json", "--figures", "pdf", "--baseline", "dfa")
    assert "4 runs finished before, 0 left to do" in again.err
    assert "seed" not in again.err.split("\n", 1)[1]
    shown = json.loads(again.out)
    assert [row["baseline"] for row in shown["rows"]] == ["dfa", None]
    assert (folder / "figure.pdf").read_bytes().startswith(b"%PDF")
    assert times == {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/*")}
    assert [row["cell"] for row in shown["rows"]] == ["bp", "dfa"]

    single = json.loads(
        evo("learn", "--config", folder / "runs/dfa_s1/config.toml", "--format", "json").out
    )
    assert single["test_accuracy"] == RunFolder(folder / "runs/dfa_s1").summary()["test_accuracy"]
    changed = evo("study", "small.toml", "--set", "epochs=4")
    assert changed.code == 2
    assert "run.epochs" in changed.err

    table = evo("compare", folder / "runs")
    assert "| bp on two-moons | 2 |" in table.out
    assert (
        evo(
            "compare",
            folder / "runs/bp_s0",
            folder / "runs/dfa_s0",
            "--out",
            "mine",
            "--success",
            "0.1",
            "--quiet",
        ).out
        == "mine\n"
    )
    assert "1/1" in Path("mine/table.md").read_text()
    assert evo("compare", folder / "runs", "--measure", "nothing").code == 2
    assert evo("compare", "studies").code == 2
    assert (
        "did you mean 'bp on two-moons'"
        in evo("compare", folder / "runs", "--baseline", "bp on two").err
    )
    assert evo("compare", folder / "runs", "--figures", "svg").code == 2
    if find_spec("pyarrow"):
        without = evo("compare", folder / "runs", "--tables", "parquet")
        assert (without.code, "--tables needs a place" in without.err) == (2, True)
        written = evo("study", "small.toml", "--tables", "parquet")
        assert "runs.csv, runs.parquet, figure" in written.out
        assert (folder / "runs.parquet").read_bytes().startswith(b"PAR1")
        assert evo("compare", folder / "runs", "--out", "other", "--tables", "parquet").code == 0
        assert Path("other/runs.parquet").exists()


@pytest.mark.parametrize("words", [("study", "small.toml"), ("compare", "runs", "--out", "there")])
def test_parquet_without_its_extra_is_refused_before_anything_runs(evo, monkeypatch, words):
    monkeypatch.setattr(parquet, "find_spec", lambda name: None)
    answer = evo(*words, "--tables", "parquet")
    assert answer.code == 4
    assert "pyarrow, which writes Parquet, is not installed" in answer.err
    assert "[parquet]" in answer.err
    assert not Path("studies").exists()
    assert not Path("there").exists()


def test_an_interrupted_study_goes_on(evo):
    words = ("study", "small.toml", "--workers", "2", "--set", "run.epochs=80", "--seeds", "1")
    assert evo(*words, "--out", "whole").code == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "evo", *words, "--out", "cut"], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(Path("cut").glob("runs/*/checkpoint.zip")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("it was done before the signal came")
    assert process.returncode == 130, told
    assert "go on with:" in told
    assert "Traceback" not in told
    assert all(RunFolder(path).state() != "running" for path in Path("cut/runs").iterdir())
    assert evo(*words, "--out", "cut").code == 0
    for path in Path("whole/runs").iterdir():
        for name in ("metrics.jsonl", "network.npz"):
            assert (path / name).read_bytes() == (Path("cut/runs") / path.name / name).read_bytes()


def test_runs_that_fail_are_told_and_the_others_go_on(evo):
    text = FILE.replace(
        'settings.rule.name = "dfa"', 'settings.rule = { name = "dfa", memory = 1e-12 }'
    )
    Path("failing.toml").write_text(text)
    answer = evo("study", "failing.toml", "--seeds", "1", "--workers", "1")
    assert answer.code == 3
    assert "0 (+1 failed)" in answer.out
    assert "1 run failed: dfa, seed 0" in answer.err
    assert "GiB" in answer.err
    assert "| bp | 1 |" in answer.out


def test_a_study_of_evolutions(evo):
    Path("ga.toml").write_text(
        '[study]\ntitle = "t"\nsuccess = 1e9\nseeds = '
        '1\n[settings]\nproblem.name = "sphere"\n'
        'algorithm = { name = "ga", population = 10 }\nrun.generations = 3\n'
        '[grid]\n"problem.dimensions" = [2, 5]\n[figure]\nkind = "lines"\nx = '
        '"problem.dimensions"\n'
    )
    answer = evo("study", "ga.toml", "--workers", "1")
    assert answer.code == 0, answer.err
    assert "champion mean, lower is better" in answer.out
    assert "1/1" in answer.out
    one = evo("compare", "studies/ga/runs", "--format", "json", "--better", "higher")
    assert {row["better"] for row in json.loads(one.out)["rows"]} == {"higher"}


def test_figures_of_courses(evo):
    figures = []
    for metric in ("validation_accuracy", "angle_to_bp"):
        Path("course.toml").write_text(FILE + f'\n[figure]\nkind = "course"\ny = "{metric}"\n')
        answer = evo("study", "course.toml", "--seeds", "1")
        assert answer.code == 0, answer.err
        figures.append(Path("studies/course/figure.png").read_bytes())
        assert len(figures[-1]) > 10_000
    assert "2 runs finished before, 0 left to do" in answer.err
    assert figures[0] != figures[1]


def test_usage_errors(evo):
    assert evo("study", "none.toml").code == 2
    assert evo("study", "small.toml", "--workers", "0").code == 2
    assert evo("compare", "none").code == 2
    assert not Path("studies").exists()


def test_without_a_name_the_studies_that_come_with_evo_are_listed(evo):
    answer = evo("study")
    assert answer.code == 0
    assert "rules-depth10 " in answer.out
    assert "Ten hidden layers of 64 tanh units" in answer.out
    assert "rules-depth10" in json.loads(evo("study", "--format", "json").out)["studies"]
    unknown = evo("study", "rules-dept10")
    assert unknown.code == 2
    assert "did you mean 'rules-depth10'" in unknown.err


def test_a_study_is_checked_without_being_carried_out(evo):
    answer = evo("config", "check", "small.toml")
    assert (answer.code, answer.out) == (0, "small.toml is a valid study: 2 cells × 2 seeds\n")
    Path("wrong.toml").write_text(FILE.replace("seeds = 2", "seeds = 0\nbaseline = 'dpa'"))
    answer = evo("config", "check", "wrong.toml")
    assert answer.code == 2
    assert "study.seeds" in answer.err
    Path("wrong.toml").write_text(FILE.replace("seeds = 2", "baseline = 'dpa'"))
    assert "did you mean 'dfa'" in evo("config", "check", "wrong.toml").err
    assert not Path("studies").exists()


def test_packaged_studies_are_in_order():
    from evo.studies.plan import read

    folder = Path(__file__).parents[2] / "configs" / "studies"
    for path in sorted(folder.glob("rules-*.toml")):
        if "cifar" in path.read_text() or 'name = "mnist"' in path.read_text():
            continue
        assert read(path).cells, path
