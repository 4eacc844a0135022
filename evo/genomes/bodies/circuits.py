"""From the neurons of a graph to those of a creature.

A gene says where a neuron or a joint axis takes its value from by a code, ``64 · origin + index``,
that means the same in every copy of a part: the origin is one of `Origin`, relative to the part.
An index beyond what there is wraps around; what has nothing of an origin takes 0 from there.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 4: neurons in parts are copied
with them and are connected to the parts that theirs hangs on or carries, central ones are there
once. The codes are chosen here, and so is that oscillators of a copy are late by what its links
say, and that mirrored parts sense left and right the other way around: without it a mirrored pair
of limbs could not steer.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from evo_envs.creatures.body import CLOCK, UP

from evo.genomes.bodies.develop import Growth
from evo.genomes.bodies.graph import SOURCES, Graph, Neuron
from evo.networks.brains.columns import NEURONS, Brain, Circuit
from evo.networks.brains.neurons import Function, inputs_of


class Origin(IntEnum):
    """Where a value comes from, as seen from a part. Codes are written to disk: they never change.

    - SENSOR: its own sensors: angle and speed of each of its joint axes, then touch; a central
      neuron has those of ROOT instead
    - OWN: its own neurons; of a central neuron the central ones
    - PARENT: the neurons of the part that it hangs on; a central neuron has none
    - CHILD: those of the parts that it carries, ``8 · child + neuron``; a central neuron has none
    - CENTRAL: the central neurons
    - ROOT: what the creature senses as a whole: the clock's sine and cosine; the direction upwards,
      forwards, to the left and upwards along the root's axes; in the same way that to each target
    """

    SENSOR = 0
    OWN = 1
    PARENT = 2
    CHILD = 3
    CENTRAL = 4
    ROOT = 5


SPAN = SOURCES // len(Origin)
"""How many codes an origin has."""
PER_CHILD = 8
"""Neurons of a child that its parent has codes for."""
SLOWEST, QUICKEST = 1.0, 0.02
"""Time constants of neurons that smooth, in s, for genes of -1 and 1."""


def source(origin: Origin, index: int) -> int:
    """The code of a source; `index` from 0 to 63."""
    return SPAN * origin + index


@dataclass(frozen=True)
class _Place:
    """What a part, or the middle, has to take from.

    Attributes:
        sensors: its signals.
        neurons: numbers of its neurons in the circuit.
        parent: of those of the part that it hangs on.
        children: of those of the parts that it carries.
        mirrored: whether it is a mirror image.
        lag: by what its oscillators are late, in rad.
    """

    sensors: list[int]
    neurons: list[int]
    parent: list[int]
    children: list[list[int]]
    mirrored: bool = False
    lag: float = 0.0


def neurons(graph: Graph, growth: Growth, targets: int) -> Brain:
    """The neurons of a creature: those of each part, part by part, then the central ones.

    Args:
        graph: the genome.
        growth: what it grew into.
        targets: how many things the creature sees the direction to.
    """
    shared, dofs = CLOCK + UP + 3 * targets, growth.body.degrees_of_freedom
    places, central = _places(graph, growth, shared)
    genes = [graph.nodes[copy.node].neurons for copy in growth.copies]
    rows = _Rows(shared, central.neurons, graph.frequency)
    for place, owned in zip((*places, central), (*genes, graph.neurons), strict=True):
        for neuron in owned:
            rows.add(neuron, place)
    driver, gain = np.zeros(dofs, np.int64), np.zeros(dofs)
    axis = 0
    for part, copy, place in zip(growth.body.parts, growth.copies, places, strict=True):
        node = graph.nodes[copy.node]
        for k in range(len(part.axes)):
            driver[axis], gain[axis] = rows.taken(node.drivers[k], node.gains[k], place)
            axis += 1
    return Brain(
        NEURONS,
        growth.body.senses(targets),
        dofs,
        circuit=rows.circuit()._replace(driver=driver, gain=gain),
    )


def _places(graph: Graph, growth: Growth, shared: int) -> tuple[list[_Place], _Place]:
    """What each part has to take from, and what central neurons have."""
    parts, copies = growth.body.parts, growth.copies
    dofs = growth.body.degrees_of_freedom
    places: list[_Place] = []
    axis, count = 0, 0
    for number, (part, copy) in enumerate(zip(parts, copies, strict=True)):
        moved = range(shared + 2 * axis, shared + 2 * (axis + len(part.axes)))
        own = list(range(count, count + len(graph.nodes[copy.node].neurons)))
        above = places[copy.parent].neurons if copy.parent >= 0 else []
        sensors = [*moved, shared + 2 * dofs + number]
        places.append(_Place(sensors, own, above, [], copy.mirrored, copy.lag))
        if copy.parent >= 0:
            places[copy.parent].children.append(own)
        axis, count = axis + len(part.axes), count + len(own)
    central = list(range(count, count + len(graph.neurons)))
    return places, _Place(list(range(shared)), central, [], [])


class _Rows:
    """The neurons of a circuit, one after the other.

    Args:
        shared: how many signals belong to no part.
        central: numbers of the central neurons.
        frequency: of the creature's rhythm, in turns per second.
    """

    def __init__(self, shared: int, central: list[int], frequency: float) -> None:
        self.shared, self.central, self.frequency = shared, central, frequency
        self.functions: list[int] = []
        self.constants: list[tuple[float, float]] = []
        self.sources: list[tuple[int, ...]] = []
        self.weights: list[tuple[float, ...]] = []

    def add(self, neuron: Neuron, place: _Place) -> None:
        """A neuron of a part, or a central one."""
        count = inputs_of(neuron.function)
        taken = [
            self.taken(code, weight if k < count else 0.0, place)
            for k, (code, weight) in enumerate(zip(neuron.sources, neuron.weights, strict=True))
        ]
        self.functions.append(neuron.function)
        self.constants.append(_constants(neuron, self.frequency, place.lag))
        self.sources.append(tuple(number for number, _ in taken))
        self.weights.append(tuple(weight for _, weight in taken))

    def taken(self, code: int, weight: float, place: _Place) -> tuple[int, float]:
        """The source in the circuit that a code means at a place, and its weight; 0 if none."""
        origin, index = divmod(code, SPAN)
        if origin == Origin.ROOT:
            signal = index % self.shared
            sideways = signal >= CLOCK and (signal - CLOCK) % 3 == 1
            return signal, -weight if sideways and place.mirrored else weight
        if origin == Origin.SENSOR:
            return place.sensors[index % len(place.sensors)], weight
        if origin == Origin.CHILD:
            child, index = divmod(index, PER_CHILD)
            found = place.children[child % len(place.children)] if place.children else []
        else:
            found = {
                Origin.OWN: place.neurons,
                Origin.PARENT: place.parent,
                Origin.CENTRAL: self.central,
            }[Origin(origin)]
        return (-1 - found[index % len(found)], weight) if found else (0, 0.0)

    def circuit(self) -> Circuit:
        """All that was added, without actuators."""
        count = len(self.functions)
        return Circuit(
            np.array(self.functions, np.int64),
            np.array(self.constants, np.float64).reshape(count, 2),
            np.array(self.sources, np.int64).reshape(count, 3),
            np.array(self.weights, np.float64).reshape(count, 3),
            np.zeros(0, np.int64),
            np.zeros(0),
        )


def _constants(neuron: Neuron, frequency: float, lag: float) -> tuple[float, float]:
    """The numbers of a function from genes of -1 to 1.

    Oscillators have half to twice the creature's frequency, and begin at any part of a turn.
    """
    first, second = (min(max(constant, -1.0), 1.0) for constant in neuron.constants)
    if neuron.function in (Function.OSCILLATE_WAVE, Function.OSCILLATE_SAW):
        return frequency * 2.0**first, 0.5 * second - lag / (2.0 * np.pi)
    if neuron.function == Function.SMOOTH:
        return SLOWEST * (QUICKEST / SLOWEST) ** (0.5 * (first + 1.0)), second
    if neuron.function == Function.INTEGRATE:
        return 0.5 * (first + 1.0), second
    return first, second


def described(circuit: Circuit) -> dict[str, Any]:
    """A circuit as plain data: sources from 0 on are signals, -1 - k is neuron k."""
    rows = zip(circuit.function, circuit.constants, circuit.sources, circuit.weights, strict=True)
    return {
        "neurons": [
            {
                "function": Function(int(function)).name.lower().replace("_", "-"),
                "constants": constants.tolist(),
                "sources": sources[: inputs_of(int(function))].tolist(),
                "weights": weights[: inputs_of(int(function))].tolist(),
            }
            for function, constants, sources, weights in rows
        ],
        "drivers": circuit.driver.tolist(),
        "gains": circuit.gain.tolist(),
    }
