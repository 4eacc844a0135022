"""What tables say."""

import csv
import io
import math

import numpy as np
import pytest
from scipy.stats import bootstrap as reference

from evo.runs.folder import RunFolder
from evo.studies import table
from evo.studies.statistics import bootstrap, describe


def summaries(*accuracies, reached=None):
    return [
        {"test_accuracy": accuracy, "wall_s": 2.0 + seed, "reached": reached}
        for seed, accuracy in enumerate(accuracies)
    ]


def row(tmp_path, found, **options):
    runs = [(seed, RunFolder(tmp_path / str(seed)), summary) for seed, summary in enumerate(found)]
    return table.row("a | b", runs, "test_accuracy", **options)


def test_the_bootstrap_is_that_of_scipy_and_always_the_same():
    values = np.random.Generator(np.random.PCG64(3)).normal(10, 2, 40)
    low, high = bootstrap(values)
    expected = reference(
        (values,), np.mean, method="percentile", rng=np.random.Generator(np.random.PCG64(1))
    ).confidence_interval
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=0.06)
    assert bootstrap(values[::-1].copy()) == (low, high)
    assert all(map(math.isnan, bootstrap(values[:1])))


def test_figures_of_a_cell():
    found = describe([3.0, None, 1.0, 5.0, math.nan, 4.0])
    assert (found.n, found.median, found.mean, found.least, found.most) == (4, 3.5, 3.25, 1.0, 5.0)
    assert found.least <= found.low < found.mean < found.high <= found.most
    assert describe([]).n == 0


def test_successes_and_failures(tmp_path):
    found = row(tmp_path, [*summaries(0.5, 0.9, 0.8), None], success=0.8)
    assert (found.successes, found.failed, found.statistics.n, found.wall_s) == (2, 1, 3, 3.0)
    assert row(tmp_path, summaries(0.5, 0.9), success=0.5, lower=True).successes == 1
    assert row(tmp_path, summaries(0.5, 0.9)).successes is None
    assert row(tmp_path, summaries(0.5, 0.9, reached=True)).successes == 2
    assert row(tmp_path, [None]).successes is None


def test_csv_has_every_figure_in_full(tmp_path):
    rows = [
        row(
            tmp_path,
            summaries(0.5, 0.9, 1 / 3),
            success=0.8,
            published=0.95,
            point={"network.repeat": 2},
        )
    ]
    (line,) = csv.DictReader(io.StringIO(table.as_csv(rows)))
    assert float(line["median"]) == 0.5
    assert float(line["mean"]) == pytest.approx((0.5 + 0.9 + 1 / 3) / 3, abs=1e-15)
    assert (
        line["cell"],
        line["n"],
        line["successes"],
        line["published"],
        line["network.repeat"],
    ) == (
        "a | b",
        "3",
        "1",
        "0.95",
        "2",
    )
    runs = list(csv.DictReader(io.StringIO(table.runs_csv(rows, "test_accuracy"))))
    assert [(one["seed"], float(one["test_accuracy"])) for one in runs] == [
        ("0", 0.5),
        ("1", 0.9),
        ("2", 1 / 3),
    ]


def test_markdown_reads_well(tmp_path):
    text = table.as_markdown(
        [row(tmp_path, summaries(0.5, 0.9), success=0.8, published=0.95)],
        "test_accuracy",
        "Title",
        ["note"],
    )
    assert text.startswith("# Title\n")
    assert "| cell | n | median | mean | 95 % interval | successes | published | s a run |" in text
    assert "| a \\| b | 2 | 70.0 | 70.0 | 50.0 – 90.0 | 1/2 | 95.0 | 2.5 |" in text
    assert "test accuracy in %" in text
    assert "published" not in table.as_markdown([row(tmp_path, summaries(0.5))], "test_accuracy")


def test_numbers_inside_of_summaries():
    summary = {"champion": {"mean": 3}, "best": None, "reached": True}
    assert table.value(summary, "champion.mean") == 3.0
    assert [
        table.value(summary, key)
        for key in ("champion.max", "best", "reached", "champion", "none.at.all")
    ] == [None] * 5
    assert table.value(None, "best") is None
