"""Every setting under [run] of a learning reaches what it sets: another value, another run."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evo.config import resolve
from evo.kind import kind_of_command
from evo.kinds.learning.settings import RunSettings
from evo.runs.execution import execute
from evo.runs.folder import RunFolder

BESIDE: dict[str, dict[str, Any]] = {
    "patience": {"epochs": 8},
    "wall_time": {"epochs": 100_000},
    "target": {},
    "stop_at_target": {"target": 0.2, "epochs": 4},
}
"""What a setting needs beside it to make a difference."""
VALUES: dict[str, Any] = {
    "seed": 5,
    "epochs": 3,
    "batch": 16,
    "loss": "squared-error",
    "wall_time": 0.2,
    "patience": 1,
    "target": 0.5,
    "stop_at_target": True,
    "probe": 7,
    "probe_interval": 2,
    "precision": "double",
    "sinks": ["csv"],
}
ELSEWHERE = {
    "device": "a machine without a CUDA device has no other; find_device is tested by itself",
    "threads": "changes the last bits of large sums only: test_a_run_has_the_threads_that_are_set",
    "checkpoint_interval": "changes when the state is written, not what is left at the end",
}


def left(folder: Path, **run: Any) -> tuple[Any, ...]:
    """What a run leaves: its files, metrics, summary and weights, but for times and places."""
    words = [f"run.{key}={json.dumps(value)}" for key, value in run.items()]
    words += ["network.hidden=[8]", "optimiser.lr=0.1", "data.validation=0.3"]
    config = resolve(
        "dfa", "parity", kind=kind_of_command("learn"), assignments=words, use_packaged=False
    )
    kept = RunFolder.create(folder, config, "test", name="run")
    summary = execute(config, kept)
    for name in ("wall_s", "run"):
        summary.pop(name)
    with np.load(kept.path / "network.npz") as arrays:
        weights = {name: (arrays[name].dtype, arrays[name].tobytes()) for name in arrays.files}
    return sorted(path.name for path in kept.path.iterdir()), kept.metrics(), summary, weights


def test_every_setting_is_here() -> None:
    assert set(RunSettings.model_fields) == set(VALUES) | set(ELSEWHERE)


@pytest.mark.parametrize("setting", VALUES)
def test_every_setting_changes_what_is_left(setting: str, tmp_path: Path) -> None:
    beside = {"epochs": 2, "device": "cpu", **BESIDE.get(setting, {})}
    if setting == "wall_time":  # without it this would last for minutes
        _, metrics, summary, _ = left(tmp_path, **beside, wall_time=VALUES[setting])
        assert "wall time" in summary["stopped"]
        assert len(metrics) < beside["epochs"]
        return
    usual = left(tmp_path / "usual", **beside)
    assert usual == left(tmp_path / "again", **beside)
    assert usual != left(tmp_path / "other", **{**beside, setting: VALUES[setting]})
