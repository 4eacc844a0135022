"""What programs compute, as a kernel."""

import math

import numpy as np
from numpy.typing import NDArray

from evo.genomes.trees.primitives import (
    ADD,
    ARITIES,
    CONSTANT,
    COS,
    DIVIDE,
    EXP,
    LOG,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATE,
    SIN,
    SQRT,
    SQUARE,
    SUBTRACT,
    VARIABLE,
)
from evo.jit import kernel, part

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = int | np.int64


@part
def arity_of(code: Whole) -> Whole:
    """How many arguments a node of this code has."""
    return ARITIES[code] if code < CONSTANT else np.int64(0)


@part
def _unary(code: Whole, a: Floats, out: Floats) -> None:
    for s in range(len(out)):
        x = a[s]
        if code == SIN:
            out[s] = math.sin(x)
        elif code == COS:
            out[s] = math.cos(x)
        elif code == EXP:
            out[s] = math.exp(x)
        elif code == LOG:
            out[s] = math.log(abs(x)) if x != 0.0 else 0.0
        elif code == NEGATE:
            out[s] = -x
        elif code == SQUARE:
            out[s] = x * x
        elif code == SQRT:
            out[s] = math.sqrt(abs(x))


@part
def _binary(code: Whole, a: Floats, b: Floats, out: Floats) -> None:
    if code == ADD:
        for s in range(len(out)):
            out[s] = a[s] + b[s]
    elif code == SUBTRACT:
        for s in range(len(out)):
            out[s] = a[s] - b[s]
    elif code == MULTIPLY:
        for s in range(len(out)):
            out[s] = a[s] * b[s]
    elif code == DIVIDE:
        for s in range(len(out)):
            out[s] = a[s] / b[s] if b[s] != 0.0 else 1.0
    elif code == MINIMUM:
        for s in range(len(out)):
            out[s] = min(a[s], b[s])
    elif code == MAXIMUM:
        for s in range(len(out)):
            out[s] = max(a[s], b[s])


@kernel
def compute(
    offsets: Ints, code: Codes, value: Floats, columns: Floats, stack: Floats, out: Floats
) -> None:
    """Values of n programs for all samples: from the last node to the first, over a stack.

    Args:
        offsets, code, value: columns of the programs.
        columns: `(variables, samples)` inputs.
        stack: `(largest program + 1, samples)` room to work in.
        out: `(n, samples)`, to be filled.
    """
    for row in range(len(offsets) - 1):
        top = -1
        for i in range(offsets[row + 1] - 1, offsets[row] - 1, -1):
            kind = code[i]
            if kind == CONSTANT:
                top += 1
                for s in range(out.shape[1]):
                    stack[top, s] = value[i]
            elif kind >= VARIABLE:
                top += 1
                for s in range(out.shape[1]):
                    stack[top, s] = columns[kind - VARIABLE, s]
            elif arity_of(kind) == 1:
                _unary(kind, stack[top], stack[top])
            else:
                _binary(kind, stack[top], stack[top - 1], stack[top - 1])
                top -= 1
        for s in range(out.shape[1]):
            out[row, s] = stack[0, s]
