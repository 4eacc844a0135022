"""Pages about data: what the examples are, where they come from, how they are divided.

Data is learnt from, and it is a problem for evolution; one page tells of both.
"""

from collections.abc import Sequence
from typing import ClassVar

from evo.explain.chapter import Chapter
from evo.explain.examples import is_tuned
from evo.explain.fields import settings_of
from evo.explain.page import Listed, Page
from evo.explain.problems import said
from evo.explain.studies import studies_with
from evo.problems.examples import ExampleSettings
from evo.registry import ALGORITHMS, DATA, PROBLEMS, resolve
from evo.reports.numbers import counted

AS_A_PROBLEM = (
    "Networks evolve on it: fitness is the loss on the training examples, or accuracy there. The "
    "champion is judged by its accuracy on the validation examples, and once, at the end, on the "
    "test examples. The seed of the run divides the examples as it does when a rule learns. All "
    "settings of the data stand under `problem` then."
)


class DataSets(Chapter):
    """Everything that is learnt from, and that networks evolve on."""

    name: ClassVar[str] = "data"
    one: ClassVar[str] = "data"
    about: ClassVar[str] = (
        "What is learnt from, `evo learn RULE DATA`, or evolved on, `evo run ALGORITHM DATA`."
    )

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, said(entry).sentence) for name, entry in DATA.items()]

    def page(self, place: str) -> Page:
        entry = DATA[place]
        text, kind, parts = said(entry), resolve(entry.target), []
        form = kind(kind.Settings(**entry.settings)).form()
        if form is not None:
            shape = " × ".join(map(str, form.shape))
            answers = (
                f"an answer has {counted(form.numbers, 'number')}"
                if form.numbers
                else f"there are {form.classes} classes"
            )
            parts = [("Its form", f"An input has {shape} numbers; {answers}.")]
        evolved = [name for name in ALGORITHMS if is_tuned(name, place)] or ["neat"]
        if place not in PROBLEMS:
            parts.append(("As a problem", AS_A_PROBLEM))
        return Page(
            place,
            self.one,
            text.sentence,
            text.rest,
            parts,
            [
                *settings_of(kind.Settings, "data", entry.settings),
                *settings_of(ExampleSettings, "problem"),
            ],
            text.source,
            [f"evo learn bp {place}", *(f"evo run {name} {place}" for name in evolved)],
            related=[
                "rules/bp",
                *(f"algorithms/{name}" for name in evolved),
                *studies_with("data", place),
                "guides/own-data",
            ],
            slow=kind.fetches,
        )
