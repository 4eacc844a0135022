"""What a kind of run is: one object that answers every question that differs between kinds.

A new kind is one file with such an object and one line in `KINDS`. Nothing outside of that object
asks which kind a run is.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from evo.errors import UsageError
from evo.registry import resolve

if TYPE_CHECKING:
    from evo.config.config import Config
    from evo.config.draft import Draft
    from evo.kinds.evolution.replay import Replay
    from evo.reports.page import Page
    from evo.runs.folder import RunFolder
    from evo.runs.job import Job
    from evo.runs.result import Result
    from evo.runs.schemas import Facts, Line, Summary
    from evo.settings import Settings

KINDS: dict[str, str] = {
    "run": "evo.kinds.evolution:EVOLUTION",
    "learn": "evo.kinds.learning:LEARNING",
}
"""Kinds by the command that starts them; the first is that of a file that does not say."""

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """An option of the command that stands for one setting: ``--name`` for ``section.key``.

    Attributes:
        name: of the option.
        section: where the setting stands.
        type: of its value.
        help: what the command's help says about it.
        setting: the name of the setting; empty where it is that of the option.
    """

    name: str
    section: str
    type: type
    help: str
    setting: str = ""

    @property
    def key(self) -> str:
        """The name of the setting."""
        return self.setting or self.name


class Kind(ABC):
    """A kind of run.

    Attributes:
        command: what starts a run: ``evo COMMAND``.
        about: the help of the command.
        names: the two sections whose `name` says what is carried out, and on what.
        tables: the registered names for these two.
        arguments: help for these two names on the command line.
        options: further options of the command.
        step: what one step is called, "generation"; the first key of every line of the run's logs,
            and with an s the key of [run] that limits the run.
        folder: where in `configs` the tuned settings are.
        example: a setting, for the help.
        examples: commands, for the help.
        curve: the key of a line that a figure of the course shows.
        course_x: the key of a line along which the courses of runs are compared; empty for the
            step.
        kept: keys of a line whose figure a run that has reached its target keeps.
        preload: modules that all runs of a study need.
    """

    command: ClassVar[str]
    about: ClassVar[str]
    names: ClassVar[tuple[str, str]]
    tables: ClassVar[tuple[Mapping[str, Any], Mapping[str, Any]]]
    arguments: ClassVar[tuple[str, str]]
    options: ClassVar[tuple[Option, ...]]
    step: ClassVar[str]
    folder: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[str]
    examples: ClassVar[tuple[str, ...]] = ()
    curve: ClassVar[str]
    course_x: ClassVar[str] = ""
    kept: ClassVar[tuple[str, ...]] = ()
    preload: ClassVar[tuple[str, ...]]

    @property
    @abstractmethod
    def sections(self) -> tuple[str, ...]:
        """All sections that a config can have, in the order in which they are written."""

    @property
    def limit(self) -> str:
        """The key of [run] that says how many steps there are."""
        return f"{self.step}s"

    # Settings.

    def is_subject(self, name: str) -> bool:
        """Whether `name` can be what such a run is carried out on."""
        return name in self.tables[1]

    def short_name(self, subject: str) -> str:
        """The name under which tuned settings for `subject` are kept."""
        return subject

    def settings_classes(
        self, method: str | None, subject: str | None
    ) -> Mapping[str, Sequence[str]]:
        """Where the classes of the settings are, by section, for completion.

        Args:
            method: the name of an algorithm or rule; None where it is not known yet.
            subject: the name of a problem or data; None where it is not known yet.

        Returns:
            Targets, ``"module:Class"``, several where it is not known yet which of them counts.
        """
        return {}

    @abstractmethod
    def run_settings(self) -> "type[Settings]":
        """The class of the settings under [run].

        It has at least the limit, `seed`, `target`, `stop_at_target` and `checkpoint_interval`.
        """

    @abstractmethod
    def draft(self) -> "type[Draft]":
        """The class that puts a configuration together."""

    # A run.

    @abstractmethod
    def job(self, config: "Config") -> "Job":
        """The work that `config` describes.

        Raises `UsageError` where its parts do not fit together.
        """

    @abstractmethod
    def facts(self, config: "Config") -> Object:
        """What others have to know of the run without loading its code, for run.json."""

    @abstractmethod
    def measure_of(self, facts: Object) -> str:
        """The key of summary.json by which a run with these facts is compared with others."""

    def curve_of(self, facts: Object) -> str:
        """The key of a line that a figure of the course of a run with these facts shows."""
        return self.curve

    def extension(self, settings: Object) -> str | None:
        """Why a finished run that is extended is not the run that was as long from the start.

        Args:
            settings: of the run, section → key → value.

        Returns:
            Words; None where it is the same run.
        """
        return None

    def lower_is_better(self, facts: Object, measure: str) -> bool | None:
        """Whether a lower measure is better, of runs with these facts; None where nothing says.

        Args:
            facts: what run.json says.
            measure: a key of summary.json, as in champion.mean.
        """
        return True if measure == "wall_s" else None

    @property
    @abstractmethod
    def schemas(self) -> "Schemas":
        """What run.json, a line of metrics.jsonl and summary.json hold."""

    def replay(self, folder: "RunFolder") -> "Replay":
        """What plays the result of a run again. Raises `UsageError` if there is nothing to play."""
        raise UsageError(
            f"{folder.path} is a run of evo {self.command}: there is no champion to replay",
            f"evo report {folder.path}",
        )

    @abstractmethod
    def result(self, folder: "RunFolder") -> "Result":
        """What a run left behind, for use from Python; imports nothing that the folder names."""

    # Telling.

    @abstractmethod
    def progress(self, line: Object) -> str:
        """The figures of a step, from its line, that fit on a line."""

    @abstractmethod
    def words(self, summary: Object) -> list[str]:
        """The lines that tell how a run ended, below the verdict."""

    @abstractmethod
    def row(self, line: Object, summary: Object) -> dict[str, Any]:
        """What `evo list` shows of a run: the best so far, then the result.

        Args:
            line: the last of metrics.jsonl; empty before the first step.
            summary: how the run ended; empty if it has not.
        """

    def sizes(self, summaries: Sequence[Object]) -> list[str]:
        """How large the runs of a study are, beside their number of steps."""
        return []

    @abstractmethod
    def page(self, folder: "RunFolder") -> "Page":
        """The contents of the run's report."""

    @abstractmethod
    def pictures(self, folder: "RunFolder") -> dict[str, str]:
        """The pictures of a run: file name to SVG text."""


