"""The champions of a run, and champion.json, which holds their genomes, worth and descriptions.

A search for one solution has one champion. The champions of a search for a front or an archive are
its members.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.errors import RunFolderError, UsageError
from evo.kinds.evolution.figures import readable
from evo.kinds.evolution.schemas import ChampionFile
from evo.kinds.evolution.storage import LISTED, Arrays, restored, store, without_long
from evo.population import Population
from evo.runs.schemas import checked
from evo.runs.strict_json import read_json, write_json
from evo.scores import Goal

NAME = "champion.json"
LONG = "champion.npz"
"""What is too long for champion.json."""


@dataclass(frozen=True)
class Champion:
    """An individual and its validation.

    Attributes:
        individual: a population of one.
        generation: the completed generation after which it was validated.
        figures: by the name of the score, as people read it, a value for each of `seeds`; NaN where
            an episode failed.
        seeds: of the episodes.
        target: the score to reach, None if there is none or several.
        reached: whether the means meet the targets; None without a target.
        error: why validation failed, if it did.
    """

    individual: Population
    generation: int
    figures: Mapping[str, list[float]]
    seeds: list[int]
    target: float | None
    reached: bool | None
    error: str | None = None

    @property
    def episodes(self) -> int:
        """How many episodes were played: each figure has a value for every one."""
        return len(next(iter(self.figures.values())))

    @property
    def means(self) -> dict[str, float]:
        """Mean of each figure, NaN if there are none."""
        return {
            name: float(np.mean(values)) if values else math.nan
            for name, values in self.figures.items()
        }

    @property
    def mean(self) -> Any:
        """The mean of the one figure, or the means by score."""
        return _single(self.means)

    @property
    def ci95(self) -> Any:
        """The 95 % confidence interval of the mean, or those by score; None from one episode."""
        if self.episodes < 2:
            return None
        return _single({name: interval(values) for name, values in self.figures.items()})


def interval(scores: Sequence[float]) -> tuple[float, float] | None:
    """Student's 95 % confidence interval of the mean of `scores`.

    None if there are fewer than two, or if one is NaN: an episode without a figure has no mean.

    Source: Student, The probable error of a mean, Biometrika 6 (1908).
    """
    n = len(scores)
    if n < 2 or np.isnan(scores).any():
        return None
    mean, spread = float(np.mean(scores)), float(np.std(scores, ddof=1))
    if spread == 0:
        return mean, mean
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, 0.975)) * spread / math.sqrt(n)
    return mean - half, mean + half


def write(
    folder: Path,
    champions: Sequence[Champion],
    descriptions: Sequence[Mapping[str, Any] | None],
    goal: Goal,
    connections: Mapping[str, Any] | None = None,
) -> None:
    """Write champion.json into a run folder.

    Args:
        folder: the run's.
        champions: the foremost one first.
        descriptions: the phenotype of each as plain data, with a "kind" that says how to draw it.
        goal: the scores of the problem.
        connections: how networks are connected to the task, see `Problem.connections`.
    """
    individuals = [
        _individual(champion, description, goal)
        for champion, description in zip(champions, descriptions, strict=True)
    ]
    connected = {} if connections is None else {"connections": connections}
    arrays: Arrays = {}
    short = [without_long(each, arrays, str(i)) for i, each in enumerate(individuals)]
    store(folder / LONG, arrays)
    write_json(folder / NAME, {"individuals": short, **connected})


def read(folder: Path) -> list[dict[str, Any]]:
    """The individuals in champion.json, the foremost one first; none if there is no such file.

    Raises `RunFolderError` if it is damaged.
    """
    return _content(folder).get("individuals", [])


def connections(folder: Path) -> dict[str, Any] | None:
    """How the networks in champion.json are connected to their task; None where it does not say.

    Raises `RunFolderError` if it is damaged.
    """
    return _content(folder).get("connections")


def _content(folder: Path) -> dict[str, Any]:
    path = folder / NAME
    if not path.exists():
        return {}
    hint = f"remove it and {folder / 'summary.json'}, then finish the run: evo resume {folder}"
    return checked(read_json(path, hint), ChampionFile, path, hint)


def description(folder: Path, individual: Mapping[str, Any]) -> dict[str, Any] | None:
    """The description of an individual of `read`, with what is too long for champion.json.

    Raises `RunFolderError` if a file is damaged.
    """
    return restored(individual["description"], folder / LONG)


def population(folder: Path) -> Population | None:
    """The individuals in champion.json; None if there is no such file.

    Raises `RunFolderError` if it is damaged.
    """
    parts: list[Population] = []
    for content in read(folder):
        genome = content["genome"]
        try:
            whole = restored(genome["arrays"], folder / LONG)
            arrays = {name: _from_json(array) for name, array in whole.items()}
            state = {"kind": genome["kind"], "genomes": arrays, "fitness": np.full(1, np.nan)}
            parts.append(Population.from_state_dict(state))
        except UsageError as error:
            raise RunFolderError(f"{folder / NAME} is damaged: {error.message}") from None
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            raise RunFolderError(
                f"{folder / NAME} is damaged: {type(error).__name__}: {error}"
            ) from None
    try:
        return parts[0].concat(*parts[1:]) if parts else None
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise RunFolderError(
            f"{folder / NAME} is damaged: its individuals differ in kind: {error}"
        ) from None


def _single(by_score: Mapping[str, Any]) -> Any:
    return dict(by_score) if len(by_score) > 1 else next(iter(by_score.values()))


def _individual(
    champion: Champion, description: Mapping[str, Any] | None, goal: Goal
) -> dict[str, Any]:
    state = champion.individual.state_dict()
    return {
        "training": readable(goal, champion.individual.fitness[0]),
        "generation": champion.generation,
        "validation": {
            "mean": champion.mean,
            "ci95": champion.ci95,
            "episodes": champion.episodes,
            "target": champion.target,
            "reached": champion.reached,
            "error": champion.error,
        },
        "genome": {
            "kind": state["kind"],
            "arrays": {name: _to_json(array) for name, array in state["genomes"].items()},
        },
        "description": description,
        "scores": _single(champion.figures),
        "seeds": champion.seeds,
    }


def _to_json(array: NDArray[Any]) -> dict[str, Any]:
    if array.size > LISTED:
        return {"dtype": array.dtype.str, "shape": list(array.shape), "values": array.ravel()}
    values = array.ravel().tolist()
    if array.dtype.kind == "f":
        values = [value if np.isfinite(value) else str(value) for value in values]
    return {"dtype": array.dtype.str, "shape": list(array.shape), "values": values}


def _from_json(content: Mapping[str, Any]) -> NDArray[Any]:
    return np.asarray(content["values"], np.dtype(content["dtype"])).reshape(content["shape"])
