"""Pages about learning rules: the equations, the paper, the settings."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from evo.errors import MissingExtra
from evo.explain.chapter import Chapter, told
from evo.explain.fields import settings_of
from evo.explain.page import Listed, Page
from evo.explain.source import imports
from evo.explain.studies import studies_with
from evo.registry import DATA, RULES, resolve

NOTATION = "The letters are explained under [notation](explain:terms/notation)."


class Rules(Chapter):
    """Everything that learns."""

    name: ClassVar[str] = "rules"
    one: ClassVar[str] = "learning rule"
    about: ClassVar[str] = "What lets a network learn: `evo learn RULE DATA`."

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, told(RULES, name).sentence) for name in RULES]

    def page(self, place: str) -> Page:
        text = told(RULES, place)
        try:
            settings = list(settings_of(resolve(RULES[place]).Settings, "rule"))
            parts = []
        except MissingExtra as error:
            settings, parts = (
                [],
                [("Settings", f"They are not shown here: {error.message}. {error.hint}")],
            )
        return Page(
            place,
            self.one,
            text.sentence,
            (*text.rest, NOTATION),
            parts,
            settings,
            text.source,
            [f"evo learn {place} {next(iter(DATA))}"],
            related=[
                "terms/notation",
                *_relatives(place),
                *studies_with("rule", place),
                "guides/own-rule",
            ],
        )


def _relatives(place: str) -> Iterator[str]:
    """Rules in the same module, and those whose modules it imports or that import its module."""
    modules = {name: target.partition(":")[0] for name, target in RULES.items()}
    own, taken = modules[place], _modules(modules[place])
    for name, module in modules.items():
        if name != place and (module == own or module in taken or own in _modules(module)):
            yield f"rules/{name}"


def _modules(module: str) -> set[str]:
    return {target.partition(":")[0] for target in imports(module)}
