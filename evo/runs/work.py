"""What a run carries out, as far as running it goes: an evolution or a training."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from evo.config import Config, EvolutionConfig, LearningConfig


class Step(NamedTuple):
    """One generation or epoch.

    Its line in metrics.jsonl, counter first, and what happened in it.
    """

    line: Mapping[str, Any]
    events: list[Mapping[str, Any]]


class Work(AbstractContextManager[Any], Protocol):
    """Something that goes on step by step, has state, and leaves something behind.

    Entered for as long as it is at work.
    """

    @property
    def count(self) -> int:
        """Completed steps."""
        ...

    def steps(self) -> Iterator[Step]:
        """The steps that are left."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """All that the rest of the run depends on, as of the last completed step."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state` was taken, perhaps with a later end.

        Raises whatever a state of another run leads to.
        """
        ...

    def follow(self, progress: Callable[[int, int], None]) -> None:
        """Call `progress` with (done, all) individuals or examples while a step is under way."""
        ...

    def judge(self) -> None:
        """Find out what the result is worth.

        An interruption here costs no more than doing it again.
        """
        ...

    def leave(self, folder: Any) -> dict[str, Any]:
        """Write what is left behind into a run folder and return the summary."""
        ...


def open_work(config: Config) -> Work:
    """The work that `config` describes. Raises `UsageError` where its parts do not fit together."""
    if isinstance(config, EvolutionConfig):
        from evo.runs.evolving import Evolving

        return Evolving(config)
    if isinstance(config, LearningConfig):
        from evo.runs.learning import Learning

        return Learning(config)
    raise TypeError(f"a run of {type(config).__name__} is not known")
