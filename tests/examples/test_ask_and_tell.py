import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/examples/ask_and_tell.py"


def test_asking_and_telling_finds_both_sines(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 9
    assert float(lines[-2].split("error ")[1]) < 0.012
    assert "0.50 sin(5.01 t)" in lines[-1]
    assert "1.50 sin(2.00 t)" in lines[-1]


def test_it_is_short() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 50
