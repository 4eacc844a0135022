"""Checkpoints: nested dicts of plain values and arrays, as a zip of JSON and .npy files.

Nothing in a checkpoint is code, and reading one allocates no more than the file is long. Arrays are
stored uncompressed, so that writing one is as fast as the disk.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from evo.errors import RunFolderError
from evo.runs.atomic import replace

FORMAT = 2
ARRAY = "__array__"
DOCUMENT = "state.json"


def write(path: Path, state: Mapping[str, Any]) -> None:
    """Replace the checkpoint at `path` by `state`: dicts, lists, plain values and arrays."""

    def fill(file: IO[bytes]) -> None:
        arrays: list[NDArray[Any]] = []
        document = json.dumps({"format": FORMAT, "state": _encode(state, arrays)})
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(DOCUMENT, document)
            for number, array in enumerate(arrays):
                content = io.BytesIO()
                npy.write_array(content, array, allow_pickle=False)
                archive.writestr(f"{number}.npy", content.getbuffer())

    replace(path, fill)


def read(path: Path) -> dict[str, Any]:
    """The state in the checkpoint at `path`.

    Raises `RunFolderError` for anything that is not one.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            limit = file.seek(0, io.SEEK_END)
            content = json.loads(_member(archive, DOCUMENT, limit))
            if not isinstance(content, dict) or "format" not in content:
                raise ValueError("it holds no format number")
            if content["format"] != FORMAT:
                raise ValueError(
                    f"its format is {content['format']!r}, this version reads format {FORMAT}"
                )
            state = _decode(content["state"], archive, limit)
    except OSError as error:
        raise RunFolderError(f"cannot read {path}: {error.strerror or error}") from None
    except Exception as error:
        # zipfile, json and npy each have errors of their own; a damaged file can meet any of them.
        raise RunFolderError(
            f"{path} is no checkpoint that can be read: {error or type(error).__name__}",
            "if the run folder is whole otherwise, delete the checkpoint: the run then starts "
            "again with the same seed",
        ) from None
    if not isinstance(state, dict):
        raise RunFolderError(f"{path} is no checkpoint that can be read: its state is no dict")
    return state


def _encode(value: Any, arrays: list[NDArray[Any]]) -> Any:
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {ARRAY: len(arrays) - 1}
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value) or ARRAY in value:
            raise TypeError(f"the keys of a state are text, got {list(value)[:5]}")
        return {key: _encode(item, arrays) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item, arrays) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _decode(value: Any, archive: zipfile.ZipFile, limit: int) -> Any:
    if isinstance(value, list):
        return [_decode(item, archive, limit) for item in value]
    if not isinstance(value, dict):
        return value
    if ARRAY in value:
        return _array(_member(archive, f"{value[ARRAY]}.npy", limit))
    return {key: _decode(item, archive, limit) for key, item in value.items()}


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > limit:
        raise ValueError(f"{name} claims to be larger than the file it is in")
    return archive.read(info)


def _array(content: bytes) -> NDArray[Any]:
    file = io.BytesIO(content)
    version = npy.read_magic(file)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = header(file)
    # From a bytearray, so that compiled kernels get arrays that are writable, as they were.
    array = np.frombuffer(bytearray(file.read()), dtype)
    return array.reshape(shape, order="F" if fortran else "C")
