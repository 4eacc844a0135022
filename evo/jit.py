"""How functions are compiled here: cached between processes, without the GIL, and without arrays of their own.

A kernel gets all its arrays, those to work in included, as arguments. Counting references to arrays would take longer than the
small ones are used, and code that makes arrays takes seconds to compile.
"""

from functools import partial
from typing import Any

from numba import njit

_COMMON: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}

kernel: Any = partial(njit, cache=True, **_COMMON)
"""Compiles a function that Python calls; with a signature at once, without one when it is first called."""

part: Any = partial(njit, no_cpython_wrapper=True, no_cfunc_wrapper=True, **_COMMON)
"""Compiles a function that only kernels call; calling it from Python crashes."""
