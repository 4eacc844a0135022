"""Neurons as Karl Sims has them, each with a function of its own.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 4 (the list of functions). What
each function makes of its inputs, and its numbers, the paper does not say; they are chosen here.
"""

import math
from enum import IntEnum

from evo.jit import kernel
from evo.networks.brains.columns import Circuit, circuit_type
from evo.networks.kernels import Array, clip, float64, floats1, floats2, int64, void

LARGEST = 1e3
"""No input and no value of a neuron is further from 0."""
NEAREST = 1e-3
"""What is divided by is no nearer to 0."""
LEAST = 1e-6
"""What a logarithm or a power is taken of is no smaller."""
FASTEST = 6.0
"""Turns per second that no oscillator exceeds: an actuator then turns back 12 times a second."""
VALUE, NEXT, STATE = range(3)
"""Columns of the memory: what neurons give, what they will give, and what they remember beside."""


class Function(IntEnum):
    """What a neuron makes of its inputs a, b and c, and of its constants p and q.

    Inputs are weighted values, each bounded to ±`LARGEST`, as results are. An input that there is
    not is 0, and a number that is not finite becomes 0. Codes are written to disk: they never
    change.

    - SUM: a + b + c
    - PRODUCT: a · b
    - DIVIDE: a / b, with b no nearer to 0 than `NEAREST`
    - SUM_THRESHOLD: 1 where a + b + c > p, else 0
    - GREATER_THAN: 1 where a > b, else 0
    - SIGN_OF: 1, 0 or -1, the sign of a
    - MIN, MAX: the smaller or the greater one of a and b
    - ABS: the size of a
    - IF: b where a > 0, else c
    - INTERPOLATE: from b for a ≤ 0 to c for a ≥ 1
    - SIN, COS, ATAN: of a in rad
    - LOG: of the size of a, which counts as no less than `LEAST`
    - EXPT: the size of a, no less than `LEAST`, to the power of b, as in Lisp
    - SIGMOID: 1 / (1 + exp(-a))
    - INTEGRATE: the sum of a over the time in s; of it the share p is forgotten every second
    - DIFFERENTIATE: how much a has grown since the decision before, per second
    - SMOOTH: a, which it follows with the time constant p in s
    - MEMORY: the last a for which b > 0 was true
    - OSCILLATE_WAVE: a sine of p · 2^a turns a second, with a from -1 to 1, ahead by q + b turns
    - OSCILLATE_SAW: the same as a ramp from -1 to 1
    """

    SUM = 0
    PRODUCT = 1
    DIVIDE = 2
    SUM_THRESHOLD = 3
    GREATER_THAN = 4
    SIGN_OF = 5
    MIN = 6
    MAX = 7
    ABS = 8
    IF = 9
    INTERPOLATE = 10
    SIN = 11
    COS = 12
    ATAN = 13
    LOG = 14
    EXPT = 15
    SIGMOID = 16
    INTEGRATE = 17
    DIFFERENTIATE = 18
    SMOOTH = 19
    MEMORY = 20
    OSCILLATE_WAVE = 21
    OSCILLATE_SAW = 22


ONE_INPUT = frozenset(
    {
        Function.SIGN_OF,
        Function.ABS,
        Function.SIN,
        Function.COS,
        Function.ATAN,
        Function.LOG,
        Function.SIGMOID,
        Function.INTEGRATE,
        Function.DIFFERENTIATE,
        Function.SMOOTH,
    }
)
THREE_INPUTS = frozenset({Function.SUM, Function.SUM_THRESHOLD, Function.IF, Function.INTERPOLATE})
"""Functions of another number of inputs than two."""


def inputs_of(function: int) -> int:
    """How many inputs a neuron with this function has."""
    if function in ONE_INPUT:
        return 1
    return 3 if function in THREE_INPUTS else 2


@kernel(float64(float64))
def bounded(x: float) -> float:
    """`x` within ±`LARGEST`; 0 for what is not a number."""
    if math.isnan(x):
        return 0.0
    return clip(x, -LARGEST, LARGEST)


