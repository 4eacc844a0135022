"""What is shown while a study goes on."""

import io
from typing import Any, cast

import pytest
from rich.console import Console

from evo.cli import study_progress
from evo.cli.study_progress import Live, Plain, Silent, shortened
from evo.studies.carry_out import Outcome


def outcome(cell="a", seed=0, best: float | None = 1.5, failure=None):
    summary = None if best is None else {"best": best, "wall_s": 10.0}
    return Outcome(cell, seed, cast(Any, None), summary, failure)


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(study_progress, "time", clock)
    return clock


def test_a_line_for_each_run_that_ends_and_one_for_those_before(clock, capsys):
    plain = Plain("best", 2)
    plain.started([outcome(seed=seed) for seed in range(3)], 9)
    clock.now += 15
    plain.ended(outcome("b", 7))
    plain.ended(outcome("c", 8, None, "no memory"))
    plain.ended(outcome("d", 9, None))
    assert capsys.readouterr().err.splitlines() == [
        "3 runs finished before, 9 left to do",
        " 4/12  b, seed 7: 1.5  eta 1:15",
        " 5/12  c, seed 8: failed: no memory  eta 1:05",
        " 6/12  d, seed 9: interrupted  eta 0:55",
    ]


def test_the_time_left_is_that_of_the_runs_that_ended_by_the_workers(clock):
    alone = Silent("best", 1)
    alone.started([outcome()], 9)
    clock.now += 10
    alone.ended(outcome())
    assert alone.left() == "eta 1:20"
    plain = Silent("best", 5)
    plain.started([], 21)
    assert plain.left() == ""
    clock.now += 30  # one run is done, and four are half done
    plain.ended(outcome())
    assert plain.left() == "eta 3:00"
    clock.now += 20
    assert plain.left() == "eta 2:40"
    clock.now += 200
    assert plain.left() == ""


@pytest.mark.parametrize("width", [40, 80])
def test_the_live_line_fits_the_terminal(clock, width):
    live = Live("best", 1)
    live.console = Console(file=io.StringIO(), width=width)
    live.started([], 0)
    live.count = 1000
    clock.now += 10
    live.ended(outcome("a rather long name of a cell, repeat=7, population=400, x=1", 12))
    line = live.line(width).plain
    assert len(line) <= width
    assert line.startswith("   1/1000 ━")
    if width == 80:
        assert "eta 2:46:30" in line
        assert line.endswith("…, seed 12: 1.5")


def test_runs_that_fail_stay_above_the_live_line(clock):
    live = Live("best", 1)
    text = io.StringIO()
    live.console = Console(file=text, width=40)
    live.started([outcome()], 0)
    live.ended(outcome("[b]", 3, None, "it died"))
    assert text.getvalue() == "1 run finished before, 0 left to do\n[b], seed 3: failed: it died\n"
    assert "[b]" not in live.line(80).plain


def test_a_name_is_shortened_and_its_figure_is_not():
    assert shortened("abcdefghij, seed 1: 2.5", 18) == "abcd…, seed 1: 2.5"
    assert shortened("abc, seed 1: 2.5", 40) == "abc, seed 1: 2.5"
