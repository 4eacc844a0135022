"""Everything that a guide shows works."""

from importlib.resources import files

import pytest

from evo.explain.written import Guides
from tests.documents import blocks, carry_out

GUIDES = {
    entry.name: (files("evo") / "guides" / f"{entry.name}.md").read_text("utf-8")
    for entry in Guides().listed()
}


@pytest.mark.parametrize("name", GUIDES)
def test_what_a_guide_shows_works(name, tmp_path, monkeypatch, slow):
    monkeypatch.chdir(tmp_path)
    assert carry_out(GUIDES[name], slow)


@pytest.mark.parametrize("name", GUIDES)
def test_every_fence_of_a_guide_is_a_block(name):
    assert GUIDES[name].count("\n```") == 2 * len(list(blocks(GUIDES[name])))
