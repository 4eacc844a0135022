"""First genomes that descend from a champion instead of being drawn."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from evo.errors import UsageError
from evo.genomes.bodies.genomes import BodyGenomes
from evo.genomes.bodies.graph import Graph


def read(path: str) -> Graph:
    """The genome of the foremost creature of a run.

    Args:
        path: of its folder, or of its champion.json.

    Raises:
        UsageError: there is no genome of a body.
    """
    place = Path(path).expanduser()
    file = place / "champion.json" if place.is_dir() else place
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"genome.ancestor = {path!r} cannot be read: {error}") from None
    try:
        arrays = _arrays(content["individuals"][0]["genome"])
        return BodyGenomes.from_arrays(arrays).graphs[0]
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UsageError(
            f"genome.ancestor = {path!r} holds no genome of a body: {error}",
            "name the folder of a run of creatures that has ended",
        ) from None


def _arrays(genome: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The arrays of a genome in champion.json; of one in parts, those of its body."""
    arrays = genome["arrays"]
    if genome["kind"] == "parts":
        head = "body/bodies/"
        arrays = {k.removeprefix(head): v for k, v in arrays.items() if k.startswith(head)}
    return {
        name: np.asarray(each["values"], np.dtype(each["dtype"])).reshape(each["shape"])
        for name, each in arrays.items()
    }
