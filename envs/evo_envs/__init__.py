"""Compiled dynamics of control tasks.

What a kernel steps instead of a Gymnasium environment, with the same results.

Usable without `evo`. Importing this package costs nothing; a task's dynamics are loaded when they
are asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evo_envs.dynamics import Dynamics as Dynamics
    from evo_envs.dynamics import initial_state as initial_state
    from evo_envs.dynamics import observe_kernel as observe_kernel
    from evo_envs.dynamics import step_kernel as step_kernel

__all__ = [
    "COMPILED",
    "Dynamics",
    "initial_state",
    "load_compiled",
    "observe_kernel",
    "register_compiled",
    "step_kernel",
]

COMPILED: dict[str, str] = {
    "Acrobot-v1": "evo_envs.classic.acrobot:DYNAMICS",
    "CartPole-v1": "evo_envs.classic.cartpole:DYNAMICS",
    "MountainCar-v0": "evo_envs.classic.mountain_car:DYNAMICS",
    "MountainCarContinuous-v0": "evo_envs.classic.mountain_car_continuous:DYNAMICS",
    "Pendulum-v1": "evo_envs.classic.pendulum:DYNAMICS",
}
"""Where the dynamics of a Gymnasium id are: ``"module:attribute"``."""


def register_compiled(id: str, target: str) -> None:
    """Say where the compiled dynamics of the Gymnasium task `id` are, as ``"module:attribute"``.

    Raises `ValueError` if `target` does not read like that.
    """
    if target.count(":") != 1:
        raise ValueError(f'target is {target!r}; it reads "module:attribute"')
    COMPILED[id] = target


def load_compiled(id: str) -> "Dynamics":
    """The compiled dynamics of the Gymnasium task `id`. Raises `KeyError` if it has none."""
    module, attribute = COMPILED[id].split(":")
    return getattr(import_module(module), attribute)


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("evo_envs.dynamics"), name)
    raise AttributeError(f"module 'evo_envs' has no attribute {name!r}")
