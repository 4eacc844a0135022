"""Populations as columns: genomes, fitness and further arrays, one row per individual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from evo import state as states
from evo.errors import UsageError
from evo.registry import REPRESENTATIONS, load_known

Array = NDArray[Any]
Rows = NDArray[np.intp]
Floats = NDArray[np.float64]

NO_ROWS: Rows = np.empty(0, np.intp)
VIOLATED = "violated"
"""The figure of a generation that says how many violate which constraint."""
VIOLATION = "violation"
"""The result by which an evaluation says how far each individual is from satisfying constraints."""
INNATE = "innate"
"""The result by which it says what each individual that learns is worth before: a fitness."""
IDENTITY = "identity"
"""The column with a number that no other individual of a run has."""
PARENTS = "parents"
"""The column, `(n, 2)`, with the identities of each individual's parents.

Who was bred from one parent has it twice, and who was drawn at random has `NOBODY` twice. The first
parent is the one that the representation's `cross` takes for the first.
"""
NOBODY = -1


@runtime_checkable
class Genomes(Protocol):
    """Genomes that are not a plain array: rows that can be taken, joined and written down."""

    kind: str
    """The name under which their representation is registered."""

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

        Raises:
            ValueError: the arrays do not describe valid genomes.
        """
        ...


def take_genomes(genomes: Any, rows: Any) -> Any:
    """The genomes of `rows`: row numbers, or a slice, of which a plain array gives a view."""
    return genomes[rows] if isinstance(genomes, np.ndarray) else genomes.take(rows)


def single(phenotypes: Any, row: int) -> Any:
    """One of a batch of phenotypes: a vector, a batch of one network, a dict of such."""
    if isinstance(phenotypes, np.ndarray):
        return phenotypes[row]
    if isinstance(phenotypes, Mapping):
        return {name: single(part, row) for name, part in phenotypes.items()}
    return take_genomes(phenotypes, slice(row, row + 1))


def concat_genomes(parts: Sequence[Any]) -> Any:
    """All genomes of `parts`, which are of one kind, one after the other."""
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return type(parts[0]).concat(parts)


def genomes_state(genomes: Any) -> dict[str, Any]:
    """The kind of `genomes` and their arrays by name.

    Raises:
        UnknownName: nobody registered a representation for this kind, so nobody could read it.
    """
    if isinstance(genomes, np.ndarray):
        return {"kind": "array", "arrays": {"array": genomes}}
    load_known(REPRESENTATIONS, "representation", genomes.kind)
    return {"kind": genomes.kind, "arrays": genomes.to_arrays()}


def genomes_from_state(state: Mapping[str, Any]) -> Any:
    """Inverse of `genomes_state`.

    Raises:
        ValueError: the arrays do not describe genomes of this kind.
        KeyError: `state` lacks a part.
    """
    kind, arrays = state["kind"], state["arrays"]
    if kind != "array":
        return load_known(REPRESENTATIONS, "representation", kind).Genomes.from_arrays(arrays)
    array = arrays["array"]
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        raise ValueError("the genomes are no array of one row per individual")
    return array


