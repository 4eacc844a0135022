"""Docstrings as Markdown: the first sentence, the paragraphs, the source, an example."""

import re
from dataclasses import dataclass
from inspect import cleandoc

SECTIONS = re.compile(r"(Args|Returns|Raises|Attributes|Yields):$")
SENTENCE = re.compile(r"(.+?[.?!])(?=\s+[A-Z(`\"0-9]|$)", re.DOTALL)


@dataclass(frozen=True)
class Text:
    """What a docstring says.

    Attributes:
        sentence: the first one.
        rest: all that follows, as blocks of Markdown; without what is for programmers only.
        source: papers and sections, as they stand behind "Source:".
        example: the Python code under "Example:".
    """

    sentence: str = ""
    rest: tuple[str, ...] = ()
    source: str = ""
    example: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The sentence and the rest."""
        return (self.sentence, *self.rest) if self.sentence else self.rest


def read(docstring: str) -> Text:
    """The parts of a docstring."""
    blocks, sources, example = [], [], ""
    for block in re.split(r"\n\s*\n", cleandoc(docstring)):
        first, _, below = block.partition("\n")
        if block.startswith("Source:"):
            sources.append(_joined(block.removeprefix("Source:")))
        elif first == "Example:":
            example = cleandoc("\n" + below)
        elif example and block.startswith("    "):
            example += "\n\n" + cleandoc("\n" + block)
        elif SECTIONS.match(first):
            continue
        elif block.startswith("    "):
            blocks.append(block)
        elif block:
            blocks.append(prose(block))
    head = blocks.pop(0) if blocks and not blocks[0].startswith("    ") else ""
    found = SENTENCE.match(head)
    sentence = found[1] if found else head
    if remainder := head[len(sentence) :].strip():
        blocks.insert(0, remainder)
    return Text(sentence, tuple(blocks), "\n\n".join(sources), example)


def prose(block: str) -> str:
    """A paragraph on one line, with stars that are no emphasis; lists keep their lines."""
    if re.match(r"[-*|] ?", block):
        return block
    parts = re.split(r"(`+[^`]*`+)", _joined(block))
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def _escaped(text: str) -> str:
    return re.sub(r"<(?=\w)", "&lt;", text.replace("*", r"\*"))


def _joined(block: str) -> str:
    return " ".join(block.split())
