"""A resumable job: an evolution, a training, or whatever else goes on step by step."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from evo.runs.folder import RunFolder


Progress = Callable[[int, int], None]


class Step(NamedTuple):
    """One completed step: its line in metrics.jsonl, counter first, and its events."""

    line: Mapping[str, Any]
    events: list[Mapping[str, Any]]


class Job(AbstractContextManager[Any], Protocol):
    """The work of a run; entered for as long as it needs workers, threads and the like."""

    @property
    def count(self) -> int:
        """Completed steps."""
        ...

    def steps(self) -> Iterator[Step]:
        """Carry out the steps that are left, and yield each."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """All that the rest of the run depends on, as of the last completed step."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state` was taken; the run may end later than it was to end then.

        Any exception may be raised if the state is that of another run.
        """
        ...

    def on_progress(self, within: Progress, judging: Progress) -> None:
        """Say how far the work is, as (done, all).

        Args:
            within: gets individuals or examples while a step is under way.
            judging: gets episodes while it is measured what the result is worth.
        """
        ...

    def conclude(self) -> None:
        """Measure what the result is worth; may be interrupted and called again."""
        ...

    def write_results(self, folder: "RunFolder") -> dict[str, Any]:
        """Write results and pictures into a run folder and return the summary."""
        ...
