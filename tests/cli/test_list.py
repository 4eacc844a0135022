"""`evo list`: names of a kind, and runs."""

import json
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from evo import registry
from evo.cli import app
from evo.explain.library import CHAPTERS


@pytest.fixture
def evo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*words):
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)

    return call


@pytest.fixture
def runs(evo):
    for name, seed, generations in (("ga", 1, 2), ("es", 2, 9), ("ga", 3, 5)):
        words = ("run", name, "sphere", "--seed", seed, "--generations", generations, "-q")
        assert evo(*words).code == 0
    return evo


@pytest.mark.parametrize("kind", CHAPTERS)
def test_every_name_of_a_kind_has_a_sentence(evo, kind):
    listed = json.loads(evo("list", kind, "--format", "json").out)
    lines = evo("list", kind).out.splitlines()
    assert len(listed) == len(lines) - 1
    for entry, line in zip(listed, lines[1:], strict=True):
        assert line.startswith(entry["name"])
        assert line.endswith(entry["sentence"])
        assert entry["sentence"]


def test_a_kind_is_no_folder(evo):
    answer = evo("list", "algorithms")
    assert answer.code == 0
    assert [line.split()[0] for line in answer.out.splitlines()[1:]] == list(registry.ALGORITHMS)
    assert "no runs in algorithms" in evo("list", "./algorithms").err


def test_names_of_others_are_listed_too(evo, monkeypatch):
    monkeypatch.setitem(registry.ALGORITHMS, "breeder", "tests.plugin.evo_ternary.steady:Steady")
    assert "breeder" in evo("list", "algorithms").out


def test_operators_have_the_setting_that_chooses_them(evo):
    entries = json.loads(evo("list", "operators", "--format", "json").out)
    settings = {entry["name"]: entry.get("setting") for entry in entries}
    assert settings["sbx"] == "genome.crossover=sbx"
    assert settings["crowding-distance"] is None


def test_runs_can_be_sorted_and_filtered(runs):
    def column(*words, key):
        rows = json.loads(runs("list", *words, "--format", "json").out)
        return [row[key] for row in rows]

    assert column("--sort", "seed", key="seed") == [1, 2, 3]
    assert column("--sort", "steps", key="generations") == [2, 5, 9]
    best = column("runs", "--sort", "best", key="best")
    assert best == sorted(best)
    assert column("--algorithm", "ga", key="algorithm") == ["ga", "ga"]
    assert column("--problem", "onemax", key="problem") == []
    assert "none of the 3 runs" in runs("list", "--problem", "onemax").err


def test_options_of_runs_are_refused_for_names(evo):
    assert evo("list", "rules", "--sort", "best").code == 2
    answer = evo("list", "--sort", "bset")
    assert answer.code == 2
    assert "did you mean 'best'?" in answer.err


def test_a_table_fits_the_terminal(monkeypatch, capsys):
    from evo.cli import table

    monkeypatch.setenv("COLUMNS", "60")
    table._fitted(["name", "what it is"], [["one", "word " * 40], ["[bold]", "is no markup"]])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 60
    assert any("[bold]" in line for line in lines)
