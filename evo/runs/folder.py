"""A run is a folder that a person can read.

config.toml        every setting, with where it came from; `evo run --config` on it repeats the run
run.json           what others have to know of the run without loading its code
command.txt        the command that started it
environment.json   versions, processor, commit
metrics.jsonl      one line per generation or epoch
events.jsonl       what happened, by generation or epoch
timings.jsonl      seconds per generation or epoch
checkpoint.zip     where to go on
champion.json      the champion and its validation
episode.json       one episode of the champion, step by step, where it acts
milestones.json    what the best on the way did, where individuals have bodies
generation.json    the fittest of the last generation, where they have bodies
pedigree.json      the ancestors of the champion, where bodies evolve
network.npz        what was learned, array by array
summary.json       how the run ended
report.html        after `evo report`
film.mp4           after `evo report --film`
*.svg              pictures
"""

import re
import time
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from evo.config import Config, resolve
from evo.config.write import resolved
from evo.errors import ConfigError, RunFolderError
from evo.kind import Kind, kind_of_sections
from evo.own_code import title
from evo.runs import environment, jsonl
from evo.runs.atomic import write_text
from evo.runs.schemas import Environment, RunSection, checked
from evo.runs.strict_json import read_json, write_json
from evo.settings import mistakes

LATEST = "latest"


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @classmethod
    def create(
        cls, parent: Path, config: Config, command: str, name: str | None = None
    ) -> "RunFolder":
        """A new folder for a run with these settings.

        Args:
            parent: the folder around it, which is made if it is not there.
            config: the settings.
            command: the words that started the run.
            name: what the folder is called; None for date and time, what is run, and the seed. A
                folder of a given name may exist, but there may be no run in it.

        Raises:
            RunFolderError: the folder cannot be made.
        """
        config = config.anew()
        words = config.title.replace(" on ", "-").replace(".py:", "-")
        safe = re.sub(r"[^\w.-]+", "-", words).strip("-")
        given, name = name, name or f"{time.strftime('%Y%m%d-%H%M%S')}_{safe}_s{config.run.seed}"
        try:
            parent.mkdir(parents=True, exist_ok=True)
            path = parent / name if given else _fresh(parent, name)
            path.mkdir(exist_ok=True)
        except OSError as error:
            raise RunFolderError(
                f"cannot make a run folder in {parent}: {error.strerror or error}",
                "name another place with --out DIR",
            ) from None
        folder = cls(path)
        write_text(path / "config.toml", resolved(config))
        write_text(path / "command.txt", command + "\n")
        write_json(path / "environment.json", environment.describe())
        folder.write_facts(config)
        if not given:
            _point_to(path)
        return folder

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """The run in `path`; `latest` in a folder of runs is the last one that began there.

        Raises `RunFolderError` if there is none.
        """
        if path.is_symlink():
            path = path.parent / path.readlink()
        elif path.name == LATEST and not path.exists():
            path = next(reversed(run_folders(path.parent)), path)
        if not (path / "config.toml").is_file():
            if not path.is_dir():
                raise RunFolderError(
                    f"there is no run folder {path}", "see the runs there are with: evo list"
                )
            inside = run_folders(path)
            hint = (
                f"a run in it: {inside[-1]}" if inside else "see the runs there are with: evo list"
            )
            raise RunFolderError(f"{path} is no run folder: it has no config.toml", hint)
        return cls(path)

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint.zip"

    def config(self, limit: int | None = None) -> Config:
        """The settings of the run; loads the code of what it runs.

        Args:
            limit: how many steps the run may last; None for as many as config.toml says.
        """
        flags = {} if limit is None else {"run": {self.kind.limit: limit}}
        return resolve(file=self.path / "config.toml", flags=flags, use_packaged=False)

    def settings(self) -> dict[str, dict[str, Any]]:
        """Section → key → value, as config.toml says; loads no code.

        Raises `RunFolderError` if it does not name what it runs, or not the seed.
        """
        path = self.path / "config.toml"
        hint = f"see what is wrong with: evo config check {path}"
        content = _toml(path, hint)
        for section in ("run", *kind_of_sections(content).names):
            if not isinstance(content.get(section), dict):
                raise RunFolderError(f"{path} is damaged: it has no section [{section}]", hint)
        for section in kind_of_sections(content).names:
            if not isinstance(content[section].get("name"), str):
                raise RunFolderError(f"{path} is damaged: {section}.name is no text", hint)
        checked(content["run"], RunSection, path, hint)
        return {key: value for key, value in content.items() if isinstance(value, dict)}

    @cached_property
    def kind(self) -> Kind:
        """The kind of the run; it never changes."""
        return kind_of_sections(self.settings())

    def names(self) -> tuple[str, str]:
        """The names of what is carried out and on what, as people read them."""
        settings, (method, subject) = self.settings(), self.kind.names
        return title(settings[method]["name"]), title(settings[subject]["name"])

    @property
    def seed(self) -> int:
        """The run's only source of randomness."""
        return self.settings()["run"]["seed"]

    def adopt(self, config: Config) -> None:
        """Write down the settings that the run goes on with: it may last longer than before."""
        if config.limit != self.settings()["run"].get(self.kind.limit):
            self.extend(config.limit)
        self.write_facts(config)

    def write_facts(self, config: Config) -> None:
        """Write run.json, unless it says the same already."""
        path, facts = self.path / "run.json", {"kind": config.kind.command}
        facts |= {"target": config.target, **config.kind.facts(config)}
        try:
            if self.facts() == facts:
                return
        except RunFolderError:
            pass
        write_json(path, facts)

    def facts(self) -> dict[str, Any]:
        """What run.json says of the run. Raises `RunFolderError` if it is missing or damaged."""
        path, hint = self.path / "run.json", f"write it anew with: evo resume {self.path}"
        return checked(read_json(path, hint), self.kind.schemas.facts, path, hint)

    def extends(self, limit: int | None) -> bool:
        """Whether the run has anything left to do if it may last `limit` steps."""
        summary = self.summary()
        if summary is None:
            return True
        ended = summary["reached"] and self.settings()["run"]["stop_at_target"]
        return not ended and limit is not None and limit > summary[self.kind.limit]

    def extend(self, limit: int) -> None:
        """Let the run last `limit` steps, and write that into config.toml.

        Raises `ConfigError` if that is no number of steps.
        """
        path, kind = self.path / "config.toml", self.kind
        model = kind.run_settings()
        try:
            model.model_validate(self.settings()["run"] | {kind.limit: limit})
        except ValidationError as error:
            raise ConfigError(mistakes(error, model, "run")) from None
        try:
            document = tomlkit.parse(path.read_text(encoding="utf-8"))
        except TOMLKitError as error:
            raise RunFolderError(f"{path} is damaged: {error}") from None
        item = tomlkit.item(limit)
        item.comment(f"evo resume --{kind.limit}")
        document["run"][kind.limit] = item  # pyright: ignore[reportIndexIssue]
        write_text(path, tomlkit.dumps(document))
        (self.path / "summary.json").unlink(missing_ok=True)

    def metrics(self) -> list[dict[str, Any]]:
        """One dict per generation or epoch. Raises `RunFolderError` if the file is damaged."""
        kind = self.kind
        return jsonl.read(self.path / "metrics.jsonl", kind.step, kind.schemas.line)

    def events(self) -> list[dict[str, Any]]:
        """What happened, each event with its generation or epoch.

        Raises `RunFolderError` if the file is damaged.
        """
        return jsonl.read(self.path / "events.jsonl", self.kind.step)

    def environment(self) -> dict[str, Any] | None:
        """What the run ran on; None if there is no such file.

        Raises `RunFolderError` if the file is damaged.
        """
        path = self.path / "environment.json"
        if not path.exists():
            return None
        hint = "remove it: only the report shows it"
        return checked(read_json(path, hint), Environment, path, hint)

    def summary(self) -> dict[str, Any] | None:
        """How the run ended; None if it has not. Raises `RunFolderError` if the file is damaged."""
        path = self.path / "summary.json"
        if not path.exists():
            return None
        hint = f"remove it and finish the run: evo resume {self.path}"
        return checked(read_json(path, hint), self.kind.schemas.summary, path, hint)

    def state(self) -> str:
        """One of "running", "finished" and "interrupted"."""
        if jsonl.is_locked(self.path / "metrics.jsonl"):
            return "running"
        return "finished" if (self.path / "summary.json").exists() else "interrupted"

    def text(self, name: str) -> str:
        """What a text file in the folder holds; an empty text if there is no such file."""
        path = self.path / name
        try:
            return path.read_text(encoding="utf-8") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise RunFolderError(f"cannot read {path}: {error}") from None


def run_folders(folder: Path) -> list[Path]:
    """The run folders in a folder, in the order of their names; `latest` is not one of its own."""
    inside = [config.parent for config in sorted(folder.glob("*/config.toml"))]
    return [path for path in inside if not path.is_symlink()]


def _point_to(path: Path) -> None:
    """Let `latest`, beside a run folder, stand for it, where the system has such links."""
    link = path.parent / LATEST
    if link.is_symlink() or not link.exists():
        with suppress(OSError):
            link.unlink(missing_ok=True)
            link.symlink_to(path.name, target_is_directory=True)


def _toml(path: Path, hint: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise RunFolderError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise RunFolderError(f"{path} is damaged: {error}", hint) from None


def _fresh(parent: Path, name: str) -> Path:
    number = 1
    while True:
        path = parent / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir()
            return path
        except FileExistsError:
            number += 1
