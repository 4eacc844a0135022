"""What the README shows works."""

import re
from pathlib import Path

import pytest

from evo.cli import app
from evo.config import resolve

README = (Path(__file__).parents[1] / "README.md").read_text()


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_python(code):
    exec(code, {})


def test_settings(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "readme.toml").write_text(text)
    config = resolve(file=tmp_path / "readme.toml")
    assert config.run.target == 490
    assert config.values("problem")["episodes"] == 3


def test_every_command_is_listed():
    names = {command.name for command in app.registered_commands} | {
        group.name for group in app.registered_groups
    }
    assert names == set(re.findall(r"^\| `evo (\w+)", README, re.MULTILINE))
