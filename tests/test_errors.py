"""The errors that a user can cause."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from evo.errors import (
    ConfigError,
    EvaluationError,
    EvoError,
    MissingExtra,
    RunFolderError,
    UnknownName,
    UsageError,
    did_you_mean,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("no"), 2),
        (ConfigError(["no"]), 2),
        (UnknownName("problem", "x", ["y"]), 2),
        (RunFolderError("no"), 2),
        (EvaluationError("no"), 3),
        (MissingExtra("torch", "learn"), 4),
    ],
)
def test_exit_codes(error: EvoError, code: int) -> None:
    assert error.exit_code == code
    assert isinstance(error, EvoError)


def test_an_error_reads_as_what_was_wrong_and_then_what_to_do() -> None:
    assert str(UsageError("it is broken", "mend it")) == "it is broken\nmend it"
    assert str(UsageError("it is broken")) == "it is broken"


def test_a_config_error_holds_every_mistake() -> None:
    error = ConfigError(["one", "two"], "see the manual")
    assert error.problems == ["one", "two"]
    assert str(error) == "one\ntwo\nsee the manual"


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (None, "'evo-neuro[learn]'"),
        ("not json", "'evo-neuro[learn]'"),
        ('{"dir_info": {"editable": true}, "url": "file:///a/b%20c"}', "-e '/a/b c[learn]'"),
        ('{"dir_info": {}, "url": "file:///a"}', "'/a[learn]'"),
        ('{"dir_info": {"editable": true}, "url": "file://HERE"}', "-e '.[learn]'"),
        ('{"url": "https://x.y/e.whl"}', "'evo-neuro[learn] @ https://x.y/e.whl'"),
    ],
)
def test_a_missing_extra_is_installed_from_where_evo_came(
    origin: str | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = None if origin is None else origin.replace("HERE", str(Path.cwd()))
    found = SimpleNamespace(read_text=lambda name: here)
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: found)
    said = str(MissingExtra("torch", "learn"))
    assert said.endswith(f"-m pip install {words}")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cartpol", " (did you mean 'cartpole'?)"),
        ("CARTPOLE", " (did you mean 'cartpole'?)"),
        ("acrobot-v1", " (did you mean 'Acrobot-v1'?)"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_suggestions(name: str, words: str) -> None:
    assert did_you_mean(name, ["cartpole", "Acrobot-v1", "xor"]) == words
