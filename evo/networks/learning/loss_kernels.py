"""What outputs are judged by. The losses are those of `evo.learning.losses`."""

import math
from enum import IntEnum
from typing import Any

from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.kernels import float64, floats2, int64, void
from evo.networks.learning.response_kernels import exponential

Array = NDArray[Any]


class Loss(IntEnum):
    """Losses by the codes that kernels know them by."""

    SQUARED_ERROR = 0
    CROSS_ENTROPY = 1
    BINARY_CROSS_ENTROPY = 2


LOSSES = {each.name.lower().replace("_", "-"): each for each in Loss}


@kernel(void(floats2, floats2, floats2))
def _exponentials(outputs: Array, errors: Array, spare: Array) -> None:
    """Fill `errors` with exp(output - largest), and `spare` with the largest and with the sums."""
    count, batch = outputs.shape
    largest, whole = spare[0], spare[1]
    for b in range(batch):
        largest[b] = outputs[0, b]
        whole[b] = 0.0
    for o in range(1, count):
        output = outputs[o]
        for b in range(batch):
            largest[b] = output[b] if output[b] > largest[b] else largest[b]
    for o in range(count):
        output, power = outputs[o], errors[o]
        for b in range(batch):
            power[b] = exponential(output[b] - largest[b])
        for b in range(batch):
            whole[b] += power[b]


@kernel(float64(int64, floats2, floats2, floats2, floats2))
def judge(loss: int, outputs: Array, aims: Array, errors: Array, spare: Array) -> float:
    """What outputs cost, summed over samples.

    Args:
        loss: its code.
        outputs: `(outputs, batch)`.
        aims: `(outputs, batch)` what they should be.
        errors: `(outputs, batch)` filled with the derivatives of the cost: prediction - aim.
        spare: `(2, batch)` room to work in.
    """
    count, batch = outputs.shape
    cost = 0.0
    if loss == Loss.CROSS_ENTROPY:
        _exponentials(outputs, errors, spare)
    for b in range(batch):
        if loss == Loss.CROSS_ENTROPY:
            whole = spare[1, b]
            logarithm = math.log(whole) + spare[0, b]
            for o in range(count):
                cost += (logarithm - outputs[o, b]) * aims[o, b]
                errors[o, b] = errors[o, b] / whole - aims[o, b]
        else:
            for o in range(count):
                output, aim = outputs[o, b], aims[o, b]
                if loss == Loss.SQUARED_ERROR:
                    cost += 0.5 * (output - aim) * (output - aim)
                    errors[o, b] = output - aim
                else:
                    cost += max(output, 0.0) + math.log1p(math.exp(-abs(output))) - aim * output
                    errors[o, b] = 1.0 / (1.0 + math.exp(-output)) - aim
    return cost
