"""What a chapter is: all pages about one kind of name."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from evo.explain.page import Listed, Page, unique
from evo.explain.source import docstring
from evo.explain.text import Text, read


class Chapter(ABC):
    """All pages about one kind of name.

    Attributes:
        name: in the plural, as in ``evo list algorithms``.
        one: in the singular, as in "cma-es (algorithm)".
        about: what the names stand for.
    """

    name: ClassVar[str]
    one: ClassVar[str]
    about: ClassVar[str]

    @abstractmethod
    def listed(self) -> Sequence[Listed]:
        """Every name, with a sentence."""

    @abstractmethod
    def page(self, place: str) -> Page:
        """The page of a name that is listed under `place`."""

    def entry(self, place: str) -> Listed:
        """What is listed under `place`."""
        return next(entry for entry in self.listed() if entry.place == place)


def told(table: Mapping[str, str], name: str) -> Text:
    """What the docstrings of a module and of the class in it say of a registered name.

    The module's comes first, and its first sentence is the name's; but where several names share
    the module, it is the class's.

    Args:
        table: targets by name.
        name: one of them.
    """
    module = table[name].partition(":")[0]
    whole, own = read(docstring(module)), read(docstring(table[name]))
    shared = sum(target.partition(":")[0] == module for target in table.values()) > 1
    first, second = (own, whole) if shared else (whole, own)
    if not first.sentence:
        first, second = second, first
    repeated = first.sentence.lower().startswith(second.sentence.lower().rstrip("."))
    more = second.rest if repeated else second.paragraphs
    sources = unique(source for source in (own.source, whole.source) if source)
    if own.source and shared:
        sources = [own.source]
    return Text(
        first.sentence, (*first.rest, *more), "\n\n".join(sources), own.example or whole.example
    )
