"""Pages about algorithms: the paper, the five steps, the settings."""

import inspect
from collections.abc import Sequence
from itertools import islice
from typing import ClassVar

from evo.explain.chapter import Chapter, told
from evo.explain.examples import is_slow, problems_for
from evo.explain.fields import settings_of, tables_of
from evo.explain.operators import operators_of
from evo.explain.page import Listed, Page
from evo.explain.text import read
from evo.registry import ALGORITHMS, REPRESENTATIONS, resolve
from evo.skeleton import Algorithm

STEPS = ("initialise", "select_parents", "recombine", "mutate", "survive")


class Algorithms(Chapter):
    """Everything that evolves."""

    name: ClassVar[str] = "algorithms"
    one: ClassVar[str] = "algorithm"
    about: ClassVar[str] = "What evolves a population: `evo run ALGORITHM PROBLEM`."

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, told(ALGORITHMS, name).sentence) for name in ALGORITHMS]

    def page(self, place: str) -> Page:
        text, kind = told(ALGORITHMS, place), resolve(ALGORITHMS[place])
        problems = list(islice(problems_for(place), 3))
        return Page(
            place,
            self.one,
            text.sentence,
            text.rest,
            [("The five steps", _steps(kind)), ("What it takes", _takes(kind))],
            list(settings_of(kind.Settings, "algorithm")),
            text.source,
            [f"evo run {place} {name}" for name in problems[:1]],
            slow=any(is_slow(name) for name in problems[:1]),
            related=[
                *operators_of("algorithms", place),
                *_representations(kind),
                *(f"problems/{name}" for name in problems),
                "guides/own-algorithm",
            ],
        )


def _steps(kind: type[Algorithm]) -> str:
    lines = []
    for step in STEPS:
        words = " ".join(read(inspect.getdoc(getattr(kind, step)) or "").paragraphs)
        lines.append(f"- **{step.replace('_', ' ')}**: {words}")
    return "\n".join(lines)


def _takes(kind: type[Algorithm]) -> str:
    scores = "one score" if kind.objectives == "one" else "one score or several"
    tables = ", ".join(f"`algorithm.{name}`" for name, _, _ in tables_of(kind.Settings))
    if _representations(kind):
        genomes = " and ".join(f"`{ref.partition('/')[2]}`" for ref in _representations(kind))
        genomes = f"Genomes of the representation {genomes}"
    else:
        genomes = "Genomes of any representation"
    sentences = [
        f"{genomes}; problems with {scores}"
        + (" and with descriptors." if kind.needs_descriptors else "."),
        "How genomes cross and mutate is set under `[genome]`, see the representation's page."
        if kind.varies
        else "It varies genomes by means of its own, so crossover and mutation are no settings.",
        f"Operators are chosen by {tables}." if tables else "",
    ]
    return " ".join(filter(None, sentences))


def _representations(kind: type[Algorithm]) -> list[str]:
    return [
        f"representations/{name}"
        for name, target in REPRESENTATIONS.items()
        if resolve(target) in kind.searches
    ]
