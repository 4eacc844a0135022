"""The errors that a user can cause, and what each asks of them.

EvoError                    exit code
├── UsageError              2    the request cannot be carried out as it stands
│   ├── ConfigError         2    settings: every mistake found, in one error
│   ├── UnknownName         2    an algorithm, problem or other name nobody registered
│   └── RunFolderError      2    a run folder or checkpoint that cannot be read or written
├── EvaluationError         3    no individual of a generation could be evaluated
└── MissingExtra            4    an optional dependency is not installed

Exit code 1 (target missed) and 130 (interrupted) are outcomes of a run, not errors.
"""

import json
import os
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class EvoError(Exception):
    """What was wrong, with a `hint` that names the next thing to do."""

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        # Subclasses have constructors of their own; a worker process sends the finished error.
        return _received, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


def _received(kind: type[EvoError], args: tuple[Any, ...], state: dict[str, Any]) -> EvoError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class UsageError(EvoError):
    """The request cannot be carried out as it stands."""


class ConfigError(UsageError):
    """One or more mistakes in the settings, all of them in `problems`."""

    def __init__(self, problems: Iterable[str], hint: str | None = None) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems), hint)


class UnknownName(UsageError):
    """A name that is not registered.

    Args:
        kind: what the name should stand for: "algorithm", "problem" …
        name: the unknown name.
        names: those that are registered; the closest is suggested.
        own: whether code of one's own may stand there too.
    """

    def __init__(self, kind: str, name: str, names: Iterable[str], own: bool = False) -> None:
        names = sorted(names)
        guess = did_you_mean(name, names)
        hint = f"{kind}s: {', '.join(names)}"
        if own:
            hint += "; or one of your own: path/to/file.py:Name, module:Name"
        super().__init__(f"unknown {kind} {name!r}{guess}", hint)


class RunFolderError(UsageError):
    """A run folder or checkpoint that cannot be read or written."""


class EvaluationError(EvoError):
    """No individual of a generation, or no example of a first epoch, could be evaluated."""

    exit_code = 3


class MissingExtra(EvoError):
    """An optional dependency is not installed."""

    exit_code = 4

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} is not installed", f"install it with: {install_command(extra)}")


def install_command(extra: str) -> str:
    """The command that installs an extra into this environment, from where evo was installed."""
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        origin = distribution("evo-neuro").read_text("direct_url.json") or "{}"
        url, editable = json.loads(origin).get("url", ""), '"editable": true' in origin
    except (PackageNotFoundError, ValueError, AttributeError):
        url, editable = "", False
    pip = f"{_short(sys.executable)} -m pip install"
    if url.startswith("file://"):
        folder = url2pathname(urlsplit(url).path)
        return f"{pip} {'-e ' if editable else ''}'{_short(folder) or '.'}[{extra}]'"
    return f"{pip} 'evo-neuro[{extra}]{f' @ {url}' if url else ''}'"


def _short(path: str) -> str:
    """A path from the current folder on, where it is within."""
    here = f"{os.getcwd()}{os.sep}"
    return "" if f"{path}{os.sep}" == here else path.removeprefix(here)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or nothing when none of `names` is close to `name`."""
    lowered = {k.lower(): k for k in names}
    close = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return f" (did you mean {lowered[close[0]]!r}?)" if close else ""
