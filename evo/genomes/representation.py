"""What a kind of genome is: how genomes start, cross and mutate, and what they develop into.

A representation is one file and one line in the registry. Every algorithm that works on any
genomes can then search it, and every problem that asks for what it serves can be searched with it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from evo.development import IDENTITY
from evo.errors import UsageError
from evo.phenotype import Need
from evo.population import Floats, Rows
from evo.settings import Settings as BaseSettings
from evo.settings import settings_of

N = TypeVar("N", bound=Need)


class Representation(ABC, Generic[N]):
    """Genomes of one kind, for what a problem needs.

    Args:
        need: what the problem asks for, of the class `serves`.
        settings: of this class's `Operators`, or of its `Settings` where an algorithm varies
            genomes by means of its own; None for the defaults.
    """

    serves: ClassVar[type[Need]]
    """The kind of need that its genomes, or what they develop into, satisfy."""
    words: ClassVar[str]
    """What its genomes are called in messages, in the plural."""
    Settings: ClassVar[type[BaseSettings]] = BaseSettings
    """Settings that count for every algorithm."""
    Operators: ClassVar[type[BaseSettings]] = BaseSettings
    """`Settings`, and those of `cross` and `mutate`."""
    Genomes: ClassVar[Any] = None
    """The class of its genomes (see `evo.population.Genomes`); None for the rows of an array."""
    fitter_first: ClassVar[bool] = False
    """Whether `cross` treats the first parent of a row as the fitter one."""

    def __init__(self, need: N, settings: Any = None) -> None:
        given: Any = need
        if not isinstance(given, self.serves):
            raise UsageError(
                f"{type(self).__name__} serves {self.serves.words}, not {given!r:.60}",
                f"give it a need of the class {self.serves.__name__}",
            )
        self.need = need
        self.settings: Any = settings_of(self.Operators, settings, "genome")

    @classmethod
    def settings_for(cls, need: N, varies: bool, kinds: Mapping[str, str]) -> type[BaseSettings]:
        """The class of the settings, which may depend on the need.

        Args:
            need: what the problem asks for.
            varies: whether the algorithm uses `cross` and `mutate`.
            kinds: the representation of each part by the part's name, where one is chosen.
        """
        return cls.Operators if varies else cls.Settings

    @abstractmethod
    def start(self, count: int, rng: np.random.Generator) -> Any:
        """`count` first genomes."""

    @abstractmethod
    def cross(self, genomes: Any, rows: Rows, rng: np.random.Generator) -> Any:
        """One child for each row of parents.

        Args:
            genomes: those of the parents.
            rows: `(offspring, 2)` row numbers, the fitter parent first where `fitter_first` asks
                for that; a row that names one parent twice gives a copy of it.
            rng: the stream of this step.
        """

    @abstractmethod
    def mutate(self, genomes: Any, rng: np.random.Generator) -> Any:
        """The genomes, varied and within bounds where the need has bounds."""

    def repair(self, genomes: Any) -> Any:
        """The genomes moved to where they are allowed to be."""
        return genomes

    def bytes_of_one(self) -> float:
        """How much memory a first genome takes."""
        genome = self.start(1, np.random.Generator(np.random.PCG64(0)))
        arrays = [genome] if isinstance(genome, np.ndarray) else genome.to_arrays().values()
        return float(sum(array.nbytes for array in arrays))

    def distance(self, genomes: Any, others: Any) -> Floats:
        """`(len(genomes), len(others))` distances. Raises `ValueError` where there are none."""
        raise ValueError(f"there is no distance between {self.words}")

    def development(self) -> Callable[[Any], Any]:
        """What turns the genomes into phenotypes."""
        return IDENTITY

    def check(self, genomes: Any) -> None:
        """Raise `ValueError` unless `genomes` are genomes of this representation and need."""
        kind = np.ndarray if self.Genomes is None else self.Genomes
        if not isinstance(genomes, kind):
            raise ValueError(f"{type(genomes).__name__} are no {self.words}")
