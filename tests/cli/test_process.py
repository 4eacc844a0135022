"""The command as a process of its own: signals, pipes, and starting quickly."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "envs")])}
EVO = [sys.executable, "-m", "evo"]
NEAT = [
    "run",
    "neat",
    "cartpole",
    "--generations",
    "40",
    "--set",
    "stop_at_target=false",
    "--set",
    "champion_episodes=5",
]


def evo(*words, **options):
    return subprocess.run(
        [*EVO, *words], env=ENVIRONMENT, capture_output=True, text=True, timeout=120, **options
    )


def start(*words, **options):
    return subprocess.Popen(
        [*EVO, *words],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def lines(folder):
    return (folder / "metrics.jsonl").read_bytes()


def run_in(place):
    (run,) = (place / "runs").glob("*_s*")
    return run


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = tmp_path_factory.mktemp("whole")
    assert evo(*NEAT, cwd=place).returncode == 0
    return lines(run_in(place))


def test_killed_neat_goes_on_as_if_nothing_had_been(tmp_path, whole):
    process = start(*NEAT, "--set", "checkpoint_interval=0", cwd=tmp_path)
    at = random.Random(1).randrange(3, 30)
    wait_for(
        lambda: (
            list(tmp_path.glob("runs/*/metrics.jsonl"))
            and lines(run_in(tmp_path)).count(b"\n") >= at
        )
    )
    process.kill()
    process.communicate()
    run = run_in(tmp_path)
    assert (run / "checkpoint.zip").exists()
    assert lines(run).count(b"\n") < 40
    assert evo("resume", str(run)).returncode == 0
    assert lines(run) == whole


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_at_once_with_a_checkpoint(tmp_path, number):
    process = start(
        "run", "ga", "sphere", "--generations", "1000000", "--set", "target=-1", cwd=tmp_path
    )
    wait_for(
        lambda: list(tmp_path.glob("runs/*/metrics.jsonl")) and b"\n" in lines(run_in(tmp_path))
    )
    process.send_signal(number)
    began = time.monotonic()
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - began < 5
    assert "go on with:  evo resume" in err
    assert out == ""
    assert (run_in(tmp_path) / "checkpoint.zip").exists()


def test_a_terminals_ctrl_c_reaches_workers_too_and_nobody_complains(tmp_path):
    words = [
        "run",
        "ga",
        "sphere",
        "--generations",
        "1000000",
        "--set",
        "target=-1",
        "--evaluator",
        "processes",
        "--workers",
        "2",
    ]
    process = start(*words, cwd=tmp_path, start_new_session=True)
    wait_for(
        lambda: list(tmp_path.glob("runs/*/metrics.jsonl")) and b"\n" in lines(run_in(tmp_path))
    )
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    wait_for(lambda: not alive(process.pid), 10)


def test_workers_and_evaluators_do_not_change_the_run(tmp_path, whole):
    for number, words in enumerate(
        (
            ["--evaluator", "threads", "--workers", "2"],
            ["--evaluator", "processes", "--workers", "2"],
        )
    ):
        place = tmp_path / str(number)
        place.mkdir()
        answer = evo(*NEAT, *words, cwd=place)
        assert answer.returncode == 0, answer.stderr
        assert lines(run_in(place)) == whole


def test_a_closed_pipe_is_no_fault(tmp_path):
    with start("config", "show", "ga", "sphere", cwd=tmp_path) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(20) in (0, 141)


def test_help_needs_no_numbers():
    code = "import sys; sys.argv = ['evo', '--help']\ntry:\n import evo.cli; evo.cli.main()\n"
    code += "except SystemExit: pass\n"
    code += "heavy = {'numpy', 'numba', 'gymnasium', 'pydantic_core', 'matplotlib'}\n"
    code += "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    answer = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    assert answer.stderr.strip() == "[]"
