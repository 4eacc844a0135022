"""Files of one JSON object per line: the logs of a run.

Lines are appended while a run goes on, and cut back to the checkpoint when it is resumed. The first
key of each line is the run's counter: the generation or epoch that the line is about.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evo.errors import RunFolderError
from evo.runs.schemas import Line, words
from evo.runs.strict_json import finite, parse

try:
    import fcntl
except ImportError:  # not on Windows; there, two processes that resume one run are not kept apart
    fcntl = None


class JsonLines:
    """A file to append objects to, one line each."""

    def __init__(self, path: Path, counter: str, schema: type[Line] = Line) -> None:
        """Open `path`, which need not exist.

        Args:
            path: the file.
            counter: the key that every line has.
            schema: what else a line has to hold.

        Raises:
            RunFolderError: it cannot be written.
        """
        self.path, self.counter, self.schema = path, counter, schema
        try:
            path.touch()
            self.file = path.open("r+b")
        except OSError as error:
            raise RunFolderError(f"cannot write {path}: {error.strerror or error}") from None

    @classmethod
    def claim(cls, path: Path, counter: str, schema: type[Line] = Line) -> "JsonLines | None":
        """Open `path` for this process alone, until it closes it or ends.

        Args:
            path: the file.
            counter: the key that every line has.
            schema: what else a line has to hold.

        Returns:
            None if another process has the file.
        """
        lines = cls(path, counter, schema)
        if fcntl is None or _locked(lines.file):
            return lines
        lines.close()
        return None

    def end_of(self, count: int) -> int:
        """The place, in bytes, behind the last line of the first `count` steps.

        Raises:
            RunFolderError: a line that has to be kept stands behind one that cannot be read.
        """
        end, place, damage = 0, 0, None
        for number, (raw, line) in enumerate(_lines(self.path, self.counter, self.schema), 1):
            place += len(raw)
            if isinstance(line, str):
                damage = damage or (number, line)
            elif line[self.counter] <= count:
                if damage:
                    raise _damaged(self.path, *damage)
                end = place
        return end

    def cut(self, end: int) -> None:
        """Drop everything behind the place `end`, and go on writing there."""
        self.file.truncate(end)
        self.file.seek(end)

    def write(self, line: Mapping[str, Any]) -> None:
        """Append `line`; NaN and infinities become null."""
        self.file.write(json.dumps(finite(dict(line)), allow_nan=False).encode() + b"\n")

    def flush(self) -> None:
        """Hand what was written over to the operating system, so that it outlives this process.

        Raises `RunFolderError` if that fails, for example because the disk is full.
        """
        try:
            self.file.flush()
        except OSError as error:
            raise RunFolderError(f"cannot write {self.path}: {error.strerror or error}") from None

    def sync(self) -> None:
        """Put what was written on the disk, so that it outlives a power failure too."""
        self.flush()
        os.fsync(self.file.fileno())

    def close(self) -> None:
        """Close the file, and with it end the claim."""
        self.file.close()


def read(path: Path, counter: str, schema: type[Line] = Line) -> list[dict[str, Any]]:
    """The lines of `path`, each checked; none if there is no such file.

    A last line that is incomplete is left out: its writer was stopped, or is writing it now.

    Args:
        path: the file.
        counter: the key that every line has.
        schema: what else a line has to hold.

    Raises:
        RunFolderError: another line cannot be read.
    """
    if not path.exists():
        return []
    lines: list[dict[str, Any]] = []
    damage: tuple[int, str] | None = None
    for number, (_, line) in enumerate(_lines(path, counter, schema), 1):
        if damage:
            raise _damaged(path, *damage)
        if isinstance(line, str):
            damage = number, line
        else:
            lines.append(line)
    return lines


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


def _lines(
    path: Path, counter: str, schema: type[Line] = Line
) -> Iterator[tuple[bytes, dict[str, Any] | str]]:
    """Each line as it stands in the file, and what it says, or why it cannot be read."""
    try:
        with path.open("rb") as file:
            for raw in file:
                yield raw, _line(raw, counter, schema)
    except OSError as error:
        raise RunFolderError(f"cannot read {path}: {error.strerror or error}") from None


def _line(raw: bytes, counter: str, schema: type[Line]) -> dict[str, Any] | str:
    if not raw.endswith(b"\n"):
        return "it is torn"
    try:
        line = parse(raw)
    except (ValueError, RecursionError) as error:
        return str(error)
    if not isinstance(line, dict) or type(line.get(counter)) is not int or line[counter] < 0:
        return f"it says no {counter}"
    try:
        schema.model_validate(line)
    except ValidationError as error:
        return words(error, schema)
    return line


def _damaged(path: Path, number: int, why: str) -> RunFolderError:
    return RunFolderError(
        f"{path} is damaged: line {number}: {why}",
        "repair or remove that line; without checkpoint.zip evo resume starts the run again",
    )
