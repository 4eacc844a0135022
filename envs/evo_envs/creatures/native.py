"""MuJoCo's functions as compiled code calls them, without Python in between."""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from llvmlite import ir
from numba import cfunc, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from evo_envs.creatures.engine import mujoco

STEP, ENERGY_OF_PLACE, ENERGY_OF_SPEED, MODEL, DATA = range(5)
"""What `addresses` has where."""
FUNCTIONS = ("mj_step", "mj_energyPos", "mj_energyVel")


@cache
def _library() -> ctypes.CDLL:
    folder = Path(mujoco.__file__).parent
    names = sorted({*folder.glob("libmujoco*"), *folder.glob("mujoco*.dll")})
    if not names:
        raise ImportError(f"there is no MuJoCo library in {folder}")
    return ctypes.CDLL(str(names[0]))


@cfunc(types.void(types.voidptr), cache=True)
def _quiet(words: Any) -> None:
    """Take a warning of MuJoCo and leave it: `Stage.warnings` counts them."""


@cache
def _functions() -> tuple[int, ...]:
    library = _library()
    # else it writes to the terminal, and into a file in the folder where one happens to be
    ctypes.c_void_p.in_dll(library, "mju_user_warning").value = _quiet.address
    pointers = (ctypes.cast(getattr(library, name), ctypes.c_void_p) for name in FUNCTIONS)
    return tuple(int(pointer.value or 0) for pointer in pointers)


def addresses(model: Any, data: Any) -> NDArray[np.int64]:
    """Where MuJoCo's functions, a model and its data are in the memory of this process.

    A fatal error of MuJoCo within a function that is called so ends the process. What it is called
    for has to exclude that: `stage.ARENA` is more memory than any body takes.
    """
    return np.array([*_functions(), model._address, data._address], np.int64)


def copy_data(target: Any, model: Any, source: Any) -> None:
    """Make the data `target` those of `source`, to the last bit; both are of one model.

    What is not in MuJoCo's state is copied too, as places that a step computes before it moves.
    """
    function = _library().mj_copyData
    function.restype = ctypes.c_void_p
    function(*(ctypes.c_void_p(each._address) for each in (target, model, source)))


@intrinsic
def _call(typing: Any, address: Any, model: Any, data: Any) -> Any:
    """Call the C function ``void (*)(void*, void*)`` at `address` with two pointers."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [word, word])
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), code


call: Any = _call
"""The same, as type checkers see it: the first argument of the above is the compiler's."""
