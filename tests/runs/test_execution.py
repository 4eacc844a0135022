"""Whole runs in a folder: what they leave behind, and that an interruption leaves no trace."""

import json
import os
import signal
import time

import numpy as np
import pytest

from evo import registry
from evo.config import resolve
from evo.errors import EvaluationError, RunFolderError
from evo.kinds.evolution import champion
from evo.population import Population
from evo.runs import checkpoint
from evo.runs.execution import Silent, execute
from evo.runs.folder import RunFolder
from evo.runs.jsonl import JsonLines
from evo.runs.signals import Interrupted, Signals
from tests.helpers import NoisySphere


@pytest.fixture(autouse=True)
def problems(monkeypatch):
    for name, entry in {
        "noisy-sphere": registry.Entry("tests.helpers:NoisySphere"),
        "failing-sphere": registry.Entry("tests.helpers:FailingSphere"),
        "harder-sphere": registry.Entry("tests.kinds.test_champion:Harder"),
    }.items():
        monkeypatch.setitem(registry.PROBLEMS, name, entry)


def start(tmp_path, *assignments, algorithm="ga", problem="noisy-sphere"):
    fixed = ["checkpoint_interval=0", "champion_episodes=10", "generations=12"]
    fixed += ["algorithm.population=20"] if algorithm == "ga" else []
    config = resolve(algorithm, problem, assignments=[*fixed, *assignments])
    return config, RunFolder.create(tmp_path / "runs", config, "evo run")


CHAMPION = {
    "individual": Population.unevaluated(np.zeros((1, 9))).state_dict(),
    "generation": 3,
    "figures": {"fitness": [1.0]},
    "seeds": [1],
    "target": None,
    "reached": None,
    "error": None,
}


def lines(folder, name="metrics"):
    return (folder.path / f"{name}.jsonl").read_bytes()


class StopAt(Silent):
    """Interrupts the run as Ctrl-C at the end of a generation would."""

    def __init__(self, generation):
        self.generation = generation

    def completed(self, line):
        if line["generation"] == self.generation:
            os.kill(os.getpid(), signal.SIGINT)


class Swallowing(NoisySphere):
    """Ctrl-C comes during its third evaluation, and other code turns it into another error."""

    evaluations = 0
    row_by_row = False

    def evaluate(self, phenotypes, seeds):
        Swallowing.evaluations += len(phenotypes)
        if len(phenotypes) == 1 and Swallowing.row_by_row:
            Swallowing.row_by_row = False
            raise RuntimeError("a consequence")
        if Swallowing.evaluations > 2 * 20 and len(phenotypes) > 1:
            Swallowing.evaluations, Swallowing.row_by_row = -1000, True
            try:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(1)
            except KeyboardInterrupt:
                raise RuntimeError("no compiled object yet") from None
        return super().evaluate(phenotypes, seeds)


def test_an_interruption_that_turns_into_another_error_still_is_one(tmp_path, monkeypatch):
    monkeypatch.setitem(
        registry.PROBLEMS, "swallowing", registry.Entry("tests.runs.test_execution:Swallowing")
    )
    config, folder = start(tmp_path, problem="swallowing")
    with pytest.raises(Interrupted):
        execute(config, folder)
    assert all(line["failures"] == 0 for line in folder.metrics()), "nobody has failed"
    assert checkpoint.read(folder.checkpoint)["evolution"]["generation"] == len(folder.metrics())


def test_a_run_leaves_a_folder_worth_reading(tmp_path):
    config, folder = start(tmp_path)
    summary = execute(config, folder)
    names = {path.name for path in folder.path.iterdir()}
    assert names == {
        *(
            "config.toml",
            "run.json",
            "command.txt",
            "environment.json",
            "metrics.jsonl",
            "events.jsonl",
            "timings.jsonl",
        ),
        *("checkpoint.zip", "champion.json", "summary.json", "fitness.svg", "vector.svg"),
    }
    assert summary == folder.summary()
    keys = "algorithm problem seed generations evaluations best champion target reached wall_s run"
    assert set(keys.split()) <= summary.keys()
    assert summary["champion"].keys() == {"mean", "ci95", "episodes", "members"}
    assert [line["generation"] for line in folder.metrics()] == list(range(1, 13))
    assert len(lines(folder, "timings").splitlines()) == 12
    assert folder.state() == "finished"


def test_metrics_depend_on_seed_only(tmp_path):
    runs = [start(tmp_path, f"seed={seed}") for seed in (1, 1, 2)]
    for config, folder in runs:
        execute(config, folder)
    first, second, other = (lines(folder) for _, folder in runs)
    assert first == second != other
    assert len({folder.path for _, folder in runs}) == 3


