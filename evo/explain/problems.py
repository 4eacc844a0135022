"""Pages about problems: what is asked for, how it is scored, which algorithms suit it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from evo.errors import EvoError
from evo.explain.chapter import Chapter
from evo.explain.examples import algorithms_for, is_slow, task
from evo.explain.fields import settings_of
from evo.explain.page import Listed, Page, unique
from evo.explain.source import docstring
from evo.explain.text import Text, read
from evo.registry import PROBLEMS, Entry, resolve


class Problems(Chapter):
    """Everything that evolves on something."""

    name: ClassVar[str] = "problems"
    one: ClassVar[str] = "problem"
    about: ClassVar[str] = "What is to be solved: `evo run ALGORITHM PROBLEM`."

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, said(entry).sentence) for name, entry in PROBLEMS.items()]

    def page(self, place: str) -> Page:
        entry = PROBLEMS[place]
        text, able = said(entry), algorithms_for(place)
        best = able[0] if able else "neat"
        return Page(
            place,
            self.one,
            text.sentence,
            text.rest,
            [("What is asked for", _asked(place, entry.settings))],
            list(_settings(entry)),
            text.source,
            [f"evo run {best} {place}"],
            slow=is_slow(place),
            related=[*(f"algorithms/{name}" for name in able), "guides/own-function"],
        )


def _settings(entry: Entry) -> Iterable[Any]:
    """The settings of a problem; none where an extra that it needs is not installed."""
    try:
        kind = resolve(entry.target)
    except EvoError:
        return []
    return settings_of(kind.Settings, "problem", entry.settings)


def said(entry: Entry) -> Text:
    """What docstrings say of a problem or of data: of what the entry names, then of its class."""
    own, module = read(docstring(entry.target)), entry.target.partition(":")[0]
    if not entry.about:
        return Text(own.sentence, own.rest, own.source or read(docstring(module)).source)
    about = read(entry.about if " " in entry.about else docstring(entry.about))
    whole = read(docstring(module)).source
    sources = unique(source for source in (about.source, own.source or whole) if source)
    return Text(about.sentence, (*about.rest, *own.paragraphs), "\n\n".join(sources))


def _asked(name: str, preset: Mapping[str, Any]) -> str:
    problem = task(name)
    if problem is None:
        return "An extra that it needs is not installed here: `evo doctor` says which."
    lines = [f"It asks for {problem.needs.words}: `{problem.needs}`."]
    for score in problem.scores:
        aim = "minimised" if score.minimise else "maximised"
        target = "" if score.target is None else f"; it counts as solved at {score.target:g}"
        lines.append(f"Its score `{score.name}` is {aim}{target}.")
    for each in problem.descriptors:
        lines.append(
            f"Its descriptor `{each.name}` lies between {each.lower:g} and {each.upper:g}."
        )
    if problem.noisy:
        lines.append("It is noisy: another seed may give another score.")
    if preset:
        known = ", ".join(f"`problem.{key} = {value}`" for key, value in preset.items())
        lines.append(f"The name stands for {known}.")
    return " ".join(lines)
