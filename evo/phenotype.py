"""What a problem asks of a phenotype.

A kind of need is a frozen dataclass that derives from `Need`; a representation says which kind it
serves. New kinds live beside the genomes that serve them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from evo import variables
from evo.errors import UsageError


@dataclass(frozen=True)
class Need:
    """What a phenotype has to be; `words` names it in messages, in the plural."""

    words: ClassVar[str] = "phenotypes"


@dataclass(frozen=True, init=False)
class Reals(Need):
    """Vectors of numbers: real ones, and where it is said so whole numbers and categories.

    ``Reals(4)``, ``Reals(4, -1, 1)``, ``Reals([0, 0, 1], [1, 5, 10], integers=[2])``.

    Args:
        dimensions: how many variables; or, as a sequence, the lower bound of each, and `lower` is
            then the upper bound of each.
        lower, upper: the region in which a search starts: a number for all variables, or one for
            each. By default -1 and 1.
        bounded: whether variables may not leave that region. By default they may not where bounds
            are given for each variable, and may where they are one number for all.
        integers: which variables are whole numbers, by index or name; True for all.
        categories: labels by the index or name of a variable. It takes the place of one of its
            labels, a whole number from 0 on; its bounds follow from the labels. `read` gives the
            label. Places have no order: a search draws labels, it does not step along them.
        names: of the variables, for people.

    Attributes:
        dimensions: how many variables.
        lower, upper: as given: a float, or a tuple with one for each variable.
        bounded: whether variables may not leave that region; categories never do.
        integers: indices of the whole numbers, ascending, without categories.
        categories: pairs of an index and its labels, by ascending index.
        names: of the variables; none, or one for each.

    Raises:
        UsageError: the arguments do not describe variables; the words say which one and why.
    """

    words: ClassVar[str] = "real vectors"

    dimensions: int
    lower: Any
    upper: Any
    bounded: bool
    integers: tuple[int, ...]
    categories: tuple[tuple[int, tuple[Any, ...]], ...]
    names: tuple[str, ...]

    def __init__(
        self,
        dimensions: int | Sequence[float] | NDArray[Any] | None = None,
        lower: float | Sequence[float] | NDArray[Any] | None = None,
        upper: float | Sequence[float] | NDArray[Any] | None = None,
        bounded: bool | None = None,
        *,
        integers: bool | int | str | Iterable[int | str] = (),
        categories: Mapping[Any, Iterable[Any]] | tuple[tuple[int, tuple[Any, ...]], ...] = (),
        names: Sequence[str] = (),
    ) -> None:
        if variables.is_several(dimensions):
            if lower is None or upper is not None:
                raise UsageError(
                    "Reals([…], […]) takes two sequences, the lower and the upper bounds",
                    variables.HOW,
                )
            dimensions, lower, upper = None, dimensions, lower  # pyright: ignore[reportAssignmentType]
        if not (bounded is None or isinstance(bounded, bool)):
            raise UsageError(f"bounded = {bounded!r}: it is True or False", variables.HOW)
        bounds = {
            "lower": variables.bound(-1.0 if lower is None else lower, "lower"),
            "upper": variables.bound(1.0 if upper is None else upper, "upper"),
        }
        titles = variables.titles(names)
        given = None if dimensions is None else variables.count(dimensions)
        d = variables.agreed(given, bounds, titles)
        labels = variables.labelled(categories, titles, d)
        labelled = {index for index, _ in labels}
        wholes = tuple(i for i in variables.wholes(integers, titles, d) if i not in labelled)
        each = any(isinstance(bound, tuple) for bound in bounds.values())
        low, high = variables.limits(bounds, d, wholes, labels)
        fields = {
            "dimensions": d,
            "lower": low,
            "upper": high,
            "bounded": each if bounded is None else bounded,
            "integers": wholes,
            "categories": labels,
            "names": titles,
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        def bound(value: Any) -> str:
            return f"{value:g}" if isinstance(value, float) else "one for each"

        parts = [f"{self.dimensions} variables, lower {bound(self.lower)}"]
        parts.append(f"upper {bound(self.upper)}{', bounded' if self.bounded else ''}")
        for count, kind in (
            (len(self.integers), "whole numbers"),
            (len(self.categories), "labels"),
        ):
            parts += [f"{count} of them {kind}"] if count else []
        return f"Reals({', '.join(parts)})"

    def read(self, vector: Any) -> list[Any]:
        """The values of a vector as people read them: floats, whole numbers as int, and labels.

        Args:
            vector: `(dimensions,)`, as a function to minimise gets it.

        Raises:
            UsageError: it has another shape.
        """
        values = np.asarray(vector, np.float64)
        if values.shape != (self.dimensions,):
            raise UsageError(
                f"read() got the shape {values.shape} for a vector of {self.dimensions} variables",
                "it reads one vector: read(vectors[0])",
            )
        read: list[Any] = values.tolist()
        for index in self.integers:
            read[index] = round(read[index])
        for index, labels in self.categories:
            read[index] = labels[min(max(round(read[index]), 0), len(labels) - 1)]
        return read

    def named(self, vector: Any) -> dict[str, Any]:
        """What `read` gives, by the names of the variables: x0, x1 … where they have none."""
        names = self.names or [f"x{index}" for index in range(self.dimensions)]
        return dict(zip(names, self.read(vector), strict=True))

    def describe(self, vector: Any) -> dict[str, Any]:
        """A vector as plain data.

        "values" are numbers, whole ones as int and categories as places; "names" of variables, and
        "labels" by the index of the variable as text, are there where the need has them.
        """
        read, values = self.read(vector), np.asarray(vector, np.float64).tolist()
        for index in (*self.integers, *(index for index, _ in self.categories)):
            values[index] = round(values[index])
        described: dict[str, Any] = {"kind": "vector", "values": values}
        if self.names:
            described["names"] = list(self.names)
        if self.categories:
            described["labels"] = {str(index): _plain(read[index]) for index, _ in self.categories}
        return described


@dataclass(frozen=True)
class Bits(Need):
    """Strings of `length` bits."""

    words: ClassVar[str] = "bit strings"

    length: int


@dataclass(frozen=True)
class Traits:
    """Numbers from -1 to 1 that networks carry beside their weights, for what is to learn in them.

    They evolve with the network and do not change while it learns: a learning rate, how a
    connection is plastic, the weights that errors return through.

    Attributes:
        network: names of the numbers that a network has.
        node: names of those that each of its nodes has.
        link: names of those that each of its links has.
    """

    network: tuple[str, ...] = ()
    node: tuple[str, ...] = ()
    link: tuple[str, ...] = ()

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many numbers a network, a node and a link have."""
        return len(self.network), len(self.node), len(self.link)


