"""Files of one JSON object per line.

Appended to while a run goes on, cut back to a checkpoint when it is resumed.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evo.errors import RunFolderError
from evo.runs.files import finite

try:
    import fcntl
except ImportError:  # not on Windows; there, two processes that resume one run are not kept apart
    fcntl = None


class Lines:
    """A file to append objects to, one line each."""

    def __init__(self, path: Path):
        """Open `path`, which need not exist. Raises `RunFolderError` if it cannot be written."""
        self.path = path
        try:
            path.touch()
            self.file = path.open("r+b")
        except OSError as error:
            raise RunFolderError(f"cannot write {path}: {error.strerror or error}") from None

    @classmethod
    def claim(cls, path: Path) -> "Lines | None":
        """Open `path` for this process alone, until it closes it or ends.

        None if another process has it.
        """
        lines = cls(path)
        if fcntl is None or _locked(lines.file):
            return lines
        lines.close()
        return None

    def cut(self, count: int) -> None:
        """Go on behind the last line of that step; what follows is lost."""
        end = sum(size for size, line in _whole(self.path) if counter(line) <= count)
        self.file.truncate(end)
        self.file.seek(end)

    def write(self, line: Mapping[str, Any]) -> None:
        """Append `line`; NaN and infinities become null."""
        self.file.write(json.dumps(finite(dict(line)), allow_nan=False).encode() + b"\n")

    def flush(self) -> None:
        """Hand over what was written, so that it outlives this process.

        Raises `RunFolderError`, as of a full disk.
        """
        try:
            self.file.flush()
        except OSError as error:
            raise RunFolderError(f"cannot write {self.path}: {error.strerror or error}") from None

    def sync(self) -> None:
        """Have what was written on the disk, so that it outlives a power failure too."""
        self.flush()
        os.fsync(self.file.fileno())

    def close(self) -> None:
        """Close the file, and with it end the claim."""
        self.file.close()


def read(path: Path) -> list[dict[str, Any]]:
    """The whole lines of `path`, up to the first torn one."""
    return [line for _, line in _whole(path)] if path.exists() else []


def counter(line: Mapping[str, Any]) -> int:
    """The generation or epoch that a line is about."""
    return line["epoch"] if "epoch" in line else line["generation"]


def is_locked(path: Path) -> bool:
    """Whether a process that is alive writes `path`."""
    if fcntl is None or not path.exists():
        return False
    with path.open("rb") as file:
        return not _locked(file)


def _locked(file: Any) -> bool:
    assert fcntl is not None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _whole(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each whole line with its length in bytes, until one is torn or is not a line of a run."""
    with path.open("rb") as file:
        for raw in file:
            try:
                line = json.loads(raw)
                count = counter(line)
            except (ValueError, KeyError, TypeError, RecursionError):
                return
            if not raw.endswith(b"\n") or not isinstance(count, int):
                return
            yield len(raw), line
