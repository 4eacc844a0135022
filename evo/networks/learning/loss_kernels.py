"""What outputs are judged by. The losses are those of `evo.learning.losses`."""

import math
from enum import IntEnum
from typing import Any

from numpy.typing import NDArray

from evo.jit import kernel
from evo.networks.kernels import float64, floats2, int64

Array = NDArray[Any]


class Loss(IntEnum):
    """Losses by the codes that kernels know them by."""

    SQUARED_ERROR = 0
    CROSS_ENTROPY = 1
    BINARY_CROSS_ENTROPY = 2


LOSSES = {each.name.lower().replace("_", "-"): each for each in Loss}


@kernel(float64(int64, floats2, floats2, floats2))
def judge(loss: int, outputs: Array, aims: Array, errors: Array) -> float:
    """What outputs cost, summed over samples.

    Args:
        loss: its code.
        outputs: `(outputs, batch)`.
        aims: `(outputs, batch)` what they should be.
        errors: `(outputs, batch)` filled with the derivatives of the cost: prediction - aim.
    """
    count, batch = outputs.shape
    cost = 0.0
    for b in range(batch):
        if loss == Loss.CROSS_ENTROPY:
            largest = outputs[0, b]
            for o in range(1, count):
                largest = max(largest, outputs[o, b])
            whole = 0.0
            for o in range(count):
                whole += math.exp(outputs[o, b] - largest)
            for o in range(count):
                shifted = outputs[o, b] - largest
                cost += (math.log(whole) - shifted) * aims[o, b]
                errors[o, b] = math.exp(shifted) / whole - aims[o, b]
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
