"""Pages about representations: what genomes are, and how they cross and mutate."""

from collections.abc import Sequence
from typing import ClassVar

from evo.explain.chapter import Chapter
from evo.explain.examples import is_slow, problem_of
from evo.explain.fields import settings_of
from evo.explain.operators import operators_of
from evo.explain.page import Listed, Page
from evo.explain.source import docstring
from evo.explain.text import Text, read
from evo.registry import REPRESENTATIONS, resolve


class Representations(Chapter):
    """Everything that a genome can be."""

    name: ClassVar[str] = "representations"
    one: ClassVar[str] = "representation"
    about: ClassVar[str] = "What a genome is, and how it crosses and mutates: `genome.kind`."

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, _text(name).sentence) for name in REPRESENTATIONS]

    def page(self, place: str) -> Page:
        text, kind = _text(place), resolve(REPRESENTATIONS[place])
        problem = problem_of(kind)
        return Page(
            place,
            self.one,
            text.sentence,
            text.rest,
            [("What it serves", f"Problems that ask for {kind.serves.words}.")],
            list(settings_of(kind.Operators, "genome")),
            text.source,
            [f"evo run ga {problem} --set genome.kind={place}"] if problem else [],
            text.example,
            slow=problem is not None and is_slow(problem),
            related=[
                *operators_of("representations", place),
                *([f"problems/{problem}"] if problem else []),
                "guides/own-algorithm",
            ],
        )


def _text(name: str) -> Text:
    target = REPRESENTATIONS[name]
    own, module = read(docstring(target)), read(docstring(target.partition(":")[0]))
    return Text(own.sentence, own.rest, own.source or module.source, own.example)
