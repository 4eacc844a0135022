"""Brains as arrays: oscillators, neurons in parts, and networks, of one creature."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from evo.networks.flat import Columns, Networks
from evo.networks.kernels import columns, network
from evo.networks.plasticity_kernels import RIGID, Plasticity, plasticity_type

Floats, Ints = NDArray[np.float64], NDArray[np.int64]

OSCILLATORS, NEURONS, NETWORK = range(3)
"""What a brain consists of."""


class Oscillators(NamedTuple):
    """One oscillator for each joint axis.

    Its output is ``offset + steer · seen + amplitude · sin(phase)``. The phase of a free oscillator
    follows the clock; that of a coupled one is drawn to those of its neighbours.

    Attributes:
        numbers: `(dofs, 5)` amplitude, offset, phase in rad, and how much the direction to what is
            followed counts, to the left and upwards.
        upstream: `(dofs,)` the neighbour nearer to the root; -1 for none.
        angles: `(dofs,)` which signals are the angles of the axes, as shares of their limits, for
            coupled oscillators, which wait where the body is late; none if they do not.
        rhythm: `(2,)` turns per second, and how strongly neighbours are coupled, in 1/s; 0 for free
            oscillators.
    """

    numbers: Floats
    upstream: Ints
    rhythm: Floats
    angles: Ints = np.zeros(0, np.int64)


class Circuit(NamedTuple):
    """Neurons of up to three inputs, of which each computes its own function.

    Attributes:
        function: `(neurons,)` codes, see `evo.networks.brains.neurons`.
        constants: `(neurons, 2)` numbers of the function, as a frequency and a phase.
        sources: `(neurons, 3)` where inputs come from: from 0 on a signal, -1 - k neuron k.
        weights: `(neurons, 3)`; an input that there is not has the weight 0.
        driver: `(dofs,)` where each actuator takes its value from, as `sources`.
        gain: `(dofs,)` the weight of that.
    """

    function: Ints
    constants: Floats
    sources: Ints
    weights: Floats
    driver: Ints
    gain: Floats


class Wiring(NamedTuple):
    """How copies of a network are connected to signals and actuators.

    Attributes:
        inputs: `(copies, inputs)` signals that each copy gets; -1 for 0.
        outputs: `(copies, outputs)` actuators that it moves; -1 for none.
        rates: `(nodes,)` how far a node goes to its new value at each decision, for nodes that take
            their time; none for nodes that do not.
    """

    inputs: Ints
    outputs: Ints
    rates: Floats


_ints1, _ints2 = types.int64[::1], types.int64[:, ::1]
_floats1, _floats2, _floats3 = types.float64[::1], types.float64[:, ::1], types.float64[:, :, ::1]
oscillators_type = types.NamedTuple((_floats2, _ints1, _floats1, _ints1), Oscillators)
circuit_type = types.NamedTuple((_ints1, _floats2, _ints2, _floats2, _ints1, _floats1), Circuit)
wiring_type = types.NamedTuple((_ints2, _ints2, _floats1), Wiring)


class Parts(NamedTuple):
    """All that the kernel knows of a brain; what a kind of brain does not have is empty.

    Attributes:
        kind: `(1,)` `OSCILLATORS`, `NEURONS` or `NETWORK`.
        oscillators, circuit, net, wiring: of the kinds; of a network one for each copy.
        plasticity: how links of the network change.
        recurrent: `(1,)` whether nodes of the network read the values of the decision before.
        memory: `(neurons or dofs, 3)` what neurons and oscillators remember.
        values: `(copies, 2, width)` values of nodes.
        signals: what is sensed, then what actuators were told, then constants.
        first: `(2,)` where in `signals` the actuators begin, and where the constants do.
    """

    kind: Ints
    oscillators: Oscillators
    circuit: Circuit
    net: Columns
    plasticity: Plasticity
    wiring: Wiring
    recurrent: Ints
    memory: Floats
    values: Floats
    signals: Floats
    first: Ints


parts_type = types.NamedTuple(
    (
        _ints1,
        oscillators_type,
        circuit_type,
        network,
        plasticity_type,
        wiring_type,
        _ints1,
        _floats2,
        _floats3,
        _floats1,
        _ints1,
    ),
    Parts,
)

NO_OSCILLATORS = Oscillators(np.zeros((0, 5)), np.zeros(0, np.int64), np.zeros(2))
NO_CIRCUIT = Circuit(
    np.zeros(0, np.int64),
    np.zeros((0, 2)),
    np.zeros((0, 3), np.int64),
    np.zeros((0, 3)),
    np.zeros(0, np.int64),
    np.zeros(0),
)
NO_WIRING = Wiring(np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64), np.zeros(0))
NO_NETWORK = columns(
    Networks(
        0,
        0,
        False,
        np.zeros(1, np.int64),
        np.zeros(0),
        np.zeros(0, np.uint8),
        np.zeros(0, np.uint8),
        np.zeros(1, np.int64),
        np.zeros(0, np.int32),
        np.zeros(0),
        np.zeros((0, 0), np.int32),
    )
)


@dataclass(frozen=True, eq=False)
class Brain:
    """The brain of one creature.

    Attributes:
        kind: `OSCILLATORS`, `NEURONS` or `NETWORK`.
        senses, actuators: how many numbers it gets and gives.
        oscillators, circuit, network, wiring: of the kinds; a network is a batch of one.
        plasticity: how links of networks change while they act; None if they do not.
        constants: numbers that signals end with.
    """

    kind: int
    senses: int
    actuators: int
    oscillators: Oscillators = NO_OSCILLATORS
    circuit: Circuit = NO_CIRCUIT
    network: Networks | None = None
    plasticity: Callable[[Networks], Plasticity] | None = None
    wiring: Wiring = NO_WIRING
    constants: Floats = field(default_factory=lambda: np.zeros(0))

    def parts(self) -> Parts:
        """The arrays for the kernel, with a memory of nothing."""
        net, plasticity, width, recurrent = NO_NETWORK, RIGID, 0, 0
        if self.network is not None:
            copies = self.network.repeat(len(self.wiring.inputs))
            if self.plasticity is not None:
                plasticity = self.plasticity(copies)
            net, recurrent = columns(copies, plasticity.plastic), int(copies.recurrent)
            width = copies.inputs + int(self.network.nodes[1])
        signals = np.zeros(self.senses + self.actuators + len(self.constants))
        signals[self.senses + self.actuators :] = self.constants
        return Parts(
            np.array([self.kind]),
            self.oscillators,
            self.circuit,
            net,
            plasticity,
            self.wiring,
            np.array([recurrent]),
            np.zeros((max(len(self.circuit.function), len(self.oscillators.upstream)), 3)),
            np.zeros((len(self.wiring.inputs), 2, width)),
            signals,
            np.array([self.senses, self.senses + self.actuators]),
        )


def wired(network: Networks, senses: int, actuators: int) -> Brain:
    """A brain of one network that gets all senses and moves all actuators.

    Args:
        network: a batch of one.
        senses: how many numbers it gets.
        actuators: how many it gives.
    """
    wiring = Wiring(
        np.arange(senses, dtype=np.int64)[None],
        np.arange(actuators, dtype=np.int64)[None],
        np.zeros(0),
    )
    return Brain(NETWORK, senses, actuators, network=network, wiring=wiring)


def paced(brain: Brain, rates: Any) -> Brain:
    """The brain with nodes that take their time, see `Wiring.rates`."""
    rates = np.require(rates, np.float64, ["C", "W"])
    return replace(brain, wiring=brain.wiring._replace(rates=rates))
