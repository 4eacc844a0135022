"""What tables say."""

import csv
import io
import math

import pytest

from evo.runs.folder import RunFolder
from evo.studies import rows as cells
from evo.studies import table
from evo.studies.comparison import compare
from evo.studies.parquet import column_type, write
from evo.studies.statistics import describe


def summaries(*accuracies, reached=None):
    return [
        {"test_accuracy": accuracy, "wall_s": 2.0 + seed, "reached": reached}
        for seed, accuracy in enumerate(accuracies)
    ]


def row(tmp_path, found, **options):
    runs = [(seed, RunFolder(tmp_path / str(seed)), summary) for seed, summary in enumerate(found)]
    return cells.row(options.pop("name", "a | b"), runs, "test_accuracy", **options)


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


def test_a_line_for_each_run_has_all_numbers_of_its_summary(tmp_path):
    summary = {
        "test_accuracy": 0.5,
        "wall_s": 2.0,
        "seed": 0,
        "reached": True,
        "run": "there",
        "champion": {"mean": 3.5, "ci95": [3.0, 4.0]},
        "spent": {"steps": 7},
    }
    text = table.runs_csv([row(tmp_path, [summary, None], point={"a.b": 1})], "test_accuracy")
    first, second = csv.DictReader(io.StringIO(text))
    assert first == {
        "cell": "a | b",
        "a.b": "1",
        "seed": "0",
        "run": "0",
        "test_accuracy": "0.5",
        "wall_s": "2.0",
        "champion.mean": "3.5",
        "spent.steps": "7",
    }
    assert (second["seed"], second["test_accuracy"], second["wall_s"]) == ("1", "", "")


def test_markdown_reads_well(tmp_path):
    text = table.as_markdown(
        [row(tmp_path, summaries(0.5, 0.9), success=0.8, published=0.95)],
        "test_accuracy",
        "Title",
        ["note"],
    )
    assert text.startswith("# Title\n")
    assert "| cell | n | mean | 95 % interval | IQM | successes | published | s a run |" in text
    assert "| a \\| b | 2 | 70.0 | 50.0 – 90.0 | 70.0 | 1/2 | 95.0 | 2.5 |" in text
    assert "test accuracy in %" in text
    assert "of two or three runs it is little more than their range" in text
    alone = table.as_markdown([row(tmp_path, summaries(0.5))], "test_accuracy")
    assert "published" not in alone
    assert "Mann" not in alone
    two = [row(tmp_path, summaries(0.5), name=name) for name in "ab"]
    assert "One run a cell cannot show" in table.as_markdown(
        two, "test_accuracy", comparisons=compare(two)
    )


def test_nothing_is_called_better_that_the_corrected_p_does_not_show(tmp_path):
    """Seen to fail when the uncorrected p decides, or when none is asked for."""

    def told(count, runs, lower=False):
        middle = summaries(*(0.5 + seed / 1000 for seed in range(runs)))
        above = summaries(*(0.7 + seed / 1000 for seed in range(runs)))
        rows = [row(tmp_path, middle, name="base", lower=lower)]
        rows += [row(tmp_path, above, name="up", lower=lower)]
        rows += [row(tmp_path, middle, name=f"same {k}", lower=lower) for k in range(count - 1)]
        return table.as_markdown(rows, "test_accuracy", comparisons=compare(rows))

    assert "- better than the baseline (p ≤ 0.05): up\n" in told(1, 4)
    assert "- worse than the baseline (p ≤ 0.05): up\n" in told(1, 4, lower=True)
    assert "With 4 runs a cell p cannot be below 0.029." in told(1, 4)
    few = told(2, 4)  # 0.029 by itself, 0.057 of two
    assert "than the baseline" not in few
    assert "cannot be below 0.057, so they cannot show a difference" in few
    assert "that takes 5 runs a cell" in few
    assert "- better than the baseline (p ≤ 0.05): up\n" in told(2, 5)
    assert "better" not in told(1, 4, lower=None).partition("brackets")[0]
    assert "- higher than the baseline (p ≤ 0.05): up\n" in told(1, 4, lower=None)


def test_numbers_inside_of_summaries():
    summary = {"champion": {"mean": 3}, "best": None, "reached": True}
    assert cells.value(summary, "champion.mean") == 3.0
    assert [
        cells.value(summary, key)
        for key in ("champion.max", "best", "reached", "champion", "none.at.all")
    ] == [None] * 5
    assert cells.value(None, "best") is None


def test_runs_as_parquet_have_the_columns_of_the_csv_with_types(tmp_path):
    """Seen to fail with what a line lacks as 0, and with whole numbers as numbers."""
    parquet = pytest.importorskip("pyarrow.parquet")
    ended = [
        {**summary, "champion": {"mean": 3}, "spent": {"steps": 7}}
        for summary in summaries(0.5, 1 / 3)
    ]
    rows = [
        row(tmp_path, [*ended, None], point={"network.hidden": [8], "run.fast": True}),
        row(tmp_path, [{**ended[0], "champion": {"mean": 2.5}}], name="c"),
    ]
    write(tmp_path / "runs.parquet", table.of_runs(rows, "test_accuracy"))
    read = parquet.read_table(tmp_path / "runs.parquet")
    head, *lines = csv.reader(io.StringIO(table.runs_csv(rows, "test_accuracy")))
    assert read.column_names == head
    assert {name: str(read.schema.field(name).type) for name in head} == {
        "cell": "string",
        "network.hidden": "string",
        "run.fast": "bool",
        "seed": "int64",
        "run": "string",
        "test_accuracy": "double",
        "wall_s": "double",
        "champion.mean": "double",
        "spent.steps": "int64",
    }
    for found, line in zip(read.to_pylist(), lines, strict=True):
        text = dict(zip(head, line, strict=True))
        mean = text.pop("champion.mean")  # a whole number in one run, and none in another
        assert found.pop("champion.mean") == (float(mean) if mean else None)
        assert ["" if value is None else str(value) for value in found.values()] == [*text.values()]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, None, 2], int),
        ([1, 2.5, None], float),
        ([True, None], bool),
        ([True, 1], str),
        ([2**63, 1], str),
        ([[1, 2]], str),
        (["a", None], str),
        ([None], float),
    ],
)
def test_a_column_has_the_narrowest_type(values, kind):
    assert column_type(values) is kind
