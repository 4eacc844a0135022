"""Data to learn from: examples with targets, cut into training, validation and test.

By name, or any .npz file.
"""

from pathlib import Path
from typing import Any

from evo import own_code, registry
from evo.data.base import Data as Data
from evo.data.base import DataSet as DataSet
from evo.data.base import Examples as Examples
from evo.data.base import Form as Form
from evo.errors import UnknownName
from evo.settings import build

FILE = "evo.data.file:File"


def find_data(name: str) -> tuple[type[Data], dict[str, Any]]:
    """The class behind a name and the settings that make it that data.

    A name that ends in .npz is a file's.
    """
    if name.endswith(".npz"):
        return registry.resolve(FILE), {"path": str(Path(name).absolute())}
    if name not in registry.DATA:
        if own_code.is_own(name):
            return registry.load({}, "data", own_code.rooted(name), Data), {}
        raise UnknownName("data set", name, [*registry.DATA, "FILE.npz"], own=True)
    entry = registry.DATA[name]
    return registry.resolve(entry.target), dict(entry.settings)


def data(name: str, **values: Any) -> Data:
    """The data `name`, with settings other than the defaults: ``data("spirals", noise=0.2)``."""
    kind, preset = find_data(name)
    return kind(build(kind.Settings, {**preset, **values}, "data"))
