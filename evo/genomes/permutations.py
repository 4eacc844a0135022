"""Permutations as genomes: in which order things come.

Source: A. E. Eiben, J. E. Smith, Introduction to Evolutionary Computing, 2nd ed. (2015), sections
4.5.1 (mutation) and 4.5.2 (recombination).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo.genomes.representation import Representation
from evo.operators.table import Table
from evo.phenotype import Need
from evo.population import Floats, Rows
from evo.settings import Settings as BaseSettings
from evo.settings import one_of

Orders = NDArray[np.int64]


@dataclass(frozen=True)
class Order(Need):
    """Orders of the numbers 0 … length - 1, each of them once."""

    words: ClassVar[str] = "orders"

    length: int


def order(genomes: Orders, rows: Rows, rng: np.random.Generator) -> Orders:
    """Order crossover (OX): a piece of the first parent, the rest in the order of the second.

    The rest begins behind the piece and goes around the end.

    Args:
        genomes: `(n, length)`.
        rows: `(offspring, 2)`.
        rng: the stream of this step.

    Source: L. Davis, Applying Adaptive Algorithms to Epistatic Domains, IJCAI 1985 (OX).
    """
    first, second = genomes[rows[:, 0]], genomes[rows[:, 1]]
    count, length = first.shape
    begin, end = np.sort(rng.integers(length + 1, size=(2, count, 1)), axis=0)
    places = np.arange(length)
    inherited = np.empty((count, length), bool)
    np.put_along_axis(inherited, first, (places >= begin) & (places < end), axis=1)
    around = (end + places) % length
    rest = np.take_along_axis(second, around, axis=1)
    # A stable sort moves what the piece has to the end; the others stay in their order.
    taken = np.take_along_axis(inherited, rest, axis=1)
    rest = np.take_along_axis(rest, np.argsort(taken, axis=1, kind="stable"), axis=1)
    children = np.empty_like(first)
    np.put_along_axis(children, around, rest, axis=1)
    return np.where((places >= begin) & (places < end), first, children)


def _piece(genomes: Orders, rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
    """`(n, 1)` first and last places of a piece of at least two places, drawn for each genome."""
    count, length = genomes.shape
    first = rng.integers(length, size=(count, 1))
    other = (first + rng.integers(1, length, size=(count, 1))) % length
    return np.minimum(first, other), np.maximum(first, other)


def swap(genomes: Orders, rng: np.random.Generator) -> Orders:
    """Swap mutation: two places exchange what they have."""
    first, last = _piece(genomes, rng)
    children = genomes.copy()
    np.put_along_axis(children, first, np.take_along_axis(genomes, last, axis=1), axis=1)
    np.put_along_axis(children, last, np.take_along_axis(genomes, first, axis=1), axis=1)
    return children


def inversion(genomes: Orders, rng: np.random.Generator) -> Orders:
    """Inversion mutation: a piece is turned around; of a tour that changes two links."""
    first, last = _piece(genomes, rng)
    places = np.arange(genomes.shape[1])
    inside = (places >= first) & (places <= last)
    return np.take_along_axis(genomes, np.where(inside, first + last - places, places), axis=1)


def insertion(genomes: Orders, rng: np.random.Generator) -> Orders:
    """Insertion mutation: what stands at the end of a piece moves to its begin."""
    first, last = _piece(genomes, rng)
    places = np.arange(genomes.shape[1])
    source = np.where((places > first) & (places <= last), places - 1, places)
    return np.take_along_axis(genomes, np.where(places == first, last, source), axis=1)


def scramble(genomes: Orders, rng: np.random.Generator) -> Orders:
    """Scramble mutation: the places of a piece are shuffled."""
    first, last = _piece(genomes, rng)
    places = np.arange(genomes.shape[1])
    inside = (places >= first) & (places <= last)
    # Within the piece by chance, outside in order; the three ranges do not overlap.
    key = np.where(inside, first + rng.random(genomes.shape) * 0.5, places)
    return np.take_along_axis(genomes, np.argsort(key, axis=1, kind="stable"), axis=1)


Crossover = Callable[[Orders, Rows, np.random.Generator], Orders]
Mutation = Callable[[Orders, np.random.Generator], Orders]

CROSSOVERS: Table[Crossover] = Table({"order": lambda _: order})
"""Crossover operators by name."""

MUTATIONS: Table[Mutation] = Table(
    {
        "inversion": lambda _: inversion,
        "swap": lambda _: swap,
        "insertion": lambda _: insertion,
        "scramble": lambda _: scramble,
    }
)
"""Mutation operators by name."""


class Operators(BaseSettings):
    """How orders are crossed and mutated."""

    crossover: Annotated[str, one_of("crossover", CROSSOVERS, own=True)] = Field(
        "order", description=f"how two are crossed: {', '.join(CROSSOVERS)}"
    )
    mutation: Annotated[str, one_of("mutation", MUTATIONS, own=True)] = Field(
        "inversion", description=f"how one is mutated: {', '.join(MUTATIONS)}"
    )
    mutation_rate: float = Field(
        0.3, ge=0, le=1, description="probability that a genome is mutated"
    )


class Permutations(Representation[Order]):
    """Permutations: a genome is an order of things, each of them once.

    Genomes are the rows of an array of whole numbers `(n, length)`.
    """

    serves = Order
    words = "permutations"
    Operators = Operators

    def __init__(self, need: Order, settings: Any = None) -> None:
        super().__init__(need, settings)
        if isinstance(self.settings, Operators):
            self.crossover = CROSSOVERS.build(self.settings.crossover, self)
            self.mutation = MUTATIONS.build(self.settings.mutation, self)

    def start(self, count: int, rng: np.random.Generator) -> Orders:
        return rng.permuted(np.tile(np.arange(self.need.length), (count, 1)), axis=1)

    def cross(self, genomes: Orders, rows: Rows, rng: np.random.Generator) -> Orders:
        return self.crossover(genomes, rows, rng)

    def mutate(self, genomes: Orders, rng: np.random.Generator) -> Orders:
        chosen = rng.random(len(genomes)) < self.settings.mutation_rate
        if self.need.length < 2 or not chosen.any():
            return genomes
        children = genomes.copy()
        children[chosen] = self.mutation(genomes[chosen], rng)
        return children

    def distance(self, genomes: Orders, others: Orders) -> Floats:
        """Numbers of places that differ."""
        return np.array([(others != genome).sum(axis=1) for genome in genomes], np.float64)

    def check(self, genomes: Any) -> None:
        super().check(genomes)
        numbers = np.arange(self.need.length)
        if (
            genomes.ndim != 2
            or genomes.dtype.kind != "i"
            or genomes.shape[1] != len(numbers)
            or (np.sort(genomes, axis=1) != numbers).any()
        ):
            raise ValueError(f"these genomes are no permutations of {len(numbers)} numbers")
