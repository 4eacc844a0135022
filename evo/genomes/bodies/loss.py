"""A limb that a creature loses once it has grown: what is left of its body and of its brain.

Source: chosen here; what is left is moved by the brain that grew in the whole body, as after an
amputation, not by one that would have grown without the limb.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from evo_envs.creatures.body import CLOCK, UP, Body, angle_signals
from numpy.typing import NDArray

from evo.genomes.bodies.develop import Growth
from evo.genomes.bodies.graph import Graph
from evo.networks.brains.columns import NEURONS, Brain, Circuit, Oscillators

Ints = NDArray[np.int64]


def without(
    lost: int, graph: Graph, growth: Growth, brain: Brain | None, targets: int
) -> tuple[Growth, Brain | None]:
    """A creature that has lost a part, with all that hangs on it.

    What senses, thinks and moves in the other parts does so as before. Neurons in lost parts are
    gone: what took its value from them, or from what they sensed, takes 0 from there.

    Args:
        lost: the number of the part, from 1 on; of a body with fewer parts, the last is lost. The
            root stays.
        graph: the genome.
        growth: the whole body.
        brain: that of the whole body; None where it comes from elsewhere.
        targets: how many things the creature sees the direction to.
    """
    body = growth.body
    kept = _kept(body, lost)
    left = _left(growth, kept)
    if brain is None:
        return left, None
    owners = [part for part, each in enumerate(body.parts) for _ in each.axes]
    axes = [axis for axis, part in enumerate(owners) if part in kept]
    sensed = left.body.senses(targets)
    if brain.kind != NEURONS:
        built = _oscillating(brain.oscillators, axes, left.body, targets)
        return left, replace(brain, senses=sensed, actuators=len(axes), oscillators=built)
    shared = CLOCK + UP + 3 * targets
    angles = [shared + 2 * axis + k for axis in axes for k in range(2)]
    touch = [shared + 2 * len(owners) + part for part in kept]
    signals = _places([*range(shared), *angles, *touch], brain.senses)
    homes = [n for n, copy in enumerate(growth.copies) for _ in graph.nodes[copy.node].neurons]
    central = range(len(homes), len(brain.circuit.function))
    rows = [*(neuron for neuron, home in enumerate(homes) if home in kept), *central]
    circuit = _severed(brain.circuit, rows, axes, signals)
    return left, replace(brain, senses=sensed, actuators=len(axes), circuit=circuit)


def _kept(body: Body, lost: int) -> list[int]:
    """The numbers of the parts that are left."""
    gone = {min(lost, len(body.parts) - 1)} - {0}
    for number, part in enumerate(body.parts):
        if part.parent in gone:
            gone.add(number)
    return [number for number in range(len(body.parts)) if number not in gone]


def _left(growth: Growth, kept: list[int]) -> Growth:
    """The parts that are left, in their order."""
    places = {number: place for place, number in enumerate(kept)} | {-1: -1}
    parts = [growth.body.parts[number] for number in kept]
    copies = [growth.copies[number] for number in kept]
    return Growth(
        Body(tuple(replace(each, parent=places[each.parent]) for each in parts)),
        tuple(replace(each, parent=places[each.parent]) for each in copies),
    )


def _oscillating(whole: Oscillators, axes: list[int], body: Body, targets: int) -> Oscillators:
    """The oscillators of the axes that are left, each behind the one nearer to the root."""
    coupled = len(whole.angles) > 0
    return whole._replace(
        numbers=whole.numbers[axes],
        upstream=np.array(body.upstream, np.int64),
        angles=angle_signals(body, targets) if coupled else whole.angles,
    )


def _severed(whole: Circuit, rows: list[int], axes: list[int], signals: Ints) -> Circuit:
    """The neurons `rows`, moving the axes that are left.

    Args:
        whole: all neurons.
        rows, axes: the numbers of those that are left.
        signals: the place of each signal among those that are left; -1 for none.
    """
    neurons = _places(rows, len(whole.function))

    def moved(sources: Any, weights: Any) -> tuple[Any, Any]:
        """Sources by their new numbers, and their weights: 0 of what is gone."""
        sensed = sources >= 0
        # the last entry of both is -1
        places = np.where(
            sensed, signals[np.where(sensed, sources, -1)], neurons[np.where(sensed, -1, ~sources)]
        )
        gone = places < 0
        numbers = np.where(sensed, places, -1 - places)
        return np.where(gone, 0, numbers), np.where(gone, 0.0, weights)

    sources, weights = moved(whole.sources[rows], whole.weights[rows])
    driver, gain = moved(whole.driver[axes], whole.gain[axes])
    return Circuit(whole.function[rows], whole.constants[rows], sources, weights, driver, gain)


def _places(kept: list[int], count: int) -> Ints:
    """`(count + 1,)` the place of each number among those that are kept; -1 for others."""
    places = np.full(count + 1, -1, np.int64)
    places[kept] = np.arange(len(kept))
    return places
