"""The courses of several runs on one axis, and the figures that show them."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from evo.config import resolve
from evo.runs.folder import RunFolder
from evo.studies import charts, figure, panels, rows
from evo.studies.courses import FEW, MOST_POINTS, Course, axis_of, courses, together
from evo.studies.plan import Figure as Settings
from evo.studies.styles import COLOURS, DASHES, styled, wrapped


def course(x, y, keeps=False):
    return Course(np.array(x, float), np.array(y, float), keeps)


def test_a_run_has_its_last_figure_until_the_next():
    band = together([course([0, 10], [4, 1]), course([0, 5, 10], [2, 0, 0])])
    assert band.x.tolist() == [0, 5, 10]
    assert band.median.tolist() == [3, 2, 0.5]
    assert (band.low.tolist(), band.high.tolist()) == ([2, 0, 0], [4, 4, 1])


def test_a_band_ends_with_the_first_run_unless_that_keeps_its_figure():
    """Seen to fail when runs that stop at their budget are drawn on."""
    long, short = ([0, 10, 20], [4, 2, 1]), ([0, 5], [3, 0])
    assert together([course(*long), course(*short)]).x.tolist() == [0, 5]
    kept = together([course(*long), course(*short, keeps=True)])
    assert kept.x.tolist() == [0, 5, 10, 20]
    assert kept.low.tolist() == [3, 0, 0, 0]
    assert together([course(*long, keeps=True), course(*short, keeps=True)]).x[-1] == 20


def test_a_band_begins_where_all_runs_have_a_figure():
    assert together([course([3, 9], [1, 1]), course([0, 9], [2, 2])]).x.tolist() == [3, 9]
    assert together([course([30], [1]), course([0, 9], [2, 2])]).x.tolist() == []


@pytest.mark.parametrize(("runs", "ends"), [(FEW - 1, (0, 3)), (FEW, (1, 3))])
def test_bands_are_the_range_of_few_runs_and_the_quartiles_of_more(runs, ends):
    band = together([course([0], [y]) for y in range(runs)])
    assert (band.low[0], band.high[0]) == ends


def test_long_courses_are_thinned_with_both_ends_left():
    x = np.arange(50_000)
    band = together([course(x, x), course(x + 1, x)])
    assert (len(band.x), band.x[0], band.x[-1]) == (MOST_POINTS, 1, 49_999)


@pytest.fixture
def evolved(tmp_path):
    def make(name, population, reached=(False, False), problem="sphere", **options):
        found = []
        for seed, there in enumerate(reached):
            config = resolve(
                "ga", problem, assignments=[f"algorithm.population={population}", f"seed={seed}"]
            )
            folder = RunFolder.create(tmp_path, config, "test", f"{name}_{seed}")
            lines = [
                {
                    "generation": g,
                    "evaluations": population * g,
                    "best": 9.0,
                    "best_so_far": 9.0 / g + seed,
                    "spent": {"steps": 7 * g},
                    "family": {"a": 1.0, "b": float(g)},
                }
                for g in (1, 2, 3 + seed)
            ]
            text = "".join(json.dumps(line) + "\n" for line in lines)
            (folder.path / "metrics.jsonl").write_text(text)
            summary = {"best": 9.0 / (3 + seed), "wall_s": 1.0, "reached": there}
            found.append((seed, folder, summary))
        return rows.row(name, found, "best", subject=problem, **options)

    return make


def test_evolutions_are_compared_by_evaluations_and_not_by_generations(evolved):
    """Seen to fail with the generation on the axis."""
    small, large = evolved("small", 10), evolved("large", 40)
    assert axis_of(small, None) == "evaluations"
    for row, population in ((small, 10), (large, 40)):
        first, second = courses(row, axis_of(row, None), "best_so_far")[""]
        assert first.x.tolist() == [population, 2 * population, 3 * population]
        assert second.x[-1] == 4 * population
    drawn = Figure(layout="constrained")
    panels.course(drawn, [small, large], Settings(kind="course"))
    (axes,) = drawn.axes
    assert axes.get_xlabel() == "evaluations"
    assert axes.get_ylabel() == "best so far"
    ends = [max(line.get_xdata()) for line in axes.get_lines()]
    assert ends == [30, 120]


def test_the_axis_can_be_chosen(evolved):
    row = evolved("one", 10)
    assert courses(row, "spent.steps", "best_so_far")[""][0].x.tolist() == [7, 14, 21]
    assert courses(row, "generation", "spent.steps")[""][0].y.tolist() == [7, 14, 21]
    assert courses(row, "nothing", "best_so_far") == {}
    settings = Settings(kind="course", x="nothing")
    said = panels.course(Figure(layout="constrained"), [row], settings)
    assert said == "No run has best_so_far by nothing."


def test_only_a_figure_that_never_gets_worse_is_kept(evolved):
    row = evolved("one", 10, reached=(True, False))
    assert [one.keeps for one in courses(row, "evaluations", "best_so_far")[""]] == [True, False]
    assert [one.keeps for one in courses(row, "evaluations", "best")[""]] == [False, False]
    said = panels.course(Figure(layout="constrained"), [row], Settings(kind="course"))
    assert said == (
        "Line: median of the runs; band: their range. A run that reached its target keeps its "
        "figure; else a curve ends where the first of its runs does."
    )


def test_lines_without_the_figure_are_no_points(evolved):
    row = evolved("one", 10, (False,))
    metrics = row.folders[0].path / "metrics.jsonl"
    text = metrics.read_text().replace('"best_so_far": 4.5', '"best_so_far": null')
    metrics.write_text(text.replace('"best_so_far": 9.0', '"best_so_far": 1e300'))
    (found,) = courses(row, "evaluations", "best_so_far")[""]
    assert (found.x.tolist(), found.y.tolist()) == ([30], [3])


def labels_of_x(axes):
    return axes.xaxis.get_tick_params()["labelbottom"]


def test_panels_have_numbers_of_x_in_every_column(evolved):
    """Seen to fail without the numbers below the columns that end a row earlier."""
    cells = [evolved(f"cell {number}", 10) for number in range(4)]
    drawn = Figure(layout="constrained")
    panels.course(drawn, cells, Settings(kind="course", y="family"))
    assert [axes.get_title() for axes in drawn.axes] == [cell.name for cell in cells]
    assert [labels_of_x(axes) for axes in drawn.axes] == [False, True, True, True]
    assert [axes.get_xlabel() for axes in drawn.axes] == ["", *["evaluations"] * 3]
    assert [text.get_text() for text in drawn.legends[0].get_texts()] == ["a", "b"]


def test_problems_have_panels_of_their_own_with_the_same_styles(evolved):
    cells = [
        evolved(f"{group}, problem={problem}", 10, problem=problem, group=group, label=group)
        for problem, groups in (("sphere", "ab"), ("ackley", "b"))
        for group in groups
    ]
    drawn = Figure(layout="constrained")
    panels.course(drawn, cells, Settings(kind="course", logarithmic_measure=True))
    sphere, ackley = drawn.axes
    assert (sphere.get_title(), ackley.get_title()) == ("sphere", "ackley")
    assert [line.get_label() for line in sphere.get_lines()] == ["a", "b"]
    assert sphere.get_lines()[1].get_color() == ackley.get_lines()[0].get_color()


def test_many_cells_have_a_panel_each_before_the_others(evolved):
    cells = [evolved(f"cell {number}", 10, (False,)) for number in range(panels.MOST_TOGETHER + 1)]
    drawn = Figure(layout="constrained")
    said = panels.course(drawn, cells, Settings(kind="course"))
    assert said == "Line: the only run. Grey: the other cells."
    assert len(drawn.axes) == len(cells)
    assert all(len(axes.get_lines()) == len(cells) for axes in drawn.axes)


def test_styles_differ_also_without_colour():
    found = list(styled(map(str, range(35))).values())
    assert len({(one.color, str(one.linestyle)) for one in found}) == 35
    neighbours = itertools.pairwise(found)
    assert all(a.linestyle != b.linestyle and a.marker != b.marker for a, b in neighbours)
    assert len(COLOURS) * len(DASHES) == 35
    assert wrapped("a long name " * 20).count("\n") == 2


def cell(tmp_path, name, *values, **options):
    runs = [
        (seed, RunFolder(tmp_path), {"best": number, "wall_s": 0.0})
        for seed, number in enumerate(values)
    ]
    return rows.row(name, runs, "best", **options)


def test_figures_are_the_same_file_every_time_in_every_format(tmp_path):
    table = [cell(tmp_path, f"$a name_{k}$ " * 9, 1, 2 + k, 3) for k in range(2)]
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        paths = [tmp_path / place / f"figure.{ending}" for ending in ("png", "pdf", "svg")]
        figure.draw(paths, table, "best", "A title", "under it", Settings())
    first, second = (sorted(Path(tmp_path / place).iterdir()) for place in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert [path.read_bytes()[:4] for path in first] == [b"%PDF", b"\x89PNG", b"<?xm"]


def test_a_figure_of_more_cells_than_fit_says_so(tmp_path):
    table = [cell(tmp_path, str(k), k) for k in range(charts.MOST_CELLS + 5)]
    drawn = Figure(layout="constrained")
    assert "first 80 of 85 cells" in charts.cells(drawn, table, "best", Settings())
    assert drawn.get_figheight() < 40


@pytest.mark.parametrize("values", [(1, 1e308), (1.7e308,) * 3, (0, 0), (1e-320, 4e-320)])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_any_numbers_can_be_drawn(tmp_path, values, logarithmic):
    options = {"logarithmic_measure": logarithmic, "logarithmic": logarithmic}
    table = [
        cell(tmp_path, name, *values, point={"a.x": place}) for place, name in ((1, "a"), (2, "b"))
    ]
    for kind in ("cells", "lines"):
        settings = Settings.model_validate({"kind": kind, "x": "a.x", **options})
        figure.draw([tmp_path / "figure.png"], table, "best", "", "", settings)


def test_lines_are_named_by_what_tells_them_apart(tmp_path):
    table = [
        cell(tmp_path, f"{x} {n}", x, x + 1, group="all", point={"a.x": x, "b.n": n})
        for x in (1, 2)
        for n in (5, 7)
    ]
    drawn = Figure(layout="constrained")
    charts.lines(drawn, table, "best", "a.x", Settings(kind="lines", logarithmic=True))
    assert [line.get_label() for line in drawn.axes[0].get_lines()] == ["n=5", "n=7"]
