"""All chapters, and how a page is found by its name. A new chapter is one line here."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from evo.errors import UsageError, did_you_mean
from evo.explain.chapter import Chapter
from evo.explain.page import Listed, Page, unique
from evo.explain.written import glossary, slug
from evo.registry import resolve

CHAPTERS: dict[str, str] = {
    "guides": "evo.explain.written:Guides",
    "algorithms": "evo.explain.algorithms:Algorithms",
    "rules": "evo.explain.rules:Rules",
    "plasticities": "evo.explain.parts:Plasticities",
    "problems": "evo.explain.problems:Problems",
    "data": "evo.explain.data:DataSets",
    "operators": "evo.explain.operators:Operators",
    "representations": "evo.explain.representations:Representations",
    "developments": "evo.explain.parts:Developments",
    "wrappers": "evo.explain.parts:Wrappers",
    "studies": "evo.explain.studies:Studies",
    "terms": "evo.explain.written:Terms",
}

Link = Callable[[str, str], str]
"""What a reference to a page is written as, from ``chapter/place`` and the words that name it."""


@cache
def chapter(name: str) -> Chapter:
    """The chapter called `name`."""
    return resolve(CHAPTERS[name])()


@cache
def page(ref: str) -> Page:
    """The page at ``chapter/place``."""
    name, _, place = ref.partition("/")
    return chapter(name).page(place)


@cache
def index() -> Mapping[str, Listed]:
    """Everything that has a page, by ``chapter/place``."""
    return {f"{name}/{entry.place}": entry for name in CHAPTERS for entry in chapter(name).listed()}


def find(name: str) -> list[str]:
    """The pages that a name stands for, as ``chapter/place``: several for several meanings.

    Args:
        name: a name, a term of the glossary or another word for it, or ``chapter/place``.

    Raises:
        UsageError: there is no such page; the message has the closest name.
    """
    wanted = slug(name)
    if wanted in index():
        return [wanted]
    names = _names()
    found = names.get(wanted) or names.get(wanted.removesuffix("s"))
    if not found:
        raise UsageError(
            f"nothing here is called {name!r}{did_you_mean(wanted, names)}",
            f"evo explain lists the guides; evo list {'|'.join(CHAPTERS)} lists the names",
        )
    return found


def render(ref: str, link: Link) -> str:
    """A page as Markdown.

    Args:
        ref: where it is, ``chapter/place``.
        link: writes references to other pages.
    """
    shown, entries = page(ref), index()
    words = [link(term, entries[term].name) for term in terms_in(shown.text) if term != ref]
    related = [
        (link(other, entries[other].name), entries[other].sentence)
        for other in unique(target for name in shown.related for target in find(name))
        if other != ref
    ]
    text = shown.markdown(() if ref.startswith("guides/") else words, related)
    return re.sub(
        r"\[([^]]+)\]\(explain:([^)]+)\)", lambda match: link(find(match[2])[0], match[1]), text
    )


def terms_in(text: str) -> list[str]:
    """The terms of the glossary that occur in a text, as ``terms/place``."""
    prose = re.sub(
        r"^    .*$|`[^`]*`", " ", re.sub(r"(?s)```.*?```", " ", text), flags=re.MULTILINE
    )
    return [
        f"terms/{slug(names[0])}"
        for names in glossary()
        if any(_pattern(name).search(prose) for name in names)
    ]


@cache
def _pattern(term: str) -> re.Pattern[str]:
    """Finds a term with or without hyphens, in the plural too."""
    words = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", term)))
    flags = re.NOFLAG if term.isupper() else re.IGNORECASE
    return re.compile(rf"(?<![\w-]){words}(?:s|es|d|ed|ing)?(?![\w-])", flags)


@cache
def _names() -> Mapping[str, list[str]]:
    """The pages that a name leads to, by the name as it is looked up."""
    leads: dict[str, list[str]] = {}
    for ref, entry in index().items():
        for name in {slug(entry.name), slug(entry.place)}:
            leads.setdefault(name, []).append(ref)
    for names in glossary():
        for name in names[1:]:
            leads.setdefault(slug(name), []).append(f"terms/{slug(names[0])}")
    return {name: unique(refs) for name, refs in leads.items()}
