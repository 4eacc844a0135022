"""The compiled core of all brains: from what a creature senses to what its actuators are told.

Source: oscillators: A. J. Ijspeert, Central pattern generators for locomotion control in animals
and robots, Neural Networks 21 (2008), section 4; networks whose nodes take their time: R. D. Beer,
On the Dynamics of Small Continuous-Time Recurrent Neural Networks, Adaptive Behavior 3 (1995).
"""

import math

from numba import types

from evo.jit import kernel
from evo.networks.brains.columns import (
    NETWORK,
    NEURONS,
    Oscillators,
    Parts,
    oscillators_type,
    parts_type,
)
from evo.networks.brains.neurons import fire
from evo.networks.kernels import Array, advance, clip, floats1, floats2, int64, void
from evo.networks.plasticity_kernels import be_born, experience

float64 = types.float64
TURN = 2.0 * math.pi
LEFT, UPWARDS = 6, 7
"""Signals: the direction to what is followed, to the left and upwards; see `sense`."""


@kernel(void(oscillators_type, floats1, float64, float64, types.boolean, floats2, floats1))
def oscillate(
    oscillators: Oscillators,
    signals: Array,
    time: float,
    tick: float,
    follows: bool,
    memory: Array,
    control: Array,
) -> None:
    """What oscillators tell the actuators.

    Args:
        oscillators: of the creature.
        signals: what it senses.
        time: in s.
        tick: since the last time, in s.
        follows: whether it senses the direction to something.
        memory: `(dofs, 3)` phases of coupled oscillators: as they are, and as they become.
        control: `(dofs,)` for the actuators, from -1 to 1.
    """
    numbers, upstream = oscillators.numbers, oscillators.upstream
    speed, coupling = TURN * oscillators.rhythm[0], oscillators.rhythm[1]
    for k in range(len(upstream)):
        phase = speed * time + numbers[k, 2]
        if coupling > 0.0:
            phase = memory[k, 0]
            memory[k, 1] = phase + tick * speed
        turned = numbers[k, 1] + numbers[k, 0] * math.sin(phase)
        if follows:
            turned += numbers[k, 3] * signals[LEFT] + numbers[k, 4] * signals[UPWARDS]
        if coupling > 0.0 and len(oscillators.angles) > 0:
            # downhill on the square of what the joint is behind
            behind = signals[oscillators.angles[k]] - turned
            slope = numbers[k, 0] * math.cos(phase)
            memory[k, 1] += tick * coupling * behind * slope
        control[k] = clip(turned, -1.0, 1.0)
    if coupling > 0.0:
        for k in range(len(upstream)):
            other = upstream[k]
            if other >= 0:
                wanted = numbers[k, 2] - numbers[other, 2]
                pull = tick * coupling * math.sin(memory[other, 0] - memory[k, 0] + wanted)
                memory[k, 1] += pull
                memory[other, 1] -= pull
        for k in range(len(upstream)):
            memory[k, 0] = memory[k, 1]


@kernel(void(parts_type, int64, floats1))
def compute(parts: Parts, count: int, control: Array) -> None:
    """What copies of a network tell the actuators; each then learns by itself, if links change.

    Args:
        parts: of the brain.
        count: of decisions before this one.
        control: `(dofs,)` for the actuators, from -1 to 1.
    """
    wiring, net = parts.wiring, parts.net
    old, new = 0, 0
    if parts.recurrent[0]:
        new = count % 2
        old = 1 - new
    inputs = wiring.inputs.shape[1]
    for k in range(len(control)):
        control[k] = 0.0
    for copy in range(wiring.inputs.shape[0]):
        values = parts.values[copy]
        for k in range(inputs):
            signal = wiring.inputs[copy, k]
            value = parts.signals[signal] if signal >= 0 else 0.0
            values[0, k] = value
            values[1, k] = value
        advance(net, inputs, copy, values, old, new)
        for node in range(len(wiring.rates)):
            before = values[old, inputs + node]
            after = values[new, inputs + node]
            values[new, inputs + node] = before + wiring.rates[node] * (after - before)
        for k in range(wiring.outputs.shape[1]):
            actuator = wiring.outputs[copy, k]
            if actuator >= 0:
                control[actuator] = clip(values[new, net.output[copy, k]], -1.0, 1.0)
        experience(net, parts.plasticity, inputs, copy, values, old, new, 0.0)


@kernel(void(parts_type, float64, float64, int64, types.boolean, floats1))
def think(
    parts: Parts, time: float, tick: float, count: int, follows: bool, control: Array
) -> None:
    """Tell each actuator where to go, from what is in ``parts.signals``.

    Args:
        parts: of the brain.
        time: in s.
        tick: from one decision to the next, in s.
        count: of decisions before this one.
        follows: whether the creature senses the direction to something.
        control: `(dofs,)`, from -1 to 1 between the limits of a joint.
    """
    if parts.kind[0] == NETWORK:
        compute(parts, count, control)
    elif parts.kind[0] == NEURONS:
        fire(parts.circuit, parts.signals, tick, parts.memory, control)
    else:
        oscillate(parts.oscillators, parts.signals, time, tick, follows, parts.memory, control)
    for k in range(len(control)):
        parts.signals[parts.first[0] + k] = control[k]


@kernel(void(parts_type))
def wake(parts: Parts) -> None:
    """Let a brain begin anew, with a memory of nothing and the weights of birth.

    Coupled oscillators have their phases.
    """
    for k in range(parts.memory.shape[0]):
        for column in range(parts.memory.shape[1]):
            parts.memory[k, column] = 0.0
    for k in range(len(parts.oscillators.upstream)):
        parts.memory[k, 0] = parts.oscillators.numbers[k, 2]
    for copy in range(parts.values.shape[0]):
        be_born(parts.net, parts.plasticity, copy)
        for row in range(2):
            for k in range(parts.values.shape[2]):
                parts.values[copy, row, k] = 0.0
    for k in range(parts.first[1]):
        parts.signals[k] = 0.0
