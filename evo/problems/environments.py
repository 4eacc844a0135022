"""Gymnasium environments by id, and errors that say what to do if one cannot be made."""

import os
import sys
from collections.abc import Mapping
from typing import Any

import gymnasium
from evo_envs import register_environments
from gymnasium import error
from gymnasium.wrappers import TimeLimit

from evo.errors import MissingExtra, UsageError, did_you_mean
from evo.problems.own_environments import import_environment as import_environment

register_environments()

Env = gymnasium.Env[Any, Any]

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    # MuJoCo reads it when it is imported: without a screen, films are drawn by EGL.
    os.environ.setdefault("MUJOCO_GL", "egl")

UNLIMITED = 1_000
"""Steps after which an episode ends where neither the environment nor the settings say so."""

EXTRAS = {
    "box2d": ("Box2D", "box2d"),
    "mujoco": ("MuJoCo", "mujoco"),
    "pygame": ("pygame", "video"),
}
"""Packages that Gymnasium may miss, by a word of its message.

Each with its name, and the extra of this project that installs it.
"""

MAKES = "ids look like CartPole-v1; one of your own is module:id or path/to/file.py:id"


def make(
    id: str,
    max_steps: int | None = None,
    render_mode: str | None = None,
    kwargs: Mapping[str, Any] = {},
) -> Env:
    """The environment of a Gymnasium id, its episodes limited.

    Args:
        id: the Gymnasium id, perhaps with a module to import before it.
        max_steps: steps of an episode; None is what it is registered with, or else UNLIMITED.
        render_mode: "rgb_array", "human" …; None for an environment that nobody watches.
        kwargs: further arguments of the environment.

    Raises:
        UsageError: there is no such environment here.
        MissingExtra: what it needs is not installed.
    """
    # Many an environment without pictures does not know the argument.
    shown = {} if render_mode is None else {"render_mode": render_mode}
    try:
        env = gymnasium.make(
            id, max_episode_steps=max_steps, disable_env_checker=True, **shown, **kwargs
        )
    except Exception as failure:
        # Whatever an environment's own constructor raises is news for the person who asked for it.
        raise explained(id, failure) from failure
    return env if limit(env) is not None else TimeLimit(env, UNLIMITED)


def limit(env: Env) -> int | None:
    """Steps after which `env` ends an episode."""
    return None if env.spec is None else env.spec.max_episode_steps


def own_limit(id: str) -> int | None:
    """Steps after which an episode ends, as `id` is registered; None where nothing is said."""
    return gymnasium.spec(id).max_episode_steps


def explained(id: str, failure: Exception) -> UsageError | MissingExtra:
    """The error to show for what Gymnasium raised when asked for `id`."""
    said = str(failure)
    if isinstance(failure, ImportError | error.DependencyNotInstalled):
        for word, (what, extra) in EXTRAS.items():
            if word in said.lower() and "moved" not in said:
                return MissingExtra(f"{what}, which {id} needs,", extra)
        return UsageError(
            f"{id} cannot be made: {said}", "install what it needs, or pick another environment"
        )
    if "opengl" in said.lower() or "egl" in said.lower().split():
        backend = os.environ.get("MUJOCO_GL", "glfw")
        return UsageError(
            f"{id} cannot be drawn with MUJOCO_GL={backend}: {said}",
            "set the environment variable MUJOCO_GL to egl, or osmesa, or, with a screen, glfw; on "
            "Debian and Ubuntu: apt install libegl1 libgl1",
        )
    if isinstance(failure, error.NameNotFound):
        return UsageError(
            "Gymnasium knows no environment "
            f"{id!r}{did_you_mean(id.rpartition(':')[2], gymnasium.registry)}",
            MAKES,
        )
    if isinstance(failure, error.NamespaceNotFound):
        return UsageError(
            f"{id}: {said}",
            "install the package that brings it, and put its module before the id "
            "(ale_py:ALE/Pong-v5)",
        )
    if isinstance(failure, error.Error):
        return UsageError(f"{id}: {said}", MAKES)
    return UsageError(
        f"{id} does not work: {type(failure).__name__}: {said}",
        "check problem.id and problem.kwargs",
    )
