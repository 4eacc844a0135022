"""A page of explanation, and the Markdown that it is printed as."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Listed:
    """A name in a list.

    Attributes:
        name: as it is typed.
        sentence: what it is.
        setting: what chooses it, where a setting does: ``genome.crossover=sbx``.
        key: its place in its chapter, different from all others; the name where that will do.
    """

    name: str
    sentence: str
    setting: str = ""
    key: str = ""

    @property
    def place(self) -> str:
        """`key`, or the name."""
        return self.key or self.name


@dataclass(frozen=True)
class Setting:
    """A setting on a page.

    Attributes:
        key: ``section.name``.
        default: as it is written in a configuration.
        allowed: which values may be given, in words.
        description: what it is about.
    """

    key: str
    default: str
    allowed: str
    description: str

    @property
    def line(self) -> str:
        """The setting as an entry of a list."""
        allowed = f" ({self.allowed})" if self.allowed else ""
        return f"- `{self.key} = {self.default}`{allowed}: {self.description}"


@dataclass(frozen=True)
class Page:
    """What there is to say about a name.

    Attributes:
        name: as it is typed.
        kind: what it names: "algorithm", "learning rule" …
        sentence: what it is.
        body: paragraphs of Markdown.
        parts: further paragraphs under headings.
        settings: those that it has.
        source: where it is from.
        commands: what to type to see it at work.
        example: Python code to see it at work, where no command does.
        related: names of pages to read on.
        slow: whether the commands take minutes, or a network.
    """

    name: str
    kind: str
    sentence: str
    body: Sequence[str] = ()
    parts: Sequence[tuple[str, str]] = ()
    settings: Sequence[Setting] = ()
    source: str = ""
    commands: Sequence[str] = ()
    example: str = ""
    related: Sequence[str] = ()
    slow: bool = False
    title: str = field(default="")

    @cached_property
    def text(self) -> str:
        """What the page says of its own: without commands, sources and pages to read on."""
        parts = [f"## {heading}\n\n{text}" for heading, text in self.parts]
        lines = "\n".join(setting.line for setting in self.settings)
        settings = [f"## Settings\n\n{lines}"] if lines else []
        return "\n\n".join([self.sentence, *self.body, *parts, *settings])

    def markdown(self, words: Iterable[str] = (), related: Iterable[tuple[str, str]] = ()) -> str:
        """The page as Markdown.

        Args:
            words: terms on this page that have pages of their own, as links or as they are.
            related: names of other pages, as links or as they are, each with its sentence.
        """
        blocks = [f"# {self.title or f'{self.name} ({self.kind})'}", self.text]
        if self.commands:
            typed = "\n".join(f"$ {command}" for command in self.commands)
            blocks.append(f"## Try it\n\n```console\n{typed}\n```")
        elif self.example:
            blocks.append(f"## Try it\n\n```python\n{self.example}\n```")
        if self.source:
            blocks.append(f"## Source\n\n{self.source}")
        if terms := ", ".join(words):
            blocks.append(f"## Words\n\n{terms}")
        if lines := "\n".join(f"- {name}: {sentence}" for name, sentence in related):
            blocks.append(f"## See also\n\n{lines}")
        return "\n\n".join(blocks) + "\n"


def unique(things: Iterable[T]) -> list[T]:
    """The things in their order, each of them once."""
    return list(dict.fromkeys(things))
