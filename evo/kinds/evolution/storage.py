"""Arrays too long for a JSON file, in a .npz file beside it."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from evo.errors import RunFolderError
from evo.networks.flat import Columns, Networks
from evo.runs.atomic import replace

LISTED = 50_000
"""Numbers that a JSON file lists of one array; longer arrays are stored beside it."""
STORED = "stored"
"""The key of a dict that stands for an array: ``{"stored": "name in the .npz file"}``."""
BARS = 40

Arrays = dict[str, NDArray[Any]]


def without_long(value: Any, arrays: Arrays, name: str = "0") -> Any:
    """Plain data in which every long list and every array is replaced by its name.

    Args:
        value: nested dicts and lists of plain values, and arrays.
        arrays: gets what was replaced, by name.
        name: where `value` stands.
    """
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return {STORED: name}
    if isinstance(value, list):
        if len(value) > LISTED and all(isinstance(item, bool | int | float) for item in value):
            arrays[name] = np.array(value)
            return {STORED: name}
        return [without_long(item, arrays, f"{name}/{i}") for i, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {key: without_long(item, arrays, f"{name}/{key}") for key, item in value.items()}
    return value


def restored(value: Any, path: Path) -> Any:
    """Inverse of `without_long`; lists that were replaced come back as arrays.

    Args:
        value: what the JSON file says.
        path: the .npz file; not opened where nothing was replaced.

    Raises:
        RunFolderError: the file lacks an array, or cannot be read.
    """
    opened: list[NpzFile] = []

    def back(inner: Any) -> Any:
        if isinstance(inner, list):
            return [back(item) for item in inner] if _nested(inner) else inner
        if not isinstance(inner, Mapping):
            return inner
        if inner.keys() == {STORED}:
            if not opened:
                opened.append(np.load(path, allow_pickle=False))
            return opened[0][inner[STORED]]
        return {key: back(item) for key, item in inner.items()}

    try:
        return back(value)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise RunFolderError(f"{path} cannot be read: {error or type(error).__name__}") from None
    finally:
        for file in opened:
            file.close()


def _nested(values: list[Any]) -> bool:
    return any(isinstance(item, list | Mapping) for item in values)


def store(path: Path, arrays: Arrays) -> None:
    """Write the arrays, or remove the file where there are none."""
    if arrays:
        replace(path, lambda file: np.savez_compressed(file, **arrays))  # pyright: ignore[reportArgumentType]
    else:
        path.unlink(missing_ok=True)


def describe_large(network: Networks) -> dict[str, Any]:
    """A network of too many links for a list of them: its columns, and how weights are spread."""
    finite = network.weights[np.isfinite(network.weights)]
    counts, edges = np.histogram(finite, BARS)
    return {
        "kind": "large-network",
        "inputs": network.inputs,
        "outputs": network.outputs,
        "recurrent": network.recurrent,
        "nodes": len(network.bias),
        "links": len(network.weights),
        "weights": {"edges": edges.tolist(), "counts": counts.tolist()},
        "columns": {name: np.asarray(getattr(network, name)) for name in Columns._fields},
    }
