from importlib import import_module
from pathlib import Path

import pytest

from evo import registry

SCRIPT = Path(__file__).parents[2] / "scripts/examples/own_algorithm.py"


def test_an_own_algorithm_evolves(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.ALGORITHMS, "breeder", "")  # gone again after the test
    monkeypatch.syspath_prepend(SCRIPT.parent)
    import_module("own_algorithm")
    costs = [float(line.split("cost ")[1]) for line in capsys.readouterr().out.splitlines()]
    assert len(costs) == 200
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < 0.1


def test_it_is_short() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 50
