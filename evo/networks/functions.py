"""Names and codes of the functions that nodes can have. `evo.networks.kernels` computes them.

The plain names are plain mathematics. The scaled and clipped versions of neat-python, which its
configurations mean by "tanh" and so on, have a prefix; where neat-python does not scale, there is
one function for both.

Source: neat-python 2.0, `neat/activations.py` and `neat/aggregations.py`; steepened sigmoid: K. O.
Stanley, R. Miikkulainen, Evolving Neural Networks through Augmenting Topologies, Evolutionary
Computation 10(2), 2002, section 4.1.
"""

from enum import IntEnum


class Activation(IntEnum):
    """What a node makes of `bias + aggregated links`.

    Codes are written to disk: they never change.
    """

    TANH = 0
    IDENTITY = 1
    SIGMOID = 2
    STEEPENED_SIGMOID = 3
    RELU = 4
    SIN = 5
    GAUSS = 6
    SOFTPLUS = 7
    ABS = 8
    SQUARE = 9
    CUBE = 10
    CLAMPED = 11
    HAT = 12
    ELU = 13
    SELU = 14
    LELU = 15
    EXP = 16
    LOG = 17
    INV = 18
    NEAT_TANH = 19
    NEAT_SIGMOID = 20
    NEAT_SIN = 21
    NEAT_GAUSS = 22
    NEAT_SOFTPLUS = 23


class Aggregation(IntEnum):
    """How a node joins the values of its links.

    Of no links, the product is 1 and everything else is 0.
    """

    SUM = 0
    PRODUCT = 1
    MAX = 2
    MIN = 3
    MEAN = 4
    MEDIAN = 5
    MAXABS = 6


ACTIVATIONS: dict[str, int] = {
    function.name.lower().replace("_", "-"): int(function) for function in Activation
}
AGGREGATIONS: dict[str, int] = {function.name.lower(): int(function) for function in Aggregation}
"""Codes by name; several words are joined by hyphens."""
