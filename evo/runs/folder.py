"""A run is a folder that a person can read.

config.toml        every setting, with where it came from; `evo run --config` on it repeats the run
command.txt        the command that started it          environment.json   versions, processor,
commit metrics.jsonl      one line per generation or epoch     events.jsonl       what happened, by
generation or epoch timings.jsonl      seconds per generation or epoch      checkpoint.zip     where
to go on champion.json      the champion and its validation      network.npz        what was
learned, array by array summary.json       how the run ended                    report.html
after `evo report` *.svg              pictures
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit

from evo.config import Config, resolve
from evo.config.write import resolved
from evo.errors import RunFolderError
from evo.population import Population
from evo.runs import environment, lines
from evo.runs.champion import Champion
from evo.runs.files import read_json, write_json, write_text

SUMMARY = {
    "run": {
        *(
            "algorithm",
            "problem",
            "seed",
            "generations",
            "evaluations",
            "failures",
            "score",
            "best",
            "champion",
            "target",
        ),
        *("reached", "stopped", "wall_s", "run"),
    },
    "learn": {
        *(
            "rule",
            "data",
            "seed",
            "epochs",
            "train_accuracy",
            "validation_accuracy",
            "test_accuracy",
            "target",
            "reached",
        ),
        *("stopped", "wall_s", "run"),
    },
}
CHAMPION = {"fitness", "generation", "validation", "genome", "network", "scores", "seeds"}


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @classmethod
    def create(
        cls, parent: Path, config: Config, command: str, name: str | None = None
    ) -> "RunFolder":
        """A new folder under `parent` for a run with these settings.

        Raises `RunFolderError` if it cannot be made.

        Without a `name` it says when the run began, what it runs and with which seed; a folder of
        that name may exist, but no run.
        """
        safe = re.sub(r"[^\w.-]+", "-", f"{config.method}-{config.subject}").strip("-")
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
        return folder

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """The run in `path`. Raises `RunFolderError` if there is none."""
        if not (path / "config.toml").is_file():
            if not path.is_dir():
                raise RunFolderError(
                    f"there is no run folder {path}", "see the runs there are with: evo list"
                )
            inside = sorted(child.parent.name for child in path.glob("*/config.toml"))
            hint = (
                f"a run in it: {path / inside[-1]}"
                if inside
                else "see the runs there are with: evo list"
            )
            raise RunFolderError(f"{path} is no run folder: it has no config.toml", hint)
        return cls(path)

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint.zip"

    def config(self) -> Config:
        """The settings of the run."""
        return resolve(file=self.path / "config.toml", use_packaged=False)

    def extends(self, limit: int | None) -> bool:
        """Whether a finished run has anything left to do when it may last so many generations or epochs."""
        summary = self.summary()
        if summary is None:
            return True
        ended = summary["reached"] and self.config().run.stop_at_target
        return not ended and limit is not None and limit > summary[self.config().kind.limit]

    def extend(self, limit: int) -> None:
        """Let the run last so many steps; config.toml says so.

        Raises `ConfigError` if that is no number of steps.
        """
        path = self.path / "config.toml"
        key = self.config().kind.limit
        checked = resolve(file=path, flags={"run": {key: limit}}, use_packaged=False)
        document = tomlkit.parse(path.read_text())
        item = tomlkit.item(checked.limit)
        item.comment(f"evo resume --{key}")
        document["run"][key] = item  # pyright: ignore[reportIndexIssue]
        write_text(path, tomlkit.dumps(document))
        (self.path / "summary.json").unlink(missing_ok=True)

    def metrics(self) -> list[dict[str, Any]]:
        """One dict per generation or epoch."""
        return lines.read(self.path / "metrics.jsonl")

    def events(self) -> list[dict[str, Any]]:
        """What happened, each with its generation or epoch."""
        return lines.read(self.path / "events.jsonl")

    def summary(self) -> dict[str, Any] | None:
        """How the run ended; None if it has not."""
        path = self.path / "summary.json"
        if not path.exists():
            return None
        content = read_json(path)
        if not isinstance(content, dict) or not any(
            content.keys() >= keys for keys in SUMMARY.values()
        ):
            raise RunFolderError(
                f"{path} is damaged: keys are missing",
                f"remove it and finish the run: evo resume {self.path}",
            )
        return content

    def state(self) -> str:
        """One of "running", "finished" and "interrupted"."""
        if lines.is_locked(self.path / "metrics.jsonl"):
            return "running"
        return "finished" if (self.path / "summary.json").exists() else "interrupted"

    def write_champion(self, champion: Champion, network: dict[str, Any] | None) -> None:
        """Write champion.json: the genome, the network it describes, and what it is worth."""
        individual = champion.individual.state_dict()
        content = {
            "fitness": float(champion.individual.fitness[0]),
            "generation": champion.generation,
            "validation": {
                "mean": champion.mean,
                "ci95": champion.ci95,
                "episodes": len(champion.scores),
                "target": champion.target,
                "reached": champion.reached,
                "error": champion.error,
            },
            "genome": {
                "kind": individual["kind"],
                "arrays": {n: _to_json(a) for n, a in individual["genomes"].items()},
            },
            "network": network,
            "scores": champion.scores,
            "seeds": champion.seeds,
        }
        write_json(self.path / "champion.json", content)

    def champion(self) -> tuple[Population, dict[str, Any]]:
        """The champion as a population of one, and all that champion.json says.

        Raises `RunFolderError`.
        """
        path = self.path / "champion.json"
        content = read_json(path)
        if not isinstance(content, dict) or not content.keys() >= CHAMPION:
            raise RunFolderError(f"{path} is damaged: keys are missing")
        try:
            genome = content["genome"]
            arrays = {name: _from_json(array) for name, array in genome["arrays"].items()}
            fitness = np.array([content["fitness"]], np.float64)
            individual = Population.from_state_dict(
                {"kind": genome["kind"], "genomes": arrays, "fitness": fitness}
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunFolderError(f"{path} is damaged: {type(error).__name__}: {error}") from None
        return individual, content


def _fresh(parent: Path, name: str) -> Path:
    number = 1
    while True:
        path = parent / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir()
            return path
        except FileExistsError:
            number += 1


def _to_json(array: Any) -> dict[str, Any]:
    values = array.ravel().tolist()
    if array.dtype.kind == "f":
        values = [value if np.isfinite(value) else str(value) for value in values]
    return {"dtype": array.dtype.str, "shape": list(array.shape), "values": values}


def _from_json(content: Any) -> Any:
    return np.array(content["values"], np.dtype(content["dtype"])).reshape(content["shape"])
