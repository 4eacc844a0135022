"""Neurons that are drawn at random, and their mutation.

Source: K. Sims, Evolving Virtual Creatures, SIGGRAPH 1994, section 6.1: weights and constants are
adjusted, functions drawn anew, connections led elsewhere, new neurons added. How often, and how the
first ones are wired, is chosen here: most first parts have an oscillator and are moved by it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from evo_envs.creatures.body import CLOCK, JOINTS, UP

from evo.genomes.bodies.circuits import PER_CHILD, SPAN, Origin, source
from evo.genomes.bodies.graph import Graph, Neuron, Node
from evo.genomes.bodies.mutation import OF_RHYTHM, STEP, Change
from evo.networks.brains.neurons import Function

MOST = PER_CHILD
"""Neurons of a kind of part, and central ones."""
WEIGHT = 4.0
"""The greatest size of a weight."""
CENTRAL = -1
"""The place of the central neurons among those who have neurons; others are numbers of nodes."""
_AXES = tuple(len(axes) for axes in JOINTS.values())


def random_source(rng: np.random.Generator, joint: int, owned: int) -> int:
    """A source that a part may have: often a neuron or a sensor of its own.

    Args:
        rng: the stream.
        joint: the number of the kind of joint of the part; 0 for central neurons.
        owned: how many neurons it has.
    """
    which = rng.random()
    if owned and which < 0.35:
        return source(Origin.OWN, int(rng.integers(owned)))
    if which < 0.55:
        return source(Origin.SENSOR, int(rng.integers(2 * _AXES[joint] + 1)))
    if which < 0.75:
        # with one target as many signals belong to no part; of fewer, the first count twice
        return source(Origin.ROOT, int(rng.integers(CLOCK + UP + 3)))
    if which < 0.85:
        return source(Origin.PARENT, int(rng.integers(PER_CHILD)))
    if which < 0.93:
        return source(Origin.CENTRAL, int(rng.integers(PER_CHILD)))
    return source(Origin.CHILD, int(rng.integers(SPAN)))


def random_neuron(rng: np.random.Generator, joint: int, owned: int) -> Neuron:
    """A neuron of any function; one in two oscillates, smooths or sums. Arguments as above."""
    if rng.random() < 0.5:
        usual = (Function.OSCILLATE_WAVE, Function.SMOOTH, Function.SUM)
        function = usual[int(rng.choice(3, p=(0.5, 0.2, 0.3)))]
    else:
        function = Function(int(rng.integers(len(Function))))
    a, b, c = (random_source(rng, joint, owned) for _ in range(3))
    x, y, z = (float(weight) for weight in rng.normal(size=3))
    if function in (Function.OSCILLATE_WAVE, Function.OSCILLATE_SAW):
        # a rhythm is seldom disturbed at first
        x, y = (weight if rng.random() < 0.2 else 0.0 for weight in (x, y))
    return Neuron(int(function), random_constants(rng), (a, b, c), (x, y, z))


def random_constants(rng: np.random.Generator) -> tuple[float, float]:
    """Constants of a neuron; the first, which says how fast it is, is often the usual one."""
    p, q = (float(constant) for constant in rng.uniform(-1.0, 1.0, 2))
    return (0.0 if rng.random() < 0.7 else p), q


def random_neurons(rng: np.random.Generator, node: Node) -> Node:
    """The node with 1 to 3 neurons, most with an oscillator first, and joints that they drive."""
    count = int(rng.integers(1, 4))
    owned = [random_neuron(rng, node.joint, count) for _ in range(count)]
    if rng.random() < 0.7:
        wave = replace(owned[0], function=int(Function.OSCILLATE_WAVE), weights=(0.0, 0.0, 0.0))
        owned[0] = wave
    drivers, gains = [], []
    for _ in range(3):
        own = source(Origin.OWN, 0 if rng.random() < 0.5 else int(rng.integers(count)))
        drivers.append(own if rng.random() < 0.85 else random_source(rng, node.joint, count))
        gains.append(float(rng.choice((-1.0, 1.0)) * rng.uniform(0.3, 1.0)))
    return replace(node, neurons=tuple(owned), drivers=tuple(drivers), gains=tuple(gains))


def equipped(graph: Graph, rng: np.random.Generator) -> Graph:
    """The graph with neurons in nodes that never had any; all others are as they were."""
    if all(node.neurons or any(node.gains) for node in graph.nodes):
        return graph
    return replace(
        graph,
        nodes=tuple(
            node if node.neurons or any(node.gains) else random_neurons(rng, node)
            for node in graph.nodes
        ),
    )


def with_central(graph: Graph, rng: np.random.Generator) -> Graph:
    """The graph with up to two central neurons."""
    count = int(rng.integers(3))
    return replace(graph, neurons=tuple(random_neuron(rng, 0, count) for _ in range(count)))


def _owner(graph: Graph, place: int) -> Graph | Node:
    return graph if place == CENTRAL else graph.nodes[place]


def _joint(graph: Graph, place: int) -> int:
    """The kind of joint of whom a place belongs to; 0 for the middle."""
    return 0 if place == CENTRAL else graph.nodes[place].joint


def _with(graph: Graph, place: int, neurons: Sequence[Neuron]) -> Graph:
    """The graph with other neurons at a place."""
    if place == CENTRAL:
        return replace(graph, neurons=tuple(neurons))
    nodes = list(graph.nodes)
    nodes[place] = replace(nodes[place], neurons=tuple(neurons))
    return replace(graph, nodes=tuple(nodes))


def _moved(rng: np.random.Generator, value: float, most: float) -> float:
    return float(np.clip(value + STEP * most * rng.normal(), -most, most))


def _on_neuron(change: Callable[[Neuron, int, int, np.random.Generator], Neuron]) -> Change:
    """A change of any neuron, which gets the joint and the number of neurons of its owner."""

    def changed(graph: Graph, rng: np.random.Generator) -> Graph:
        places = [*range(len(graph.nodes)), CENTRAL]
        found = [(p, k) for p in places for k in range(len(_owner(graph, p).neurons))]
        if not found:
            return add_neuron(graph, rng)
        place, which = found[int(rng.integers(len(found)))]
        owned = list(_owner(graph, place).neurons)
        owned[which] = change(owned[which], _joint(graph, place), len(owned), rng)
        return _with(graph, place, owned)

    return changed


def _on_axis(
    change: Callable[[int, float, Node, np.random.Generator], tuple[int, float]],
) -> Change:
    """A change of what an axis of a joint takes, and with which weight."""

    def changed(graph: Graph, rng: np.random.Generator) -> Graph:
        place, axis = int(rng.integers(len(graph.nodes))), int(rng.integers(3))
        node = graph.nodes[place]
        drivers, gains = list(node.drivers), list(node.gains)
        drivers[axis], gains[axis] = change(drivers[axis], gains[axis], node, rng)
        nodes = list(graph.nodes)
        nodes[place] = replace(node, drivers=tuple(drivers), gains=tuple(gains))
        return replace(graph, nodes=tuple(nodes))

    return changed


def _weight(neuron: Neuron, joint: int, owned: int, rng: np.random.Generator) -> Neuron:
    which = rng.integers(3)
    a, b, c = (
        _moved(rng, weight, WEIGHT) if k == which else weight
        for k, weight in enumerate(neuron.weights)
    )
    return replace(neuron, weights=(a, b, c))


def _constant(neuron: Neuron, joint: int, owned: int, rng: np.random.Generator) -> Neuron:
    p, q = neuron.constants
    if rng.random() < 0.5:
        return replace(neuron, constants=(_moved(rng, p, 1.0), q))
    return replace(neuron, constants=(p, _moved(rng, q, 1.0)))


def _function(neuron: Neuron, joint: int, owned: int, rng: np.random.Generator) -> Neuron:
    return replace(neuron, function=random_neuron(rng, joint, owned).function)


def _input(neuron: Neuron, joint: int, owned: int, rng: np.random.Generator) -> Neuron:
    which = rng.integers(3)
    a, b, c = (
        random_source(rng, joint, owned) if k == which else code
        for k, code in enumerate(neuron.sources)
    )
    return replace(neuron, sources=(a, b, c))


def _gain(driver: int, gain: float, node: Node, rng: np.random.Generator) -> tuple[int, float]:
    return driver, _moved(rng, gain, 1.0)


def _driver(driver: int, gain: float, node: Node, rng: np.random.Generator) -> tuple[int, float]:
    return random_source(rng, node.joint, len(node.neurons)), gain


def add_neuron(graph: Graph, rng: np.random.Generator) -> Graph:
    """A new neuron in a kind of part, or in the middle; something there takes from it.

    Where there are as many as there can be, nothing changes.
    """
    place = int(rng.integers(-1, len(graph.nodes)))
    owned = _owner(graph, place).neurons
    if len(owned) >= MOST:
        return graph
    new = random_neuron(rng, _joint(graph, place), len(owned))
    graph = rewired(graph, place, list(range(len(owned))))
    graph = _with(graph, place, (*_owner(graph, place).neurons, new))
    code = source(Origin.OWN, len(owned))
    if place != CENTRAL and rng.random() < 0.5:
        axis, nodes = int(rng.integers(3)), list(graph.nodes)
        a, b, c = (code if k == axis else each for k, each in enumerate(nodes[place].drivers))
        nodes[place] = replace(nodes[place], drivers=(a, b, c))
        return replace(graph, nodes=tuple(nodes))
    if owned:
        neurons, which = list(_owner(graph, place).neurons), int(rng.integers(len(owned)))
        _, b, c = neurons[which].sources
        neurons[which] = replace(neurons[which], sources=(code, b, c))
        return _with(graph, place, neurons)
    return graph


def remove_neuron(graph: Graph, rng: np.random.Generator) -> Graph:
    """A neuron fewer; what took from it takes from another one of the same part, or from none.

    Other parts, which do not know how many neurons there are, take from whichever is in its place.
    """
    places = [place for place in range(-1, len(graph.nodes)) if _owner(graph, place).neurons]
    if not places:
        return graph
    place = places[int(rng.integers(len(places)))]
    owned = _owner(graph, place).neurons
    gone = int(rng.integers(len(owned)))
    kept = [k for k in range(len(owned)) if k != gone]
    names = [0] * len(owned)
    for new, old in enumerate(kept):
        names[old] = new
    if kept:
        names[gone] = int(rng.integers(len(kept)))
    graph = rewired(graph, place, names)
    neurons = _owner(graph, place).neurons
    return _with(graph, place, [neurons[k] for k in kept])


def rewired(graph: Graph, place: int, names: Sequence[int]) -> Graph:
    """The graph after neurons at a place got new numbers, where they are known.

    Those of a part are known to it, central ones to all.

    Args:
        graph: the one whose neurons get other numbers.
        place: of a node, or `CENTRAL`.
        names: the new number of each neuron there.
    """
    if not names:
        return graph

    def code(old: int, origin: Origin) -> int:
        first, index = divmod(old, SPAN)
        return source(origin, names[index % len(names)]) if first == origin else old

    def renamed(neurons: Sequence[Neuron], origin: Origin) -> list[Neuron]:
        changed = []
        for neuron in neurons:
            a, b, c = (code(each, origin) for each in neuron.sources)
            changed.append(replace(neuron, sources=(a, b, c)))
        return changed

    def within(node: Node, origin: Origin) -> Node:
        a, b, c = (code(each, origin) for each in node.drivers)
        return replace(node, neurons=tuple(renamed(node.neurons, origin)), drivers=(a, b, c))

    if place != CENTRAL:
        nodes = list(graph.nodes)
        nodes[place] = within(nodes[place], Origin.OWN)
        return replace(graph, nodes=tuple(nodes))
    central = renamed(renamed(graph.neurons, Origin.OWN), Origin.CENTRAL)
    nodes = tuple(within(node, Origin.CENTRAL) for node in graph.nodes)
    return replace(graph, nodes=nodes, neurons=tuple(central))


OF_NEURONS: tuple[tuple[Change, float], ...] = (
    (_on_neuron(_weight), 3.0),
    (_on_neuron(_constant), 1.5),
    (_on_neuron(_function), 0.7),
    (_on_neuron(_input), 1.2),
    (_on_axis(_gain), 2.0),
    (_on_axis(_driver), 0.8),
    (add_neuron, 0.7),
    (remove_neuron, 0.6),
    *OF_RHYTHM,
)
"""Changes of neurons."""


def without_drivers(graph: Graph) -> Graph:
    """The graph without the codes of what drives joints, of which differences mean nothing."""
    nodes = tuple(replace(node, drivers=(0, 0, 0)) for node in graph.nodes)
    return replace(graph, nodes=nodes)


def difference(first: Graph, second: Graph) -> float:
    """How far apart the neurons of two graphs are, in nodes that both have, and in the middle.

    A neuron that only one has, or that computes something else there, adds 1; so does each source
    that differs by a tenth. Weights and constants add their mean difference.
    """
    theirs: dict[int, Graph | Node] = {node.identity: node for node in second.nodes}
    pairs: list[tuple[Graph | Node, Graph | Node]] = [
        (node, theirs[node.identity]) for node in first.nodes if node.identity in theirs
    ]
    total, differences = 0.0, []
    for mine, other in (*pairs, (first, second)):
        if isinstance(mine, Node) and isinstance(other, Node):
            total += 0.1 * _unlike(mine.drivers, other.drivers)
        total += abs(len(mine.neurons) - len(other.neurons))
        for a, b in zip(mine.neurons, other.neurons, strict=False):
            total += float(a.function != b.function) + 0.1 * _unlike(a.sources, b.sources)
            numbers = (*a.weights, *a.constants), (*b.weights, *b.constants)
            differences.append(float(np.abs(np.subtract(*numbers)).mean()))
    return total + (sum(differences) / len(differences) if differences else 0.0)


def _unlike(mine: Sequence[int], theirs: Sequence[int]) -> int:
    return sum(a != b for a, b in zip(mine, theirs, strict=True))
