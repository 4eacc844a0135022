"""What the README shows works."""

import re
from pathlib import Path

from evo.cli import app
from tests.documents import blocks, carry_out

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_what_it_shows_works(tmp_path, monkeypatch, slow):
    monkeypatch.chdir(tmp_path)
    done = carry_out(README, slow)
    assert "./scripts/evo run neat cartpole" in done
    assert "python" in done
    assert README.count("\n```") == 2 * len(list(blocks(README)))


def test_every_command_is_listed():
    names = {command.name for command in app.registered_commands} | {
        group.name for group in app.registered_groups
    }
    assert names == set(re.findall(r"^\| `evo (\w+)", README, re.MULTILINE))


def test_its_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_it_stays_short():
    assert len(README.splitlines()) <= 120
