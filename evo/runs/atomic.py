"""Atomic writes: a reader finds the old file or the new one, never a part."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from evo.errors import RunFolderError


def replace(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a new file beside `path`, then put it in its place in one step.

    Raises `RunFolderError` if that cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}-", delete=False
        ) as file:
            temporary = Path(file.name)
            try:
                write(file)
                file.flush()
                os.fsync(file.fileno())
                temporary.chmod(0o644)
                temporary.replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    temporary.unlink()
                raise
    except OSError as error:
        raise RunFolderError(f"cannot write {path}: {error.strerror or error}") from None


def write_text(path: Path, text: str) -> None:
    """Replace the file at `path` by one that holds `text`."""
    replace(path, lambda file: file.write(text.encode()))
