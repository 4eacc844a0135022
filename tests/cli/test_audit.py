"""`evo audit`: what it says, and how it ends.

Seen when planted: an exit code of 0 in all cases, JSON that is preceded by lines of text.
"""

import json

import pytest
from typer.testing import CliRunner

from evo.cli import app
from evo.problems.creatures import audit as audits
from evo.problems.creatures.audit import Condition


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a short run of swimmers."""
    place = tmp_path_factory.mktemp("audited")
    settings = ["algorithm.population=6", "problem.seconds=0.6", "run.champion_episodes=1"]
    words = ["run", "creatures", "swim", "--generations", "1", "--workers", "1", "-q"]
    words += [word for each in settings for word in ("--set", each)]
    assert CliRunner().invoke(app, [*words, "--out", str(place)]).exit_code == 0
    return next(path for path in place.iterdir() if path.is_dir() and not path.is_symlink())


def audit(run, *words):
    return CliRunner().invoke(app, ["audit", str(run), *words])


@pytest.fixture
def honest(monkeypatch):
    """Conditions that change nothing."""
    monkeypatch.setattr(audits, "CONDITIONS", (Condition("the same"),))


@pytest.fixture
def cheating(monkeypatch):
    """A figure of which something is gone in the second condition."""
    monkeypatch.setattr(audits, "CONDITIONS", (Condition("less", longer=2.0, least=0.9),))
    monkeypatch.setattr("evo.problems.creatures.walk.Swim.worth", lambda *_: 3.0)


def test_a_creature_that_passes_ends_with_0(run, honest):
    result = audit(run, "--starts", "2")
    lines = result.output.splitlines()
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in lines] == ["pass", "pass", "audit"]
    assert "as evaluated" in lines[0]
    assert "expected" in lines[1]
    assert lines[-1] == "audit passed"


def test_a_creature_that_fails_ends_with_1(run, cheating):
    result = audit(run, "--starts", "2")
    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert [line.split()[0] for line in lines] == ["pass", "FAIL", "audit"]
    assert "median   1.50" in lines[1]
    assert "expected 2.70 – 3.60" in lines[1]
    assert lines[-1] == "audit failed"


@pytest.mark.parametrize("passes", [True, False])
def test_json_says_the_same(run, passes, request):
    request.getfixturevalue("honest" if passes else "cheating")
    result = audit(run, "--starts", "2", "--format", "json")
    assert result.exit_code == (0 if passes else 1)
    told = json.loads(result.stdout)
    assert told["run"] == str(run)
    assert told["passed"] is passes
    assert [each["passed"] for each in told["conditions"]] == [True, passes]
    for each in told["conditions"]:
        assert len(each["figures"]) == 2
        told = {"condition", "figures", "median", "expected", "guards", "passed", "won"}
        assert set(each) == told


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--starts", "0"], "must be at least 1"), (["--member", "7"], "there are 1 to 1")],
)
def test_what_makes_no_sense_is_said(run, words, said):
    result = audit(run, *words)
    assert result.exit_code not in (0, 1)
    assert said in result.output + str(result.exception)
