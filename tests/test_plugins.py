"""A library outside of the project adds to evo through an entry point, and the command finds it."""

import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from evo import registry

ROOT = Path(__file__).parents[1]
STUDY = """
[study]
title = "t"
seeds = 2
[settings]
problem.name = "all-twos"
run.generations = 3
[grid]
"algorithm.name" = ["steady", "ga"]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library in `tests/plugin`, built and installed."""
    folder = tmp_path_factory.mktemp("site")
    code = "from hatchling import build; import sys; build.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT / "tests/plugin", check=True)
    (wheel,) = folder.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(folder), str(wheel)], check=True)
    return folder


def command(installed: Path, where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(installed), str(ROOT), str(ROOT / "envs")])
    return subprocess.run(
        [sys.executable, "-m", "evo", *words],
        cwd=where,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_commands_know_what_a_library_brings(installed: Path, tmp_path: Path) -> None:
    def evo(*words: str) -> str:
        answer = command(installed, tmp_path, *words)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    assert "steady" in evo("run", "--help")
    evo("run", "steady", "all-twos", "--generations", "4", "--set", "stop_at_target=false", "-q")
    (run,) = (tmp_path / "runs").glob("*_s*")
    assert (run / "ternary.svg").exists()
    assert "[genome]" in (run / "config.toml").read_text()
    evo("resume", str(run), "--generations", "6", "-q")
    (row,) = json.loads(evo("list", "--format", "json"))
    assert (row["algorithm"], row["problem"], row["generations"]) == ("steady", "all-twos", 6)
    assert "twos" in evo("replay", str(run))
    evo("report", str(run))
    assert "<svg><text>" in (run / "report.html").read_text()
    (tmp_path / "study.toml").write_text(STUDY)
    table = evo("study", "study.toml", "--workers", "1")
    assert all(name in table for name in ("steady", "ga")), table
    assert "return 5" in evo("run", "neat", "Lever-v0", "--generations", "2", "--out", "levers")
    processes = ("--evaluator", "processes", "--workers", "2", "--out", "others")
    evo("run", "ga", "all-twos", "--generations", "3", "-q", *processes)


def test_what_does_not_fit_the_library_is_refused_in_words(installed: Path, tmp_path: Path) -> None:
    answer = command(installed, tmp_path, "run", "cma-es", "all-twos")
    assert answer.returncode == 2
    assert "searches real vectors, but this problem needs ternary strings" in answer.stderr
    assert "algorithms for it: creatures, ga, nsga2, random-search, steady" in answer.stderr
    answer = command(installed, tmp_path, "run", "ga", "all-twos", "--set", "genome.mutation_rat=1")
    assert "unknown key genome.mutation_rat (did you mean" in answer.stderr


def test_a_library_that_fails_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("broken", "no_such_module", registry.PLUGINS)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    with pytest.warns(UserWarning, match="the plugin 'broken' .no_such_module. cannot be imported"):
        registry._load_plugins()
