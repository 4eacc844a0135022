"""Where settings come from: packaged files, a user's file, the command line.

Each source becomes one `Layer`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from evo.errors import did_you_mean
from evo.kind import Kind, kind_of_sections

COMMAND_LINE = "command line"


@dataclass(frozen=True)
class Layer:
    """Settings of one source: section → key → value.

    A later layer overrides an earlier one, key by key.
    """

    source: str
    sections: Mapping[str, Mapping[str, Any]]

    def name(self, section: str) -> Any:
        """The name of the algorithm or problem in this layer; None if it has none."""
        return self.sections.get(section, {}).get("name")


def configs() -> Path:
    """The folder of tuned settings and studies: in the package, or in the checkout."""
    inside = Path(str(files("evo") / "configs"))
    return inside if inside.is_dir() else Path(__file__).parents[2] / "configs"


def packaged(kind: Kind, first: str, second: str, wrong: list[str]) -> Layer | None:
    """The tuned settings that come with the project for one name on another, if there are any.

    Args:
        kind: of the run.
        first: the name of an algorithm or rule.
        second: the name of a problem or data.
        wrong: gets a line for each mistake.
    """
    if not all(re.fullmatch(r"\w[\w.-]{0,99}", name) for name in (first, second)):
        return None
    place = Path(*kind.folder, first, f"{second}.toml")
    path = configs() / place
    return from_file(path, kind, wrong, f"configs/{place.as_posix()}") if path.is_file() else None


def kind_in(path: Path) -> Kind:
    """The kind of run that a TOML file has settings for.

    It is the first kind if the file cannot be read.
    """
    return kind_of_sections(contents(path, [], str(path)))


def from_file(path: Path, kind: Kind, wrong: list[str], source: str | None = None) -> Layer:
    """The settings in a TOML file.

    Args:
        path: the file.
        kind: of the run.
        wrong: gets what cannot be read, with the line where the file is broken.
        source: what the file is called; its path by default.
    """
    source = source or str(path)
    return Layer(source, tables(contents(path, wrong, source), kind, source, wrong))


def contents(path: Path, wrong: list[str], source: str) -> Mapping[str, Any]:
    """What a TOML file holds; nothing if it cannot be read.

    Args:
        path: the file.
        wrong: gets a line that says why it cannot be read.
        source: what the file is called there.
    """
    content: Mapping[str, Any] = {}
    text = ""
    try:
        text = path.read_bytes().decode()
        content = tomllib.loads(text)
    except OSError as error:
        wrong.append(f"cannot read {source}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        wrong.append(
            f"cannot read {source}: it is not text in UTF-8 ({error.reason} at byte {error.start})"
        )
    except RecursionError:
        wrong.append(f"{source} is nested too deeply")
    except ValueError as error:
        wrong.append(f"{source} is not valid TOML: {error}{_quoted(text, str(error))}")
    return content


def _quoted(text: str, message: str) -> str:
    place = re.search(r"at line (\d+)", message)
    lines = text.splitlines()
    if not place or not 0 < int(place[1]) <= len(lines):
        return ""
    return f"\n  {place[1]} | {lines[int(place[1]) - 1][:200]}"


def tables(
    content: Mapping[str, Any], kind: Kind, source: str, wrong: list[str]
) -> dict[str, dict[str, Any]]:
    """The sections of a configuration.

    Args:
        content: what a file or a study says.
        kind: of the run; says which sections there are.
        source: where `content` is from.
        wrong: gets a line for each key that is no section.
    """
    sections = {}
    for key, value in content.items():
        names = ", ".join(kind.sections)
        if key in kind.sections and isinstance(value, dict):
            sections[key] = value
        elif key in kind.sections:
            wrong.append(
                f"{key} = {value!r} must be a section, [{key}], with its keys under it ({source})"
            )
        elif isinstance(value, dict):
            wrong.append(
                f"unknown section [{key}]{did_you_mean(key, kind.sections)}; known: {names} "
                f"({source})"
            )
        else:
            guess = (
                ": write it under [run]"
                if key in kind.run_settings().model_fields
                else f"; sections: {names}"
            )
            wrong.append(f"{key} stands outside of a section{guess} ({source})")
    return sections


def from_assignments(assignments: Iterable[str], kind: Kind, wrong: list[str]) -> Layer:
    """The settings in ``section.key=value`` words; keys of [run] also without their section.

    A value is read as TOML (``3``, ``0.5``, ``true``, ``[8, 8]``); other values are text. A table
    may stand for a section: ``lifetime={}`` has its defaults.

    Args:
        assignments: the words.
        kind: of the run; says which sections there are.
        wrong: gets a line for each word that makes no sense.
    """
    sections: dict[str, dict[str, Any]] = {}
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        section, dot, key = path.strip().partition(".")
        whole = typed(text.strip())
        if not dot and section in kind.sections and isinstance(whole, dict):
            sections.setdefault(section, {}).update(whole)
            continue
        if not dot:
            section, key = "run", section
        if not equals or not key:
            wrong.append(f"--set {assignment}: expected key=value, as in --set {kind.example}")
        elif section not in kind.sections:
            guess = did_you_mean(section, kind.sections)
            wrong.append(
                f"--set {assignment}: unknown section {section!r}{guess}; known: "
                f"{', '.join(kind.sections)}"
            )
        else:
            sections.setdefault(section, {})[key] = whole
    return Layer(COMMAND_LINE, sections)


def typed(text: str) -> Any:
    """The value that `text` stands for in TOML, or the text itself if it is no TOML."""
    try:
        content = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return content["value"] if content.keys() == {"value"} else text
