"""What a problem asks of a phenotype; an algorithm says which of these it can search."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reals:
    """Vectors of `dimensions` real numbers.

    `lower` and `upper` span the region in which a search starts; they do not bound it unless
    `bounded`.
    """

    dimensions: int
    lower: float = -1.0
    upper: float = 1.0
    bounded: bool = False


@dataclass(frozen=True)
class Bits:
    """Strings of `length` bits."""

    length: int


@dataclass(frozen=True)
class Network:
    """Networks with `inputs` input values and `outputs` output values."""

    inputs: int
    outputs: int


Need = Reals | Bits | Network
