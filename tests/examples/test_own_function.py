import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/examples/own_function.py"


def test_the_minimum_of_an_own_function(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT))
    where, cost = capsys.readouterr().out.rsplit("] ", 1)
    assert [float(x) for x in where.strip("[").split()] == pytest.approx([1, 2, 3, 4], abs=2e-3)
    assert float(cost) < 1e-6


def test_it_takes_eight_lines() -> None:
    assert len([line for line in SCRIPT.read_text().splitlines() if line]) <= 8
