"""An evolution at work: who seems to reach the target is validated; then it stops or goes on."""

import pytest

from evo import registry
from evo.config import resolve
from evo.runs.execution import execute
from evo.runs.folder import RunFolder


@pytest.fixture(autouse=True)
def problems(monkeypatch):
    for name, target in {
        "noisy-sphere": "tests.helpers:NoisySphere",
        "harder-sphere": "tests.kinds.test_champion:Harder",
    }.items():
        monkeypatch.setitem(registry.PROBLEMS, name, registry.Entry(target))


def carry_out(tmp_path, problem, *assignments):
    fixed = ["generations=30", "champion_episodes=20", "algorithm.population=20"]
    config = resolve("es", problem, assignments=[*fixed[:2], *assignments])
    folder = RunFolder.create(tmp_path, config, "evo run")
    summary = execute(config, folder)
    events = [one for one in folder.events() if one["event"] == "champion_validated"]
    return folder, summary, events


def test_the_run_ends_when_a_champion_holds_the_target(tmp_path):
    folder, summary, events = carry_out(tmp_path, "noisy-sphere", "target=-5")
    assert (summary["stopped"], summary["reached"]) == ("target reached", True)
    assert summary["generations"] == len(folder.metrics()) < 30
    assert [event["reached"] for event in events] == [False] * (len(events) - 1) + [True]
    assert events[-1]["generation"] == summary["generations"]
    assert execute(folder.config(60), folder)["generations"] == summary["generations"]


def test_the_run_goes_on_when_no_champion_holds_it(tmp_path):
    _, summary, events = carry_out(tmp_path, "harder-sphere", "target=-60")
    assert (summary["stopped"], summary["reached"]) == ("30 generations", False)
    assert len(events) > 2
    assert not any(event["reached"] for event in events)


def test_nobody_is_validated_before_the_end_of_a_run_that_does_not_stop(tmp_path):
    _, summary, events = carry_out(tmp_path, "noisy-sphere", "target=-5", "stop_at_target=false")
    assert (summary["stopped"], summary["reached"]) == ("30 generations", True)
    assert not events
