"""`evo explain`: pages, guides, and what it says of unknown names."""

import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from evo.cli import app, explain
from tests.test_imports import ENVIRONMENT


@pytest.fixture
def evo():
    def call(*words):
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)

    return call


def test_without_a_name_it_lists_guides_and_kinds(evo):
    answer = evo("explain")
    assert answer.code == 0
    assert "- `lecture`:" in answer.out
    assert "- `evo list operators`:" in answer.out


def test_an_algorithm_has_five_steps_settings_and_a_command(evo):
    page = evo("explain", "neat").out
    assert page.startswith("# neat (algorithm)\n\nNEAT, neuroevolution of augmenting topologies")
    for step in ("initialise", "select parents", "recombine", "mutate", "survive"):
        assert f"- **{step}**: " in page
    assert "- `algorithm.population = 150` (at least 2" in page
    assert "$ evo run neat cartpole" in page
    assert "Stanley" in page


def test_a_rule_has_its_equation_and_its_paper(evo):
    page = evo("explain", "dfa").out
    assert "    delta_L = e,   delta_l = (e B_l^T) . f'(a_l)" in page
    assert "Nøkland" in page
    assert "- `rule.connections = " in page


def test_several_meanings_are_all_shown(evo):
    page = evo("explain", "uniform").out
    assert "# uniform (selection)" in page
    assert "# uniform (crossover)" in page


@pytest.mark.parametrize("name", ["Baldwin effect", "baldwin-effect", "BALDWINIAN"])
def test_terms_are_found_as_they_are_written(evo, name):
    assert evo("explain", name).out.startswith("# baldwin effect (term)")


def test_without_torch_rules_are_listed_and_explained():
    asked = (
        "import sys; sys.modules['torch'] = None\n"
        "from evo.cli import app\n"
        "from typer.testing import CliRunner\n"
        "explained = [['explain', name] for name in ('dfa', 'digits', 'lifetime')]\n"
        "for words in (['list', 'rules'], ['list', 'data'], *explained):\n"
        "    answer = CliRunner().invoke(app, words, catch_exceptions=False)\n"
        "    print(answer.exit_code, answer.stdout)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked], env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    assert answer.stdout.count("\n0 ") + answer.stdout.startswith("0 ") == 5, answer.stderr
    assert answer.stdout.count("torch is not installed. install it with") == 2
    assert "Nøkland" in answer.stdout


def test_unknown_names_get_a_guess(evo):
    answer = evo("explain", "spezies")
    assert answer.code == 2
    assert "did you mean 'species'?" in answer.err
    assert "evo list" in answer.err


def test_piped_pages_are_plain_markdown_and_comments_stay_out(evo):
    assert "<!--" not in evo("explain", "own-function").out
    assert "\x1b" not in evo("explain", "lecture").out


def test_pages_are_set_for_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    explain.show("# Title\n\n" + "word " * 40 + "\n\n- `a = 1`: one\n")
    text = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert max(map(len, text.splitlines())) <= 60
    assert " • " in text
    assert "`" not in text
