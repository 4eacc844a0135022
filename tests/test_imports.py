"""What `import evo` costs, and what it offers."""

import os
import subprocess
import sys
from pathlib import Path

import evo

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "envs")])}


def loaded(code):
    asked = f"import sys; {code}; print(*sorted(sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(answer.stdout.split())


def test_import_evo_loads_nothing_heavy():
    modules = loaded("import evo")
    assert not modules & {
        "torch",
        "numba",
        "mujoco",
        "matplotlib",
        "dask",
        "neat",
        "deap",
        "scipy",
        "gymnasium",
        "pydantic",
    }
    assert {name for name in modules if name.startswith("evo")} == {"evo"}


def test_a_vector_run_needs_neither_numba_nor_gymnasium():
    modules = loaded("import evo; evo.evolution('ga', 'sphere', generations=2).run()")
    assert not modules & {"torch", "numba", "mujoco", "matplotlib", "gymnasium"}


def test_public_names_exist():
    for name in evo.__all__:
        assert getattr(evo, name) is not None
    assert set(evo.__all__) <= set(dir(evo))
