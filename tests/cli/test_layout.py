"""What people see fits terminals of 80 and 120 columns."""

import re

import pytest

from evo.cli.layout import wrapped
from evo.cli.progress import BAR, Live, Pace, Plain, fitting
from evo.cli.words import as_typed
from evo.kind import KINDS, kind_of_command

RUN = "runs/20261123-133705_neat-bipedalwalker-hardcore_s1234"
LINES = [
    "not solved: target 200.0 missed after 600 generations (no better individual for 50 of them)",
    "  champion     return -105.5 (mean of 100 fresh episodes, 95 % interval -123.3 – -87.8)",
    "  spent        240 000 evaluations, 137 079 112 steps, 13 failed, 12 345.7 s",
    f"  next         evo replay {RUN}    evo report {RUN}",
]
WHOLE = [
    "-123.3 – -87.8",
    "95 %",
    "240 000",
    "137 079 112",
    "12 345.7",
    f"evo replay {RUN}",
    f"evo report {RUN}",
]


@pytest.mark.parametrize("columns", [80, 120])
def test_nothing_breaks_inside_of_a_number_or_a_command(columns):
    lines = [each for line in LINES for each in wrapped(line, columns).splitlines()]
    assert max(map(len, lines)) <= columns
    for whole in WHOLE:
        assert any(whole in line for line in lines), whole
    assert "".join("".join(lines).split()) == "".join("".join(LINES).split())


def test_a_line_that_fits_stays_as_it_is():
    assert wrapped(LINES[0], 120) == LINES[0]


@pytest.fixture
def live(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("evo.cli.progress.time.monotonic", lambda: now[0])
    live = Live()
    live.kind = kind_of_command("run")
    live.pace = Pace()
    live.pace.start(1000)
    line = {
        "generation": 1,
        "evaluations": 150_000,
        "best": -123456.7,
        "mean": -123456.7,
        "failures": 3,
        "species_sizes": {str(number): 5 for number in range(12)},
        "spent": {"steps": 123_456_789},
    }
    live.completed(line)
    now[0] += 3600.0
    live.completed({**line, "generation": 123})
    return live


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_the_moving_line_fits(live, columns):
    text = live.line(columns).plain
    assert len(text) <= columns
    assert text.count("━") == BAR >= 10
    assert re.search(r"eta 7:11:\d\d", text)
    assert "best -1.235e+05" in text
    for part in text.rpartition("eta")[2].split("  ")[1:]:
        assert part in live.figures.split("  "), "a figure is whole or not there"
    assert ("steps 123 456 789" in text) == (columns == 200)


def test_judging_is_said(live):
    live.judging(120, 350)
    assert "judging: 120/350 episodes" in live.line(80).plain
    assert len(live.line(80).plain) <= 80


def test_figures_leave_from_the_right():
    assert fitting("best 1.0  mean 2.0  species 3", 18) == "best 1.0  mean 2.0"
    assert fitting("best 1.0", 3) == ""


def test_plain_lines_tell_of_judging_that_takes_long(monkeypatch, capsys):
    now = [100.0]
    monkeypatch.setattr("evo.cli.progress.time.monotonic", lambda: now[0])
    plain = Plain()
    plain.told_of_judging = now[0]
    plain.judging(10, 100)
    now[0] += 6.0
    plain.judging(50, 100)
    plain.judging(60, 100)
    now[0] += 6.0
    plain.judging(100, 100)
    assert capsys.readouterr().err == "judging the champion: 50/100 episodes\n"


def test_hints_name_every_command_as_evo_was_started(monkeypatch):
    monkeypatch.setenv("EVO_COMMAND", "./scripts/evo")
    names = [*KINDS, "resume", "replay", "report", "watch", "study", "compare", "list", "explain"]
    for name in [*names, "config", "doctor"]:
        assert as_typed(f"go on: evo {name} x") == f"go on: ./scripts/evo {name} x"
    assert as_typed("evo is a tool, ./evo run, my-evo run") == (
        "evo is a tool, ./evo run, my-evo run"
    )
