"""What a problem asks of a phenotype.

A kind of need is a frozen dataclass that derives from `Need`; a representation says which kind it
serves. New kinds live beside the genomes that serve them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Need:
    """What a phenotype has to be; `words` names it in messages, in the plural."""

    words: ClassVar[str] = "phenotypes"


@dataclass(frozen=True)
class Reals(Need):
    """Vectors of real numbers.

    Attributes:
        dimensions: how many numbers.
        lower, upper: the region in which a search starts, in every dimension.
        bounded: whether numbers may not leave that region.
    """

    words: ClassVar[str] = "real vectors"

    dimensions: int
    lower: float = -1.0
    upper: float = 1.0
    bounded: bool = False


@dataclass(frozen=True)
class Bits(Need):
    """Strings of `length` bits."""

    words: ClassVar[str] = "bit strings"

    length: int


@dataclass(frozen=True)
class Network(Need):
    """Networks with `inputs` input values and `outputs` output values."""

    words: ClassVar[str] = "networks"

    inputs: int
    outputs: int


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


def describe(phenotypes: Any, row: int = 0) -> dict[str, Any]:
    """Phenotype `row` as plain data, with its "kind": what a person reads, and what is drawn.

    Phenotypes that have a method `describe` say it themselves.
    """
    if isinstance(phenotypes, Mapping):
        parts = {name: describe(part, row) for name, part in phenotypes.items()}
        return {"kind": "parts", "parts": parts}
    if hasattr(phenotypes, "describe"):
        return phenotypes.describe(row)
    return {"kind": "vector", "values": phenotypes[row].tolist()}


def _parts(parts: Mapping[str, Need]) -> Parts:
    return Parts(**parts)