def test_folder_names_say_what_is_in_them(tmp_path):
    registry.PROBLEMS["a/b:c"] = registry.PROBLEMS["noisy-sphere"]
    try:
        _, folder = start(tmp_path, "seed=4", problem="a/b:c")
    finally:
        del registry.PROBLEMS["a/b:c"]
    assert folder.path.name.split("_", 1)[1] == "ga-a-b-c_s4"
    assert folder.path.parent == tmp_path / "runs"


@pytest.mark.parametrize("generation", [1, 5, 11])
def test_an_interrupted_run_goes_on_as_if_nothing_had_been(tmp_path, generation):
    config, whole = start(tmp_path)
    execute(config, whole)
    config, folder = start(tmp_path, "checkpoint_interval=1000")
    with pytest.raises(Interrupted):
        execute(config, folder, StopAt(generation))
    assert checkpoint.read(folder.checkpoint)["evolution"]["generation"] == generation
    assert folder.state() == "interrupted"
    summary = execute(folder.config(), folder)
    assert lines(folder) == lines(whole)
    assert lines(folder, "events") == lines(whole, "events")
    assert summary["champion"] == whole.summary()["champion"]
    assert (folder.path / "champion.json").read_bytes() == (
        whole.path / "champion.json"
    ).read_bytes()


@pytest.mark.parametrize("generation", [1, 2, 4, 6])
def test_champions_are_judged_when_they_would_have_been(tmp_path, generation):
    """Every champion fails, after pauses that grow; an interruption must not shorten them."""
    config, whole = start(tmp_path, "target=-60", problem="harder-sphere")
    execute(config, whole)
    judged = [
        event["generation"] for event in whole.events() if event["event"] == "champion_validated"
    ]
    assert judged == [1, 3, 6, 11]
    config, folder = start(tmp_path, "target=-60", problem="harder-sphere")
    with pytest.raises(Interrupted):
        execute(config, folder, StopAt(generation))
    execute(folder.config(), folder)
    assert lines(folder, "events") == lines(whole, "events")
    assert lines(folder) == lines(whole)


def test_lines_go_on_behind_the_last_whole_one(tmp_path):
    path = tmp_path / "metrics.jsonl"
    for torn in (
        b'{"generation": 2}',
        b'{"generation": 2',
        b"\xff\n",
        b"3\n",
        b'{"generation": "2"}\n',
    ):
        path.write_bytes(b'{"generation": 1}\n' + torn)
        log = JsonLines(path, "generation")
        log.cut(log.end_of(9))
        log.write({"generation": 2, "best": float("nan")})
        log.close()
        assert path.read_bytes() == b'{"generation": 1}\n{"generation": 2, "best": null}\n'


@pytest.mark.parametrize("algorithm", ["ga", "es", "cma-es", "openai-es"])
def test_killed_at_any_moment(tmp_path, algorithm):
    """`kill -9` in a forked process, at moments spread over the run; then resumed until it ends."""
    config, whole = start(tmp_path, "generations=60", algorithm=algorithm)
    began = time.perf_counter()
    execute(config, whole)
    lasted = time.perf_counter() - began
    for share in (0.05, 0.3, 0.6, 0.9):
        config, folder = start(tmp_path, "generations=60", algorithm=algorithm)
        child = os.fork()
        if child == 0:
            execute(config, folder)
            os._exit(0)
        time.sleep(share * lasted)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        execute(folder.config(), folder)
        assert lines(folder) == lines(whole)
        assert lines(folder, "events") == lines(whole, "events")
        assert len(folder.metrics()) == len(lines(folder, "timings").splitlines())


def test_a_torn_line_is_cut_off(tmp_path):
    config, whole = start(tmp_path)
    execute(config, whole)
    config, folder = start(tmp_path)
    with pytest.raises(Interrupted):
        execute(config, folder, StopAt(6))
    with (folder.path / "metrics.jsonl").open("ab") as file:
        file.write(lines(whole).splitlines(keepends=True)[6] + b'{"generation": 8, "eval')
    execute(folder.config(), folder)
    assert lines(folder) == lines(whole)


def test_without_a_checkpoint_a_run_starts_again(tmp_path):
    config, folder = start(tmp_path)
    execute(config, folder)
    before = lines(folder)
    folder.checkpoint.unlink()
    execute(folder.config(), folder)
    assert lines(folder) == before


