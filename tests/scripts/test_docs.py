"""The pages of the site: one for each name, and every link leads to a page."""

import json
import re

import pytest

from evo.explain.library import index
from scripts.documentation import pages


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    place = tmp_path_factory.mktemp("build")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "BUILD", place)
        patch.setattr(pages, "PAGES", place / "pages")
        pages.write()
    return place


def test_every_name_has_a_page(site):
    for ref in index():
        assert (site / "pages" / f"{ref}.md").read_text("utf-8").startswith("# ")


def test_every_link_leads_to_a_page(site):
    for path in (site / "pages").rglob("*.md"):
        text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)\)", text):
            assert "://" in target or (path.parent / target).is_file(), f"{path.name}: {target}"


def test_films_play_on_the_site(site):
    page = site / "pages/guides/creature-cheats.md"
    text = page.read_text("utf-8")
    films = re.findall(r'<iframe src="([^"]+)" title="Film of', text)
    assert len(films) == text.count("](pictures/") >= 4
    for film in films:
        content = (page.parent / film).read_text("utf-8")
        assert content.startswith("<!doctype html>")
        assert len(content) < 100_000


def test_films_are_made_by_the_commands_that_the_guide_shows(site):
    guide = (site / "pages/guides/creature-cheats.md").read_text("utf-8")
    guards = " --set problem.guards=none"
    words = re.findall(r"^\$ evo run creatures (.+)$", guide, re.MULTILINE)
    names = re.findall(r"\]\(pictures/cheat-([\w-]+)\.html\)", guide)
    script = (pages.ROOT / "scripts/pictures").read_text("utf-8")
    made = re.findall(r"^film (\S+) (.+)$", script, re.MULTILINE)
    assert guards in script
    shown = [(name, each.replace(guards, "")) for name, each in zip(names, words, strict=True)]
    assert shown == made


def test_the_navigation_has_every_page(site):
    settings = json.loads((site / "mkdocs.yml").read_text("utf-8"))
    listed = set(re.findall(r'"([^"]+\.md)"', json.dumps(settings["nav"])))
    written = {str(path.relative_to(site / "pages")) for path in (site / "pages").rglob("*.md")}
    assert listed == written


def test_the_reference_names_what_exists():
    from evo.registry import resolve

    for objects in pages.REFERENCE.values():
        for name in objects:
            module, _, attribute = name.rpartition(".")
            try:
                __import__(name)
            except ImportError:
                assert resolve(f"{module}:{attribute}") is not None
