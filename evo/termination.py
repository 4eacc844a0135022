"""When to stop, for evolutions and for trainings alike.

Each criterion reads the counters of a `Course` only, so a resumed run stops where one that was
never interrupted does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol


class Course(Protocol):
    """Something that goes on step by step and gets better: an evolution or a training."""

    @property
    def count(self) -> int:
        """Completed steps: generations or epochs."""
        ...

    @property
    def elapsed(self) -> float:
        """Seconds of wall time, those before a resume included."""
        ...

    @property
    def best_value(self) -> float:
        """The best value so far, maximised; NaN as long as there is none."""
        ...

    @property
    def best_count(self) -> int:
        """The step in which the result last got better."""
        ...

    @property
    def spent(self) -> Mapping[str, int]:
        """What has been spent so far, by unit, such as "evaluations" or "steps"."""
        ...


class Termination(Protocol):
    """A reason to stop, asked once after each step."""

    @property
    def reason(self) -> str:
        """Words for the person who reads why the run ended."""
        ...

    def __call__(self, course: Course) -> bool:
        """Whether to stop now."""
        ...


def first_reason(criteria: Iterable[Termination], course: Course) -> str | None:
    """The reason of the first criterion that holds; None if none does."""
    return next((criterion.reason for criterion in criteria if criterion(course)), None)


@dataclass(frozen=True)
class Generations:
    """After `limit` generations; the first is the evaluated initial population."""

    limit: int
    unit: ClassVar[str] = "generations"

    @property
    def reason(self) -> str:
        return f"{self.limit} {self.unit}"

    def __call__(self, course: Course) -> bool:
        return course.count >= self.limit


@dataclass(frozen=True)
class Epochs(Generations):
    """After `limit` passes through the training examples."""

    unit: ClassVar[str] = "epochs"


@dataclass(frozen=True)
class Spent:
    """At the end of the step in which `limit` of a unit were spent.

    Attributes:
        limit: how many.
        unit: "evaluations", or what the problem's evaluations say they spend, such as "steps".
    """

    limit: int
    unit: str = "evaluations"

    @property
    def reason(self) -> str:
        return f"{self.limit} {self.unit}"

    def __call__(self, course: Course) -> bool:
        return course.spent.get(self.unit, 0) >= self.limit


@dataclass(frozen=True)
class Target:
    """When the best value so far is at least `value`, in the sense that is maximised."""

    value: float
    where: str = ""

    @property
    def reason(self) -> str:
        return f"target reached{self.where}"

    def __call__(self, course: Course) -> bool:
        return course.best_value >= self.value


@dataclass(frozen=True)
class WallTime:
    """At the end of the step in which `seconds` were spent, those before a resume included."""

    seconds: float

    @property
    def reason(self) -> str:
        return f"{self.seconds:g} s of wall time"

    def __call__(self, course: Course) -> bool:
        return course.elapsed >= self.seconds


@dataclass(frozen=True)
class Stagnation:
    """After `limit` steps in which the result got no better.

    Attributes:
        limit: how many.
        unit: what they are called.
        where: on what the result is measured, with a blank before it.
    """

    limit: int
    unit: str = "generations"
    where: str = ""

    @property
    def reason(self) -> str:
        return f"{self.limit} {self.unit} without improvement{self.where}"

    def __call__(self, course: Course) -> bool:
        return course.count - course.best_count >= self.limit
