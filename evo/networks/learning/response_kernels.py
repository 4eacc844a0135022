"""What nodes make of their totals for a whole batch, and how steep their functions are there.

Tanh and the logistic function go through an exponential of plain arithmetic, which compilers turn
into vector instructions. It is within 2 units in the last place of the library's, so that a network
at school and the same network at work may differ by a few 1e-16.
"""

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from evo.jit import kernel, part
from evo.networks.functions import Activation
from evo.networks.kernels import activate, float64, floats1, uint8, void

Array = NDArray[Any]

_LOG2_E = 1.4426950408889634
# The logarithm of 2 in two parts; multiples of the first up to 1024 are exact.
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# Adding it leaves no room for digits after the point: what is added to it is rounded.
_ROUNDER = 6755399441055744.0
_BIAS, _FRACTION = np.int64(1023), np.int64(52)


def _bits_as_number(typing: Any, word: Any) -> Any:
    """The number whose 64 bits are those of an integer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


def _product_and_sum(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """`a b + c`, rounded once: one instruction, with the same bits on every processor."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


_as_float: Any = intrinsic(_bits_as_number)
_fused: Any = intrinsic(_product_and_sum)


@part
def exponential(x: float) -> float:
    """Exp of x, for |x| up to 708; beyond that, of ±708.

    The power is 2^k e^r with |r| <= ln(2) / 2, and e^r is its Taylor polynomial of degree 13. Its
    terms are joined in pairs, for a chain of multiplications would wait for each other.
    """
    x = 708.0 if x > 708.0 else x
    x = -708.0 if x < -708.0 else x
    k = _fused(x, _LOG2_E, _ROUNDER) - _ROUNDER
    r = _fused(k, -_LN2_LOW, _fused(k, -_LN2_HIGH, x))
    square = r * r
    fourth = square * square
    low = _fused(_fused(1.0 / 6.0, r, 0.5), square, 1.0 + r)
    middle = _fused(
        _fused(1.0 / 5040.0, r, 1.0 / 720.0), square, _fused(1.0 / 120.0, r, 1.0 / 24.0)
    )
    high = _fused(
        _fused(1.0 / 39916800.0, r, 1.0 / 3628800.0),
        square,
        _fused(1.0 / 362880.0, r, 1.0 / 40320.0),
    )
    high = _fused(_fused(1.0 / 6227020800.0, r, 1.0 / 479001600.0), fourth, high)
    p = _fused(high, fourth * fourth, _fused(middle, fourth, low))
    return p * _as_float((np.int64(k) + _BIAS) << _FRACTION)


@kernel(float64(uint8, float64, float64))
def slope(code: int, x: float, value: float) -> float:
    """The derivative of an activation function.

    Where a function has a corner or a step, the derivative is that of the flatter side.

    Args:
        code: of the function.
        x: where.
        value: of the function at `x`.
    """
    if code == Activation.IDENTITY:
        return 1.0
    if code == Activation.RELU:
        return 1.0 if x > 0.0 else 0.0
    if code == Activation.SIN:
        return math.cos(x)
    if code == Activation.GAUSS:
        return -2.0 * x * value
    if code == Activation.SOFTPLUS:
        return 1.0 / (1.0 + math.exp(-x))
    if code == Activation.ABS:
        return 0.0 if x == 0.0 else math.copysign(1.0, x)
    if code == Activation.SQUARE:
        return 2.0 * x
    if code == Activation.CUBE:
        return 3.0 * x * x
    if code == Activation.CLAMPED:
        return 1.0 if abs(x) < 1.0 else 0.0
    if code == Activation.HAT:
        return -math.copysign(1.0, x) if 0.0 < abs(x) < 1.0 else 0.0
    if code == Activation.ELU:
        return 1.0 if x > 0.0 else math.exp(x)
    if code == Activation.SELU:
        return 1.0507009873554804934 * (1.0 if x > 0.0 else 1.6732632423543772848 * math.exp(x))
    if code == Activation.LELU:
        return 1.0 if x > 0.0 else 0.005
    if code == Activation.EXP:
        return value if abs(x) < 60.0 else 0.0
    if code == Activation.LOG:
        return 1.0 / x if x > 1e-7 else 0.0
    if code == Activation.INV:
        return 0.0 if x == 0.0 else -1.0 / (x * x)
    if code == Activation.NEAT_SIN:
        return 5.0 * math.cos(5.0 * x) if abs(x) < 12.0 else 0.0
    if code == Activation.NEAT_GAUSS:
        return -10.0 * x * value if abs(x) < 3.4 else 0.0
    if code == Activation.NEAT_SOFTPLUS:
        return 1.0 / (1.0 + math.exp(-5.0 * x)) if abs(x) < 12.0 else 0.0
    return math.nan


@kernel(void(float64, floats1, floats1))
def _tanh(factor: float, values: Array, slopes: Array) -> None:
    """Of `factor` times the totals that stand in `values`."""
    for b in range(len(values)):
        value = 1.0 - 2.0 / (exponential(2.0 * factor * values[b]) + 1.0)
        values[b] = value
        slopes[b] = factor * (1.0 - value * value)


@kernel(void(float64, floats1, floats1))
def _logistic(factor: float, values: Array, slopes: Array) -> None:
    """Of `factor` times the totals that stand in `values`."""
    for b in range(len(values)):
        value = 1.0 / (1.0 + exponential(-factor * values[b]))
        values[b] = value
        slopes[b] = factor * value * (1.0 - value)


@kernel(void(uint8, floats1, floats1))
def respond(code: int, values: Array, slopes: Array) -> None:
    """Turn the totals of one node into its values.

    Args:
        code: of the activation function.
        values: `(batch,)` totals, overwritten by the values.
        slopes: `(batch,)` filled with the derivatives of the values by the totals.
    """
    if code == Activation.TANH:
        _tanh(1.0, values, slopes)
    elif code == Activation.NEAT_TANH:
        _tanh(2.5, values, slopes)
    elif code == Activation.SIGMOID:
        _logistic(1.0, values, slopes)
    elif code == Activation.STEEPENED_SIGMOID:
        _logistic(4.9, values, slopes)
    elif code == Activation.NEAT_SIGMOID:
        _logistic(5.0, values, slopes)
    elif code == Activation.IDENTITY:
        for b in range(len(values)):
            slopes[b] = 1.0
    else:
        for b in range(len(values)):
            total = values[b]
            values[b] = activate(code, total)
            slopes[b] = slope(code, total, values[b])


@kernel(void(float64, float64, float64, floats1))
def _fraction(gain: float, top: float, offset: float, values: Array) -> None:
    """`offset + top / (exp(gain x) + 1)` of the totals that stand in `values`."""
    for b in range(len(values)):
        values[b] = offset + top / (exponential(gain * values[b]) + 1.0)


@kernel(void(uint8, floats1))
def answer(code: int, values: Array) -> None:
    """Turn the totals of one node into its values, as `respond`, where nobody asks for slopes."""
    if code == Activation.TANH:
        _fraction(2.0, -2.0, 1.0, values)
    elif code == Activation.NEAT_TANH:
        _fraction(5.0, -2.0, 1.0, values)
    elif code == Activation.SIGMOID:
        _fraction(-1.0, 1.0, 0.0, values)
    elif code == Activation.STEEPENED_SIGMOID:
        _fraction(-4.9, 1.0, 0.0, values)
    elif code == Activation.NEAT_SIGMOID:
        _fraction(-5.0, 1.0, 0.0, values)
    elif code != Activation.IDENTITY:
        for b in range(len(values)):
            values[b] = activate(code, values[b])
