"""The errors that a user can cause."""

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


def test_a_missing_extra_says_how_to_install_it() -> None:
    assert "pip install 'evo-neuro[learn]'" in str(MissingExtra("torch", "learn"))


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
