import subprocess
import sys
from pathlib import Path

from tests.test_imports import ENVIRONMENT

SCRIPT = Path(__file__).parents[2] / "scripts/examples/train_creature.py"


def test_a_creature_trains_a_little() -> None:
    told = subprocess.run(
        [sys.executable, str(SCRIPT), "2048"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout
    before, after = told.splitlines()
    assert before.startswith("before: ")
    assert after.startswith("after 2048 steps: ")
    assert before.split(": ")[1] != after.split(": ")[1]


def test_it_is_short() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 120