@dataclass(frozen=True, eq=False)
class Population:
    """`n` individuals as columns.

    Attributes:
        genomes: an array of shape `(n, d)`, or any `Genomes` of length n.
        fitness: `(n,)`, or `(n, m)` for m scores; NaN where not evaluated, failed or infeasible.
            Maximised.
        columns: arrays of length n by name that belong to the search (sigma, species, birth …).
        results: arrays of length n by name that the evaluation returned (descriptors …).
        memory: what the search as a whole has learnt, a frozen dataclass of arrays and numbers;
            None where an algorithm remembers nothing.
    """

    genomes: Any
    fitness: Floats
    columns: Mapping[str, Array] = field(default_factory=dict)
    results: Mapping[str, Array] = field(default_factory=dict)
    memory: Any = None

    def __post_init__(self) -> None:
        n = len(self.genomes)
        if len(self.fitness) != n:
            raise _uneven("fitness", self.fitness, n)
        for columns in (self.columns, self.results):
            for name, column in columns.items():
                if len(column) != n:
                    raise _uneven(name, column, n)

    @classmethod
    def unevaluated(cls, genomes: Any, memory: Any = None, **columns: Array) -> Self:
        """Individuals whose fitness is not known yet.

        Args:
            genomes: n of them.
            memory: what the search remembers from now on.
            columns: further arrays of length n, by name.
        """
        return cls(genomes, np.full(len(genomes), np.nan), columns, memory=memory)

    def __len__(self) -> int:
        return len(self.fitness)

    @property
    def score(self) -> Floats:
        """Fitness in which a failed evaluation is worse than every other: NaN reads as -inf.

        An infeasible individual is worse than every feasible one, by its place among the
        infeasible: the less it violates, the better. How much worse is in proportion to the spread
        of the feasible, for selection that weighs scores.

        Source: K. Deb, An Efficient Constraint Handling Method for Genetic Algorithms, Computer
        Methods in Applied Mechanics and Engineering 186 (2000), section 3.
        """
        score = np.where(np.isnan(self.fitness), -np.inf, self.fitness)
        if VIOLATION not in self.results or score.ndim > 1:
            return score
        infeasible = self.infeasible
        levels, place = np.unique(self.results[VIOLATION][infeasible], return_inverse=True)
        feasible = score[np.isfinite(score)]
        worst, best = (feasible.min(), feasible.max()) if len(feasible) else (0.0, 0.0)
        # of halves, so that no difference of finite scores overflows
        step = (0.5 * best - 0.5 * worst) / max(len(levels), 1)
        if step <= max(4.0 * np.spacing(abs(worst)), 1e-300):
            step = max(1.0, 1e-6 * abs(worst))
        with np.errstate(over="ignore"):
            below = worst - step * (place + 1)
        score[infeasible] = np.maximum(below, np.finfo(np.float64).min)
        return score

    @property
    def violation(self) -> Floats:
        """`(n,)` how far each individual is from feasible: 0 for feasible ones, inf for failed."""
        given = self.results.get(VIOLATION)
        failed = np.isnan(self.fitness)
        failed = failed if failed.ndim == 1 else failed.any(axis=1)
        if given is None:
            return np.where(failed, np.inf, 0.0)
        return np.where(given > 0, given, np.where(failed, np.inf, 0.0))

    @property
    def infeasible(self) -> NDArray[np.bool_]:
        """`(n,)` whether each individual was evaluated and violates a constraint."""
        violation = self.violation
        return (violation > 0) & np.isfinite(violation)

    def take(self, rows: Any) -> Self:
        """The individuals of `rows` (row numbers), in that order."""
        return type(self)(
            take_genomes(self.genomes, rows),
            self.fitness[rows],
            {name: column[rows] for name, column in self.columns.items()},
            {name: column[rows] for name, column in self.results.items()},
            self.memory,
        )

    def concat(self, *others: Self) -> Self:
        """These individuals, with their memory, followed by `others`.

        A column is kept if all of them have it.
        """
        parts = [self, *others]
        return type(self)(
            concat_genomes([part.genomes for part in parts]),
            np.concatenate([part.fitness for part in parts]),
            _joined([part.columns for part in parts]),
            _joined([part.results for part in parts]),
            self.memory,
        )

    def with_columns(self, **columns: Array) -> Self:
        """The same individuals with `columns` added or replaced."""
        both = {**self.columns, **columns}
        return type(self)(self.genomes, self.fitness, both, self.results, self.memory)

    def with_fitness(self, fitness: Floats) -> Self:
        """The same individuals with another fitness."""
        return replace(self, fitness=fitness)

    def with_genomes(self, genomes: Any) -> Self:
        """The same individuals with other genomes."""
        return replace(self, genomes=genomes)

    def with_memory(self, memory: Any) -> Self:
        """The same individuals of a search that remembers something else."""
        return type(self)(self.genomes, self.fitness, self.columns, self.results, memory)

    def to_evaluate(self) -> Self:
        """The same individuals without the fitness and the results of an earlier evaluation."""
        return replace(self, fitness=np.full(len(self), np.nan), results={})

    def evaluated(self, evaluation: "Evaluation") -> Self:
        """The same individuals after an evaluation.

        Fitness and results are those of the evaluation, and so are the genomes where it hands on
        changed ones.
        """
        genomes = self.genomes if evaluation.genomes is None else evaluation.genomes
        return type(self)(
            genomes, evaluation.fitness, self.columns, evaluation.results, self.memory
        )

    def best(self) -> int:
        """Row of the fittest individual, of the least infeasible one if none is feasible.

        It is -1 if none was evaluated. Of several that are equal it is the first one.
        """
        if len(self) and not np.isnan(self.fitness).all():
            return int(np.nanargmax(self.fitness))
        if not self.infeasible.any():
            return -1
        return int(np.argmin(self.violation))

    def state_dict(self) -> dict[str, Any]:
        """Arrays, numbers and text from which `from_state_dict` builds an equal population."""
        state = genomes_state(self.genomes)
        return {
            "kind": state["kind"],
            "genomes": state["arrays"],
            "fitness": self.fitness,
            "columns": dict(self.columns),
            "results": dict(self.results),
            "memory": states.encode(self.memory),
        }

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Any], memory: type | None = None) -> Self:
        """Inverse of `state_dict`.

        Args:
            state: what `state_dict` returned.
            memory: the class of the search's memory; None where it has none.

        Raises:
            ValueError: `state` is no state of a population, or its memory is another search's.
            KeyError: a part is missing.
        """
        genomes = genomes_from_state({"kind": state["kind"], "arrays": state["genomes"]})
        columns, results = dict(state.get("columns", {})), dict(state.get("results", {}))
        fitness = np.asarray(state["fitness"], np.float64)
        remembered = state.get("memory")
        if (memory is None) != (remembered is None):
            raise ValueError("the memory in this state is that of another algorithm")
        loaded = None if memory is None else states.decode(memory, remembered)
        return cls(genomes, fitness, columns, results, loaded)


