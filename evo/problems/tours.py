"""Tours: the travelling salesman."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.errors import UsageError
from evo.genomes.permutations import Order
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.rng import Role, Streams
from evo.scores import Score
from evo.settings import Settings as BaseSettings


class TSP(Problem):
    """The travelling salesman: the shortest closed tour through all cities of a plane.

    Cities on a circle have a known best tour, so they are a target; cities scattered in the unit
    square have none.

    Source: G. Reinelt, TSPLIB – A Traveling Salesman Problem Library, ORSA Journal on Computing 3
    (1991), for the files.
    """

    class Settings(BaseSettings):
        """Which cities."""

        layout: Literal["circle", "scattered"] = Field(
            "circle", description="cities on a circle of radius 1, or scattered in a unit square"
        )
        cities: int = Field(30, ge=3, le=100_000, description="how many")
        seed: int = Field(0, ge=0, description="which scattered cities, and their numbers")
        file: str | None = Field(
            None, description="a TSPLIB file with NODE_COORD_SECTION, instead of a layout"
        )

    settings: Settings

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        chosen, target = self.settings, None
        if chosen.file is not None:
            self.cities = read_cities(Path(chosen.file))
        else:
            rng = Streams(chosen.seed).generator(0, Role.DATA)
            self.cities = rng.random((chosen.cities, 2))
            if chosen.layout == "circle":
                angle = 2.0 * np.pi * rng.permutation(chosen.cities) / chosen.cities
                self.cities = np.stack([np.cos(angle), np.sin(angle)], axis=1)
                target = 2.0 * chosen.cities * np.sin(np.pi / chosen.cities) + 1e-9
        self.needs = Order(len(self.cities))
        self.scores = (Score("length", minimise=True, target=target),)

    def evaluate(self, phenotypes: NDArray[np.int64], seeds: NDArray[np.uint64]) -> Evaluation:
        """The lengths of `(n, cities)` tours."""
        stops = self.cities[phenotypes]
        steps = stops - np.roll(stops, 1, axis=1)
        return Evaluation(-np.sqrt(np.square(steps).sum(axis=2)).sum(axis=1))

    def describe(self, phenotypes: NDArray[np.int64], row: int = 0) -> dict[str, Any]:
        """The order of the cities, and where they are."""
        return {
            "kind": "tour",
            "order": phenotypes[row].tolist(),
            "cities": self.cities.tolist(),
        }


def read_cities(path: Path) -> Floats:
    """`(cities, 2)` coordinates from a TSPLIB file.

    Raises:
        UsageError: it cannot be read, or has no coordinates.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}", "problem.file is a TSPLIB file") from None
    cities, inside = [], False
    for line in lines:
        words = line.split()
        if words[:1] == ["NODE_COORD_SECTION"]:
            inside = True
        elif inside and len(words) == 3:
            try:
                cities.append((float(words[1]), float(words[2])))
            except ValueError:
                raise UsageError(f"{path}: {line!r} is no city", "each reads: number x y") from None
        elif inside:
            break
    if len(cities) < 3 or not np.isfinite(cities).all():
        raise UsageError(
            f"{path} has {len(cities)} cities under NODE_COORD_SECTION; a tour has at least 3",
            "files with coordinates (EUC_2D) can be read, those with distances cannot",
        )
    return np.array(cities)
