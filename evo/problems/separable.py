"""Tasks that a network of one layer can learn: patterns on two sides of a plane."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evo.population import Floats

MOST_INPUTS = 16


@dataclass(frozen=True, eq=False)
class SeparableTasks:
    """Linearly separable tasks of one size.

    Attributes:
        inputs: `(tasks, examples, inputs + 1)`, 0 or 1; the last input is always 1, so that its
            weight is a bias.
        targets: `(tasks, examples)`, 0 or 1; each task has examples of both.
    """

    inputs: Floats
    targets: Floats

    def __len__(self) -> int:
        return len(self.targets)


def draw_tasks(count: int, inputs: int, examples: int, rng: np.random.Generator) -> SeparableTasks:
    """Tasks at random.

    A task has different patterns of zeros and ones, each as probable as any other. Its plane has
    normally distributed coefficients; one that has all patterns on one side is drawn again.

    Args:
        count: how many tasks.
        inputs: of each, at most `MOST_INPUTS`.
        examples: of each, from 2 to 2 ** inputs.
        rng: the stream that they are drawn from, task after task.
    """
    tasks = [_draw_task(inputs, examples, rng) for _ in range(count)]
    return SeparableTasks(*(np.stack(arrays) for arrays in zip(*tasks, strict=True)))


def _draw_task(inputs: int, examples: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The inputs `(examples, inputs + 1)` and targets `(examples,)` of one task."""
    chosen = rng.choice(2**inputs, examples, replace=False)
    patterns = np.column_stack([_bits(chosen, inputs), np.ones(examples)])
    while True:
        above = patterns @ rng.standard_normal(inputs + 1) > 0.0
        if above.any() and not above.all():
            return patterns, above.astype(np.float64)


def _bits(numbers: NDArray[Any], count: int) -> Floats:
    """`(n, count)` binary digits of whole numbers."""
    return ((numbers[:, None] >> np.arange(count)) & 1).astype(np.float64)
