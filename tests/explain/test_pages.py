"""Every name has a page, and no word of it is undefined."""

import re
from importlib.resources import files

import pytest

from evo.explain.library import CHAPTERS, find, index, page, render, terms_in
from evo.explain.page import Page
from evo.registry import ALGORITHMS, DATA, OPERATORS, PROBLEMS, REPRESENTATIONS, RULES
from tests.documents import command

NAMED = [ref for ref in index() if not ref.startswith(("guides/", "terms/"))]
REGISTERED = {
    "algorithms": ALGORITHMS,
    "rules": RULES,
    "problems": PROBLEMS,
    "data": DATA,
    "operators": OPERATORS,
    "representations": REPRESENTATIONS,
}
OUTSIDE = {"CPU", "CUDA", "CIFAR", "TSPLIB", "II", "III", "IV"}
"""Capitals that are no terms of the field."""


def link(ref: str, words: str) -> str:
    return f"[{words}]({ref})"


@pytest.mark.parametrize("chapter", REGISTERED)
def test_every_registered_name_has_a_page(chapter):
    listed = {entry.name for ref, entry in index().items() if ref.startswith(f"{chapter}/")}
    assert set(REGISTERED[chapter]) <= listed


@pytest.mark.parametrize("ref", NAMED)
def test_a_page_has_a_sentence_a_source_and_something_to_try(ref):
    shown = page(ref)
    assert shown.sentence.endswith((".", "?")), shown.sentence
    assert shown.sentence == index()[ref].sentence
    assert shown.source
    assert shown.commands or shown.example
    assert len(shown.sentence) <= 120, "a sentence that fits on a line"


@pytest.mark.parametrize("ref", NAMED)
def test_every_setting_is_described(ref):
    for setting in page(ref).settings:
        assert len(setting.description) > 5, setting.key
        assert setting.default, setting.key


@pytest.mark.parametrize("ref", index())
def test_every_reference_leads_to_a_page(ref):
    text = render(ref, link)
    for target in re.findall(r"\]\(([\w-]+/[^)]+)\)", text):
        assert target in index() or (files("evo") / "guides" / target).is_file(), target
    assert "explain:" not in text


@pytest.mark.parametrize("ref", [ref for ref in index() if not ref.startswith("guides/")])
def test_every_abbreviation_on_a_page_is_explained(ref):
    """Every word in capitals is a name that has a page, or is written out on this one."""
    shown = page(ref)
    prose = re.sub(r"^    .*$|`[^`]*`", " ", shown.text, flags=re.MULTILINE)
    known = OUTSIDE | {words.upper() for words in _words()} | _written_out(shown)
    capitals = re.findall(r"(?<![\w-])[A-Z][A-Z0-9]*[A-Z][A-Z0-9]*(?![\w(])", prose)
    assert not {word for word in capitals if word not in known}, shown.name


def _words() -> set[str]:
    names = {entry.name for entry in index().values()}
    return names | {part for name in names for part in re.split(r"[\s-]+", name)} | _aliases()


def _aliases() -> set[str]:
    from evo.explain.written import glossary

    return {part for names in glossary() for name in names for part in re.split(r"[\s-]+", name)}


def _written_out(shown: Page) -> set[str]:
    """Abbreviations in brackets behind what they stand for, or before: "CMA-ES, covariance …:"."""
    behind = re.findall(r"\(([A-Z0-9]+)\b", shown.text)
    return {*behind, *re.findall(r"^([A-Z0-9]+)[\w-]*, [a-z -]+:", shown.text)}


@pytest.mark.parametrize("ref", NAMED)
def test_what_a_page_tells_to_try_works(ref, tmp_path, monkeypatch, slow):
    shown = page(ref)
    monkeypatch.chdir(tmp_path)
    if not shown.commands:
        exec(shown.example, {})
    for line in shown.commands:
        if slow or not shown.slow or line.startswith("evo study"):
            command(line, slow)


@pytest.mark.parametrize("ref", [ref for ref in index() if ref.startswith("terms/")])
def test_what_a_term_tells_to_try_works(ref, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for line in page(ref).commands:
        command(line)


def test_terms_are_found_with_hyphens_and_in_the_plural():
    assert terms_in("Several step-sizes and species.") == ["terms/species", "terms/step-size"]
    assert terms_in("In `species` and\n\n    species = 3\n\nonly code.") == []
    assert terms_in("    a = 1\n\nA gene.") == ["terms/gene"], "code does not swallow what follows"


def test_the_words_of_a_page_lead_to_their_terms():
    text = render("rules/dfa", link)
    for term in ("pooling", "transpose", "skip-connection", "pre-activation", "layer"):
        assert f"(terms/{term})" in text, term


def test_an_operator_has_its_settings_and_its_users():
    shown = page("operators/gaussian")
    assert {each.key for each in shown.settings} == {
        "genome.mutation_rate",
        "genome.mutation_strength",
    }
    assert {"algorithms/ga", "algorithms/nsga2"} <= set(page("operators/tournament").related)


def test_a_name_with_several_meanings_has_all_its_pages():
    assert {"operators/uniform-selection", "operators/uniform-crossover"} == set(find("uniform"))
    assert find("Uniform crossover") == ["operators/uniform-crossover"]
    assert find("species") == find("speciation") == ["terms/species"]


def test_chapters_and_places_fit_into_addresses():
    for ref in index():
        assert re.fullmatch(r"[a-z]+/[a-z0-9-]+", ref), ref
        assert ref.partition("/")[0] in CHAPTERS
