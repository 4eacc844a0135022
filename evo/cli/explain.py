"""`evo explain`: what a name means, what it is from and how to try it."""

import sys
from typing import Annotated

import typer

from evo.cli.completion import explained
from evo.cli.errors import Traceback

EXAMPLES = (
    "evo explain",
    "evo explain neat",
    "evo explain crossover",
    "evo explain lecture",
)


def explain(
    name: Annotated[
        str | None,
        typer.Argument(
            help="An algorithm, rule, problem, data set, operator, study, guide or term.",
            metavar="NAME",
            show_default=False,
            autocompletion=explained,
        ),
    ] = None,
    traceback: Traceback = False,
) -> None:
    """Explain a name: what it is, how it works, its settings, its source, and how to try it.

    Without a name, list the guides and what else can be explained.
    """
    from evo.explain.library import find, render

    if name is None:
        show(overview())
        return
    pages = [render(ref, lambda _, words: words) for ref in find(name)]
    show("\n---\n\n".join(pages))


def overview() -> str:
    """The guides, and the chapters with what lists them, as Markdown."""
    from evo.explain.library import CHAPTERS, chapter

    guides = [f"- `{entry.name}`: {entry.sentence}" for entry in chapter("guides").listed()]
    others = [
        f"- `evo list {name}`: {chapter(name).about}" for name in CHAPTERS if name != "guides"
    ]
    return "\n".join(
        [
            "# evo explain NAME",
            "",
            "Every name has a page: `evo explain neat`, `evo explain dfa`, `evo explain species`.",
            "",
            "## Guides",
            "",
            *guides,
            "",
            "## Names",
            "",
            *others,
        ]
    )


def show(markdown: str) -> None:
    """Print Markdown: set for a terminal, as it is where the output goes elsewhere."""
    if not sys.stdout.isatty():
        typer.echo(markdown)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(markdown, code_theme="ansi_light"))
