"""What is too long for champion.json stands beside it, and comes back as it was."""

import json

import gymnasium
import numpy as np
import pytest

import evo
from evo.errors import RunFolderError
from evo.kinds.evolution import storage
from evo.kinds.evolution.storage import restored, without_long
from evo.reports.html import render
from evo.runs.folder import RunFolder

SMALL = {"algorithm": {"population": 6}, "run": {"champion_episodes": 3, "stop_at_target": False}}


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Lists are long from five numbers on."""
    for module in ("storage", "champion", "job"):
        monkeypatch.setattr(f"evo.kinds.evolution.{module}.LISTED", 5)


def test_long_lists_come_back_as_arrays(tmp_path):
    value = {"a": [1.0] * 9, "b": [[1, 2], [3] * 7], "c": np.arange(2), "d": {"e": "text"}}
    arrays = {}
    plain = without_long(value, arrays)
    assert json.loads(json.dumps(plain)) == plain
    assert plain["b"][0] == [1, 2]
    assert set(arrays) == {"0/a", "0/b/1", "0/c"}
    storage.store(tmp_path / "x.npz", arrays)
    back = restored(plain, tmp_path / "x.npz")
    assert back["a"].tolist() == value["a"]
    assert back["b"][1].tolist() == value["b"][1]
    assert back["d"] == value["d"]
    storage.store(tmp_path / "x.npz", {})
    assert not (tmp_path / "x.npz").exists()
    assert restored({"k": [1, 2]}, tmp_path / "x.npz") == {"k": [1, 2]}
    with pytest.raises(RunFolderError, match="cannot be read"):
        restored(plain, tmp_path / "x.npz")


@pytest.mark.parametrize(("algorithm", "problem"), [("ga", "sphere"), ("ga", "tsp")])
def test_a_long_solution_is_whole_in_python_and_in_the_report(algorithm, problem, tmp_path):
    run = evo.run(algorithm, problem, generations=2, out=tmp_path)
    assert (run.path / "champion.npz").exists()
    figure = evo.problem(problem).evaluate(run.best[None], np.zeros(1, np.uint64)).fitness[0]
    assert abs(figure) == abs(run.figures)
    assert len(run.genome) == 1
    assert f"{run.best[3]:.6g}"[:5] in render(RunFolder.open(run.path))


def test_a_large_network_acts_and_is_drawn_in_summary(tmp_path):
    run = evo.run("neat", "acrobot", generations=2, settings=SMALL, out=tmp_path)
    assert run.individuals[0]["description"]["kind"] == "large-network"
    columns = run.individuals[0]["description"]["columns"]
    assert columns["weights"] == {"stored": "0/description/columns/weights"}
    env = gymnasium.make("Acrobot-v1")
    returns = []
    for seed in run.seeds:
        observation, _ = env.reset(seed=int(seed))
        total, over = 0.0, False
        while not over:
            observation, reward, terminated, truncated, _ = env.step(run.act(observation))
            total, over = total + float(reward), terminated or truncated
        returns.append(total)
    assert returns == run.individuals[0]["scores"]
    assert "Too large to be drawn link by link" in render(RunFolder.open(run.path))
    assert (run.path / "large-network.svg").exists()


@pytest.mark.parametrize(
    "damage",
    [
        {"sources": np.array([10**6] * 18, np.int32)},
        {"links": np.array([0, 3, 2, 18])},
        {"links": np.array([0, 6, 12, 19])},
        {"nodes": np.array([0, 10**9])},
        {"activation": np.full(3, 250, np.uint8)},
        {"weights": np.zeros(2)},
        {"output": np.array([[99, 0, 0]], np.int32)},
    ],
)
def test_damaged_columns_never_reach_a_kernel(damage, tmp_path):
    run = evo.run("neat", "acrobot", generations=1, settings=SMALL, out=tmp_path)
    path = run.path / "champion.npz"
    with np.load(path) as file:
        arrays = dict(file)
    for name, array in damage.items():
        arrays[f"0/description/columns/{name}"] = array
    np.savez(path, **arrays)
    with pytest.raises(RunFolderError, match=r"champion\.json is damaged"):
        _ = evo.load(run.path).network
    path.write_bytes(b"no archive")
    with pytest.raises(RunFolderError, match=r"champion\.npz cannot be read"):
        _ = evo.load(run.path).network
