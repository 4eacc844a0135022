"""Environments of one's own, in a file or module that has to be imported first.

Ids read ``path/to/file.py:MyEnv-v0`` or ``module:MyEnv-v0``. Behind the colon is a Gymnasium id
that the import registers, or a class in there, with or without a version.
"""

import re
from pathlib import Path
from types import ModuleType

import gymnasium
from gymnasium.envs.registration import find_highest_version, get_env_id

from evo.errors import UsageError, did_you_mean
from evo.own_code import import_place

_SHAPE = "write path/to/file.py:MyEnv-v0 or module:MyEnv-v0"
_VERSION = re.compile(r"-v\d+$")


def import_environment(id: str) -> str:
    """Import the code behind an id, once in each process.

    Args:
        id: ``path/to/file.py:MyEnv-v0``, ``module:MyEnv-v0``, or a plain Gymnasium id, for which
            nothing is imported.

    Returns:
        The id under which Gymnasium can make the environment now.

    Raises:
        UsageError: there is no such file, module or environment, or its code fails.
    """
    place, colon, name = id.rpartition(":")
    if not colon:
        if id.endswith(".py"):
            raise UsageError(f"{id} does not say which environment in that file", _SHAPE)
        return id
    if not place:
        raise UsageError(f"{id!r} names no file or module before the colon", _SHAPE)
    if not name:
        raise UsageError(f"{id!r} names no environment behind the colon", _SHAPE)
    try:
        return _gymnasium_id(import_place(place), place, name)
    except UsageError as error:
        raise UsageError(f"{id}: {error.message}", error.hint) from error.__cause__


def _gymnasium_id(module: ModuleType, place: str, name: str) -> str:
    """The Gymnasium id of `name`, registered now if the module only has a class of that name."""
    if _is_own(name):
        return name
    bare = _VERSION.sub("", name)
    latest = _latest(bare)
    kind = getattr(module, bare, None)
    if latest is not None and _is_own(latest):
        if name == bare:
            return latest
    elif isinstance(kind, type) and issubclass(kind, gymnasium.Env):
        return _register(kind, place, name if name != bare else f"{name}-v0")
    elif name in gymnasium.registry:
        return name
    names = _environments(module)
    hint = "it has to call gymnasium.register, or define a class of gymnasium.Env"
    if names:
        hint = f"it has {', '.join(names)}"
    raise UsageError(f"{place} has no environment {name!r}{did_you_mean(name, names)}", hint)


def _is_own(id: str) -> bool:
    """Whether an id is registered, and not for an environment of Gymnasium's own."""
    spec = gymnasium.registry.get(id)
    return spec is not None and not str(spec.entry_point).startswith("gymnasium.")


def _latest(bare: str) -> str | None:
    """The registered id with the highest version of a name without version."""
    namespace, _, name = bare.rpartition("/")
    version = find_highest_version(namespace or None, name)
    return None if version is None else get_env_id(namespace or None, name, version)


def _register(kind: type, place: str, name: str) -> str:
    """Register a class under a namespace of its own, so that it hides no other environment."""
    namespace = re.sub(r"\W", "_", Path(place).stem if place.endswith(".py") else place)
    id = f"{namespace}/{name}"
    spec = gymnasium.registry.get(id)
    if spec is None or spec.entry_point is not kind:
        gymnasium.register(id, entry_point=kind)
    return id


def _environments(module: ModuleType) -> list[str]:
    """Names of what can be made of a module: ids that it registered, and its classes."""
    classes = {
        name: kind
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and issubclass(kind, gymnasium.Env)
        and kind.__module__ == module.__name__
    }
    ids = [
        id
        for id, spec in gymnasium.registry.items()
        if spec.entry_point in classes.values()
        or str(spec.entry_point).startswith(f"{module.__name__}:")
    ]
    return sorted({*ids, *classes})
