"""MuJoCo, whose names type checkers cannot see."""

import os
import sys
from ctypes.util import find_library
from typing import Any

import gymnasium

from evo_envs import register_environments

if (
    sys.platform.startswith("linux")
    and "mujoco" not in sys.modules
    and not os.environ.get("DISPLAY")
    and find_library("EGL")
):
    # MuJoCo chooses how it draws when it is imported, and a window needs a display
    os.environ.setdefault("MUJOCO_GL", "egl")

try:
    import mujoco as _mujoco
except ImportError:
    raise gymnasium.error.DependencyNotInstalled(
        'creatures need MuJoCo: pip install "evo-neuro[creatures]"'
    ) from None

mujoco: Any = _mujoco
# this package may have been imported before Gymnasium was, and Gymnasium does not import it again
register_environments()
