"""The commands, called in this process."""

import json
import re
import tomllib
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from evo import config, registry
from evo.cli import app
from evo.runs.folder import RunFolder

KEYS = {
    "algorithm",
    "problem",
    "seed",
    "generations",
    "evaluations",
    "best",
    "champion",
    "target",
    "reached",
    "wall_s",
    "run",
}


@pytest.fixture
def evo(tmp_path, monkeypatch):
    """Calls a command in an empty folder; the answer has `code`, `out`, `err`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVO_TRACEBACK", raising=False)
    for name in ("NoisySphere", "FailingSphere"):
        monkeypatch.setitem(registry.PROBLEMS, name, registry.Entry(f"tests.helpers:{name}"))
    monkeypatch.setitem(registry.PROBLEMS, "Faulty", registry.Entry("tests.helpers:NoSuchClass"))

    def call(*words):
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)

    return call


def ga(*words):
    return ("run", "ga", "sphere", "--generations", "5", *words)


def only_run():
    from pathlib import Path

    (run,) = Path("runs").glob("*_s*")
    return run


def test_run_tells_its_end_and_its_next_commands(evo):
    answer = evo(*ga())
    assert answer.code == 0
    assert "not solved: target 1e-08 missed after 5 generations" in answer.out
    assert f"evo replay {only_run()}" in answer.out
    assert "generation 1/5" in answer.err
    assert "generation 5/5" in answer.err


def test_json_is_all_there_is_on_stdout(evo):
    answer = evo(*ga("--format", "json", "--seed", "7"))
    summary = json.loads(answer.out)
    assert summary.keys() >= KEYS
    assert (summary["seed"], summary["generations"], summary["reached"]) == (7, 5, False)
    assert summary["run"] == str(only_run())


def test_quiet_prints_the_folder_only(evo):
    answer = evo(*ga("--quiet"))
    assert answer.out.strip() == str(only_run())
    assert answer.err == ""


def test_require_target(evo):
    assert evo(*ga("--require-target")).code == 1
    assert evo(*ga("--require-target", "--set", "run.target=1e9")).code == 0
    answer = evo("run", "ga", "NoisySphere", "--require-target")
    assert answer.code == 2
    assert "--set target=" in answer.err


def test_out_names_the_place_of_run_folders(evo, tmp_path):
    evo(*ga("--out", "elsewhere/deeper"))
    assert len(list((tmp_path / "elsewhere" / "deeper").glob("*_s*"))) == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "gaa", "sphere"), "did you mean 'ga'?"),
        (("run", "ga", "spher"), "did you mean 'sphere'?"),
        (("run",), "no algorithm is named"),
        (("run", "ga", "sphere", "--workers", "0"), "evaluation.workers = 0"),
        (("run", "ga", "sphere", "--generations", "-3"), "run.generations = -3"),
        (("run", "ga", "sphere", "--seed", "-1"), "run.seed = -1"),
        (("run", "ga", "sphere", "--seed", "x"), "Invalid value for '--seed'"),
        (("run", "ga", "sphere", "--evaluator", "cloud"), "evaluation.evaluator = 'cloud'"),
        (("run", "ga", "sphere", "--config", "none.toml"), "cannot read none.toml"),
        (
            ("run", "ga", "sphere", "--set", "algorithm.populaton=3"),
            "did you mean 'algorithm.population'?",
        ),
        (("run", "ga", "sphere", "--out", "/proc/none"), "cannot make a run folder"),
        (("run", "ga", "NoSuch-v0"), "NoSuch-v0"),
        (("run", "neat", "sphere"), "real vectors"),
        (("resume", "runs/none"), "there is no run folder"),
        (("resume", "."), "is no run folder"),
        (("replay", "runs/none"), "there is no run folder"),
        (("report", "runs/none"), "there is no run folder"),
        (("replay", ".", "--episodes", "0"), "--episodes 0"),
        (("replay", ".", "--gif", "film.mp4"), "has to end in .gif"),
        (("config", "check", "none.toml"), "cannot read none.toml"),
        (("config", "show", "ga", "nothing"), "unknown problem"),
        (("rum",), "rum"),
    ],
)
def test_usage_errors_are_words_and_exit_2(evo, words, expected):
    answer = evo(*words)
    assert answer.code == 2
    assert expected in answer.err.replace("\n", " ") or expected in answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err


def test_bad_input_leaves_no_folder(evo, tmp_path):
    evo("run", "ga", "sphere", "--set", "algorithm.elites=1000")
    assert not (tmp_path / "runs").exists()


def test_failing_evaluations_exit_3(evo):
    answer = evo("run", "ga", "FailingSphere", "--set", "problem.failing=all")
    assert answer.code == 3
    assert "the point is on a bad stripe" in answer.err


def test_missing_extras_exit_4(evo, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    evo(
        "run",
        "ga",
        "cartpole",
        "--generations",
        "1",
        "--set",
        "champion_episodes=1",
        "--set",
        "algorithm.population=4",
    )
    answer = evo("replay", only_run(), "--gif", "film.gif")
    assert answer.code == 4
    assert "[video]" in answer.err


def test_faults_exit_70_and_say_how_to_see_more(evo):
    answer = evo("run", "ga", "Faulty")
    assert answer.code == 70
    assert "--traceback" in answer.err
    assert "Traceback" not in answer.err
    assert "Traceback" in evo("run", "ga", "Faulty", "--traceback").err


@pytest.mark.parametrize("error", [MemoryError, ValueError, OverflowError])
def test_settings_that_no_memory_holds_are_told_in_words(evo, tmp_path, monkeypatch, error):
    def too_large(*_, **__):
        raise error("unable to allocate 7 TiB")

    monkeypatch.setattr("evo.compose.compose", too_large)
    answer = evo("run", "ga", "sphere")
    assert answer.code == 2
    assert (
        "ga on sphere cannot be built with these settings: unable to allocate 7 TiB" in answer.err
    )
    assert not (tmp_path / "runs").exists()


def test_memory_that_runs_out_later_is_told_in_words(evo, monkeypatch):
    def too_large(*_, **__):
        raise MemoryError("unable to allocate 7 TiB")

    monkeypatch.setattr("evo.skeleton.Evolution.step", too_large)
    answer = evo(*ga())
    assert answer.code == 2
    assert "more memory than there is: unable to allocate 7 TiB" in answer.err


def test_interruptions_outside_of_a_run_exit_130(evo, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(config, "resolve", interrupted)
    assert evo("config", "show", "ga", "sphere").code == 130


def test_a_finished_run_says_so_and_can_be_extended(evo):
    evo(*ga())
    run = only_run()
    before = (run / "metrics.jsonl").read_bytes()
    answer = evo("resume", run, "--format", "json")
    assert answer.code == 0
    assert "finished" in answer.err
    assert json.loads(answer.out)["generations"] == 5
    assert (run / "metrics.jsonl").read_bytes() == before
    assert (
        json.loads(evo("resume", run, "--generations", "8", "--format", "json").out)["generations"]
        == 8
    )
    assert (run / "metrics.jsonl").read_bytes().startswith(before)
    assert evo("resume", run, "--generations", "0").code == 2


@pytest.mark.parametrize("name", ["config.toml", "checkpoint.zip", "champion.json", "summary.json"])
@pytest.mark.parametrize("content", [b"", b"\xff\x00\xff", b"[1, 2]"])
def test_damaged_runs_are_refused_in_words(evo, name, content):
    evo(*ga())
    run = only_run()
    (run / name).write_bytes(content)
    if name == "checkpoint.zip":
        (run / "summary.json").unlink()
    for words in (("resume", run), ("replay", run), ("report", run), ("list",)):
        answer = evo(*words)
        assert answer.code in (0, 2), (words, answer.err)
        assert "Traceback" not in answer.err


def test_run_json_of_a_finished_run_is_mended(evo):
    evo(*ga())
    run = only_run()
    before = (run / "run.json").read_bytes()
    (run / "run.json").unlink()
    answer = evo("report", run)
    assert answer.code == 2
    assert f"evo resume {run}" in answer.err
    assert evo("resume", run).code == 0
    assert (run / "run.json").read_bytes() == before
    assert evo("report", run).code == 0


def test_list(evo):
    assert "no runs" in evo("list").err
    evo(*ga())
    evo("run", "ga", "NoisySphere", "--generations", "2", "--out", "runs")
    rows = json.loads(evo("list", "--format", "json").out)
    assert {(row["problem"], row["generations"], row["state"]) for row in rows} == {
        ("sphere", 5, "finished"),
        ("NoisySphere", 2, "finished"),
    }
    assert "sphere" in evo("list").out


def test_list_names_the_figures_of_several_scores(evo):
    evo("run", "nsga2", "zdt1", "--generations", "2", "--set", "algorithm.population=6")
    answer = evo("list")
    assert answer.code == 0, answer.err
    assert re.search(r"zdt1 .* f1 \S+, f2 \S+ .* finished", answer.out), answer.out
    (row,) = json.loads(evo("list", "--format", "json").out)
    assert set(row["best"]) == set(row["champion"]) == {"f1", "f2"}


def test_a_champion_that_the_problem_cannot_have_is_not_played(evo):
    evo("run", "ga", "tsp", "--generations", "2", "--set", "problem.cities=5")
    path = only_run() / "champion.json"
    content = json.loads(path.read_text())
    content["individuals"][0]["genome"]["arrays"]["array"]["values"] = [0] * 5
    path.write_text(json.dumps(content))
    answer = evo("replay", only_run())
    assert answer.code == 2
    assert "no permutations of 5 numbers" in answer.err


def test_replay_plays_the_champion(evo):
    evo(*ga())
    run = only_run()
    best = RunFolder.open(run).summary()["best"]
    assert json.loads(evo("replay", run, "--format", "json").out)["scores"] == [best]
    evo("run", "ga", "NoisySphere", "--generations", "2", "--out", "noisy")
    from pathlib import Path

    (noisy,) = Path("noisy").glob("*_s*")
    answer = json.loads(evo("replay", noisy, "--episodes", "3", "--format", "json").out)
    assert len(set(answer["scores"])) == 3
    assert answer == json.loads(evo("replay", noisy, "--episodes", "3", "--format", "json").out)
    assert (
        answer["seeds"]
        != json.loads(
            evo("replay", noisy, "--episodes", "3", "--seed", "8", "--format", "json").out
        )["seeds"]
    )
    assert "nothing to see" in evo("replay", run, "--gif", "film.gif").err


def test_films(evo, tmp_path):
    pytest.importorskip("imageio_ffmpeg")
    pytest.importorskip("pygame")
    settings = (
        "champion_episodes=1",
        "algorithm.population=2",
        "algorithm.elites=0",
        "problem.max_steps=12",
    )
    evo(
        "run",
        "ga",
        "cartpole",
        "--generations",
        "1",
        *(word for each in settings for word in ("--set", each)),
    )
    answer = evo("replay", only_run(), "--gif", "film.gif", "--mp4", "film.mp4")
    assert answer.code == 0, answer.err
    assert (tmp_path / "film.gif").read_bytes().startswith(b"GIF8")
    assert b"ftyp" in (tmp_path / "film.mp4").read_bytes()[:32]
    assert evo("replay", only_run(), "--gif", "none/film.gif").code == 2


def test_runs_with_the_same_seed_are_compared_as_two(evo):
    for out in ("a", "b"):
        evo(*ga("--seed", "4", "--out", out))
    answer = evo("compare", "a", "b", "--out", "table")
    assert answer.code == 0, answer.err
    assert "| ga on sphere | 2 |" in answer.out
    from pathlib import Path

    assert Path("table/runs.csv").read_text().count("ga on sphere") == 2


def test_config_show_new_and_check(evo, tmp_path):
    shown = evo("config", "show", "ga", "sphere", "--set", "seed=3").out
    assert tomllib.loads(shown)["run"]["seed"] == 3
    assert evo("config", "new", "ga", "sphere", "mine.toml").code == 0
    assert evo("config", "new", "ga", "sphere", "mine.toml").code == 2
    assert "valid" in evo("config", "check", "mine.toml").out
    assert evo("run", "--config", "mine.toml", "--generations", "2", "--quiet").code == 0
    (tmp_path / "mine.toml").write_text(
        '[algorithm]\nname = "ga"\nx = 1\n[problem]\nname = "sphere"\ny = 1\n'
    )
    answer = evo("config", "check", "mine.toml")
    assert answer.code == 2
    assert "2 mistakes" in answer.err


def test_a_resolved_config_repeats_the_run(evo):
    evo(*ga("--seed", "3", "--out", "first"))
    from pathlib import Path

    (first,) = Path("first").glob("*_s*")
    evo("run", "--config", first / "config.toml", "--out", "second")
    (second,) = Path("second").glob("*_s*")
    assert (first / "metrics.jsonl").read_bytes() == (second / "metrics.jsonl").read_bytes()


def test_doctor(evo):
    answer = evo("doctor")
    assert "numba" in answer.out
    assert "CartPole" not in answer.out


@pytest.mark.parametrize(
    "words",
    [(), ("run",), ("resume",), ("replay",), ("report",), ("list",), ("config",), ("doctor",)],
)
def test_help(evo, words):
    answer = evo(*words, "--help")
    assert answer.code == 0
    assert "Usage" in answer.out


def test_bare_command_and_version(evo):
    assert "Usage" in evo().out
    assert evo().code == 0
    assert evo("--version").out == "evo 0.1.0\n"


def test_a_full_disk_is_told_in_words(evo, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(config, "resolve", full)
    answer = evo("config", "show", "ga", "sphere")
    assert answer.code == 2
    assert "No space left" in answer.err


def test_help_names_algorithms_and_problems(evo):
    text = evo("run", "--help").out
    assert "cma-es" in text
    assert "cartpole" in text
