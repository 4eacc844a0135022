"""MAP-Elites."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import evo
from evo.cli import app
from evo.errors import ConfigError, UsageError
from evo.population import Evaluation
from evo.problems.arm import Arm
from evo.reports.views import draw
from evo.skeleton import Evolution


def started(seed: int = 1, generations: int = 60, **settings: object) -> Evolution:
    return evo.evolution("map-elites", "arm", seed=seed, generations=generations, settings=settings)


def test_fills_the_disc_that_the_arm_can_reach() -> None:
    evolution = started(generations=200)
    record = list(evolution)[-1]
    # A disc in a square: a share of π / 4 of the cells, and those on its border.
    assert record.metrics["coverage"] > 0.75
    assert record.metrics["elites"] == pytest.approx(400 * record.metrics["coverage"])
    assert record.metrics["qd_score"] > 0.9 * np.pi**2 * record.metrics["elites"]


def test_quality_and_coverage_never_fall_without_noise() -> None:
    records = list(started())
    for name in ("qd_score", "elites"):
        assert (np.diff([record.metrics[name] for record in records]) >= 0).all()


def test_each_cell_has_the_best_that_was_ever_in_it() -> None:
    class Remembering(Arm):
        best: dict

        def evaluate(self, phenotypes, seeds):
            result = super().evaluate(phenotypes, seeds)
            for x, y, fitness in zip(*result.results.values(), result.fitness, strict=True):
                cell = min(int((x + 1) * 2.5), 4), min(int((y + 1) * 2.5), 4)
                self.best[cell] = max(self.best.get(cell, -np.inf), fitness)
            return result

    problem = Remembering()
    problem.best = {}
    evolution = evo.evolution(
        "map-elites", problem, seed=3, generations=30, settings={"resolution": 5}
    )
    evolution.run()
    assert evolution.population is not None
    cells, fitness = evolution.population.columns["cell"], evolution.population.fitness
    assert dict(zip(cells.tolist(), fitness.tolist(), strict=True)) == {
        5 * x + y: best for (x, y), best in problem.best.items()
    }


def test_the_result_is_the_archive_and_its_picture_has_every_elite() -> None:
    evolution = started()
    best = evolution.run()
    assert evolution.population is not None
    assert len(best) == len(evolution.population)
    assert (np.diff(best.fitness) <= 0).all()
    picture = evolution.algorithm.picture(evolution.population)
    assert picture is not None
    assert [each["name"] for each in picture["descriptors"]] == ["x", "y"]
    assert picture["cells"] == evolution.population.columns["cell"].tolist()
    assert min(picture["figures"]) >= 0


def test_elites_breed_equally_often() -> None:
    evolution = started(batch=5000)
    evolution.step()
    assert evolution.population is not None
    parents = evolution.algorithm.select_parents(
        evolution.population, np.random.default_rng(0)
    ).rows
    counts = np.bincount(parents.ravel(), minlength=len(evolution.population))
    expected = parents.size / len(counts)
    assert ((counts - expected) ** 2 / expected).sum() < 1.5 * len(counts)


def test_a_problem_without_descriptors_is_refused() -> None:
    with pytest.raises(UsageError, match="map-elites needs descriptors") as caught:
        evo.evolution("map-elites", "sphere")
    assert "map-elites" not in str(caught.value.hint)


def test_too_many_cells_are_refused() -> None:
    class Ten(Arm):
        descriptors = tuple(evo.Descriptor(str(k), 0.0, 1.0) for k in range(10))

    with pytest.raises(ConfigError, match=r"algorithm\.resolution = 20: that makes"):
        evo.evolution("map-elites", Ten())


@pytest.mark.parametrize(
    ("results", "words"), [({}, "no results called x, y"), ({"x": np.nan}, "called y")]
)
def test_results_without_descriptors_are_an_error_in_words(results: dict, words: str) -> None:
    class Forgetful(Arm):
        def evaluate(self, phenotypes, seeds):
            n = len(phenotypes)
            return Evaluation(np.zeros(n), {name: np.full(n, v) for name, v in results.items()})

    with pytest.raises(UsageError, match=words):
        evo.evolution("map-elites", Forgetful()).run()


def test_an_archive_is_drawn_over_its_first_two_descriptors() -> None:
    evolution = started(generations=5, resolution=6)
    evolution.run()
    assert evolution.population is not None
    picture = evolution.algorithm.picture(evolution.population)
    assert picture is not None
    drawing = draw(picture)
    assert drawing is not None
    assert drawing.count("<rect") == len(evolution.population) + 1, "the elites and the paper"
    assert draw({**picture, "cells": [36], "figures": [1.0]}) is None
    flat = {**picture, "descriptors": picture["descriptors"][:1], "cells": [2], "figures": [1.0]}
    assert draw(flat) is not None


def test_a_run_writes_its_archive(tmp_path: Path) -> None:
    words = ["run", "map-elites", "arm", "--generations", "5", "--out", str(tmp_path)]
    answer = CliRunner().invoke(app, words, catch_exceptions=False)
    assert "qd_score" in answer.stdout
    (folder,) = tmp_path.glob("*_s*")
    assert (folder / "archive.svg").exists()
    assert json.loads((folder / "result.json").read_text())["kind"] == "archive"
    assert "coverage" in json.loads((folder / "summary.json").read_text())["measures"]
    individuals = json.loads((folder / "champion.json").read_text())["individuals"]
    figures = [individual["training"] for individual in individuals]
    assert 1 < len(figures) <= 100
    assert figures == sorted(figures)
