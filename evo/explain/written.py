"""Pages that are written by hand: guides, and the glossary of the field's terms."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import ClassVar

from evo.explain.chapter import Chapter
from evo.explain.page import Listed, Page
from evo.explain.text import read

GLOSSARY = "glossary"


class Guides(Chapter):
    """How to do something, from beginning to end."""

    name: ClassVar[str] = "guides"
    one: ClassVar[str] = "guide"
    about: ClassVar[str] = "How to do something, from beginning to end: `evo explain GUIDE`."

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, _parts(text)[1]) for name, text in _files().items()]

    def page(self, place: str) -> Page:
        shown = re.sub(r"^<!--.*-->\n", "", _files()[place], flags=re.MULTILINE)
        title, sentence, rest = _parts(shown)
        return Page(place, self.one, sentence, [rest], title=title)


class Terms(Chapter):
    """The glossary."""

    name: ClassVar[str] = "terms"
    one: ClassVar[str] = "term"
    about: ClassVar[str] = "The field's words, each in a sentence or a few."

    def listed(self) -> Sequence[Listed]:
        return [
            Listed(names[0], read(text).sentence, key=slug(names[0]))
            for names, text in glossary().items()
        ]

    def page(self, place: str) -> Page:
        names, whole = next(item for item in glossary().items() if slug(item[0][0]) == place)
        text = read(whole)
        related = [
            ref.strip()
            for block in text.rest
            if block.startswith("See:")
            for ref in block.removeprefix("See:").split(",")
        ]
        return Page(
            names[0],
            self.one,
            text.sentence,
            [block for block in text.rest if not block.startswith(("See:", "Try:"))],
            source=text.source,
            commands=[
                block.removeprefix("Try:").strip().strip("`")
                for block in text.rest
                if block.startswith("Try:")
            ],
            related=related,
        )


def slug(name: str) -> str:
    """A name as it is looked up: small letters, hyphens between words."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


@cache
def glossary() -> Mapping[tuple[str, ...], str]:
    """The text of each term, by the term and its other names."""
    parts = re.split(r"^## (.+)\n", _text(GLOSSARY), flags=re.MULTILINE)[1:]
    names = [tuple(name.strip() for name in heading.split(",")) for heading in parts[::2]]
    return dict(sorted(zip(names, parts[1::2], strict=True), key=lambda item: slug(item[0][0])))


@cache
def _files() -> Mapping[str, str]:
    """The text of each guide, by its name."""
    names = sorted(
        path.name.removesuffix(".md")
        for path in (files("evo") / "guides").iterdir()
        if path.name.endswith(".md")
    )
    return {name: _text(name) for name in names if name != GLOSSARY}


def _text(name: str) -> str:
    return (files("evo") / "guides" / f"{name}.md").read_text(encoding="utf-8")


def _parts(text: str) -> tuple[str, str, str]:
    """The heading of a guide, its first sentence, and what follows."""
    heading, _, below = text.strip().partition("\n")
    first, _, rest = below.strip().partition("\n\n")
    told = read(first)
    return heading.removeprefix("# "), told.sentence, "\n\n".join([*told.rest, rest]).strip()
