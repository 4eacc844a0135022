"""The studies that come with evo, by name."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from evo.config.sources import configs
from evo.errors import UsageError, did_you_mean


def titles() -> Mapping[str, str]:
    """The studies that come with evo: name → title."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["study"]["title"]
        for path in sorted(_folder().glob("*.toml"))
    }


def find(name: Path) -> Path:
    """The file of a study.

    Args:
        name: a file, with or without .toml, or the name of a study that comes with evo, with or
            without .toml.

    Raises:
        UsageError: there is no such file, and no study of that name.
    """
    for path in (name, Path(f"{name}.toml")):
        if path.exists() and not path.is_dir():
            return path
    known = [path.stem for path in sorted(_folder().glob("*.toml"))]
    if name.parent == Path() and (stem := str(name).removesuffix(".toml")) in known:
        return _folder() / f"{stem}.toml"
    raise UsageError(
        f"there is no file {name} and no study of that name"
        f"{did_you_mean(name.name.removesuffix('.toml'), known)}",
        f"studies: {', '.join(known)}; or a file of your own",
    )


def label(path: Path) -> str:
    """What a study's file is called where settings say their source."""
    within = path.parent == _folder()
    return f"configs/studies/{path.name}" if within else str(path)


def _folder() -> Path:
    return configs() / "studies"
