from importlib import import_module
from pathlib import Path

import evo_envs

import evo

SCRIPT = Path(__file__).parents[2] / "scripts/examples/own_task.py"


def test_an_own_compiled_task_evolves_as_its_environment_does(capsys, monkeypatch):
    monkeypatch.setitem(evo_envs.COMPILED, "Hover-v0", "")  # gone again after the test
    monkeypatch.syspath_prepend(SCRIPT.parent)
    import_module("own_task")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 15
    assert float(lines[-1].split("best ")[1].split(",")[0]) > 150

    compiled, real = (
        evo.problem("Hover-v0", backend=backend) for backend in ("compiled", "gymnasium")
    )
    records = [
        list(evo.evolution("neat", problem, seed=2, generations=2)) for problem in (compiled, real)
    ]
    assert records[0] == records[1]


def test_it_is_short():
    assert len(SCRIPT.read_text().splitlines()) <= 50
