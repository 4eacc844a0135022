"""Writes the pages of the site into build/pages, and build/mkdocs.yml with their navigation.

What `evo explain` shows becomes a page for each name; the README is the first page.
"""

import json
import re
import shutil
from pathlib import Path

import evo
from evo.explain.library import CHAPTERS, chapter, index, render

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
PAGES = BUILD / "pages"
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
PICTURES = "guides/pictures"
FILM = re.compile(r"^\[([^]]+)\]\((pictures/[\w-]+\.html)\)$", re.MULTILINE)
"""A link to a film that has a line of its own: the site plays the film there."""
PLAYER = r"""<iframe src="\2" title="\1" width="100%" height="480" loading="lazy"></iframe>

\g<0>"""
REFERENCE = {
    "evo": sorted(f"{module}.{name}" for name, module in evo._PUBLIC.items()),
    "Operators": [
        "evo.operators.selection",
        "evo.operators.survival",
        "evo.operators.speciation",
        "evo.operators.pareto",
        "evo.operators.archive",
        "evo.genomes.vectors.recombination",
        "evo.genomes.vectors.mutation",
    ],
    "Networks": ["evo.networks.activate", "evo.networks.flat"],
    "Runs": ["evo.kinds.evolution.result", "evo.kinds.learning.result", "evo.runs.result"],
    "Learning": [
        "evo.learning.compose",
        "evo.learning.rules.base",
        "evo.data.base",
        "evo.learning.losses",
        "evo.learning.networks.graph",
    ],
    "Environments": ["evo_envs"],
}
"""Pages of the reference, and what each has."""


def write() -> None:
    """Write everything anew."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for name in DOCUMENTS:
        text = re.sub(r"<!--.*?-->\n", "", (ROOT / name).read_text("utf-8"))
        text = text.replace("](evo/guides/", "](guides/")
        place(name if name != "README.md" else "index.md", text)
    shutil.copytree(ROOT / "evo" / PICTURES, PAGES / PICTURES)
    for ref in index():
        text = render(ref, lambda other, words: f"[{words}](../{other}.md)")
        place(f"{ref}.md", FILM.sub(PLAYER, text))
    for name in CHAPTERS:
        place(f"{name}/index.md", contents(name))
    for title, objects in REFERENCE.items():
        text = "\n\n".join([f"# {title}", *(f"::: {each}" for each in objects)])
        place(f"reference/{title.lower()}.md", text)
    settings = {"INHERIT": "../mkdocs.yml", "nav": navigation()}
    # JSON is YAML
    (BUILD / "mkdocs.yml").write_text(json.dumps(settings, indent=1), "utf-8")


def place(name: str, text: str) -> None:
    """Write one page."""
    path = PAGES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def contents(name: str) -> str:
    """The first page of a chapter: every name with its sentence."""
    shown = chapter(name)
    lines = [f"- [{each.name}]({each.place}.md): {each.sentence}" for each in shown.listed()]
    return "\n".join([f"# {name.capitalize()}", "", shown.about, "", *lines, ""])


def navigation() -> list[object]:
    """What stands at the side of every page."""
    chapters: list[object] = []
    for name in CHAPTERS:
        entries = [f"{name}/index.md"]
        entries += [{each.name: f"{name}/{each.place}.md"} for each in chapter(name).listed()]
        chapters.append({name.capitalize(): entries})
    reference = [{title: f"reference/{title.lower()}.md"} for title in REFERENCE]
    others = [{"Contributing": "CONTRIBUTING.md"}, {"Changelog": "CHANGELOG.md"}]
    return [{"evo": "index.md"}, *chapters, {"Reference": reference}, *others]


if __name__ == "__main__":
    write()