NO_TRAITS = Traits()


@dataclass(frozen=True)
class Network(Need):
    """Networks with `inputs` input values and `outputs` output values, and what they carry."""

    words: ClassVar[str] = "networks"

    inputs: int
    outputs: int
    traits: Traits = field(default=NO_TRAITS, repr=False)


@dataclass(frozen=True, init=False)
class Parts(Need):
    """Several things at once, each under a name: a body and its brain, numbers beside a network.

    ``Parts(rates=Reals(2), brain=Network(4, 1))``. Its phenotypes are a dict with a batch of
    phenotypes under each name.
    """

    words: ClassVar[str] = "parts of several kinds"

    parts: tuple[tuple[str, Need], ...]

    def __init__(self, **parts: Need) -> None:
        object.__setattr__(self, "parts", tuple(parts.items()))

    def __reduce__(self) -> Any:
        return _parts, (dict(self.parts),)


def describe(phenotypes: Any, row: int = 0, need: Need | None = None) -> dict[str, Any]:
    """Phenotype `row` as plain data, with its "kind": what a person reads, and what is drawn.

    Phenotypes that have a method `describe` say it themselves.

    Args:
        phenotypes: a batch of them.
        row: which one.
        need: what they were asked to be, which knows the names and labels of variables.
    """
    if isinstance(phenotypes, Mapping):
        needs = dict(need.parts) if isinstance(need, Parts) else {}
        parts = {name: describe(part, row, needs.get(name)) for name, part in phenotypes.items()}
        return {"kind": "parts", "parts": parts}
    if hasattr(phenotypes, "describe"):
        return phenotypes.describe(row)
    if isinstance(need, Reals):
        return need.describe(phenotypes[row])
    return {"kind": "vector", "values": phenotypes[row].tolist()}


def _plain(label: Any) -> Any:
    """A label as text or number, for a file."""
    if label is None or isinstance(label, str | bool | int | float):
        return label
    return str(getattr(label, "__name__", label))


def _parts(parts: Mapping[str, Need]) -> Parts:
    return Parts(**parts)
