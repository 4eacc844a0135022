"""A run taken away: `evo.load` acts, predicts, tells, and imports nothing a folder names."""

import json
import subprocess
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest

import evo
from evo.errors import RunFolderError, UsageError

SMALL = {"algorithm": {"population": 8}, "run": {"stop_at_target": False, "champion_episodes": 4}}


def play(run, env):
    """The return of each episode of the validation, by Gymnasium alone."""
    returns = []
    for seed in run.seeds:
        run.reset()
        observation, _ = env.reset(seed=int(seed))
        total, over = 0.0, False
        while not over:
            observation, reward, terminated, truncated, _ = env.step(run.act(observation))
            total += float(reward)
            over = terminated or truncated
        returns.append(total)
    return returns


@pytest.mark.parametrize(
    ("algorithm", "id", "more"),
    [
        ("ga", "CartPole-v1", {}),
        ("neat", "Acrobot-v1", {"genome": {"recurrent": True}}),
        ("es", "Pendulum-v1", {"algorithm": {"parents": 2, "offspring": 8}}),
        ("ga", "Taxi-v4", {"problem": {"max_steps": 20}}),
        ("ga", "LunarLander-v3", {"problem": {"max_steps": 60}}),
        ("ga", "MountainCarContinuous-v0", {"problem": {"scale_observations": "none"}}),
    ],
)
def test_the_champion_acts_as_it_was_validated(algorithm, id, more, tmp_path):
    if id.startswith("Lunar"):
        pytest.importorskip("Box2D")
    settings = {**SMALL, **more, "problem": {"episodes": 1, **more.get("problem", {})}}
    run = evo.run(algorithm, id, generations=2, settings=settings, out=tmp_path)
    env = gymnasium.make(id, max_episode_steps=settings["problem"].get("max_steps"))
    assert play(evo.load(run.path), env) == run.individuals[0]["scores"]
    env.close()


def test_predict_is_spelled_as_in_stable_baselines(tmp_path):
    run = evo.run("ga", "Pendulum-v1", generations=1, settings=SMALL, out=tmp_path)
    seen = np.array([[1.0, 0.0, 0.3], [0.0, -1.0, 2.0]], np.float32)
    single = [run.predict(each, deterministic=True) for each in seen]
    assert [state for _, state in single] == [None, None]
    assert [action.shape for action, _ in single] == [(1,), (1,)]
    actions, _ = run.predict(seen, episode_start=np.ones(2, bool))
    np.testing.assert_array_equal(actions, [action for action, _ in single])


def test_a_recurrent_champion_remembers_until_reset(tmp_path):
    more = {**SMALL, "genome": {"recurrent": True, "add_connection": 1.0, "add_node": 1.0}}
    run = evo.run("neat", "Pendulum-v1", generations=6, settings=more, out=tmp_path)
    assert run.network.recurrent
    seen = np.array([1.0, 0.2, 0.3], np.float32)
    first = [run.act(seen).tolist() for _ in range(6)]
    run.reset()
    assert [run.act(seen).tolist() for _ in range(6)] == first
    several, _ = run.predict(np.stack([seen, seen]), episode_start=[True, True])
    assert several.tolist() == [first[0], first[0]]


@pytest.mark.parametrize(
    ("algorithm", "problem", "kind"),
    [("cma-es", "sphere", np.ndarray), ("ga", "onemax", np.ndarray), ("ga", "tsp", np.ndarray)],
)
def test_the_solution_is_there_in_python_summary_and_file(algorithm, problem, kind, tmp_path):
    run = evo.run(algorithm, problem, generations=3, out=tmp_path)
    assert isinstance(run.best, kind)
    assert list(run.best) == run.summary["solution"]
    figure = evo.problem(problem).evaluate(run.best[None], np.zeros(1, np.uint64)).fitness[0]
    assert abs(figure) == abs(run.figures)
    assert len(run.genome) == 1


def test_metrics_are_arrays_and_a_frame(tmp_path):
    run = evo.run("neat", "cartpole", generations=3, settings=SMALL, out=tmp_path)
    assert run.metrics["generation"].tolist() == [1, 2, 3]
    assert run.metrics["spent.steps"].dtype.kind == "i"
    assert np.all(np.diff(run.metrics["best_so_far"]) >= 0)
    if "pandas" in sys.modules:
        assert len(run.frame()) == 3


def test_members_of_a_front_are_solutions(tmp_path):
    run = evo.run("nsga2", "zdt1", generations=2, out=tmp_path)
    assert len(run.solutions) == run.summary["champion"]["members"] > 1
    with pytest.raises(UsageError, match="no network"):
        _ = run.network
    with pytest.raises(UsageError, match="acts in no environment"):
        run.act(np.zeros(3))


