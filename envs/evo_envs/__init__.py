"""Compiled dynamics of control tasks, and environments of our own.

Dynamics are what a kernel steps instead of a Gymnasium environment, with the same results.

Usable without `evo`. Importing this package costs nothing; a task's dynamics are loaded when they
are asked for. Gymnasium makes the environments as ``gymnasium.make("evo_envs:evo/Steer-v0")``, or
without the prefix after `register_environments`.
"""

import sys
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
    "register_environments",
    "step_kernel",
]

COMPILED: dict[str, str] = {
    "Acrobot-v1": "evo_envs.classic.acrobot:DYNAMICS",
    "CartPole-v1": "evo_envs.classic.cartpole:DYNAMICS",
    "MountainCar-v0": "evo_envs.classic.mountain_car:DYNAMICS",
    "MountainCarContinuous-v0": "evo_envs.classic.mountain_car_continuous:DYNAMICS",
    "Pendulum-v1": "evo_envs.classic.pendulum:DYNAMICS",
    "evo/Steer-v0": "evo_envs.changing.steer:DYNAMICS",
    "evo/TMaze-v0": "evo_envs.changing.tmaze:DYNAMICS",
}
"""Where the dynamics of a Gymnasium id are: ``"module:attribute"``."""

ENVIRONMENTS: dict[str, dict[str, Any]] = {
    "evo/Steer-v0": {
        "entry_point": "evo_envs.changing.steer:Steer",
        "max_episode_steps": 200,
        "reward_threshold": 180.0,
    },
    "evo/TMaze-v0": {
        "entry_point": "evo_envs.changing.tmaze:TMaze",
        "max_episode_steps": 500,
        "reward_threshold": 90.0,
    },
    **{
        f"evo/{name}-v0": {
            "entry_point": f"evo_envs.creatures.{module}:{name}",
            "max_episode_steps": steps,
        }
        for name, module, steps in (
            ("Walk", "walk", 500),
            ("Swim", "swim", 500),
            ("Jump", "jump", 500),
            ("Follow", "follow", 500),
            ("Slope", "walk", 500),
            ("Terrain", "walk", 500),
            ("Compete", "compete", 400),
        )
    },
}
"""Arguments of `gymnasium.register` for each of our own environments."""


def register_environments() -> None:
    """Make our own environments known to Gymnasium by their ids, which start with ``evo/``."""
    import gymnasium

    for id, arguments in ENVIRONMENTS.items():
        if id not in gymnasium.registry:
            gymnasium.register(id, **arguments)


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


if "gymnasium" in sys.modules:  # which imports this package to make ``evo_envs:evo/Steer-v0``
    register_environments()
