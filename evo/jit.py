"""How functions are compiled: cached between processes, and without the GIL.

A kernel makes no arrays: it gets them all, those to work in included, as arguments. Counting
references to small arrays would take longer than the work on them, and code that makes arrays takes
seconds to compile.
"""

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import Any

from numba import njit

_COMMON: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}

part: Any = partial(njit, no_cpython_wrapper=True, no_cfunc_wrapper=True, **_COMMON)
"""Compiles a function that only kernels call; calling it from Python crashes."""


def kernel(signature: Any) -> Any:
    """Compiles a function that Python calls.

    ``@kernel(signature)`` compiles at once, ``@kernel`` when the function is first called.
    """
    if isinstance(signature, FunctionType):
        return _cached(signature)

    def compiled(function: FunctionType) -> Any:
        dispatcher = _cached(function)
        if dispatcher is not function:
            dispatcher.compile(signature)
            dispatcher.disable_compile()
        return dispatcher

    return compiled


def sources() -> list[Path]:
    """The files whose functions may be compiled into a kernel of any file."""
    here = Path(__file__).parent
    patterns = (
        "*.py",
        "genomes/**/*.py",
        "networks/**/*.py",
        "operators/*.py",
        "problems/**/*.py",
    )
    files = [path for pattern in patterns for path in here.glob(pattern)]
    spec = find_spec("evo_envs")
    for folder in (spec and spec.submodule_search_locations) or ():
        files += Path(folder).glob("creatures/*.py")
    return sorted(files)


def _stamp() -> tuple[float, int]:
    states = [path.stat() for path in sources()]
    return max((state.st_mtime for state in states), default=0.0), sum(
        state.st_size for state in states
    )


def _cached(function: FunctionType) -> Any:
    dispatcher: Any = njit(cache=True, **_COMMON)(function)
    # Numba compiles anew when the kernel's own file has changed. What it calls from other files is
    # compiled into it too.
    file = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if file is not None:
        file._source_stamp = (file._source_stamp, _STAMP)
    return dispatcher


_STAMP = _stamp()
