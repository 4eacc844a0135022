import sys
from importlib import import_module, reload
from pathlib import Path

import pytest

import evo
from evo import jit

ROOT = Path(evo.__file__).parent
MODULE = """
from numba import types
from evo.jit import kernel

@kernel(types.int64(types.int64))
def eager(x):
    return x + 1

@kernel
def lazy(x):
    return x + 2
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "some_kernels.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("some_kernels")
    del sys.modules["some_kernels"]


def misses(module):
    assert (module.eager(1), module.lazy(1)) == (2, 3)
    return [sum(function.stats.cache_misses.values()) for function in (module.eager, module.lazy)]


def test_kernels_are_kept_for_the_next_process(module):
    assert misses(module) == [1, 1]
    assert misses(reload(module)) == [0, 0]


def test_kernels_are_compiled_anew_when_another_source_changed(module, monkeypatch):
    assert misses(module) == [1, 1]
    monkeypatch.setattr(jit, "_STAMP", (1.0, 1))
    assert misses(reload(module)) == [1, 1]
    assert misses(reload(module)) == [0, 0]


def test_eager_kernels_take_nothing_else(module):
    with pytest.raises(TypeError):
        module.eager("x")


def test_every_file_with_kernels_is_watched():
    watched = set(jit.sources())
    assert len(watched) > 20
    for path in ROOT.rglob("*.py"):
        text = path.read_text()
        if "from evo.jit import" in text or "numba import njit" in text:
            assert path in watched, path
