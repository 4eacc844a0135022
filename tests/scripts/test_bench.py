"""The benchmarks run and write what they measured; the figures themselves are not tested here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("scripts", "", "envs")),
    }
    command = [sys.executable, "-m", "benchmarks.run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


PEERS = {
    "ga": [{"plain numpy loop", "DEAP"}],
    "cma-es": [{"pycma"}],
    "equilibrium": [{"autograd graphs of Phi"}],
    "graphs": [{"loop through torch"}],
    "neat": [{"neat-python"}, set()],
    "de": [{"scipy"}],
    "lifetimes": [{"loop of modules"}],
    "creatures": [{"mujoco.rollout, open loop"}, {"one thread"}, set()],
    "learning": [{"torch backward()"}, {"loop of nn.Module + SGD"}],
}


@pytest.mark.parametrize(("name", "peers"), PEERS.items())
def test_prints_a_table_and_writes_json(name: str, peers: list[set[str]], tmp_path: Path) -> None:
    result = bench(name, "--quick", "--json", str(tmp_path / "figures.json"))
    assert result.returncode == 0, result.stderr
    report = json.loads((tmp_path / "figures.json").read_text())
    assert report["benchmark"] == name
    for measured in report["measurements"]:
        assert set(measured["peers"]) == set(measured["ratios"])
        assert set(measured["peers"]) in peers
        assert all(ratio > 0 for ratio in measured["ratios"].values())
        assert measured["unit"] in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gaa"], "invalid choice: 'gaa'"),
        (["ga", "--json", "no/such/folder/f.json"], "no such folder"),
    ],
)
def test_misuse_is_explained(arguments: list[str], words: str) -> None:
    result = bench(*arguments)
    assert result.returncode == 2
    assert words in result.stderr
