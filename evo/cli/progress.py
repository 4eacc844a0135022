"""What a person sees while a run goes on: one live line on a terminal, plain lines elsewhere.

All of it is printed to stderr.
"""

import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self

from evo.cli.words import as_typed
from evo.config import Config
from evo.runs.execution import Silent
from evo.runs.folder import RunFolder

if TYPE_CHECKING:
    from rich.text import Text


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


JUDGING_INTERVAL = 5.0


class Plain(Quiet):
    """One line per generation or epoch, but no more than one a second.

    The first and the last line are always shown.
    """

    interval = 1.0

    def __init__(self) -> None:
        self.pace = Pace()
        self.shown = -self.interval
        self.told_of_judging = 0.0
        self.held: str | None = None

    def started(self, config: Config, folder: RunFolder, count: int) -> None:
        self.follows(folder, config.limit)
        if count:
            say(f"going on behind {config.kind.step} {count}")

    def follows(self, folder: RunFolder, limit: int) -> None:
        """A run of at most `limit` steps is shown from now on."""
        say(f"{' on '.join(folder.names())}, seed {folder.seed} → {folder.path}")
        self.kind = folder.kind
        self.pace.start(limit)
        self.told_of_judging = time.monotonic()

    def completed(self, line: Mapping[str, Any]) -> None:
        self.told_of_judging = time.monotonic()
        kind, total = self.kind, self.pace.total
        count = f"{line[kind.step]:>{len(str(total))}}/{total}"
        self.pace.passed(line[kind.step])
        left = self.pace.left(line[kind.step])
        text = f"{kind.step} {count}  {kind.progress(line)}{f'  {left}' if left else ''}"
        now = time.monotonic()
        self.held = None if now - self.shown >= self.interval else text
        if self.held is None:
            self.shown = now
            say(text)

    def judging(self, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self.told_of_judging >= JUDGING_INTERVAL and done < of:
            self._flush()
            self.shown = self.told_of_judging = now
            say(f"judging the champion: {done}/{of} episodes")

    def __exit__(self, *_: object) -> None:
        self._flush()

    def _flush(self) -> None:
        if self.held:
            say(self.held)
            self.held = None


class Live(Quiet):
    """One line that moves, as wide as the terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        self.console = Console(stderr=True, highlight=False)
        self.live = RichLive(self, console=self.console, refresh_per_second=8)
        self.pace = Pace()
        self.place, self.figures, self.judged = 0.0, "", ""

    def __rich__(self) -> "Text":
        return self.line(self.console.width)

    def line(self, width: int) -> "Text":
        """The line as it is now, at most `width` characters long."""
        from rich.text import Text

        total = self.pace.total
        count = f"{int(self.place):>{len(str(total))}}/{total}"
        head, left = f"{self.kind.step} {count} ", self.pace.left(self.place)
        share = min(1.0, self.place / total)
        filled = round(BAR * share)
        tail = f"  {left}" if left else ""
        figures = self.judged or fitting(self.figures, width - len(head) - BAR - len(tail) - 2)
        return Text.assemble(
            head,
            ("━" * filled, "cyan"),
            ("━" * (BAR - filled), "bright_black"),
            tail,
            f"  {figures}" if figures else "",
            no_wrap=True,
            overflow="crop",
        )

    def started(self, config: Config, folder: RunFolder, count: int) -> None:
        self.place = float(count)
        self.follows(folder, config.limit)

    def follows(self, folder: RunFolder, limit: int) -> None:
        """A run of at most `limit` steps is shown from now on."""
        self.kind = folder.kind
        method, subject = folder.names()
        plain = f"{method} on {subject}, seed {folder.seed} → {folder.path}"
        gap = " " if len(plain) <= self.console.width else "\n"
        first = f"[bold]{method}[/bold] on [bold]{subject}[/bold], seed {folder.seed}"
        self.console.print(f"{first}{gap}→ {folder.path}", soft_wrap=True)
        self.pace.start(limit)
        self.live.start()

    def within(self, done: int, of: int) -> None:
        self.place = int(self.place) + min(0.999, done / max(of, 1))

    def completed(self, line: Mapping[str, Any]) -> None:
        self.place, self.judged = float(line[self.kind.step]), ""
        self.pace.passed(self.place)
        self.figures = self.kind.progress(line)

    def judging(self, done: int, of: int) -> None:
        self.judged = f"judging: {done}/{of} episodes"

    def __exit__(self, *_: object) -> None:
        self.judged = ""
        self.live.stop()


BAR = 14
"""Characters of the bar."""


def fitting(figures: str, width: int) -> str:
    """As many of the figures, which stand two spaces apart, as fit into a width."""
    parts = figures.split("  ")
    while parts and len("  ".join(parts)) > width:
        parts.pop()
    return "  ".join(parts)


class Pace:
    """How long the rest of a run takes.

    It is judged by the steps after the first, which may have waited for a compiler.
    """

    def start(self, limit: int) -> None:
        """A run of at most `limit` steps begins or goes on."""
        self.total, self.first, self.clock = limit, 0.0, 0.0

    def passed(self, place: float) -> None:
        """A step is complete."""
        if not self.first:
            self.first, self.clock = place, time.monotonic()

    def left(self, place: float) -> str:
        """``eta 0:12``; nothing within the second step, or if the rest takes less than a second.

        Args:
            place: the step that is complete, and the share of the next one that is.
        """
        if not self.first or place < self.first + 1:
            return ""
        each = (time.monotonic() - self.clock) / (place - self.first)
        return eta(each * (self.total - place))


def eta(seconds: float) -> str:
    """``eta 0:12``; nothing if it is less than a second."""
    if seconds < 1:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"eta {hours}:{minutes:02d}:{rest:02d}" if hours else f"eta {minutes}:{rest:02d}"


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
