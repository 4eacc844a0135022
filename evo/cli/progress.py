"""What a person sees while a run goes on: one live line on a terminal, plain lines elsewhere.

All of it is printed to stderr.
"""

import sys
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol, Self

from evo.cli.words import as_typed
from evo.config import Config
from evo.runs.execution import Silent
from evo.runs.folder import RunFolder


class Watcher(Protocol):
    """A reporter that is entered for the time of the run."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Quiet(Silent):
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


class Plain(Quiet):
    """One line per generation or epoch, but no more than one a second.

    The first and the last line are always shown.
    """

    interval = 1.0

    def __init__(self) -> None:
        self.pace = Pace()
        self.shown = -self.interval
        self.held: str | None = None

    def started(self, config: Config, folder: RunFolder, count: int) -> None:
        say(f"{config.title}, seed {config.run.seed} → {folder.path}")
        if count:
            say(f"going on behind {config.kind.step} {count}")
        self.kind = config.kind
        self.pace.start(config)

    def completed(self, line: Mapping[str, Any]) -> None:
        kind, total = self.kind, self.pace.total
        count = f"{line[kind.step]:>{len(str(total))}}/{total}"
        text = f"{kind.step} {count}  {kind.progress(line)}{self.pace.left(line)}"
        now = time.monotonic()
        self.held = None if now - self.shown >= self.interval else text
        if self.held is None:
            self.shown = now
            say(text)

    def concluding(self) -> None:
        self._flush()

    def __exit__(self, *_: object) -> None:
        self._flush()

    def _flush(self) -> None:
        if self.held:
            say(self.held)
            self.held = None


class Live(Quiet):
    """One line that moves."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.table import Column

        self.progress = Progress(
            TextColumn(
                "{task.description} {task.fields[count]}/{task.total}",
                table_column=Column(no_wrap=True),
            ),
            BarColumn(12),
            TextColumn("{task.fields[figures]}", table_column=Column(no_wrap=True)),
            TextColumn("eta"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
        )

    def started(self, config: Config, folder: RunFolder, count: int) -> None:
        self.kind = config.kind
        head = (
            f"[bold]{config.title.replace(' on ', '[/bold] on [bold]')}[/bold], seed "
            f"{config.run.seed} → {folder.path}"
        )
        self.progress.console.print(head, highlight=False)
        self.task = self.progress.add_task(
            config.kind.step, total=config.limit, completed=count, count=count, figures=""
        )
        self.count = count
        self.progress.start()

    def within(self, done: int, of: int) -> None:
        self.progress.update(self.task, completed=self.count + done / of)

    def completed(self, line: Mapping[str, Any]) -> None:
        self.count = line[self.kind.step]
        figures = self.kind.progress(line)
        self.progress.update(self.task, completed=self.count, count=self.count, figures=figures)

    def concluding(self) -> None:
        self.progress.update(self.task, refresh=True)

    def __exit__(self, *_: object) -> None:
        self.progress.stop()


class Pace:
    """How long the rest of a run takes.

    It is judged by the steps after the first, which may have waited for a compiler.
    """

    def start(self, config: Config) -> None:
        """A run begins or goes on."""
        self.step, self.total, self.first, self.clock = config.kind.step, config.limit, 0, 0.0

    def left(self, line: Mapping[str, Any]) -> str:
        """``  eta 0:12``; nothing after the first step, or if the rest takes less than a second."""
        count, now = line[self.step], time.monotonic()
        if not self.first:
            self.first, self.clock = count, now
            return ""
        seconds = (now - self.clock) / (count - self.first) * (self.total - count)
        return f"  eta {int(seconds // 60)}:{int(seconds % 60):02d}" if seconds >= 1 else ""


class CompileNotice:
    """Says once that kernels are being compiled: it takes seconds, and only the first time.

    Numba tells its listeners when it compiles; a thread waits for somebody to import it, because
    most commands need not.
    """

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.done = threading.Event()

    def __enter__(self) -> Self:
        if not self.quiet:
            threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()

    def _listen(self) -> None:
        while not self.done.wait(0.02):
            events: Any = sys.modules.get("numba.core.event")
            if hasattr(events, "register") and hasattr(events, "Listener"):
                listener = type(
                    "Listener",
                    (events.Listener,),
                    {"on_start": lambda _, event: self.tell(), "on_end": lambda _, event: None},
                )
                events.register("numba:compile", listener())
                return

    def tell(self) -> None:
        """Say it, unless it has been said."""
        if not self.done.is_set():
            self.done.set()
            say("compiling kernels (first time only, about 10 s) …")


def reporter(quiet: bool) -> Any:
    """What shows the progress; it depends on --quiet and on whether stderr is a terminal."""
    return Quiet() if quiet else Live() if sys.stderr.isatty() else Plain()


def say(text: str) -> None:
    """Print to stderr, commands as they can be typed."""
    print(as_typed(text), file=sys.stderr, flush=True)  # noqa: T201
