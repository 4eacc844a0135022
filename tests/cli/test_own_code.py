"""Code of one's own, named on the command line in an empty folder."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import evo
from evo.cli import app

ROOT = Path(__file__).parents[2]

FUNCTION = """
import time

def cost(x):
    time.sleep(0.002)
    return (x - 0.25) @ (x - 0.25)
"""

ENVIRONMENT = """
import time
import gymnasium
import numpy as np

class Sides(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-1, 1, (2,))
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.count = 0
        return self._seen(), {}

    def _seen(self):
        self.seen = self.np_random.uniform(-1, 1, 2).astype(np.float32)
        return self.seen

    def step(self, action):
        time.sleep(0.0005)
        right = float(action == (self.seen.sum() > 0))
        self.count += 1
        return self._seen(), right, False, self.count == 4, {}
"""

RULE = """
import time
from evo.learning.rules.dfa import DFA

class SignDFA(DFA):
    def backward(self, record, error):
        time.sleep(0.01)
        super().backward(record, error.sign() * 0.01)
"""

MUTATION = """
import time
from evo.algorithms.neat import NEAT

class MyNEAT(NEAT):
    def mutate(self, offspring, rng):
        time.sleep(0.02)
        return super().mutate(super().mutate(offspring, rng), rng)
"""

ALGORITHM = """
import time
import evo
from evo.algorithms.ga import GA

evo.register("algorithm", "patient-ga", "patient_plugin:PatientGA")

class PatientGA(GA):
    def survive(self, population, offspring, rng):
        time.sleep(0.02)
        return super().survive(population, offspring, rng)
"""

SMALL = ["--set", "algorithm.population=10"]


@dataclass
class Case:
    """What is typed, and what the files hold."""

    words: list[str]
    files: dict[str, str]
    settings: dict[str, object]
    limit: str = "generations"


CASES = {
    "function": Case(
        ["run", "cma-es", "my_file.py:cost", "--set", "problem.dimensions=3"],
        {"my_file.py": FUNCTION},
        {"algorithm.name": "cma-es", "problem.name": "my_file.py:cost", "problem.dimensions": 3},
    ),
    "function in a module": Case(
        ["run", "es", "my_module:cost", "--set", "problem.dimensions=3"],
        {"my_module.py": FUNCTION},
        {"algorithm.name": "es", "problem.name": "my_module:cost", "problem.dimensions": 3},
    ),
    "environment": Case(
        ["run", "neat", "my_env.py:Sides-v0", *SMALL],
        {"my_env.py": ENVIRONMENT},
        {"algorithm.name": "neat", "problem.name": "my_env.py:Sides-v0"},
    ),
    "rule": Case(
        ["learn", "my_rule.py:SignDFA", "two-moons"],
        {"my_rule.py": RULE},
        {"rule.name": "my_rule.py:SignDFA", "data.name": "two-moons"},
        "epochs",
    ),
    "mutation": Case(
        ["run", "my_neat.py:MyNEAT", "xor", *SMALL],
        {"my_neat.py": MUTATION},
        {"algorithm.name": "my_neat.py:MyNEAT", "problem.name": "xor"},
    ),
    "plug-in": Case(
        ["run", "patient-ga", "sphere", *SMALL],
        {
            "site/patient_plugin.py": ALGORITHM,
            "site/patient-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: patient\n",
            "site/patient-1.0.dist-info/entry_points.txt": (
                "[evo.plugins]\npatient = patient_plugin\n"
            ),
        },
        {"algorithm.name": "patient-ga", "problem.name": "sphere"},
    ),
}
STEPS = 12


@pytest.fixture(params=CASES)
def case(request, tmp_path):
    """An empty folder but for the files of the case."""
    chosen = CASES[request.param]
    for name, text in chosen.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return chosen


def start(folder, *words):
    path = [str(folder / "site"), str(ROOT), str(ROOT / "envs")]
    # not `-m evo`, which searches the current folder: an installed command does not
    code = "import sys; sys.path.remove(''); from evo.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def call(folder, *words, code=0):
    process = start(folder, *words)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, (words, out, err)
    return out + err


def call_here(*words):
    """Call what reads a run and imports none of its code, without a process of its own."""
    result = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, (words, result.output)
    return result.output


def test_everything_can_be_done_with_a_run(case, tmp_path, monkeypatch):
    ends = [f"--{case.limit}", STEPS, "--set", "stop_at_target=false"]
    ends += ["--set", "checkpoint_interval=0", "--quiet"]
    call(tmp_path, *case.words, *ends, "--out", "whole")
    process = start(tmp_path, *case.words, *ends)
    runs = tmp_path / "runs"
    deadline = time.monotonic() + 60
    while not any(
        len(path.read_text().splitlines()) > 2 for path in runs.glob("*_s*/metrics.jsonl")
    ):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
    (run,) = runs.glob("*_s*")
    (whole,) = (tmp_path / "whole").glob("*_s*")
    place, trust = tmp_path.parent, ["--trust"]  # from a folder where nothing of it lies
    own = case is not CASES["plug-in"]
    if own:
        assert "would import" in call(place, "resume", run, code=2)
    env_site = tmp_path / "site"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if env_site.exists():
        (elsewhere / "site").symlink_to(env_site)
    call(elsewhere, "resume", run, *trust, "--quiet")
    metrics = [(path / "metrics.jsonl").read_text() for path in (run, whole)]
    assert len(metrics[0].splitlines()) == STEPS
    assert metrics[0] == metrics[1]
    if case.limit == "generations":
        assert "episode 1" in call(elsewhere, "replay", run, "--episodes", 2, *trust)
    else:
        inputs = np.array([[0.0, 1.0], [1.0, -0.5]])
        assert evo.load(run).predict(inputs).tolist() == [0, 1]
    # what a plug-in registers, only a process with its folder on the path knows
    monkeypatch.chdir(elsewhere)
    reads = call_here if own else partial(call, elsewhere)
    reads("report", run)
    title = " on ".join(str(value) for key, value in case.settings.items() if "name" in key)
    assert title in (run / "report.html").read_text()
    assert title in reads("compare", run, whole)
    assert title.split()[0] in reads("list", runs)
    settings = "\n".join(f"{key} = {json.dumps(value)}" for key, value in case.settings.items())
    study = f'[study]\ntitle = "own"\nseeds = 1\n[settings]\n{settings}\nrun.{case.limit} = 2\n'
    (tmp_path / "own.toml").write_text(study)
    out = call(tmp_path, "study", "own.toml", *trust)
    assert "1/1" in out


def test_a_changed_file_is_named_by_resume(tmp_path):
    (tmp_path / "my_file.py").write_text(FUNCTION)
    words = [*CASES["function"].words, "--generations", 2, "--quiet"]
    run = call(tmp_path, *words).strip()
    more = ["resume", run, "--trust", "--generations"]
    assert "changed" not in call(tmp_path, *more, 3)
    (tmp_path / "my_file.py").write_text(FUNCTION.replace("0.25", "0.5"))
    assert "changed since the run began" in (said := call(tmp_path, *more, 4))
    assert str(tmp_path / "my_file.py") in said
    again = call(tmp_path, "run", "--config", f"{run}/config.toml", "--trust", "--quiet").strip()
    new, old = (evo.load(tmp_path / each).settings["code"]["sha256"] for each in (again, run))
    assert new != old
    assert new.keys() == old.keys()
