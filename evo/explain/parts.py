"""Pages about what stands between a problem and genomes: developments, wrappers, plasticities."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from evo.errors import MissingExtra
from evo.explain.chapter import Chapter, told
from evo.explain.fields import settings_of
from evo.explain.page import Listed, Page
from evo.registry import DEVELOPMENTS, PLASTICITIES, WRAPPERS, resolve


class _Registered(Chapter):
    """Classes with settings of their own."""

    table: ClassVar[Mapping[str, str]]

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, told(self.table, name).sentence) for name in self.table]

    def page(self, place: str) -> Page:
        text, parts, settings = told(self.table, place), [], []
        try:
            kind = resolve(self.table[place])
            settings = list(settings_of(kind.Settings, self.section(place)))
        except MissingExtra as error:
            parts = [("Settings", f"They are not shown here: {error.message}. {error.hint}")]
        return Page(
            place,
            self.one,
            text.sentence,
            text.rest,
            parts,
            settings,
            text.source,
            [self.command(place)],
        )

    def section(self, place: str) -> str:
        """Where the settings of a name stand."""
        return place

    def command(self, place: str) -> str:
        """What shows it at work."""
        raise NotImplementedError


class Developments(_Registered):
    """From genomes to phenotypes of another kind."""

    name: ClassVar[str] = "developments"
    one: ClassVar[str] = "development"
    about: ClassVar[str] = "What turns genomes into what a problem asks for: `network.kind`."
    table: ClassVar[Mapping[str, str]] = DEVELOPMENTS

    def section(self, place: str) -> str:
        return "network"

    def command(self, place: str) -> str:
        return f"evo run ga cartpole --set network.kind={place}"


class Wrappers(_Registered):
    """Problems around a problem."""

    name: ClassVar[str] = "wrappers"
    one: ClassVar[str] = "wrapper"
    about: ClassVar[str] = "A problem around a problem, with a section of its name."
    table: ClassVar[Mapping[str, str]] = WRAPPERS

    def command(self, place: str) -> str:
        return f"evo run ga xor --set {place}={{}}"


class Plasticities(_Registered):
    """Rules by which links change while a network acts."""

    name: ClassVar[str] = "plasticities"
    one: ClassVar[str] = "plasticity"
    about: ClassVar[str] = (
        "How links change while a network acts: `evo run neat TASK --learn NAME`."
    )
    table: ClassVar[Mapping[str, str]] = PLASTICITIES

    def section(self, place: str) -> str:
        return "lifetime"

    def command(self, place: str) -> str:
        return f"evo run neat steer --learn {place} --inherit baldwin"
