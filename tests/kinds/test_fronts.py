"""Several scores, archives and scenes in whole runs: targets, stops, replays, studies."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import evo
from evo import registry
from evo.cli import app
from tests.test_scenes import Race


class Shaft(evo.Problem):
    """Light and strong at once; somewhere in between both targets are met."""

    needs = evo.Reals(3, 0.0, 1.0, bounded=True)
    scores = (
        evo.Score("weight", minimise=True, target=1.2),
        evo.Score("strength", target=1.5),
    )

    def evaluate(self, phenotypes, seeds):
        weight = phenotypes.sum(axis=1)
        strength = 2.0 * np.sqrt(phenotypes[:, 0]) + phenotypes[:, 1] - phenotypes[:, 2]
        return evo.Evaluation(np.stack([-weight, strength], axis=1))


class WobblyShaft(Shaft):
    """The same with noise: no member of the front is as good as it looked."""

    noisy = True

    def evaluate(self, phenotypes, seeds):
        noise = [np.random.default_rng(int(seed)).normal(0, 0.05, 2) for seed in seeds]
        result = super().evaluate(phenotypes, seeds)
        return evo.Evaluation(result.fitness + np.array(noise))


@pytest.fixture(autouse=True)
def problems(monkeypatch):
    for name in ("Shaft", "WobblyShaft"):
        monkeypatch.setitem(
            registry.PROBLEMS, name.lower(), registry.Entry(f"tests.kinds.test_fronts:{name}")
        )
    monkeypatch.setitem(registry.PROBLEMS, "race", registry.Entry("tests.test_scenes:Race"))


def command(*words: str) -> str:
    answer = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def only(folder: Path) -> Path:
    (run,) = folder.glob("*_s*")
    return run


@pytest.mark.parametrize("problem", ["shaft", "wobblyshaft"])
def test_a_run_ends_when_one_member_meets_all_targets_on_fresh_seeds(tmp_path, problem):
    text = command(
        *("run", "nsga2", problem, "--set", "algorithm.population=20"),
        *("--set", "champion_episodes=20", "--out", tmp_path),
    )
    assert "target" in text
    summary = json.loads((only(tmp_path) / "summary.json").read_text())
    assert summary["reached"] is True
    assert summary["stopped"] == "target reached"
    individuals = json.loads((only(tmp_path) / "champion.json").read_text())["individuals"]
    held = [
        each["validation"]["mean"]["weight"] <= 1.2
        and each["validation"]["mean"]["strength"] >= 1.5
        for each in individuals
    ]
    assert [each["validation"]["reached"] for each in individuals] == held
    assert any(held)
    episodes = 20 if problem == "wobblyshaft" else 1
    assert len(individuals[0]["scores"]["weight"]) == episodes


def test_targets_that_are_missed_are_said(tmp_path):
    words = ("run", "nsga2", "shaft", "--generations", "1", "--set", "algorithm.population=4")
    command(*words, "--out", tmp_path, "--seed", "5")
    summary = json.loads((only(tmp_path) / "summary.json").read_text())
    individuals = json.loads((only(tmp_path) / "champion.json").read_text())["individuals"]
    assert summary["reached"] == any(each["validation"]["reached"] for each in individuals)


def test_stagnation_counts_generations_in_which_nobody_enters_the_front(tmp_path):
    words = ("run", "nsga2", "onemax", "--set", "problem.length=6", "--set", "stagnation=5")
    command(*words, "--set", "stop_at_target=false", "--out", tmp_path)
    summary = json.loads((only(tmp_path) / "summary.json").read_text())
    assert summary["stopped"] == "5 generations without improvement"
    assert summary["best"] == 6


def test_a_study_compares_fronts_by_their_hypervolume(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("study.toml").write_text(
        '[study]\ntitle = "t"\nseeds = 2\n[settings]\nalgorithm.name = "nsga2"\n'
        'problem.name = "zdt1"\nproblem.dimensions = 3\nrun.generations = 4\n'
        '[grid]\n"algorithm.population" = [8, 12]\n'
    )
    table = command("study", "study.toml", "--workers", "1")
    assert "measures hypervolume" in table
    assert table.count("population=") >= 2
    rows = json.loads(command("list", "studies/study/runs", "--format", "json"))
    assert len(rows) == 4
    assert rows[0]["best"].keys() == {"f1", "f2"}
    assert "f1" in command("list", "studies/study/runs")


def test_the_champion_of_a_race_is_judged_and_replayed_among_its_opponents(tmp_path):
    words = ("run", "ga", "race", "--generations", "4", "--set", "algorithm.population=10")
    command(*words, "--out", tmp_path)
    run = only(tmp_path)
    (individual,) = json.loads((run / "champion.json").read_text())["individuals"]
    assert individual["validation"]["error"] is None
    # The course is as long as there were generations, and the wind blows.
    assert individual["validation"]["mean"] > 4
    scores = json.loads(command("replay", run, "--format", "json"))["scores"]
    assert min(scores) > 4
    assert Race().descriptors == ()
