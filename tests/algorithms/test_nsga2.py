"""NSGA-II."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import evo
from evo.cli import app
from evo.operators.pareto import ranks
from evo.population import Evaluation, Population
from evo.problems.zdt import ZDT
from evo.reports.views import draw


@pytest.mark.parametrize(
    ("problem", "volume"),
    [("zdt1", 0.868), ("zdt2", 0.535), ("zdt3", 1.325), ("zdt4", 0.85), ("zdt6", 0.5)],
)
def test_covers_the_fronts(problem: str, volume: float) -> None:
    """pymoo 0.6 has 0.870, 0.536, 1.328, 0.867 and 0.494 with as many evaluations."""
    evolution = evo.evolution("nsga2", problem, seed=1, generations=250)
    records = list(evolution)
    assert records[-1].metrics["hypervolume"] > volume
    assert evolution.best is not None
    assert len(evolution.best) > 50


def test_the_result_is_the_first_front_in_order_of_the_first_score() -> None:
    evolution = evo.evolution("nsga2", "zdt1", seed=2, generations=15)
    best = evolution.run()
    assert (ranks(best.fitness) == 0).all()
    assert (np.diff(best.fitness[:, 0]) <= 0).all()
    assert evolution.population is not None
    assert len(best) == (ranks(evolution.population.fitness) == 0).sum()
    picture = evolution.algorithm.picture(evolution.population)
    assert picture is not None
    assert picture["scores"] == ["f1", "f2"]
    assert np.allclose(picture["points"], -best.fitness)


def test_the_volume_never_shrinks_without_noise_while_the_front_fits() -> None:
    volumes = [
        record.metrics["hypervolume"]
        for record in evo.evolution("nsga2", "zdt1", seed=3, generations=40)
    ]
    assert volumes[-1] > volumes[0]
    assert (np.diff(volumes) > -0.01).all()


def test_survivors_are_the_best_fronts_of_both_and_lonely_ones_of_the_last() -> None:
    evolution = evo.evolution(
        "nsga2", evo.problem("zdt1", dimensions=3), settings={"population": 4}
    )
    evolution.ask()
    evolution.tell([[0.0, 9.0], [9.0, 0.0], [1.0, 1.0], [0.5, 0.5]])
    evolution.ask()
    evolution.tell([[5.0, 5.0], [4.9, 5.1], [0.0, 0.0], [-1.0, -1.0]])
    assert evolution.population is not None
    assert sorted(map(tuple, evolution.population.fitness.tolist())) == [
        (0.0, 9.0),
        (4.9, 5.1),
        (5.0, 5.0),
        (9.0, 0.0),
    ]


def test_parents_win_by_front_and_then_by_distance() -> None:
    algorithm = evo.evolution("nsga2", "zdt1", settings={"population": 4000}).algorithm
    population = Population(
        np.zeros((3, 30)),
        np.zeros((3, 2)),
        {"rank": np.array([1, 0, 0]), "crowding": np.array([np.inf, 1.0, 2.0])},
    )
    rows = algorithm.select_parents(population, np.random.default_rng(0)).rows
    share = np.bincount(rows.ravel(), minlength=3) / rows.size
    assert share == pytest.approx([1 / 9, 3 / 9, 5 / 9], abs=0.02)


def test_failed_individuals_are_never_in_the_front() -> None:
    class Failing(ZDT):
        def evaluate(self, phenotypes, seeds):
            fitness = super().evaluate(phenotypes, seeds).fitness.copy()
            fitness[phenotypes[:, 0] > 0.5, 1] = np.nan
            return Evaluation(fitness)

    evolution = evo.evolution("nsga2", Failing(), seed=1, generations=20)
    records = list(evolution)
    assert sum(record.failures for record in records) > 0
    assert evolution.best is not None
    assert np.isfinite(evolution.best.fitness).all()


def test_a_single_score_is_a_front_of_the_fittest() -> None:
    evolution = evo.evolution("nsga2", "onemax", seed=1, generations=60)
    assert evolution.run().fitness.max() > 90


def test_a_front_is_drawn_with_two_scores_and_with_more() -> None:
    front = {"kind": "front", "scores": ["a", "b"], "points": [[0.0, 1.0], [1.0, 0.0]]}
    assert (draw(front) or "").count("<circle") == 2
    wide = {"kind": "front", "scores": ["a", "b", "c"], "points": [[0, 1, 2], [1, 0, 2]]}
    assert "0 a, 1 b, 2 c" in (draw(wide) or "")
    assert draw({**front, "points": [[0.0]]}) is None


def test_its_runs_are_resumed_replayed_reported_and_compared(tmp_path: Path) -> None:
    small = ["--set", "algorithm.population=12", "--set", "problem.dimensions=3"]
    run = ["run", "nsga2", "zdt1", *small, "--out", str(tmp_path), "--generations"]

    def evo_command(*arguments: str) -> str:
        answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    assert "hypervolume" in evo_command(*run, "6")
    (folder,) = tmp_path.glob("*_s*")
    individuals = json.loads((folder / "champion.json").read_text())["individuals"]
    assert individuals[0]["validation"]["mean"].keys() == {"f1", "f2"}
    assert "<circle" in (folder / "front.svg").read_text()
    assert f"member {len(individuals)}" in evo_command("replay", str(folder))
    assert "episode 1  f1" in evo_command("replay", str(folder), "--member", "1")
    evo_command("resume", str(folder), "--generations", "9", "-q")
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    evo_command(*run, "9", "-q")
    (whole,) = set(tmp_path.glob("*_s*")) - {folder}
    assert (whole / "metrics.jsonl").read_text().splitlines() == lines
    assert (whole / "champion.json").read_bytes() == (folder / "champion.json").read_bytes()
    assert json.loads(lines[-1])["hypervolume"] > json.loads(lines[0])["hypervolume"]
    evo_command("report", str(folder))
    page = (folder / "report.html").read_text()
    assert "Front of" in page
    assert "hypervolume" in page
    assert "nsga2 on zdt1" in evo_command("compare", str(tmp_path))
