"""What a person sees while a study goes on: one live line on a terminal, plain lines elsewhere.

All of it is printed to stderr.
"""

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from evo.cli.progress import BAR, eta, say
from evo.reports.numbers import counted, number
from evo.studies.carry_out import Outcome
from evo.studies.rows import value

if TYPE_CHECKING:
    from rich.text import Text


class Plain:
    """Counts the runs, and prints a line for each that ends."""

    def __init__(self, measure: str, workers: int) -> None:
        """Follow a study.

        Args:
            measure: key of the summary that is compared.
            workers: how many runs are carried out at a time.
        """
        self.measure, self.workers = measure, workers
        self.done = self.count = 0
        self.finished = 0
        self.start = self.moment = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def started(self, finished: Sequence[Outcome], left: int) -> None:
        self.done, self.count = len(finished), len(finished) + left
        self.start = time.monotonic()
        if finished:
            self.tell(f"{counted(self.done, 'run')} finished before, {left} left to do")

    def ended(self, outcome: Outcome) -> None:
        self.done += 1
        self.moment = time.monotonic()
        self.finished += outcome.summary is not None
        self.show(outcome)

    def show(self, outcome: Outcome) -> None:
        """Show a run that has ended."""
        left = self.left()
        self.tell(f"{self.place()}  {self.words(outcome)}{f'  {left}' if left else ''}")

    def tell(self, text: str) -> None:
        """Print a line."""
        say(text)

    def place(self) -> str:
        """How many runs are done, of how many."""
        return f"{self.done:>{len(str(self.count))}}/{self.count}"

    def left(self) -> str:
        """How long the rest takes, judged by the runs that finished; nothing before the first.

        Whenever one ends, the others that go on are taken to be half done.
        """
        if not self.finished:
            return ""
        half_done = min(self.workers - 1, self.count - self.done) / 2
        each = (self.moment - self.start) / (self.finished + half_done)
        since = time.monotonic() - self.moment
        return eta(each * (self.count - self.done - half_done) - since)

    def words(self, outcome: Outcome) -> str:
        """A run and its figure, or why it has none."""
        name = f"{outcome.cell}, seed {outcome.seed}"
        if outcome.summary is None:
            return f"{name}: {f'failed: {outcome.failure}' if outcome.failure else 'interrupted'}"
        return f"{name}: {number(value(outcome.summary, self.measure))}"


class Silent(Plain):
    """Counts the runs, and prints nothing."""

    def tell(self, text: str) -> None:
        return


class Live(Plain):
    """One line that moves, as wide as the terminal; above it the runs that failed."""

    def __init__(self, measure: str, workers: int) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        super().__init__(measure, workers)
        self.last = ""
        self.console = Console(stderr=True, highlight=False)
        self.live = RichLive(self, console=self.console, refresh_per_second=4)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def __rich__(self) -> "Text":
        return self.line(self.console.width)

    def line(self, width: int) -> "Text":
        """The line as it is now, at most `width` characters long."""
        from rich.text import Text

        filled = round(BAR * self.done / max(self.count, 1))
        left = self.left()
        head, tail = f"{self.place()} ", f"  {left}" if left else ""
        room = width - len(head) - BAR - len(tail) - 2
        return Text.assemble(
            head,
            ("━" * filled, "cyan"),
            ("━" * (BAR - filled), "bright_black"),
            tail,
            f"  {shortened(self.last, room)}" if self.last and room > 0 else "",
            no_wrap=True,
            overflow="crop",
        )

    def started(self, finished: Sequence[Outcome], left: int) -> None:
        super().started(finished, left)
        if left:
            self.live.start()

    def show(self, outcome: Outcome) -> None:
        if outcome.summary is None:
            self.tell(self.words(outcome))
        else:
            self.last = self.words(outcome)

    def tell(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)


def shortened(text: str, width: int) -> str:
    """A run and its figure within a width; what does not fit is taken from the run's name."""
    if len(text) <= width:
        return text
    name, _, figure = text.rpartition(", seed ")
    tail = f"…, seed {figure}"
    return f"{name[: max(0, width - len(tail))]}{tail}"[:width]


def watcher(measure: str, workers: int, quiet: bool) -> Plain:
    """What shows the progress of a study.

    Args:
        measure: key of the summary that is compared.
        workers: how many runs are carried out at a time.
        quiet: whether to show nothing.
    """
    kind = Silent if quiet else Live if sys.stderr.isatty() else Plain
    return kind(measure, workers)