@dataclass(frozen=True)
class Schemas:
    """What run.json, a line of metrics.jsonl and summary.json have to hold."""

    facts: "type[Facts]"
    line: "type[Line]"
    summary: "type[Summary]"


def kinds() -> list[Kind]:
    """All kinds, in the order of the table."""
    return [kind_of_command(command) for command in KINDS]


@cache
def kind_of_command(command: str) -> Kind:
    """The kind of the runs that a command starts."""
    return resolve(KINDS[command])


def kind_of_sections(sections: Iterable[str]) -> Kind:
    """The kind that most of the sections belong to; the first kind if they belong to none.

    Sections that several kinds have do not count.
    """
    given, every = set(sections), kinds()

    def own(kind: Kind) -> int:
        others = {section for other in every if other is not kind for section in other.sections}
        return len(given & set(kind.sections) - others)

    return max(every, key=own)


def kind_of_names(method: str, subject: str) -> Kind:
    """The kind of run that a method and a subject are for.

    Where no kind has both, it is the one that has the method, or else the one that has the subject.

    Args:
        method: the name of an algorithm or rule.
        subject: the name of a problem or data.

    Raises:
        UsageError: several kinds have both.
    """
    able = [kind for kind in kinds() if method in kind.tables[0]]
    both = [kind for kind in able if kind.is_subject(subject)]
    if len(both) > 1:
        commands = " and ".join(f"evo {kind.command}" for kind in both)
        raise UsageError(
            f"{method} on {subject} can be started with {commands}",
            f"say which: --kind {both[0].command}",
        )
    suited = [kind for kind in kinds() if kind.is_subject(subject)]
    return next(iter([*both, *able, *suited, *kinds()]))
