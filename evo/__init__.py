"""evo: evolutionary computation and neuroevolution, one loop for everything that evolves.

The public names are loaded when they are first used, so that ``import evo`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from evo.compose import evolution as evolution
    from evo.compose import problem as problem
    from evo.errors import EvoError as EvoError
    from evo.population import Evaluation as Evaluation
    from evo.population import Parents as Parents
    from evo.population import Population as Population
    from evo.registry import register as register
    from evo.skeleton import Algorithm as Algorithm
    from evo.skeleton import Evolution as Evolution
    from evo.skeleton import Record as Record

_PUBLIC = {
    "Algorithm": "evo.skeleton",
    "Evaluation": "evo.population",
    "Evolution": "evo.skeleton",
    "EvoError": "evo.errors",
    "Parents": "evo.population",
    "Population": "evo.population",
    "Record": "evo.skeleton",
    "evolution": "evo.compose",
    "problem": "evo.compose",
    "register": "evo.registry",
}

__all__ = [
    "Algorithm",
    "Evaluation",
    "EvoError",
    "Evolution",
    "Parents",
    "Population",
    "Record",
    "evolution",
    "problem",
    "register",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'evo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
