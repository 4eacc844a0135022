"""MuJoCo, whose names type checkers cannot see."""

from typing import Any

import mujoco as _mujoco

mujoco: Any = _mujoco
