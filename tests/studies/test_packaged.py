"""Studies by name: those that come with evo, from anywhere."""

from pathlib import Path

import pytest

from evo.config import sources
from evo.errors import UsageError
from evo.studies.packaged import find, label, titles
from evo.studies.plan import read

ROOT = Path(__file__).parents[2] / "configs"


def test_a_name_with_or_without_toml_is_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("rules-depth10", "rules-depth10.toml"):
        assert find(Path(name)) == ROOT / "studies" / "rules-depth10.toml"
    assert titles()["rules-depth10"] == "Ten hidden layers of 64 tanh units"


def test_a_file_comes_before_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules-depth10").mkdir()
    assert find(Path("rules-depth10")).parent == ROOT / "studies"
    mine = tmp_path / "rules-depth10.toml"
    mine.write_text("")
    assert find(Path("rules-depth10")).resolve() == mine
    assert find(mine) == mine
    assert find(mine.with_suffix("")) == mine


def test_an_unknown_name_is_told_with_those_there_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("rules-dept10", "configs/studies/rules-dept10.toml"):
        with pytest.raises(UsageError, match=r"did you mean 'rules-depth10'") as raised:
            find(Path(name))
        assert "rules-alignment" in (raised.value.hint or "")


def test_settings_say_the_name_of_the_study_and_not_where_it_is_installed():
    study = read(find(Path("rules-depth10")))
    assert study.cells[0].layer.source.startswith("configs/studies/rules-depth10.toml, cell")
    assert label(Path("mine/s.toml")) == "mine/s.toml"


def test_in_a_wheel_they_are_in_the_package(tmp_path, monkeypatch):
    """A wheel has configs/ as evo/configs."""
    installed = tmp_path / "site-packages" / "evo"
    (installed / "configs" / "studies").mkdir(parents=True)
    (installed / "configs" / "studies" / "one.toml").write_text('[study]\ntitle = "One"\n')
    monkeypatch.setattr(sources, "files", lambda package: installed)
    assert titles() == {"one": "One"}
    assert find(Path("one")) == installed / "configs" / "studies" / "one.toml"
