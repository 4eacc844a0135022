"""A run folder that somebody else made loads no code unless the person at the keyboard says so."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from evo.cli import app
from evo.own_code import places_in

MODULE = "strange_module"
ENVIRONMENT = """
import gymnasium
from gymnasium.envs.classic_control.cartpole import CartPoleEnv

gymnasium.register("Strange-v0", CartPoleEnv, max_episode_steps=10)
"""


@pytest.fixture
def evo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    Path(f"{MODULE}.py").write_text(ENVIRONMENT)

    def call(*words, answer=""):
        result = CliRunner().invoke(
            app, [str(word) for word in words], input=answer, catch_exceptions=False
        )
        return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)

    yield call
    forget()


def forget():
    """As in a new process."""
    sys.modules.pop(MODULE, None)
    sys.modules["gymnasium"].registry.pop("Strange-v0", None)


@pytest.fixture
def run(evo):
    """A run of a problem in a module, which is not imported any more."""
    answer = evo(
        *("run", "ga", f"{MODULE}:Strange-v0", "--generations", "2", "--quiet"),
        *("--set", "algorithm.population=4", "--set", "champion_episodes=2"),
    )
    assert answer.code == 0, answer.err
    forget()
    return Path(answer.out.strip())


def test_reading_imports_nothing(evo, run):
    for words in (("report", run), ("compare", run), ("compare", "runs"), ("list",)):
        answer = evo(*words)
        assert answer.code == 0, (words, answer.err)
        assert MODULE not in sys.modules, words
    assert f"ga on {MODULE}:Strange-v0" in (run / "report.html").read_text()
    assert "Return by evaluations" in (run / "report.html").read_text()


@pytest.mark.parametrize("words", [("replay",), ("resume", "--generations", "3")])
def test_playing_and_going_on_ask_first(evo, run, words):
    command, *options = words
    before = (run / "config.toml").read_bytes()
    answer = evo(command, run, *options)
    assert answer.code == 2
    assert MODULE in answer.err
    assert f"evo {command} {run} --trust" in answer.err
    assert MODULE not in sys.modules
    assert (run / "config.toml").read_bytes() == before
    assert evo(command, run, *options, "--trust").code == 0
    assert MODULE in sys.modules


def test_checking_a_file_imports_nothing(evo, run):
    answer = evo("config", "check", run / "config.toml")
    assert (answer.code, MODULE in sys.modules) == (0, False), answer.err
    assert f"{run / 'config.toml'} --trust" in answer.out
    text = (run / "config.toml").read_text()
    Path("wrong.toml").write_text(text.replace("generations = 2", "generations = -2"))
    answer = evo("config", "check", "wrong.toml")
    assert (answer.code, MODULE in sys.modules) == (2, False)
    assert "run.generations = -2" in answer.err
    assert evo("config", "check", run / "config.toml", "--trust").code == 0
    assert MODULE in sys.modules


def test_settings_files_that_name_code_ask_first(evo, run):
    config = run / "config.toml"
    study = f'[study]\ntitle = "t"\nseeds = 1\n[settings]\nproblem.name = "{MODULE}:Strange-v0"\n'
    Path("study.toml").write_text(study + 'algorithm.name = "ga"\nrun.generations = 1\n')
    for words in (
        ("run", "--config", config),
        ("study", "study.toml"),
        ("config", "show", "ga", "cartpole", "--config", config),
    ):
        answer = evo(*words)
        assert (answer.code, MODULE in sys.modules) == (2, False), words
        assert f"would import {MODULE}" in answer.err
    typed = ("run", "ga", f"{MODULE}:Strange-v0", "--config", config, "--quiet")
    assert evo(*typed).code == 0, "what is typed is asked for"


def test_a_run_that_cannot_be_read_is_named_and_left_out(evo, run):
    other = Path("runs/broken")
    other.mkdir()
    (other / "config.toml").write_text("[run\n")
    answer = evo("compare", "runs")
    assert answer.code == 0
    assert f"left out: {other / 'config.toml'} is damaged" in answer.err
    assert "ga on" in answer.out
    assert "broken" in evo("list").out
    latest = evo("compare", "runs/latest", run, Path("runs/latest").resolve())
    assert latest.out.count("ga on") == 1
    assert evo("compare", other).code == 2


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2)])
def test_a_person_is_asked(evo, run, monkeypatch, answer, code):
    monkeypatch.setattr("evo.cli.trust._is_there_anybody", lambda: True)
    assert evo("replay", run, answer=answer).code == code
    assert (MODULE in sys.modules) == (code == 0)


def test_what_run_json_says_does_not_matter(evo, run):
    """What would be imported is read from where it would be imported from."""
    facts = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**facts, "imports": []}))
    assert evo("replay", run).code == 2
    assert MODULE not in sys.modules


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("CartPole-v1", []),
        ("gym:CartPole-v1", []),
        ("ALE/Pong-v5", []),
        ("ale_py:ALE/Pong-v5", ["ale_py"]),
        ("gym:ale_py:ALE/Pong-v5", ["ale_py"]),
        ("a.b:Class", ["a.b"]),
        ("mine.py", ["mine.py"]),
        ("/there/mine.py:Class", ["/there/mine.py"]),
        (["x", {"y": "m:C"}], ["m"]),
        (3, []),
    ],
)
def test_what_counts_as_code(value, names):
    assert places_in({"problem": {"id": value, "seed": 1}}) == names