def test_an_extended_run_is_the_longer_run(tmp_path):
    config, whole = start(tmp_path, "generations=20")
    execute(config, whole)
    config, folder = start(tmp_path, "generations=9")
    execute(config, folder)
    assert not folder.extends(9)
    assert folder.extends(20)
    folder.extend(20)
    summary = execute(folder.config(), folder)
    assert lines(folder) == lines(whole)
    assert summary["champion"] == whole.summary()["champion"]
    assert "evo resume" in (folder.path / "config.toml").read_text()


def test_a_signal_during_the_writing_of_a_generation_waits_for_its_end():
    with Signals() as signals:
        reached = []
        with pytest.raises(Interrupted), signals.deferred():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
            reached.append(True)
        assert reached
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)


def test_failures_are_null_and_counted(tmp_path):
    config, folder = start(tmp_path, problem="failing-sphere")
    summary = execute(config, folder)
    assert summary["failures"] == sum(line["failures"] for line in folder.metrics()) > 0
    events = [event for event in folder.events() if event["event"] == "evaluation_failed"]
    assert len(events) == summary["failures"]
    assert events[0]["reason"] == "the point is on a bad stripe"


def test_a_run_whose_evaluations_all_fail_ends_in_words(tmp_path):
    config, folder = start(tmp_path, "problem.failing=all", problem="failing-sphere")
    with pytest.raises(EvaluationError, match="bad stripe"):
        execute(config, folder)
    assert folder.state() == "interrupted"


def test_two_processes_cannot_work_in_one_folder(tmp_path):
    config, folder = start(tmp_path)

    class Second(Silent):
        def started(self, config, folder, generation):
            assert folder.state() == "running"
            with pytest.raises(RunFolderError, match="another process"):
                execute(config, folder)

    execute(config, folder, Second())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no checkpoint"])
def test_a_broken_checkpoint_is_refused(tmp_path, content):
    config, folder = start(tmp_path)
    folder.checkpoint.write_bytes(content)
    with pytest.raises(RunFolderError, match="no checkpoint that can be read"):
        execute(config, folder)


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    config, folder = start(tmp_path, algorithm="es", problem="sphere")
    execute(config, folder)
    config, other = start(tmp_path, algorithm="cma-es", problem="sphere")
    other.checkpoint.write_bytes(folder.checkpoint.read_bytes())
    with pytest.raises(RunFolderError, match="does not belong"):
        execute(config, other)


def test_a_checkpoint_without_individuals_is_not_replayed(tmp_path):
    config, folder = start(tmp_path)
    execute(config, folder)
    (folder.path / "champion.json").unlink()
    assert len(folder.kind.replay(folder).members) == 1
    state = checkpoint.read(folder.checkpoint)
    nobody = Population.unevaluated(np.zeros((0, 3))).state_dict()
    checkpoint.write(
        folder.checkpoint, state | {"evolution": state["evolution"] | {"best": nobody}}
    )
    with pytest.raises(RunFolderError, match=r"no best individual.*no individuals"):
        folder.kind.replay(folder)


def test_a_checkpoint_whose_champion_the_problem_cannot_have_is_refused(tmp_path):
    config, folder = start(tmp_path, "run.target=-20", "stop_at_target=false")
    execute(config, folder)
    state = checkpoint.read(folder.checkpoint)
    judge = {"pause": 0, "next_generation": 0, "champion": CHAMPION}
    checkpoint.write(folder.checkpoint, state | {"judge": judge})
    with pytest.raises(RunFolderError, match=r"shape \(1, 9\) are no vectors of 3 numbers"):
        execute(config, folder)


def test_checkpoints_are_rare(tmp_path, monkeypatch):
    written = []
    write = checkpoint.write
    monkeypatch.setattr(
        "evo.runs.checkpoint.write", lambda path, state: (written.append(1), write(path, state))
    )
    config, folder = start(tmp_path, "checkpoint_interval=1000", "generations=50")
    execute(config, folder)
    assert len(written) == 1


def test_slow_checkpoints_are_rarer(tmp_path, monkeypatch):
    """Writing may take a twentieth of the time, however short the interval."""
    written = []
    monkeypatch.setattr(
        "evo.runs.checkpoint.write", lambda path, state: (written.append(1), time.sleep(0.01))
    )
    config, folder = start(tmp_path, "generations=400")
    began = time.perf_counter()
    execute(config, folder)
    assert len(written) <= 2 + (time.perf_counter() - began) / 0.2


