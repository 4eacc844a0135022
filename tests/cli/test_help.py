"""What --help says: values in words, examples that work, exit codes."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evo.cli import app, study
from evo.kind import kinds
from tests.documents import command, typed

GROUPS = {"": app, **{group.name: group.typer_instance for group in app.registered_groups}}
COMMANDS = [
    (f"{name} {each.name or each.callback.__name__}".strip(), each)
    for name, group in GROUPS.items()
    for each in group.registered_commands
]
EXAMPLES = {
    name: typed(registered.epilog.replace("\\[", "["))
    for name, registered in COMMANDS
    if registered.epilog
}


def help_of(*words):
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    return re.sub(r"\x1b\[[\d;]*m", "", result.output)


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_values_have_readable_names_and_examples_are_shown(name):
    text = help_of(*name.split())
    assert "<bool>" not in text
    assert "<int>" not in text
    assert len(EXAMPLES[name]) >= 1
    for line in EXAMPLES[name]:
        assert line in text, line
        assert line.startswith("evo ")


CARTPOLE = "evo run neat cartpole --generations 1 --set problem.max_steps=9 --set target=99"
SWIM = "evo run creatures swim --generations 1 --set algorithm.population=8 --set problem.seconds=1"
FIRST = {"audit": SWIM, "export": SWIM, "replay": SWIM}
"""The run that a command is tried with, where it is for creatures."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_work(name, tmp_path, monkeypatch, slow):
    monkeypatch.chdir(tmp_path)
    command(FIRST.get(name, CARTPOLE))
    # what has hardly evolved need not do in other conditions what it does in these
    monkeypatch.setattr("evo.problems.creatures.audit.CONDITIONS", ())
    Path("my-study.toml").write_text(
        '[settings]\nalgorithm.name = "ga"\nproblem.name = "onemax"\n[study]\ntitle = "Two"\n'
    )
    if "check" in name:
        command("evo config new ga onemax my.toml")
    for line in EXAMPLES[name]:
        if "--require-target" in line:
            command(line, whole=True)
        else:
            command(line, slow)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.command)
def test_the_example_of_a_setting_is_about_its_own_kind(kind):
    section = kind.example.partition(".")[0]
    assert section in kind.sections
    assert kind.example in help_of(kind.command)


@pytest.mark.parametrize("name", GROUPS)
def test_commands_of_commands_have_readable_values_too(name):
    assert "<bool>" not in help_of(*name.split())


def test_the_first_help_says_exit_codes_and_where_environment_variables_are():
    text = help_of()
    assert "130 interrupted" in text
    assert "evo explain environment-variables" in text


def test_studies_are_found_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, ["study", "rules-depht10"])
    assert answer.exit_code == 2
    assert "did you mean 'rules-depth10'?" in answer.stderr
    assert study.EXAMPLES
