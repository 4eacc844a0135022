"""What benchmarks share: the form of a result, and how to time contestants fairly."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Measurement:
    """One figure of this project beside that of its peers.

    Attributes:
        what: what was measured, in words, with sizes.
        unit: the unit of all figures.
        evo: this project's figure.
        peers: theirs, by name.
        notes: what a reader should know of how it was measured.
    """

    what: str
    unit: str
    evo: float
    peers: Mapping[str, float] = field(default_factory=dict)
    notes: str = ""

    @property
    def ratios(self) -> dict[str, float]:
        """This project's figure over each peer's; infinite over nothing."""
        return {
            name: self.evo / figure if figure else float("inf")
            for name, figure in self.peers.items()
        }


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process, all threads, that one call of `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def interleaved(
    contestants: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1
) -> dict[str, float]:
    """Median CPU seconds of each contestant's work.

    They take turns, so that all see the same machine.
    """
    for _ in range(warm_up):
        for work in contestants.values():
            work()
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            seconds[name].append(cpu_seconds(work))
    return {name: median(values) for name, values in seconds.items()}
