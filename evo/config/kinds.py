"""The two kinds of runs, evolution and learning, as far as their settings differ."""

from collections.abc import Iterable
from dataclasses import dataclass

from evo.config.schema import LearningRun, RunSettings
from evo.settings import Settings


@dataclass(frozen=True)
class Kind:
    """What a configuration of this kind has.

    Attributes:
        command: what starts it.
        names: the two sections whose `name` says what is carried out, and on what.
        sections: all that there can be.
        run: what [run] may hold.
        step: what one step of it is called; `run` has a limit under this name in the plural.
        folder: where in `configs` its tuned settings are.
    """

    command: str
    names: tuple[str, str]
    sections: tuple[str, ...]
    run: type[Settings]
    step: str
    folder: tuple[str, ...] = ()

    @property
    def limit(self) -> str:
        """The key of [run] that says how many steps there are."""
        return f"{self.step}s"


EVOLUTION = Kind(
    "run",
    ("algorithm", "problem"),
    ("run", "algorithm", "problem", "network", "evaluation"),
    RunSettings,
    "generation",
)
LEARNING = Kind(
    "learn",
    ("rule", "data"),
    ("run", "rule", "data", "network", "optimiser"),
    LearningRun,
    "epoch",
    ("learn",),
)
KINDS = (EVOLUTION, LEARNING)


def kind_of(sections: Iterable[str]) -> Kind:
    """The kind that sections of a file belong to; evolution if they do not say."""
    return LEARNING if {"rule", "data", "optimiser"} & set(sections) else EVOLUTION
