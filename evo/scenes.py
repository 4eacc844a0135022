"""What the evaluations of a generation take from others: opponents, collaborators, a curriculum.

Before a generation is evaluated, a problem may look at the population and arrange a scene. The
scene goes with every batch, and with it a row still depends on its seed and on that alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evo.errors import UsageError
from evo.population import Population
from evo.state import encode

Scene = Mapping[str, Any]
"""Populations, arrays, numbers and text by name.

`Problem.evaluate_among` gets the phenotypes of each population in place of it.
"""

POPULATION = "population"
VALUE = "value"


@dataclass(frozen=True)
class Setting:
    """What a problem may look at when it arranges a scene.

    Attributes:
        generation: the number of the generation that is about to be evaluated, from 1 on.
        individuals: the population that is about to be evaluated; fitness is not known yet.
        population: the survivors of the generation before; None in the first generation.
        previous: the scene of the generation before; None in the first generation.
        stream: makes the random stream of this step, which `rng` holds.
    """

    generation: int
    individuals: Population
    population: Population | None
    previous: Scene | None
    stream: Callable[[], np.random.Generator]

    @cached_property
    def rng(self) -> np.random.Generator:
        """The random stream of this step, made when it is first used."""
        return self.stream()


def scene_state(scene: Scene | None) -> dict[str, Any] | None:
    """A scene as plain data, for a checkpoint."""
    if scene is None:
        return None
    return {name: _value_state(name, value) for name, value in scene.items()}


def _value_state(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Population):
        return {POPULATION: value.with_memory(None).state_dict()}
    try:
        return {VALUE: encode(value)}
    except TypeError as error:
        raise UsageError(
            f"the scene's {name!r} cannot be saved: {error}",
            "a scene holds populations, arrays, numbers and text",
        ) from None


def load_scene(state: Mapping[str, Any] | None) -> Scene | None:
    """Inverse of `scene_state`. Raises `ValueError` or `KeyError` if `state` is no scene."""
    if state is None:
        return None
    return {
        name: Population.from_state_dict(value[POPULATION]) if POPULATION in value else value[VALUE]
        for name, value in state.items()
    }
