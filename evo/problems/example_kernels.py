"""The compiled core of problems made of examples: what outputs are worth against answers."""

import math
from typing import Any

from numba import types
from numpy.typing import NDArray

from evo.jit import kernel

Array = NDArray[Any]
void, int64, float64 = types.void, types.int64, types.float64


@kernel(void(float64[:, :, ::1], int64[::1], float64[::1], int64[::1]))
def add_classes(outputs: Array, classes: Array, loss: Array, right: Array) -> None:
    """Add up the cross-entropy of some examples, and how many of them are told rightly.

    Outputs become probabilities by softmax. Of several outputs that are greatest, the first is what
    a network tells; a network with an output that is NaN tells nothing.

    Args:
        outputs: `(n, examples, classes)`.
        classes: `(examples,)` the right ones.
        loss: `(n,)`, added to, in nats.
        right: `(n,)`, added to.
    """
    n, examples, count = outputs.shape
    for row in range(n):
        for i in range(examples):
            greatest, told = outputs[row, i, 0], 0
            for k in range(1, count):
                if outputs[row, i, k] > greatest:
                    greatest, told = outputs[row, i, k], k
            total = 0.0
            for k in range(count):
                total += math.exp(outputs[row, i, k] - greatest)
            loss[row] += math.log(total) - (outputs[row, i, classes[i]] - greatest)
            if told == classes[i] and not math.isnan(total):
                right[row] += 1


@kernel(void(float64[:, :, ::1], int64[::1], int64[:, ::1]))
def count_confusion(outputs: Array, classes: Array, table: Array) -> None:
    """Count which class the first network tells for the examples of each class.

    Args:
        outputs: `(1, examples, classes)`.
        classes: `(examples,)` the right ones.
        table: `(classes, classes)`, added to: right classes down, told ones across.
    """
    for i in range(outputs.shape[1]):
        greatest, told = outputs[0, i, 0], 0
        for k in range(1, outputs.shape[2]):
            if outputs[0, i, k] > greatest:
                greatest, told = outputs[0, i, k], k
        table[classes[i], told] += 1


@kernel(void(float64[:, :, ::1], float64[:, ::1], float64[::1]))
def add_squares(outputs: Array, answers: Array, loss: Array) -> None:
    """Add up the squared errors of some examples, each the mean over its outputs.

    Args:
        outputs: `(n, examples, numbers)`.
        answers: `(examples, numbers)`.
        loss: `(n,)`, added to.
    """
    n, examples, count = outputs.shape
    for row in range(n):
        for i in range(examples):
            total = 0.0
            for k in range(count):
                error = outputs[row, i, k] - answers[i, k]
                total += error * error
            loss[row] += total / count