@kernel(float64(int64, float64, float64, float64, float64))
def direct(code: int, a: float, b: float, c: float, p: float) -> float:
    """The value of a function that remembers nothing; 0 for an unknown code.

    Args:
        code: of the function.
        a, b, c: inputs.
        p: its first constant.
    """
    if code == Function.SUM:
        return a + b + c
    if code == Function.PRODUCT:
        return a * b
    if code == Function.DIVIDE:
        return a / math.copysign(max(abs(b), NEAREST), b)
    if code == Function.SUM_THRESHOLD:
        return 1.0 if a + b + c > p else 0.0
    if code == Function.GREATER_THAN:
        return 1.0 if a > b else 0.0
    if code == Function.SIGN_OF:
        return 1.0 if a > 0.0 else (-1.0 if a < 0.0 else 0.0)
    if code == Function.MIN:
        return min(a, b)
    if code == Function.MAX:
        return max(a, b)
    if code == Function.ABS:
        return abs(a)
    if code == Function.IF:
        return b if a > 0.0 else c
    if code == Function.INTERPOLATE:
        return b + clip(a, 0.0, 1.0) * (c - b)
    if code == Function.SIN:
        return math.sin(a)
    if code == Function.COS:
        return math.cos(a)
    if code == Function.ATAN:
        return math.atan(a)
    if code == Function.LOG:
        return math.log(max(abs(a), LEAST))
    if code == Function.EXPT:
        # e to the power of 7 is more than `LARGEST`, and that of -60 is as good as 0
        return math.exp(clip(b * math.log(max(abs(a), LEAST)), -60.0, 7.0))
    if code == Function.SIGMOID:
        return 1.0 / (1.0 + math.exp(-clip(a, -60.0, 60.0)))
    return 0.0


@kernel(float64(circuit_type, int64, float64, float64, float64, float64, floats2))
def respond(
    circuit: Circuit, neuron: int, a: float, b: float, c: float, tick: float, memory: Array
) -> float:
    """The new value of a neuron, before it is bounded; what it remembers is brought up to date.

    Args:
        circuit: the neurons.
        neuron: which one.
        a, b, c: its inputs.
        tick: from one decision to the next, in s.
        memory: as in `fire`.
    """
    code, p, q = (
        circuit.function[neuron],
        circuit.constants[neuron, 0],
        circuit.constants[neuron, 1],
    )
    state = memory[neuron, STATE]
    if code < Function.INTEGRATE or code > Function.OSCILLATE_SAW:
        return direct(code, a, b, c, p)
    if code == Function.OSCILLATE_WAVE or code == Function.OSCILLATE_SAW:
        turns = state + q + b
        turns -= math.floor(turns)
        ahead = state + tick * clip(p * 2.0 ** clip(a, -1.0, 1.0), 0.0, FASTEST)
        memory[neuron, STATE] = ahead - math.floor(ahead)
        if code == Function.OSCILLATE_SAW:
            return 2.0 * turns - 1.0
        return math.sin(2.0 * math.pi * turns)
    value = state
    if code == Function.INTEGRATE:
        value = bounded(state + tick * (a - clip(p, 0.0, 1.0) * state))
        memory[neuron, STATE] = value
    elif code == Function.DIFFERENTIATE:
        value = (a - state) / tick
        memory[neuron, STATE] = a
    elif code == Function.SMOOTH:
        value = state + tick / (tick + max(p, 0.0)) * (a - state)
        memory[neuron, STATE] = value
    elif b > 0.0:
        value = a
        memory[neuron, STATE] = a
    return value


@kernel(float64(int64, floats1, floats2))
def taken(source: int, signals: Array, memory: Array) -> float:
    """The value of a source: from 0 on a signal, -1 - k that of neuron k."""
    return signals[source] if source >= 0 else memory[-1 - source, VALUE]


@kernel(void(circuit_type, floats1, float64, floats2, floats1))
def fire(circuit: Circuit, signals: Array, tick: float, memory: Array, control: Array) -> None:
    """Give all neurons at once their values from those of the decision before, then the actuators.

    Args:
        circuit: the neurons.
        signals: what the creature senses.
        tick: from one decision to the next, in s.
        memory: `(neurons, 3)`, see `VALUE`, `NEXT` and `STATE`.
        control: `(dofs,)` for the actuators, from -1 to 1.
    """
    sources, weights = circuit.sources, circuit.weights
    for k in range(len(circuit.function)):
        a = bounded(weights[k, 0] * taken(sources[k, 0], signals, memory))
        b = bounded(weights[k, 1] * taken(sources[k, 1], signals, memory))
        c = bounded(weights[k, 2] * taken(sources[k, 2], signals, memory))
        memory[k, NEXT] = bounded(respond(circuit, k, a, b, c, tick, memory))
    for k in range(len(circuit.function)):
        memory[k, VALUE] = memory[k, NEXT]
    for k in range(len(control)):
        told = bounded(circuit.gain[k] * taken(circuit.driver[k], signals, memory))
        control[k] = clip(told, -1.0, 1.0)
