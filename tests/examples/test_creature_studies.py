"""The studies of creatures that are scripts, at the smallest size."""

import sys
from pathlib import Path
from runpy import run_path

import numpy as np
import pytest

from evo.problems.creatures.task import Account

EXAMPLES = Path(__file__).parents[2] / "scripts/examples"


@pytest.fixture
def told(monkeypatch, capsys, tmp_path):
    """What a script says of one generation of a few creatures."""

    def carry_out(name, population):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [name, "1", str(population), "1"])
        run_path(str(EXAMPLES / name), run_name="__main__")
        return [line.split() for line in capsys.readouterr().out.splitlines()]

    return carry_out


def test_limbs_are_lost(told, monkeypatch):
    def evaluate(self, phenotypes, seeds):
        """Quickly: who has more parts gets farther."""
        parts = [float(len(each.body.parts)) for each in phenotypes.growths]
        return Account(len(parts)).evaluation(np.array(parts))

    monkeypatch.setattr("evo.problems.creatures.walk.Walk.evaluate", evaluate)
    _, *rows = told("lost_limb.py", 8)
    assert [row[:2] for row in rows] == [
        [kind, word] for kind in ("sine", "cpg", "neurons") for word in ("0", "med.")
    ]
    for row, median in zip(rows[::2], rows[1::2], strict=True):
        whole, *less, again = (float(word.rstrip(";")) for word in row[2:])
        assert len(less) == whole - 1
        assert max(less) < whole
        # brains alone evolve on, so that the same part is lost
        middle = sorted(less)[len(less) // 2]
        assert again == middle
        assert [float(word.rstrip(";")) for word in median[2:4] + median[-1:]] == (
            [whole, middle, again]
        )


def test_swimmers_descend_from_a_walker(told, tmp_path):
    _, row, median = told("swim_after_walking.py", 4)
    assert len(row) == 5
    assert row[1:] == median[1:]
    settings = [path.read_text() for path in tmp_path.rglob("config.toml")]
    assert sum("creatures-walk" in text for text in settings) == 1


@pytest.mark.parametrize("name", ["lost_limb.py", "swim_after_walking.py"])
def test_they_are_short(name):
    assert len((EXAMPLES / name).read_text().splitlines()) <= 70
