"""Type checkers know the types of the public names in a user's file."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import evo

USER = """
import numpy as np
from numpy.typing import NDArray

import evo

Floats = NDArray[np.float64]


def cost(x: Floats) -> float:
    return float((x**2).sum())


class Mine(evo.Problem):
    needs = evo.Reals(3)

    def evaluate(self, phenotypes: Floats, seeds: NDArray[np.uint64]) -> evo.Evaluation:
        return evo.Evaluation(-phenotypes.sum(axis=1))


evolution = evo.evolution("cma-es", evo.minimise(cost, evo.Reals(4)), generations=3)
for record in evolution:
    reveal_type(record.best)
run = evo.run("ga", "onemax", generations=1, out="runs")
reveal_type(evolution)
reveal_type(evolution.run())
reveal_type(evo.problem("cartpole").needs)
reveal_type(run.metrics["best"])
reveal_type(evo.load(run.path).summary)
reveal_type(evo.problem("cartpole").scores)
reveal_type(evo.Network(2, 1).inputs)
"""
TYPES = [
    "float",
    "Evolution",
    "Population",
    "Need",
    "ndarray[tuple[Any, ...], dtype[Any]]",
    "dict[str, Any]",
    "tuple[Score, ...]",
    "int",
]
CHECKERS = {
    "mypy": (["--strict", "--python-executable", sys.executable], r'Revealed type is "(.*)"'),
    "pyright": (["--pythonpath", sys.executable], r'Type of ".*" is "(.*)"'),
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_type_checker_knows_all_types(checker, tmp_path):
    (tmp_path / "user.py").write_text(USER)
    options, pattern = CHECKERS[checker]
    done = subprocess.run(
        [sys.executable, "-m", checker, *options, "user.py"],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = [re.sub(r"\b\w+\.(?=\w)", "", found) for found in re.findall(pattern, done.stdout)]
    assert said == TYPES


def test_every_public_name_is_declared_for_type_checkers():
    text = (Path(evo.__file__)).read_text(encoding="utf-8")
    declared = set(re.findall(r"import (\w+) as \1", text))
    assert declared == set(evo.__all__) == set(evo._PUBLIC)
    for package in ("evo", "evo_envs"):
        folder = Path(__import__(package).__file__).parent
        assert (folder / "py.typed").exists()
