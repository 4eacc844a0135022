"""Kinds of runs: a third one is one file and one line; names and sections find theirs."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from evo import kind, registry
from evo.cli import compare, config, list, report, resume, start, study
from evo.cli.errors import Commands
from evo.errors import UsageError
from tests.kinds import climbing


@pytest.fixture
def evo(tmp_path, monkeypatch):
    """The commands, with a third line in the table of kinds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(kind.KINDS, "climb", "tests.kinds.climbing:KIND")
    app = typer.Typer(cls=Commands)
    for each in kind.kinds():
        app.command(each.command)(start.command(each))
    app.command("resume")(resume.command())
    for name, function in (
        ("report", report.report),
        ("study", study.command()),
        ("compare", compare.compare),
        ("list", list.list_names),
    ):
        app.command(name)(function)
    app.add_typer(config.app, name="config")

    def call(*words):
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)

    return call


def test_a_third_kind_is_one_file_and_one_line(evo):
    answer = evo("climb", "steady", "hill", "--strides", "3", "--set", "walker.stride=2")
    assert answer.code == 0, answer.err
    assert "done after 3 strides (3 strides)" in answer.out
    assert "stride 3/3  height 5.0" in answer.err
    (run,) = Path("runs").glob("*_s*")
    assert (run / "height.svg").exists()
    (row,) = json.loads(evo("list", "--format", "json").out)
    assert (row["walker"], row["strides"], row["height"]) == ("steady", 3, 5.0)
    assert evo("resume", run, "--strides", "4", "--quiet").code == 0
    assert "--strides" in evo("resume", run, "--epochs", "4").err
    assert (run / "metrics.jsonl").read_text().splitlines()[3:] == ['{"stride": 4, "height": 5.0}']
    assert evo("report", run).code == 0
    assert "steady on hill" in (run / "report.html").read_text()
    assert "| steady on hill | 1 | 5.0" in evo("compare", run).out
    assert evo("config", "new", "steady", "hill", "mine.toml").code == 0
    assert "steady on hill" in evo("config", "check", "mine.toml").out
    assert "walker.stride = -1" in evo("climb", "steady", "hill", "--set", "walker.stride=-1").err


def test_names_that_two_kinds_have_are_told_apart_by_the_other_name(evo, monkeypatch):
    monkeypatch.setitem(registry.ALGORITHMS, "ep", registry.ALGORITHMS["es"])
    assert "[evaluation]" in evo("config", "new", "ep", "sphere").out
    assert "[evaluation]" in evo("config", "show", "ep", "sphere").out
    assert "[optimiser]" in evo("config", "new", "bp", "two-moons").out
    assert "[evaluation]" in evo("config", "new", "ga", "two-moons").out
    assert "unknown algorithm" in evo("config", "new", "gaa", "two-moons").err


def test_data_is_for_both_so_a_name_of_both_has_to_be_told_apart(evo, monkeypatch):
    monkeypatch.setitem(registry.ALGORITHMS, "ep", registry.ALGORITHMS["es"])
    assert "evo run and evo learn" in evo("config", "new", "ep", "two-moons").err
    assert "[optimiser]" in evo("config", "new", "ep", "two-moons", "--kind", "learn").out


def test_names_that_two_kinds_have_both_have_to_be_told_apart(evo, monkeypatch):
    monkeypatch.setitem(registry.ALGORITHMS, "steady", registry.ALGORITHMS["es"])
    monkeypatch.setitem(climbing.HILLS, "sphere", 1.0)
    answer = evo("config", "new", "steady", "sphere")
    assert answer.code == 2
    assert "evo run and evo climb" in answer.err
    assert "[walker]" in evo("config", "new", "steady", "sphere", "--kind", "climb").out
    assert "unknown kind" in evo("config", "new", "steady", "sphere", "--kind", "clim").err
    with pytest.raises(UsageError):
        kind.kind_of_names("steady", "sphere")


@pytest.mark.parametrize(
    ("sections", "command"),
    [
        ((), "run"),
        (("run", "network"), "run"),
        (("evaluation",), "run"),
        (("optimiser",), "learn"),
        (("data", "run"), "learn"),
        (("algorithm", "rule"), "run"),
        (("algorithm", "rule", "data"), "learn"),
    ],
)
def test_sections_say_which_kind_they_are_of(sections, command):
    assert kind.kind_of_sections(sections).command == command


def test_every_kind_has_what_runs_need():
    for each in kind.kinds():
        assert set(each.names) < set(each.sections)
        fields = each.run_settings().model_fields
        assert {each.limit, "seed", "target", "stop_at_target", "checkpoint_interval"} <= set(
            fields
        )
        options = {(option.section, option.name) for option in each.options}
        assert ("run", each.limit) in options