def test_costs_are_shown_as_costs(tmp_path):
    config, folder = start(tmp_path, problem="sphere")
    summary = execute(config, folder)
    assert all(line["best"] <= line["mean"] <= line["worst"] for line in folder.metrics())
    assert summary["score"] == "cost"
    assert summary["best"] == min(line["best"] for line in folder.metrics())
    (content,) = champion.read(folder.path)
    individual = champion.population(folder.path)
    assert content["validation"]["mean"] == pytest.approx(
        float(np.square(individual.genomes).sum())
    )
    assert summary["champion"] == {
        "mean": content["validation"]["mean"],
        "ci95": None,
        "episodes": 1,
        "members": 1,
    }


def test_nothing_is_left_when_the_folder_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    config = resolve("ga", "sphere")
    with pytest.raises(RunFolderError, match="cannot make"):
        RunFolder.create(tmp_path / "file" / "runs", config, "")
    with pytest.raises(RunFolderError, match="cannot make"):
        RunFolder.create(tmp_path / "file", config, "")


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"genome": {"kind": "array", "arrays": {}}, "fitness": 0}', "{"]
)
def test_a_broken_champion_is_refused(tmp_path, content):
    _, folder = start(tmp_path)
    (folder.path / "champion.json").write_text(content)
    with pytest.raises(RunFolderError, match="damaged"):
        champion.read(folder.path)


def test_json_lines_are_strict_json(tmp_path):
    config, folder = start(tmp_path, problem="failing-sphere")
    execute(config, folder)

    def refuse(word):
        raise AssertionError(word)

    for line in lines(folder).splitlines():
        json.loads(line, parse_constant=refuse)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.path.iterdir()}


def test_what_cannot_go_on_leaves_the_folder_as_it_was(tmp_path):
    """The checkpoint can be read, but the first step from it fails."""
    config, folder = start(tmp_path, algorithm="cma-es")
    execute(config, folder)
    state = checkpoint.read(folder.checkpoint)
    memory = state["evolution"]["population"]["memory"]
    memory["covariance"] = np.full_like(memory["covariance"], np.nan)
    checkpoint.write(folder.checkpoint, state)
    before = contents(folder)
    with pytest.raises(RunFolderError, match="cannot go on from"):
        execute(folder.config(20), folder)
    assert contents(folder) == before


@pytest.mark.parametrize("name", ["metrics", "events", "timings"])
def test_lines_that_have_to_be_kept_are_not_cut_for_a_damaged_one(tmp_path, name):
    config, folder = start(tmp_path, problem="failing-sphere")
    with pytest.raises(Interrupted):
        execute(config, folder, StopAt(6))
    path = folder.path / f"{name}.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"generation": 2', b'"generation": two', 1))
    before = contents(folder)
    with pytest.raises(RunFolderError, match=rf"{name}.jsonl is damaged: line \d+"):
        execute(folder.config(), folder)
    assert contents(folder) == before


def test_a_stopped_extension_is_not_forgotten(tmp_path):
    config, folder = start(tmp_path)
    execute(config, folder)

    class StopAtOnce(Silent):
        def started(self, config, folder, count):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        execute(folder.config(20), folder, StopAtOnce())
    assert folder.state() == "interrupted"
    assert execute(folder.config(), folder)["generations"] == 20


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("run.json", '{"kind": "run", "target": null, "scores": 3}', "facts"),
        ("summary.json", '{"seed": 1e999}', "summary"),
        ("summary.json", '{"reached": null}', "summary"),
        ("metrics.jsonl", '{"generation": 1, "evaluations": 2, "best": "3"}\n{}\n', "metrics"),
        ("metrics.jsonl", f"{10**30}\n{{}}\n", "metrics"),
        ("events.jsonl", "[]\n{}\n", "events"),
        ("environment.json", '{"evo": "1", "packages": []}', "environment"),
        ("config.toml", "[run]\nseed = 1\n", "settings"),
        ("config.toml", '[run]\nseed = "1"\n[algorithm]\nname = 3\n[problem]', "settings"),
    ],
)
def test_damaged_files_are_refused_in_words(tmp_path, name, content, reader):
    _, folder = start(tmp_path)
    (folder.path / name).write_text(content)
    with pytest.raises(RunFolderError, match="is damaged") as caught:
        getattr(folder, reader)()
    assert caught.value.hint
    assert str(folder.path / name) in caught.value.message


def test_resuming_mends_run_json(tmp_path):
    config, folder = start(tmp_path)
    before = folder.facts()
    (folder.path / "run.json").write_text("{")
    execute(config, folder)
    assert folder.facts() == before
    score = {"name": "fitness", "minimise": False, "target": None}
    assert before == {"kind": "run", "target": None, "scores": [score]}
