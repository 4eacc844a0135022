"""Whole runs of problems with constraints: what is written, told and judged."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import evo
from evo import registry
from evo.cli import app


class Beam(evo.Problem):
    """Light, but not too thin; where it is too thin its weight is a number all the same."""

    needs = evo.Reals([0, 0, 1], [9, 9, 5], integers=[2], names=["width", "height", "ribs"])
    scores = (evo.Score("weight", minimise=True, target=7.5),)
    least = 6.0

    def evaluate(self, phenotypes, seeds):
        thin = np.maximum(0.0, self.least - phenotypes[:, :2].sum(axis=1))
        return evo.Evaluation(-phenotypes.sum(axis=1), {"violation": thin})


class Impossible(Beam):
    """No beam is thick enough."""

    least = 1000.0


class Fronts(Impossible):
    """The same with two scores."""

    scores = (evo.Score("weight", minimise=True, target=7.5), evo.Score("ribs"))

    def evaluate(self, phenotypes, seeds):
        result = super().evaluate(phenotypes, seeds)
        fitness = np.column_stack([-phenotypes.sum(axis=1), phenotypes[:, 2]])
        return evo.Evaluation(fitness, result.results)


class Shaky(Beam):
    """A beam whose thickness is measured with noise."""

    noisy = True

    def evaluate(self, phenotypes, seeds):
        noise = [np.random.default_rng(int(seed)).normal(0, 0.3) for seed in seeds]
        thin = np.maximum(0.0, self.least - phenotypes[:, :2].sum(axis=1) + noise)
        return evo.Evaluation(-phenotypes.sum(axis=1), {"violation": thin})


@pytest.fixture(autouse=True)
def problems(monkeypatch):
    for kind in (Beam, Impossible, Fronts, Shaky):
        entry = registry.Entry(f"tests.kinds.test_constrained:{kind.__name__}")
        monkeypatch.setitem(registry.PROBLEMS, kind.__name__.lower(), entry)


def run(tmp_path: Path, *words: str) -> tuple[str, Path]:
    answer = CliRunner().invoke(
        app, ["run", *words, "--generations", "40", "--out", str(tmp_path)], catch_exceptions=False
    )
    assert answer.exit_code == 0, answer.output
    (folder,) = (each for each in tmp_path.iterdir() if not each.is_symlink())
    return answer.output, folder


@pytest.mark.parametrize("name", ["ga", "es", "cma-es", "nsga2"])
def test_figures_are_those_of_feasible_individuals(tmp_path: Path, name: str) -> None:
    text, folder = run(tmp_path, name, "beam", "--seed", "1", "--set", "run.stop_at_target=false")
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert any(line["infeasible"] for line in lines)
    figures = [line[key] for line in lines for key in ("best", "mean", "median", "best_so_far")]
    assert min(figure for figure in figures if figure is not None) >= 7 - 1e-9
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["best"] >= 7 - 1e-9
    assert summary["reached"] == (summary["best"] <= 7.5)
    (individual, *_) = json.loads((folder / "champion.json").read_text())["individuals"]
    assert individual["description"]["names"] == ["width", "height", "ribs"]
    assert individual["description"]["values"][2] == 1
    assert "infeasible " in text


@pytest.mark.parametrize(("name", "problem"), [("es", "impossible"), ("nsga2", "fronts")])
def test_nobody_feasible_is_said_and_never_solved(tmp_path: Path, name: str, problem: str) -> None:
    text, folder = run(tmp_path, name, problem)
    assert "nobody feasible  " in text
    assert "no solution that satisfies the constraints was found" in text
    assert "solved" not in text.replace("not solved", "")
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["champion"] is None
    assert summary["best"] is None
    assert summary["reached"] is False
    assert "not solved: target" in text
    assert not (folder / "champion.json").exists()
    for words in (["report"], ["list"], ["replay"]):
        where = str(tmp_path) if words == ["list"] else str(folder)
        answer = CliRunner().invoke(app, [*words, where], catch_exceptions=False)
        assert answer.exit_code == 0, answer.output


def test_a_champion_that_is_infeasible_now_and_then_has_not_solved_it(tmp_path: Path) -> None:
    text, folder = run(tmp_path, "es", "shaky", "--seed", "3")
    assert "champion     weight none: some of 100 fresh episodes failed or were infeasible" in text
    summary = json.loads((folder / "summary.json").read_text())
    (individual,) = json.loads((folder / "champion.json").read_text())["individuals"]
    validation = individual["validation"]
    assert "fresh episodes failed or were infeasible" in validation["error"]
    assert (validation["mean"], validation["reached"], summary["reached"]) == (None, False, False)
    assert summary["best"] < 7.5, "in training it looked as if"
