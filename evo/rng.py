"""Random streams keyed by (generation, role, row).

A stream gives the same numbers wherever, and in whatever order, the streams are used.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Role(IntEnum):
    """What a stream is for; part of its key, so the numbers never change."""

    INITIALISE = 0
    SELECT = 1
    RECOMBINE = 2
    MUTATE = 3
    SURVIVE = 4
    EVALUATE = 5
    CHAMPION = 6
    REPLAY = 7
    DATA = 8
    WEIGHTS = 9
    RULE = 10
    BATCHES = 11
    ARRANGE = 12
    TEST = 13


class Streams:
    """All random streams of one run, derived from its seed.

    Source: `numpy.random.SeedSequence`, whose `spawn_key` separates streams of one seed.
    """

    def __init__(self, seed: int) -> None:
        self.seed = int(seed)

    def _sequence(self, generation: int, role: Role, *row: int) -> np.random.SeedSequence:
        return np.random.SeedSequence(self.seed, spawn_key=(generation, int(role), *row))

    def generator(self, generation: int, role: Role, *row: int) -> np.random.Generator:
        """A generator of its own for one role in one generation, and perhaps for one row."""
        return np.random.Generator(np.random.PCG64(self._sequence(generation, role, *row)))

    def seeds(self, generation: int, role: Role, count: int) -> NDArray[np.uint64]:
        """Seeds for one role in one generation.

        Args:
            generation: its number.
            role: what the seeds are for.
            count: how many there are.

        Returns:
            `(count,)` seeds; the first k of them do not depend on `count`.
        """
        return np.random.PCG64(self._sequence(generation, role)).random_raw(count)