def test_latest_is_the_last_run(tmp_path):
    runs = [evo.run("ga", "onemax", generations=1, seed=seed, out=tmp_path) for seed in (1, 2)]
    assert evo.load(tmp_path / "latest").path == runs[1].path
    (tmp_path / "latest").unlink()
    assert evo.load(tmp_path / "latest").settings["run"]["seed"] == 2


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(RunFolderError, match="there is no run folder"):
        evo.load(tmp_path / "nothing")
    run = evo.run("ga", "cartpole", generations=1, settings=SMALL, out=tmp_path)
    path = run.path / "champion.json"
    content = json.loads(path.read_text())
    for break_it in (
        lambda c: c["connections"]["senses"]["scale"].pop(),
        lambda c: c["connections"]["acts"].update(size=3),
        lambda c: c["connections"]["acts"].update(dtype="object"),
        lambda c: c["individuals"][0]["description"]["links"][0].update(source=99),
    ):
        broken = json.loads(json.dumps(content))
        break_it(broken)
        path.write_text(json.dumps(broken))
        with pytest.raises(RunFolderError, match=r"champion\.json is damaged"):
            evo.load(run.path).act(np.zeros(4))
    path.unlink()
    with pytest.raises(RunFolderError, match="no champion"):
        _ = evo.load(run.path).best


def test_a_stranger_s_folder_imports_nothing(tmp_path, monkeypatch):
    run = evo.run("ga", "onemax", generations=1, out=tmp_path)
    (tmp_path / "planted.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("planted:Genomes", f"{tmp_path}/planted.py:Genomes"):
        path = run.path / "champion.json"
        content = json.loads(path.read_text())
        content["individuals"][0]["genome"]["kind"] = name
        path.write_text(json.dumps(content))
        config = (run.path / "config.toml").read_text()
        (run.path / "config.toml").write_text(config.replace('"onemax"', f'"{name}"'))
        strange = evo.load(run.path)
        with pytest.raises(RunFolderError, match="unknown representation"):
            _ = strange.genome
        _ = repr(strange), strange.best, strange.summary, strange.metrics
        (run.path / "config.toml").write_text(config)
    assert "planted" not in sys.modules


SCRIPT = """
import sys
import evo

def cost(x):
    return ((x - 0.5) ** 2).sum()

problem = evo.minimise(cost, evo.Reals(3))

if __name__ == "__main__":
    run = evo.run("cma-es", problem, generations=3, evaluator="processes", workers=2, seed=4)
    print(run.path, run.best.shape)
    try:
        evo.run("cma-es", evo.minimise(lambda x: 0.0, evo.Reals(2)), generations=1)
    except evo.EvoError as error:
        print(error.message.partition("stands")[2])
"""


def test_a_script_of_one_s_own_leaves_a_run_that_resumes(tmp_path):
    (tmp_path / "mine.py").write_text(SCRIPT)
    root = Path(__file__).parents[2]
    environment = {"PYTHONPATH": f"{root}:{root / 'envs'}", "PATH": ""}

    def python(*words, where):
        done = subprocess.run(
            [sys.executable, *map(str, words)],
            cwd=where,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    first, second = python("mine.py", where=tmp_path).splitlines()
    assert first.endswith("(3,)")
    assert "under no name" in second
    run = tmp_path / first.split()[0]
    out = python("-m", "evo", "resume", run, "--generations", 5, "--trust", where="/")
    assert "after 5 generations" in out


def test_a_learning_predicts_what_it_was_judged_by(tmp_path):
    from evo.data import data
    from evo.rng import Role, Streams

    settings = {"data": {"standardise": "features"}, "network": {"hidden": [16]}}
    for rule in ("fa", "ep"):
        run = evo.learn(rule, "two-moons", epochs=3, settings=settings, out=tmp_path)
        raw = data("two-moons").load(Streams(0).generator(0, Role.DATA))
        right = np.mean(run.predict(raw.test.inputs) == raw.test.targets)
        assert right == pytest.approx(run.summary["test_accuracy"], abs=1e-9)
    with pytest.raises(UsageError, match=r"inputs of shape \(2,\) are not \(n, 2\)"):
        run.predict(np.zeros(2))


@pytest.mark.parametrize("rule", ["fa", "ep"])
def test_a_convolution_predicts_bytes_as_shares(rule, tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (60, 1, 6, 6), np.uint8)
    np.savez(tmp_path / "images.npz", x=images, y=np.arange(60) % 2)
    settings = {"network": {"kind": "conv", "channels": [2], "kernel": 3, "hidden": [8]}}
    if rule == "ep":
        settings = {"network": {"hidden": [8]}}
    run = evo.learn(rule, tmp_path / "images.npz", epochs=1, settings=settings, out=tmp_path)
    shares = (images / 255).astype(np.float32)
    np.testing.assert_array_equal(run.predict(images), run.predict(shares))


def test_a_rule_that_settles_by_weights_of_its_own_does_not_predict_by_others(tmp_path):
    settings = {"rule": {"weights": "separate"}, "network": {"hidden": [8, 8]}}
    run = evo.learn("ep", "two-moons", epochs=1, settings=settings, out=tmp_path)
    with pytest.raises(UsageError, match="weights of its own"):
        run.predict(np.zeros((1, 2)))
