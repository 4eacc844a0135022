"""Where the champion came from: the line of its first parents, and the mates beside it.

It is kept where bodies evolve, for everybody who lives, generation by generation: who will be the
champion is known at the end.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.kinds.evolution.figures import in_words
from evo.kinds.evolution.milestones import bodies_evolve
from evo.population import IDENTITY, NOBODY, PARENTS, Population
from evo.problems.base import Problem
from evo.skeleton import Evolution

SHOWN = 8
"""Ancestors of the line that are shown at most, the first and the champion among them."""
MOST = 256
"""Individuals that are kept beside four for each of the living: of more, lines are thinned."""
BIRTHS = "births"
"""The column with the number of births from the first ancestor of a line on."""
COLUMNS = {IDENTITY: (), PARENTS: (2,), BIRTHS: (), "birth": ()}
"""The columns of those that are kept, and the shape of an entry of each."""


class Pedigree:
    """Keeps the living with their lines of first parents, and the second parents of all these.

    Of second parents the ancestors are not kept, so that memory stays flat.

    Args:
        problem: what is solved; nothing is kept unless bodies evolve.

    Attributes:
        individuals: the living and the dead that are kept, as they were when they lived last; None
            where nobody is known to descend from anybody.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.draws = bodies_evolve(problem)
        self.individuals: Population | None = None

    def look_at(self, evolution: Evolution) -> None:
        """Keep those who live now, and their ancestors."""
        alive = [each for each in (evolution.population, evolution.best) if each is not None]
        named = all({IDENTITY, PARENTS} <= each.columns.keys() for each in alive)
        if not self.draws or not alive or not named:
            self.individuals = None
            return
        living = _joined([each.with_memory(None) for each in alive])
        roots = living.columns[IDENTITY].tolist()
        individuals = living.with_columns(**{BIRTHS: self._births(living)})
        if self.individuals is not None:
            individuals = _joined([individuals, self.individuals])
        individuals = _related(individuals, roots)
        if len(individuals) > 4 * len(roots) + MOST:
            individuals = _related(_thinned(individuals, roots), roots)
        self.individuals = individuals

    def _births(self, living: Population) -> NDArray[np.int64]:
        """How many births lie between each of the living and the first of its line."""
        before: dict[int, int] = {}
        if self.individuals is not None:
            columns = self.individuals.columns
            before = dict(zip(columns[IDENTITY].tolist(), columns[BIRTHS].tolist(), strict=True))
        identities, parents = living.columns[IDENTITY].tolist(), living.columns[PARENTS].tolist()
        return np.array(
            [
                before.get(identity, before.get(first, -1) + 1)
                for identity, (first, _) in zip(identities, parents, strict=True)
            ]
        )

    def describe(
        self, champion: Population, development: Callable[[Any], Any]
    ) -> dict[str, Any] | None:
        """The pedigree of an individual as plain data; None where it is not known.

        Args:
            champion: a population of one.
            development: from genomes to phenotypes.
        """
        if self.individuals is None or IDENTITY not in champion.columns:
            return None
        rows = _rows(self.individuals)
        line = _line(self.individuals, rows, int(champion.columns[IDENTITY][0]))[::-1]
        if not line:
            return None
        bodies = self._bodies(line, development)
        changes = _changes([_plan(body) for body in bodies])
        steps = _shown(len(line), changes, _changes(bodies))
        births = self.individuals.columns[BIRTHS]
        shown: list[dict[str, Any]] = []
        for before, k in zip([0, *steps], steps, strict=False):
            between = int(births[line[k]] - births[line[before]])
            entry = self._entry(line[k], bodies[k]) | {"births": between}
            second = rows.get(int(self.individuals.columns[PARENTS][line[k], 1]))
            first = int(self.individuals.columns[PARENTS][line[k], 0])
            if second is not None and second != rows.get(first):
                entry["mate"] = self._entry(second, *self._bodies([second], development))
            shown.append(entry)
        return {
            "kind": "pedigree",
            "births": int(births[line[-1]]),
            "changes": len(changes),
            "line": shown,
        }

    def _bodies(
        self, rows: Sequence[int], development: Callable[[Any], Any]
    ) -> list[dict[str, Any]]:
        """The bodies of individuals as plain data."""
        assert self.individuals is not None
        phenotypes = development(self.individuals.take(np.array(rows)).genomes)
        body: Callable[..., Any] = getattr(self.problem, "creature")  # noqa: B009
        return [body(phenotypes, k)[0].describe() for k in range(len(rows))]

    def _entry(self, row: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """An individual as plain data."""
        assert self.individuals is not None
        individual = self.individuals.take(slice(row, row + 1))
        return {
            "generation": int(individual.columns["birth"][0]),
            "caption": in_words(self.problem, individual),
            "body": body,
        }

    def state_dict(self) -> dict[str, Any] | None:
        """Plain data for a checkpoint."""
        return None if self.individuals is None else self.individuals.state_dict()

    def load_state_dict(self, state: Mapping[str, Any] | None) -> None:
        """Inverse of `state_dict`. Raises `ValueError` or `KeyError` if it is none."""
        individuals = None if state is None else Population.from_state_dict(state)
        if individuals is not None:
            shapes = {name: individuals.columns[name].shape[1:] for name in COLUMNS}
            if shapes != COLUMNS:
                raise ValueError(f"the individuals of the pedigree have columns of {shapes}")
        self.individuals = individuals


def _joined(parts: Sequence[Population]) -> Population:
    """All individuals of the parts; of one that is in several, as it is in the first."""
    both = parts[0].concat(*parts[1:])
    return both.take(np.sort(np.unique(both.columns[IDENTITY], return_index=True)[1]))


def _rows(individuals: Population) -> dict[int, int]:
    """The row of each identity."""
    return {identity: row for row, identity in enumerate(individuals.columns[IDENTITY].tolist())}


def _line(individuals: Population, rows: Mapping[int, int], identity: int) -> list[int]:
    """The rows of an individual and its first parents, as far back as they are kept."""
    firsts, line = individuals.columns[PARENTS][:, 0], []
    for _ in rows:
        row = rows.get(identity)
        if row is None:
            break
        line.append(row)
        identity = int(firsts[row])
    return line


def _related(individuals: Population, roots: Sequence[int]) -> Population:
    """The roots, their lines of first parents, and the second parents of all these."""
    rows, parents = _rows(individuals), individuals.columns[PARENTS].tolist()
    line: set[int] = set()
    for root in roots:
        row = rows.get(root)
        while row is not None and row not in line:
            line.add(row)
            row = rows.get(parents[row][0])
    mates = {rows[parents[row][1]] for row in line if parents[row][1] in rows}
    return individuals.take(np.array(sorted(line | mates)))


def _thinned(individuals: Population, roots: Sequence[int]) -> Population:
    """The same without every second one of the dead that are just a step of a single line.

    Children of those left out name the next ancestor as their first parent.
    """
    columns = individuals.columns
    living = np.isin(columns[IDENTITY], roots)
    firsts, seconds = columns[PARENTS].T
    children = dict(zip(*np.unique(firsts, return_counts=True), strict=True))
    fixed = {*firsts[living].tolist(), *seconds[seconds != firsts].tolist()}
    steps = [
        row
        for row, identity in enumerate(columns[IDENTITY].tolist())
        if not living[row]
        and identity not in fixed
        and children.get(identity) == 1
        and firsts[row] != NOBODY
    ]
    dropped = sorted(steps, key=lambda row: columns[IDENTITY][row])[::2]
    ahead: dict[int, int] = {}
    for row in dropped:
        first = int(firsts[row])
        # parents are born, and so come, before their children
        ahead[int(columns[IDENTITY][row])] = ahead.get(first, first)
    parents = columns[PARENTS].copy()
    parents[:, 0] = [ahead.get(first, first) for first in firsts.tolist()]
    kept = np.setdiff1d(np.arange(len(individuals)), dropped)
    return individuals.with_columns(**{PARENTS: parents}).take(kept)


def _plan(body: Mapping[str, Any]) -> list[Any]:
    """What has to differ for a body to count as another one: shapes, joints and their places."""
    return [[part[name] for name in ("shape", "joint", "parent")] for part in body["parts"]]


def _changes(values: Sequence[Any]) -> list[int]:
    """Where a value differs from the one before."""
    return [k for k in range(1, len(values)) if values[k] != values[k - 1]]


def _shown(length: int, changes: Sequence[int], small: Sequence[int]) -> list[int]:
    """Which places of a line are shown: its ends, and between them where bodies changed.

    Args:
        length: of the line.
        changes: where the plan of the body changed; these are shown first.
        small: where anything of the body changed.
    """
    ends = {0, length - 1}
    room = SHOWN - len(ends)
    shown = _spread([k for k in changes if k not in ends], room)
    others = [k for k in small if k not in ends and k not in changes]
    return sorted({*ends, *shown, *_spread(others, room - len(shown))})


def _spread(values: Sequence[int], most: int) -> list[int]:
    """At most so many of some values, evenly from all of them."""
    if len(values) <= most:
        return list(values)
    return [values[int((k + 0.5) * len(values) / most)] for k in range(most)]
