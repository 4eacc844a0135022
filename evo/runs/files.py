"""Files that are either the old ones or the new ones, whatever happens while they are written."""

import contextlib
import json
import math
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from evo.errors import RunFolderError


def replace(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a new file beside `path`, then put it in its place in one step.

    Raises `RunFolderError`.
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
    """Replace `path` by `text`."""
    replace(path, lambda file: file.write(text.encode()))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace `path` by `content` as JSON, one key a line."""
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False)}"
        for key, value in finite(content).items()
    ]
    write_text(path, "{\n" + ",\n".join(lines) + "\n}\n")


def read_json(path: Path) -> Any:
    """What `path` holds. Raises `RunFolderError` if that is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise RunFolderError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise RunFolderError(f"{path} is damaged: {error}") from None


def finite(value: Any) -> Any:
    """The same nested content with null for every float that JSON lacks."""
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
