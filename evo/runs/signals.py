"""Ctrl-C and SIGTERM: they stop a run at once, but never while it writes."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

WATCHED = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """Somebody asked the run to stop."""


class Signals:
    """While entered, SIGINT and SIGTERM raise `Interrupted` in the main thread.

    It is raised at once, or at the end of a stretch that is `deferred`.
    """

    def __init__(self) -> None:
        self._previous: dict[signal.Signals, Any] = {}
        self._depth = 0
        self.received = False

    def __enter__(self) -> "Signals":
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._handle) for number in WATCHED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.received = True
        if self._depth == 0:
            raise Interrupted

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """A stretch in which signals wait: `Interrupted` is raised at its end.

        If other code swallowed the exception of an earlier signal, it is raised at the start.
        """
        if self.received and self._depth == 0:
            raise Interrupted
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
        if self.received and self._depth == 0:
            raise Interrupted

    @contextmanager
    def ignored(self) -> Iterator[None]:
        """A stretch in which signals change nothing: the last one of a run."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
