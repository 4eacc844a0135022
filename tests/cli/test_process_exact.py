"""What is left behind when processes are killed: nothing, and a reason in words.

Seen when planted: workers do not watch their parent (neither by signal nor by thread), a child of a
study that dies at its start is not caught.
"""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from evo.studies import carry_out
from evo.studies.plan import read

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "envs")])}
EVOLUTION = [
    *(sys.executable, "-m", "evo", "run", "ga", "sphere", "--generations", "1000000"),
    *("--set", "target=-1", "--evaluator", "processes", "--workers", "2"),
]
STUCK = """
    import sys
    import numpy as np
    from evo.evaluation import make_evaluator
    from evo.development import IDENTITY
    from tests.evaluation.problems import Troubled

    class Stuck(Troubled):
        def evaluate(self, phenotypes, seeds):
            with open("at_work", "w") as sign:
                sign.write("yes")
            {batch}

    if __name__ == "__main__":
        with make_evaluator("processes", Stuck(), IDENTITY, workers=2) as evaluator:
            evaluator.evaluate(np.zeros((20, 3)), np.zeros(20, np.uint64))
"""
BATCHES = {
    "python": "while True: pass",
    "a call that holds the interpreter": "sum(range(10**15))",
}
STUDY = """
[study]
title = "Two"
seeds = 1
[settings]
problem.name = "sphere"
run = { generations = 2 }
algorithm.population = 10
[[cells]]
name = "first"
settings.algorithm.name = "ga"
[[cells]]
name = "second"
settings.algorithm.name = "ga"
"""


def session(leader: int) -> set[int]:
    """Processes of a session that have not ended."""
    members = set()
    for path in Path("/proc").iterdir():
        try:
            state = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(state[3]) == leader and state[0] != "Z":
            members.add(int(path.name))
    return members


def wait_for(condition: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def dies_with_all_its_children(command: list[str], place: Path, sign: str) -> None:
    """Start `command`, kill it once something is in the file `sign`; nothing of it may go on."""
    process = subprocess.Popen(
        command,
        cwd=place,
        env=ENVIRONMENT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: any(path.stat().st_size for path in place.glob(sign)), 60)
        assert len(session(process.pid)) > 2, "there are no children"
        process.kill()
        process.wait()
        wait_for(lambda: not session(process.pid), 5)
    finally:
        for member in session(process.pid):
            os.kill(member, signal.SIGKILL)


def test_workers_end_with_a_killed_run(tmp_path: Path) -> None:
    dies_with_all_its_children(EVOLUTION, tmp_path, "runs/*/metrics.jsonl")


@pytest.mark.parametrize("batch", BATCHES)
def test_workers_end_in_the_middle_of_a_batch(batch: str, tmp_path: Path) -> None:
    script = tmp_path / "stuck.py"
    script.write_text(textwrap.dedent(STUCK).format(batch=BATCHES[batch]))
    dies_with_all_its_children([sys.executable, str(script)], tmp_path, "at_work")


def test_runs_end_with_a_killed_study(tmp_path: Path) -> None:
    text = STUDY.replace("generations = 2", "generations = 1000000, target = -1")
    (tmp_path / "study.toml").write_text(text)
    command = [sys.executable, "-m", "evo", "study", "study.toml", "--workers", "2"]
    dies_with_all_its_children(command, tmp_path, "studies/*/runs/second*/metrics.jsonl")


def test_a_run_whose_process_dies_at_its_start_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of two processes is killed before it says that it is there."""
    (tmp_path / "study.toml").write_text(STUDY)
    real, starts = carry_out.multiprocessing.get_context, []

    def context(method: str) -> Any:
        found = real(method)
        original = found.Process.start

        def start(process: Any) -> None:
            starts.append(process)
            if len(starts) == 1:
                raise EOFError("unexpected EOF")
            original(process)

        monkeypatch.setattr(found.Process, "start", start)
        return found

    monkeypatch.setattr(carry_out.multiprocessing, "get_context", context)
    told: list[carry_out.Outcome] = []

    class Listener(carry_out.Silent):
        def ended(self, outcome):
            told.append(outcome)

    study = read(tmp_path / "study.toml")
    outcomes = carry_out.run_study(study, tmp_path / "out", 1, Listener())
    assert [outcome.failure for outcome in outcomes] == [
        "its process died at its start (EOFError)",
        None,
    ]
    assert outcomes[1].summary is not None
    assert [outcome.cell for outcome in told] == ["first", "second"]


def test_a_run_whose_process_is_killed_says_by_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "study.toml").write_text(STUDY.replace("generations = 2", "generations = 1000000"))
    pool = carry_out._Pool("run", 1)
    study = read(tmp_path / "study.toml")
    cell, seed, name = next(iter(study.jobs()))
    folder = carry_out._prepare(study, cell, seed, tmp_path / "runs", name)
    pool.start((cell.name, seed, folder))
    ((process, _),) = pool.running.values()
    process.kill()
    (job,) = pool.finished()
    assert not pool.busy
    assert carry_out._outcome(*job).failure == "its process was ended by SIGKILL"
