"""Species: who shares fitness, who goes extinct, and how many offspring each species gets.

Nothing in this file depends on what a genome is; an individual's species is a label.

Source: K. O. Stanley, R. Miikkulainen, Evolving Neural Networks through Augmenting Topologies,
Evolutionary Computation 10(2), 2002, section 3.3 (explicit fitness sharing) and 4.1 (stagnation).
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evo.population import Floats, Rows

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Species:
    """The species of one generation as columns.

    Attributes:
        ids: `(s,)` ascending; an id is never used again.
        founded, improved: `(s,)` generation in which the species appeared, and in which its best
            fitness last rose.
        best: `(s,)` best fitness that any of its members ever had.
        offspring: `(s,)` individuals that it has in the next generation, its elites included; 0 for
            a species that dies.
    """

    ids: Ints
    founded: Ints
    improved: Ints
    best: Floats
    offspring: Ints

    def check(self) -> None:
        """Raise `ValueError` unless these, read from a file, can be species of one generation."""
        columns = [getattr(self, part.name) for part in fields(self)]
        if any(column.shape != self.ids.shape or column.ndim != 1 for column in columns):
            raise ValueError("columns of species differ in length")
        if (np.diff(self.ids) <= 0).any() or (self.offspring < 0).any():
            raise ValueError("ids of species do not ascend, or numbers of offspring are negative")

    @classmethod
    def none(cls) -> Self:
        """No species."""
        empty = np.empty(0, np.int64)
        return cls(empty, empty, empty, np.empty(0), empty)

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Any) -> Self:
        """The species of `rows`."""
        return type(self)(*(getattr(self, part.name)[rows] for part in fields(self)))

    def founding(self, count: int, next_id: int, generation: int) -> Self:
        """These species and new ones behind them.

        Args:
            count: how many new ones.
            next_id: id of the first of them; the others follow.
            generation: when they are founded.
        """
        now = np.full(count, generation)
        return type(self)(
            ids=np.append(self.ids, np.arange(next_id, next_id + count)),
            founded=np.append(self.founded, now),
            improved=np.append(self.improved, now),
            best=np.append(self.best, np.full(count, -np.inf)),
            offspring=np.append(self.offspring, np.zeros(count, np.int64)),
        )

    def improving(self, best: Floats, generation: int) -> Self:
        """These species after a generation in which their best members had fitness `best`."""
        up = best > self.best
        return replace(
            self,
            best=np.where(up, best, self.best),
            improved=np.where(up, generation, self.improved),
        )

    def breeding(self, offspring: Ints) -> Self:
        """These species with their numbers of offspring."""
        return replace(self, offspring=offspring)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows grouped by species, the fittest first.

    Attributes:
        order: `(n,)` row numbers.
        start, size: `(s,)`; the rows of species i are ``order[start[i] : start[i] + size[i]]``.
    """

    order: Rows
    start: Ints
    size: Ints

    @classmethod
    def of(cls, labels: Ints, score: Floats, species: int) -> Self:
        """The ranking of n rows; of equal scores the earlier row leads.

        Args:
            labels: `(n,)` species numbers between 0 and `species` - 1.
            score: `(n,)`, higher is better.
            species: number of species.
        """
        order = np.argsort(-score, kind="stable")
        # Few species: the sort of 16-bit labels is a radix sort.
        order = order[
            np.argsort(
                labels[order].astype(np.int16 if species < 2**15 else np.int64), kind="stable"
            )
        ]
        size = np.bincount(labels, minlength=species)
        return cls(order, np.cumsum(size) - size, size)

    @classmethod
    def placed(cls, places: Rows, size: Ints) -> Self:
        """The ranking of n rows from the place of each.

        Args:
            places: `(n,)` as a ranking has them.
            size: `(s,)` members of each species.
        """
        order = np.empty(len(places), np.intp)
        order[places] = np.arange(len(places))
        return cls(order, np.cumsum(size) - size, size)

    @property
    def places(self) -> Rows:
        """`(n,)` the place of each row in `order`."""
        places = np.empty(len(self.order), np.intp)
        places[self.order] = np.arange(len(self.order))
        return places

    @property
    def champions(self) -> Rows:
        """`(s,)` row of the best member of each species; only meaningful where it has members."""
        return self.order[np.minimum(self.start, len(self.order) - 1)]


def shared_fitness(labels: Ints, score: Floats, species: int) -> Floats:
    """Explicit fitness sharing: a species counts by the mean fitness of its members, not their sum.

    Sharing divides each member's fitness by the size of its species, so the sum is the species'
    mean. Since fitness may be negative, it is counted from the worst of the population; a failed
    evaluation counts as the worst.

    Args:
        labels: `(n,)` species numbers between 0 and `species` - 1.
        score: `(n,)`, -inf for a failed evaluation.
        species: number of species.

    Returns:
        `(species,)`, at least 0; 0 for a species without members.
    """
    worst = np.min(score, where=np.isfinite(score), initial=np.inf)
    above = np.where(np.isfinite(score), score - worst, 0.0)
    return np.bincount(labels, above, species) / np.maximum(
        np.bincount(labels, minlength=species), 1
    )


def allot(shares: Floats, total: int, minimum: int) -> Ints:
    """Offspring quotas: how many individuals each species has, in proportion to shared fitness.

    Numbers are rounded down, and what that leaves goes to those that lost most by it.

    Args:
        shares: `(s,)`, at least 0; if all are 0 they count as equal.
        total: what the numbers add up to.
        minimum: the least of each, smaller if `total` does not allow it.

    Returns:
        `(s,)` numbers.
    """
    s = len(shares)
    minimum = min(minimum, total // s)
    free = total - minimum * s
    weight = shares if shares.sum() > 0 else np.ones(s)
    exact = weight / weight.sum() * free
    out = np.floor(exact).astype(np.int64)
    out[np.argsort(out - exact, kind="stable")[: free - int(out.sum())]] += 1
    return out + minimum


def adapted_threshold(threshold: float, species: int, target: int) -> float:
    """The adaptive compatibility threshold: it moves until there are as many species as wanted.

    Below the target it falls, by a fifth at most, until more species are founded. At the target it
    rises slowly, so that the next species that dies is replaced by individuals that really are
    different.

    Args:
        threshold: that of this generation.
        species: how many there are.
        target: how many there should be.
    """
    return threshold * (1.03 if species >= target else max(0.8, (species / target) ** 0.3))
