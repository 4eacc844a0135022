"""Pages about data: what the examples are, where they come from, how they are divided."""

from collections.abc import Sequence
from typing import ClassVar

from evo.errors import MissingExtra
from evo.explain.chapter import Chapter
from evo.explain.fields import settings_of
from evo.explain.page import Listed, Page
from evo.explain.problems import said
from evo.explain.studies import studies_with
from evo.registry import DATA, resolve


class DataSets(Chapter):
    """Everything that is learnt from."""

    name: ClassVar[str] = "data"
    one: ClassVar[str] = "data"
    about: ClassVar[str] = "What is learnt from: `evo learn RULE DATA`."

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, said(entry).sentence) for name, entry in DATA.items()]

    def page(self, place: str) -> Page:
        entry, slow = DATA[place], False
        text, parts, settings = said(entry), [], []
        try:
            kind = resolve(entry.target)
        except MissingExtra as error:
            parts = [("Settings", f"They are not shown here: {error.message}. {error.hint}")]
        else:
            slow = kind.fetches
            settings = list(settings_of(kind.Settings, "data", entry.settings))
            form = kind(kind.Settings(**entry.settings)).form()
            if form is not None:
                shape = " × ".join(map(str, form.shape))
                parts = [
                    ("Its form", f"An input has {shape} numbers; there are {form.classes} classes.")
                ]
        return Page(
            place,
            self.one,
            text.sentence,
            text.rest,
            parts,
            settings,
            text.source,
            [f"evo learn bp {place}"],
            related=["rules/bp", *studies_with("data", place), "guides/own-data"],
            slow=slow,
        )