def _uneven(name: str, column: Array, n: int) -> ValueError:
    return ValueError(
        f"{name} has {len(column)} rows for {n} genomes; every column needs one row per genome"
    )


def _joined(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """The columns that all `parts` have, one part after the other."""
    shared = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: np.concatenate([part[name] for part in parts]) for name in shared}


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

    def named(self, rows: Rows) -> dict[str, Array]:
        """The column `PARENTS` of offspring; none where the population has no identities.

        Args:
            rows: `(offspring, 2)` rows of the parents that each offspring was bred from.
        """
        identities = self.population.columns.get(IDENTITY)
        return {} if identities is None else {PARENTS: identities[rows]}


def without_parents(count: int) -> dict[str, Array]:
    """The column `PARENTS` of so many individuals that were drawn at random."""
    return {PARENTS: np.full((count, 2), NOBODY)}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a batch of n individuals turned out to be worth.

    Attributes:
        fitness: `(n,)` or `(n, m)`, maximised; NaN where the evaluation failed.
        results: further arrays of length n by name. One has a meaning everywhere: "violation",
            `(n,)`, says how far each individual is from satisfying constraints; where it is greater
            than 0 the individual is infeasible and its fitness, whatever it was given, is NaN.
        errors: why a row failed, by row number; of an infeasible one, which constraint it violates.
        spent: what each row cost, `(n,)` whole numbers by unit ("steps" of episodes, "samples"
            learned from …).
        phenotypes: the phenotypes after the evaluation, where it changed them (learning with
            write-back).
        genomes: the genomes of the changed phenotypes, which evaluators fill in.
    """

    fitness: Floats
    results: Mapping[str, Array] = field(default_factory=dict)
    errors: Mapping[int, str] = field(default_factory=dict)
    spent: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    phenotypes: Any = None
    genomes: Any = None

    def __post_init__(self) -> None:
        if VIOLATION in self.results:
            object.__setattr__(self, "fitness", self._of_feasible(self.results[VIOLATION]))

    @classmethod
    def checked(cls, given: "Evaluation | Sequence[float] | Floats", n: int, scores: int) -> Self:
        """An evaluation of n individuals; a row that failed in part is NaN as a whole.

        Args:
            given: an evaluation, or fitness alone.
            n: how many individuals it has to be of.
            scores: how many scores.

        Raises:
            UsageError: it is of other individuals or scores.
        """
        evaluation = given if isinstance(given, cls) else cls(np.asarray(given, np.float64))
        fitness = np.asarray(evaluation.fitness, np.float64)
        if len(fitness) != n:
            raise UsageError(
                f"tell() got {len(fitness)} fitness values for {n} individuals",
                "one value for each that ask() returned",
            )
        if fitness.size != n * scores:
            raise UsageError(
                f"fitness of shape {fitness.shape} does not fit {scores} declared scores",
                "a column of fitness for each of Problem.scores",
            )
        finite = np.isfinite(fitness).reshape(n, scores)
        if finite.all() and (fitness.ndim == 1) == (scores == 1):
            if fitness is evaluation.fitness:
                return evaluation
            return replace(evaluation, fitness=fitness)
        fitness = np.where(finite.all(axis=1, keepdims=True), fitness.reshape(finite.shape), np.nan)
        return replace(evaluation, fitness=fitness[:, 0] if scores == 1 else fitness)

    @property
    def infeasible(self) -> NDArray[np.bool_]:
        """`(n,)` whether each individual violates a constraint."""
        violation = self.results.get(VIOLATION)
        if violation is None:
            return np.zeros(len(self.fitness), bool)
        return (violation > 0) & np.isfinite(violation)

    def _of_feasible(self, violation: Floats) -> Floats:
        """Fitness that is NaN where constraints are violated, or cannot be told."""
        if np.shape(violation) != (len(self.fitness),):
            raise UsageError(
                f'results["{VIOLATION}"] has the shape {np.shape(violation)} for '
                f"{len(self.fitness)} individuals",
                "one number each: the sum of what its constraints exceed 0 by",
            )
        fitness = np.array(self.fitness, np.float64)
        fitness[~(violation <= 0)] = np.nan
        return fitness

    def take(self, rows: slice) -> "Evaluation":
        """The evaluation of some consecutive rows; reasons of failures are left out."""
        return Evaluation(
            self.fitness[rows],
            {name: column[rows] for name, column in self.results.items()},
            spent={name: column[rows] for name, column in self.spent.items()},
            genomes=None if self.genomes is None else take_genomes(self.genomes, rows),
        )
