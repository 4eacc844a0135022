"""When to stop.

Each criterion reads the evolution's counters only, so a resumed run stops where the whole one
would.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from evo.skeleton import Evolution


class Termination(Protocol):
    """A reason to stop, asked once after each generation."""

    @property
    def reason(self) -> str:
        """Words for the person who reads why the run ended."""
        ...

    def __call__(self, evolution: "Evolution") -> bool:
        """Whether to stop now."""
        ...


@dataclass(frozen=True)
class Generations:
    """After `limit` generations; the first is the evaluated initial population."""

    limit: int

    @property
    def reason(self) -> str:
        return f"{self.limit} generations"

    def __call__(self, evolution: "Evolution") -> bool:
        return evolution.generation >= self.limit


@dataclass(frozen=True)
class Evaluations:
    """At the end of the generation in which `limit` evaluations were spent."""

    limit: int

    @property
    def reason(self) -> str:
        return f"{self.limit} evaluations"

    def __call__(self, evolution: "Evolution") -> bool:
        return evolution.evaluations >= self.limit


@dataclass(frozen=True)
class Target:
    """When the best fitness so far is at least `fitness` (in the sense that is maximised)."""

    fitness: float

    @property
    def reason(self) -> str:
        return "target reached"

    def __call__(self, evolution: "Evolution") -> bool:
        return evolution.best is not None and bool(evolution.best.fitness[0] >= self.fitness)


@dataclass(frozen=True)
class WallTime:
    """At the end of the generation in which `seconds` of wall time were spent, those before a resume included."""

    seconds: float

    @property
    def reason(self) -> str:
        return f"{self.seconds:g} s of wall time"

    def __call__(self, evolution: "Evolution") -> bool:
        return evolution.elapsed >= self.seconds


@dataclass(frozen=True)
class Stagnation:
    """After `generations` without a better individual."""

    generations: int

    @property
    def reason(self) -> str:
        return f"{self.generations} generations without improvement"

    def __call__(self, evolution: "Evolution") -> bool:
        return evolution.generation - evolution.best_generation >= self.generations
