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
    from evo.genomes.representation import Representation as Representation
    from evo.phenotype import Bits as Bits
    from evo.phenotype import Need as Need
    from evo.phenotype import Network as Network
    from evo.phenotype import Parts as Parts
    from evo.phenotype import Reals as Reals
    from evo.population import Evaluation as Evaluation
    from evo.population import Parents as Parents
    from evo.population import Population as Population
    from evo.problems.base import Problem as Problem
    from evo.problems.custom import Custom as Custom
    from evo.problems.custom import maximise as maximise
    from evo.problems.custom import minimise as minimise
    from evo.records import Record as Record
    from evo.registry import register as register
    from evo.runs.result import load as load
    from evo.runs.start import learn as learn
    from evo.runs.start import run as run
    from evo.scores import Descriptor as Descriptor
    from evo.scores import Score as Score
    from evo.settings import Settings as Settings
    from evo.skeleton import Algorithm as Algorithm
    from evo.skeleton import Evolution as Evolution

_PUBLIC = {
    "Algorithm": "evo.skeleton",
    "Bits": "evo.phenotype",
    "Custom": "evo.problems.custom",
    "Descriptor": "evo.scores",
    "Evaluation": "evo.population",
    "Evolution": "evo.skeleton",
    "EvoError": "evo.errors",
    "Network": "evo.phenotype",
    "Need": "evo.phenotype",
    "Parents": "evo.population",
    "Parts": "evo.phenotype",
    "Population": "evo.population",
    "Problem": "evo.problems.base",
    "Reals": "evo.phenotype",
    "Record": "evo.records",
    "Representation": "evo.genomes.representation",
    "Score": "evo.scores",
    "Settings": "evo.settings",
    "evolution": "evo.compose",
    "learn": "evo.runs.start",
    "load": "evo.runs.result",
    "maximise": "evo.problems.custom",
    "minimise": "evo.problems.custom",
    "problem": "evo.compose",
    "register": "evo.registry",
    "run": "evo.runs.start",
}

__all__ = [
    "Algorithm",
    "Bits",
    "Custom",
    "Descriptor",
    "Evaluation",
    "Evolution",
    "EvoError",
    "Network",
    "Need",
    "Parents",
    "Parts",
    "Population",
    "Problem",
    "Reals",
    "Record",
    "Representation",
    "Score",
    "Settings",
    "evolution",
    "learn",
    "load",
    "maximise",
    "minimise",
    "problem",
    "register",
    "run",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'evo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
