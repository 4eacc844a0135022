"""A body from whatever says which."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evo_envs.creatures.body import Body
from evo_envs.creatures.mjcf import ModelBody
from evo_envs.creatures.quadruped import QUADRUPED
from evo_envs.creatures.stage import AnyBody

Source = AnyBody | Mapping[str, Any] | str | Path | None


def body_from(source: Source) -> AnyBody:
    """The body that is meant.

    Args:
        source: a body; its description; plain data or a JSON file that holds its description, as
            champion.json of a run; an MJCF file, whose name ends in .xml; None for a quadruped.

    Raises:
        OSError: the file cannot be read.
        ValueError: there is no body in it.
    """
    if source is None:
        return QUADRUPED
    if isinstance(source, Mapping):
        try:
            return Body.find(source)
        except ValueError as error:
            raise ValueError(f"a description of a body: {error}") from None
    if isinstance(source, str | Path):
        mjcf = Path(source).suffix.lower() == ".xml"
        return ModelBody.load(source) if mjcf else Body.load(source)
    return source
