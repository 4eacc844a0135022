"""Code of one's own, named by the place where it is: ``path/to/file.py:Name`` or ``module:Name``.

Such a name can stand wherever a registered one can: for an algorithm, a problem, a rule, data, a
representation, an operator. Importing runs whatever code is in the place, so nothing is imported
before `load` or `import_place` is called; whoever got a name from a stranger asks first.
"""

import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from evo.errors import UsageError, did_you_mean

SHAPE = "write path/to/file.py:Name or module:Name"
_NAME = re.compile(r"(?P<place>.+\.py|[^\W\d]\w*(?:\.\w+)*):(?P<attribute>[^\s:/\\][^\s:]*)")
_lock = threading.RLock()


def is_own(name: str) -> bool:
    """Whether a name has the shape of a place and what is in it."""
    return _NAME.fullmatch(name) is not None


def place_of(name: str) -> str | None:
    """The file or module that would be imported for a name; None for a name without a place."""
    match = _NAME.fullmatch(name)
    return match["place"] if match else None


def rooted(name: str) -> str:
    """The name; where it has a file, by a path that holds in every folder."""
    match = _NAME.fullmatch(name)
    if match is None or not match["place"].endswith(".py"):
        return name
    return f"{Path(match['place']).expanduser().resolve()}:{match['attribute']}"


def title(name: str) -> str:
    """The name as people read it: a file without its folders."""
    match = _NAME.fullmatch(name)
    if match is None or not match["place"].endswith(".py"):
        return name
    file = re.split(r"[/\\]", match["place"])[-1]
    return f"{file}:{match['attribute']}"


def load(name: str) -> Any:
    """The object that a name stands for.

    Args:
        name: ``path/to/file.py:Name`` or ``module:Name``.

    Raises:
        UsageError: there is no such file, module or object, or its code fails.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise UsageError(f"{name!r} names no object in a file or module", SHAPE)
    module = import_place(match["place"])
    attribute = match["attribute"]
    if not hasattr(module, attribute):
        names = public_names(module)
        raise UsageError(
            f"{match['place']} has no {attribute!r}{did_you_mean(attribute, names)}",
            f"it has {', '.join(names)}" if names else SHAPE,
        )
    return getattr(module, attribute)


def loaded(name: str) -> Any:
    """The object that a name stands for, if its place has been imported; None otherwise."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    place = match["place"]
    path = Path(place).expanduser().resolve()
    module = sys.modules.get(_module_name(path) if place.endswith(".py") else place)
    return getattr(module, match["attribute"], None)


def public_names(module: ModuleType) -> list[str]:
    """What a module defines itself and does not hide."""
    return sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    )


def import_place(place: str) -> ModuleType:
    """Import a file or a module, once in each process.

    The current folder, and that of a file, are searched for modules, after all others.

    Raises `UsageError` if there is no such file or module, or its code fails.
    """
    with _lock:
        return _from_file(place) if place.endswith(".py") else _from_module(place)


def search(folder: Path) -> None:
    """Look for modules in a folder too, after all others."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def import_files(files: Iterable[str]) -> None:
    """Import files by their path: in a new process, what `imported` said in another."""
    for file in files:
        import_place(file)


def _from_file(place: str) -> ModuleType:
    path = Path(place).expanduser().resolve()
    if not path.is_file():
        raise UsageError(
            f"there is no file {place}", f"paths start in the current folder, {Path.cwd()}"
        )
    name = _module_name(path)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    search(path.parent)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as failure:
        del sys.modules[name]
        raise _failed(place, failure) from failure
    return module


def _module_name(path: Path) -> str:
    """A name of its own: a file may be called like a module that is installed."""
    return f"evo_own_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"


def _from_module(place: str) -> ModuleType:
    search(Path.cwd())
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as failure:
        missing = failure.name or ""
        if place != missing and not place.startswith(f"{missing}."):
            raise _failed(place, failure) from failure
        raise UsageError(
            f"there is no module {place!r}",
            "start evo in the folder that has it, install it, or name its file: "
            "path/to/file.py:Name",
        ) from None
    except (Exception, SystemExit) as failure:
        raise _failed(place, failure) from failure


def _failed(place: str, failure: BaseException) -> UsageError:
    command = f"python {place}" if place.endswith(".py") else f'python -c "import {place}"'
    return UsageError(
        f"{place} cannot be imported: {type(failure).__name__}: {failure}",
        f"mend it until this works: {command}",
    )


# Names in settings.


def places_in(settings: Any) -> list[str]:
    """The files and modules that settings name, at any depth; none twice.

    Args:
        settings: text, or lists and mappings of it, as in a configuration.
    """
    return list(dict.fromkeys(_places(settings)))


def _places(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _places(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _places(inner)
    elif isinstance(value, str):
        text = value.strip().removeprefix("gym:")
        if place := place_of(text):
            yield place
        elif text.partition(":")[0].endswith(".py"):
            yield text.partition(":")[0]


def hashes(places: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each file, and of the file of each module that has been imported, by place."""
    digests = {}
    for place in places:
        path = _file_of(place)
        if path is not None:
            digests[place] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests


def _file_of(place: str) -> Path | None:
    if place.endswith(".py"):
        path = Path(place).expanduser()
    else:
        path = Path(getattr(sys.modules.get(place), "__file__", None) or "")
    return path if path.is_file() else None


# Objects back to names.


def name_of(value: Any) -> str | None:
    """The name by which other processes can load an object; None if it has none.

    Args:
        value: a function, a class or an object that stands under a name in a module.
    """
    home = inspect.getmodule(value)
    for module in dict.fromkeys([home, sys.modules.get("__main__")]):
        if module is None:
            continue
        for attribute, other in vars(module).items():
            if other is value:
                return _name_in(module, attribute)
    return None


def _name_in(module: ModuleType, attribute: str) -> str | None:
    if module.__name__ != "__main__" and not module.__name__.startswith("evo_own_"):
        return f"{module.__name__}:{attribute}"
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    path = Path(file).resolve()
    # what is running already is not run again
    sys.modules.setdefault(_module_name(path), module)
    return f"{path}:{attribute}"


def imported() -> list[str]:
    """The files that have been imported by their path, for processes that have to import them."""
    files = [
        getattr(module, "__file__", None)
        for name, module in list(sys.modules.items())
        if name.startswith("evo_own_")
    ]
    return [file for file in files if file]
