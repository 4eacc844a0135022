"""Figures that go to other places too, step by step."""

import csv
import shutil

import pytest

import evo
from evo.config import resolve
from evo.errors import ConfigError
from evo.runs.execution import execute
from evo.runs.folder import RunFolder
from evo.runs.sinks import Csv, flat

SETTINGS = {"run": {"sinks": ["csv"], "stop_at_target": False}, "algorithm": {"population": 10}}


def rows(path):
    return list(csv.DictReader((path / "metrics.csv").read_text().splitlines()))


def test_csv_has_a_row_for_each_generation(tmp_path):
    run = evo.run("neat", "xor", generations=4, settings=SETTINGS, out=tmp_path)
    found = rows(run.path)
    assert [row["generation"] for row in found] == ["1", "2", "3", "4"]
    assert [float(row["best"]) for row in found] == run.metrics["best"].tolist()
    assert not any(name.startswith("species_sizes") for name in found[0])


def test_csv_of_a_run_that_was_resumed_is_that_of_one_that_never_stopped(tmp_path):
    whole = evo.run("neat", "xor", generations=6, settings=SETTINGS, out=tmp_path / "whole")
    half = evo.run("neat", "xor", generations=3, settings=SETTINGS, out=tmp_path / "half")
    with (half.path / "metrics.csv").open("a") as file:
        file.write("4,of a step behind the checkpoint\n")
    folder = RunFolder.open(half.path)
    execute(folder.config(6), folder)
    assert (half.path / "metrics.csv").read_text() == (whole.path / "metrics.csv").read_text()


def test_a_figure_that_comes_later_gets_a_column(tmp_path):
    sink = Csv(tmp_path, "epoch", [{"epoch": 1, "loss": 2.0}])
    sink.write({"epoch": 2, "loss": 1.0, "angles": {"1": 30.0}})
    sink.write({"epoch": 3, "loss": 0.5})
    sink.close()
    assert [row["angles.1"] for row in rows(tmp_path)] == ["", "30.0", ""]


def test_figures_within_figures_are_flat():
    assert flat({"a": 1, "b": {"c": {"d": 2.0}, "e": None}, "f": [1]}) == {
        "a": 1,
        "b.c.d": 2.0,
        "b.e": None,
    }


def test_tensorboard_gets_scalars(tmp_path):
    pytest.importorskip("tensorboardX")
    settings = {"run": {"sinks": ["tensorboard"]}}
    run = evo.run("ga", "onemax", generations=3, settings=settings, out=tmp_path)
    (file,) = (run.path / "tensorboard").iterdir()
    content = file.read_bytes()
    assert content.count(b"best_so_far") == 3
    shutil.rmtree(run.path / "tensorboard")


OWN = """
class Lines:
    def __init__(self, folder, counter, before):
        self.file = (folder / "mine.txt").open("w")

    def write(self, line):
        self.file.write(f"{line['best']}\\n")

    def close(self):
        self.file.close()
"""


def test_a_sink_of_one_s_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_sink.py").write_text(OWN)
    settings = {"run": {"sinks": ["my_sink.py:Lines"]}}
    run = evo.run("ga", "onemax", generations=3, settings=settings)
    assert len((run.path / "mine.txt").read_text().splitlines()) == 3
    with pytest.raises(ConfigError, match=r"unknown sink 'cvs'.*did you mean 'csv'"):
        resolve("ga", "onemax", assignments=['sinks=["cvs"]'])
