"""Pages about operators: those that a setting chooses, and those that algorithms are made of."""

import inspect
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from evo.compose import compose
from evo.explain.chapter import Chapter
from evo.explain.examples import problem_of, problems_for, task
from evo.explain.fields import settings_of, tables_of
from evo.explain.page import Listed, Page, Setting, unique
from evo.explain.source import docstring, imports
from evo.explain.text import Text, read
from evo.registry import ALGORITHMS, OPERATORS, REPRESENTATIONS, resolve


@dataclass(frozen=True)
class Choice:
    """A setting that chooses an operator, of an algorithm or of a representation.

    Attributes:
        table: where the owner is registered.
        owner: the name of the algorithm or representation.
        setting: its name, without a section.
    """

    table: str
    owner: str
    setting: str

    @property
    def key(self) -> str:
        """The setting with its section."""
        return f"{'algorithm' if self.table == 'algorithms' else 'genome'}.{self.setting}"


@dataclass(frozen=True)
class Operator:
    """An operator, and where it is chosen or used.

    Attributes:
        name: as it is typed.
        kind: what it is: "crossover", "mutation", "selection" …
        target: its function or class, ``"module:name"``.
        choices: settings that choose it; none for what algorithms are made of.
    """

    name: str
    kind: str
    target: str
    choices: tuple[Choice, ...] = ()

    @property
    def text(self) -> Text:
        """What its docstring says, and else that of its module."""
        own = read(docstring(self.target))
        source = own.source or read(docstring(self.target.partition(":")[0])).source
        return Text(own.sentence, own.rest, source, own.example)


class Operators(Chapter):
    """The parts that algorithms are put together from."""

    name: ClassVar[str] = "operators"
    one: ClassVar[str] = "operator"
    about: ClassVar[str] = "What selects, crosses, mutates and lets survive: parts of algorithms."

    def listed(self) -> Sequence[Listed]:
        return [
            Listed(each.name, each.text.sentence, _setting(each), place)
            for place, each in operators().items()
        ]

    def page(self, place: str) -> Page:
        operator = operators()[place]
        text, users = operator.text, _users(operator)
        command = _command(operator)
        return Page(
            operator.name,
            operator.kind,
            text.sentence,
            text.rest,
            [("Where it is used", _where(operator, users))],
            _own_settings(operator),
            text.source,
            [command] if command else [],
            text.example,
            [*users, *_siblings(place)],
        )


@cache
def operators() -> dict[str, Operator]:
    """All operators by their place in the chapter."""
    found: dict[tuple[str, str, str], list[Choice]] = {}
    for owners, table in ((ALGORITHMS, "algorithms"), (REPRESENTATIONS, "representations")):
        for owner, target in owners.items():
            kind = resolve(target)
            model = kind.Settings if table == "algorithms" else kind.Operators
            for setting, role, choices in tables_of(model):
                component = _component(table, owner)
                for name in choices if component is not None else ():
                    part = (name, role, _target(choices.build(name, component)))
                    found.setdefault(part, []).append(Choice(table, owner, setting))
    every = [Operator(*part, tuple(choices)) for part, choices in found.items()]
    every += [Operator(name, _room(target), target) for name, target in OPERATORS.items()]
    count = Counter(each.name for each in every)
    kinds = Counter((each.name, each.kind) for each in every)
    places = {}
    for each in every:
        place = each.name if count[each.name] == 1 else f"{each.name}-{each.kind}"
        if kinds[each.name, each.kind] > 1:
            place += f"-{each.choices[0].owner}"
        places[place] = each
    return places


def operators_of(table: str, owner: str) -> list[str]:
    """Operators that an algorithm or representation is made of or chooses from, as places.

    Args:
        table: "algorithms" or "representations".
        owner: its name.
    """
    return [
        f"operators/{place}"
        for place, each in operators().items()
        if f"{table}/{owner}" in _users(each)
    ]


@cache
def _component(table: str, owner: str) -> Any:
    """An algorithm or representation on a problem that suits it; None if there is no such problem.

    Operators are built from it, as in a run, to see what they are.
    """
    if table == "algorithms":
        name = next(problems_for(owner), None)
        problem = None if name is None else task(name)
        return None if problem is None else compose(owner, problem).algorithm
    kind = resolve(REPRESENTATIONS[owner])
    name = problem_of(kind)
    problem = None if name is None else task(name)
    return None if problem is None else kind(problem.needs)


def _target(built: Any) -> str:
    named = built if inspect.isfunction(built) or inspect.ismethod(built) else type(built)
    return f"{named.__module__}:{named.__qualname__}"


def _room(target: str) -> str:
    return target.partition(":")[0].rpartition(".")[2]


def _setting(operator: Operator) -> str:
    keys = unique(choice.key for choice in operator.choices)
    return ", ".join(f"{key}={operator.name}" for key in keys)


def _users(operator: Operator) -> list[str]:
    """Algorithms and representations that use an operator, as ``chapter/name``.

    First those that choose it by a setting, then those that are made of it.
    """
    chosen = [f"{choice.table}/{choice.owner}" for choice in operator.choices]
    tables = {"algorithms": ALGORITHMS, "representations": REPRESENTATIONS}
    made = [
        f"{chapter}/{name}"
        for chapter, table in tables.items()
        for name, target in table.items()
        if operator.target in imports(target.partition(":")[0])
    ]
    return unique([*chosen, *made])


def _where(operator: Operator, users: Sequence[str]) -> str:
    names = [f"`{ref.partition('/')[2]}`" for ref in users]
    module, _, name = operator.target.partition(":")
    python = f"In Python: `from {module} import {name}`." if "." not in name else ""
    owners = [f"`{choice.owner}`" for choice in operator.choices]
    others = " and ".join(name for name in names if name not in owners)
    if operator.choices:
        said = f"`{_setting(operator)}` chooses it, for {' and '.join(owners)}."
        said += f" It is a part of {others}." if others else ""
    else:
        said = f"It is a part of {others}." if others else "It is for algorithms of one's own."
    return f"{said} {python}".strip()


def _own_settings(operator: Operator) -> list[Setting]:
    """The settings that go with an operator: they name it, or are the rate of what it does."""
    begin, word = f"{operator.name.replace('-', '_')}_", re.compile(rf"\b{operator.name}\b")
    settings = []
    for choice in operator.choices:
        algorithms = choice.table == "algorithms"
        kind = resolve((ALGORITHMS if algorithms else REPRESENTATIONS)[choice.owner])
        model = kind.Settings if algorithms else kind.Operators
        section = choice.key.partition(".")[0]
        for each in settings_of(model, section, [choice.setting]):
            name = each.key.partition(".")[2]
            rate = name == f"{choice.setting}_rate"
            if rate or name.startswith(begin) or word.search(each.description):
                settings.append(each)
    return unique(settings)


def _command(operator: Operator) -> str | None:
    for ref in _users(operator):
        chapter, _, owner = ref.partition("/")
        method, words = owner, ""
        if chapter == "algorithms":
            name = next(problems_for(owner), None)
        else:
            name, method = problem_of(resolve(REPRESENTATIONS[owner])), "ga"
            words = "" if operator.choices else f" --set genome.kind={owner}"
        if operator.choices:
            words = f" --set {operator.choices[0].key}={operator.name}"
        if name is not None:
            return f"evo run {method} {name}{words}"
    return None


def _siblings(place: str) -> list[str]:
    """Operators that could stand in its place."""
    own = operators()[place]
    return [
        f"operators/{other}"
        for other, each in operators().items()
        if other != place
        and each.kind == own.kind
        and bool(set(each.choices) & set(own.choices)) == bool(own.choices)
    ]
