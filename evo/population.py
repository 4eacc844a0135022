"""Populations as columns: genomes, fitness and whatever else is known, one row per individual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from evo.registry import GENOMES, load

Array = NDArray[Any]
Rows = NDArray[np.intp]
Floats = NDArray[np.float64]


@runtime_checkable
class Genomes(Protocol):
    """A representation that is not a plain array.

    Rows that can be taken, joined and written down.
    """

    kind: str

    def __len__(self) -> int: ...

    def take(self, rows: Any) -> Self:
        """The genomes of `rows`, in that order."""
        ...

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """All genomes of `parts`, one after the other."""
        ...

    def to_arrays(self) -> dict[str, Array]:
        """Named arrays from which `from_arrays` builds equal genomes."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Genomes from named arrays.

        Raises `ValueError` if the arrays do not describe valid genomes.
        """
        ...


@dataclass(frozen=True, eq=False)
class Population:
    """`n` individuals as columns.

    Attributes:
        genomes: an array of shape `(n, d)`, or any `Genomes` of length n.
        fitness: `(n,)`, or `(n, m)` for m objectives; NaN where not evaluated or failed. Maximised.
        columns: further arrays of length n by name (sigma, species, descriptor …).
    """

    genomes: Any
    fitness: Floats
    columns: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.genomes)
        for name, column in (("fitness", self.fitness), *self.columns.items()):
            if len(column) != n:
                raise ValueError(
                    f"{name} has {len(column)} rows for {n} genomes; every column needs one row "
                    "per genome"
                )

    @classmethod
    def unevaluated(cls, genomes: Any, **columns: Array) -> Self:
        """Individuals whose fitness is not known yet."""
        return cls(genomes, np.full(len(genomes), np.nan), columns)

    def __len__(self) -> int:
        return len(self.fitness)

    @property
    def score(self) -> Floats:
        """`(n,)` fitness in which a failed evaluation is worse than every other.

        NaN reads as -inf.
        """
        return np.where(np.isnan(self.fitness), -np.inf, self.fitness)

    def take(self, rows: Any) -> Self:
        """The individuals of `rows` (row numbers), in that order."""
        genomes = (
            self.genomes[rows] if isinstance(self.genomes, np.ndarray) else self.genomes.take(rows)
        )
        columns = {name: column[rows] for name, column in self.columns.items()}
        return replace(self, genomes=genomes, fitness=self.fitness[rows], columns=columns)

    def concat(self, *others: Self) -> Self:
        """These individuals followed by `others`; a column survives if all of them have it."""
        parts = [self, *others]
        first = self.genomes
        genomes = [part.genomes for part in parts]
        joined = (
            np.concatenate(genomes)
            if isinstance(first, np.ndarray)
            else type(first).concat(genomes)
        )
        shared = [name for name in self.columns if all(name in part.columns for part in parts)]
        columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in shared}
        return replace(
            self,
            genomes=joined,
            fitness=np.concatenate([p.fitness for p in parts]),
            columns=columns,
        )

    def with_columns(self, **columns: Array) -> Self:
        """The same individuals with `columns` added or replaced."""
        return replace(self, columns={**self.columns, **columns})

    def with_fitness(self, fitness: Floats) -> Self:
        """The same individuals with another fitness."""
        return replace(self, fitness=fitness)

    def best(self) -> int:
        """Row of the best individual.

        The first one of several with equal fitness. -1 if none was evaluated.
        """
        if len(self) == 0 or np.isnan(self.fitness).all():
            return -1
        return int(np.nanargmax(self.fitness))

    def state_dict(self) -> dict[str, Any]:
        """Arrays and strings from which `from_state_dict` builds an equal population."""
        plain = isinstance(self.genomes, np.ndarray)
        return {
            "kind": "array" if plain else self.genomes.kind,
            "genomes": {"array": self.genomes} if plain else self.genomes.to_arrays(),
            "fitness": self.fitness,
            "columns": dict(self.columns),
        }

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Any]) -> Self:
        """Inverse of `state_dict`. Raises `ValueError` or `KeyError` if `state` is not one."""
        kind, arrays = state["kind"], state["genomes"]
        genomes = (
            arrays["array"]
            if kind == "array"
            else load(GENOMES, "genome kind", kind).from_arrays(arrays)
        )
        return cls(
            genomes, np.asarray(state["fitness"], np.float64), dict(state.get("columns", {}))
        )


@dataclass(frozen=True, eq=False)
class Parents:
    """Who breeds with whom: row numbers into a population.

    Attributes:
        population: the population that `rows` points into.
        rows: `(offspring, parents per offspring)`; row i names the parents of offspring i.
    """

    population: Population
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a batch of n individuals turned out to be worth.

    Attributes:
        fitness: `(n,)` or `(n, m)`, maximised; NaN where the evaluation failed.
        columns: further results of length n by name.
        errors: why a row failed, by row number.
    """

    fitness: Floats
    columns: Mapping[str, Array] = field(default_factory=dict)
    errors: Mapping[int, str] = field(default_factory=dict)
