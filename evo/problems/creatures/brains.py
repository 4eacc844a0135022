"""How the brains of creatures are chosen, and what a search has to find for each kind."""

from dataclasses import replace

import numpy as np
from evo_envs.creatures.body import Anatomy, Body, angle_signals

from evo.genomes.bodies.creatures import Creature
from evo.networks.brains.columns import (
    NETWORK,
    OSCILLATORS,
    Brain,
    Oscillators,
    Wiring,
    paced,
    wired,
)
from evo.networks.flat import Networks
from evo.phenotype import Need, Network, Parts, Reals, Traits
from evo.population import Floats
from evo.problems.creatures.modules import MODULE_OUTPUTS, module_inputs, wiring
from evo.problems.creatures.settings import BrainKind

PACE = Traits(node=("pace",))
"""Nodes that take their time carry how fast they are."""
SLOWEST, FASTEST = 2.0, 0.02
"""Time constants of such nodes in s, for paces of -1 and 1."""
STEERED = 5
"""Numbers of an oscillator; those that steer count only where there is something to follow."""


def chosen(kind: BrainKind, fixed: bool, targets: int) -> str:
    """The kind of brain that is meant.

    Args:
        kind: as it was set.
        fixed: whether the body is given.
        targets: how many things the creature sees the direction to.
    """
    if kind != "auto":
        return kind
    if fixed:
        return "neat"
    return "cpg" if targets else "sine"


def needed(kind: str, body: Anatomy | None, targets: int) -> Need:
    """What a search has to find.

    Args:
        kind: of brain, not "auto".
        body: the one that is given; None where it evolves too.
        targets: how many things the creature sees the direction to.
    """
    traits = {"traits": PACE} if kind == "ctrnn" else {}
    if body is None:
        if kind in ("neat", "ctrnn"):
            network = Network(module_inputs(targets), MODULE_OUTPUTS, **traits)
            return Parts(body=Creature("none", targets), brain=network)
        return Creature(kind, targets)  # pyright: ignore[reportArgumentType]
    if kind in ("neat", "ctrnn"):
        return Network(body.senses(targets), body.degrees_of_freedom, **traits)
    return Reals(2 + STEERED * body.degrees_of_freedom, -1.0, 1.0)


def wired_copies(network: Networks, body: Body, targets: int) -> Brain:
    """A brain of a copy of one network in each part that moves, see `modules`.

    Args:
        network: a batch of one.
        body: of the creature.
        targets: how many things it sees the direction to.
    """
    inputs, outputs, constants = wiring(body, targets)
    brain = Brain(
        NETWORK,
        body.senses(targets),
        body.degrees_of_freedom,
        network=network,
        wiring=Wiring(inputs, outputs, np.zeros(0)),
        constants=constants,
    )
    return _paced(brain, network)


def wired_whole(network: Networks, body: Anatomy, targets: int) -> Brain:
    """A brain of one network that gets all senses and moves all joints."""
    brain = wired(network, body.senses(targets), body.degrees_of_freedom)
    return _paced(brain, network)


def _paced(brain: Brain, network: Networks) -> Brain:
    """The brain with the pace of its nodes, where they carry one.

    Nodes that take their time read what others were at the decision before, in every network: one
    without cycles would have nothing to start from else.
    """
    if network.traits is None or not network.traits.node.shape[1]:
        return brain
    pace = network.traits.node[:, 0]
    time = np.exp(np.interp(pace, [-1.0, 1.0], np.log([SLOWEST, FASTEST])))
    brain = paced(brain, np.minimum(FASTEST / time, 1.0))
    return replace(brain, network=replace(network, recurrent=True))


def of_vector(vector: Floats, body: Anatomy, targets: int, kind: str) -> Brain:
    """The oscillators that a vector stands for: frequency, coupling, then five for each axis.

    Args:
        vector: `(2 + 5 · dofs,)` around -1 … 1.
        body: of the creature.
        targets: how many things it sees the direction to.
        kind: "sine" or "cpg".
    """
    numbers = np.array(vector[2:], np.float64).reshape(-1, STEERED)
    numbers[:, 0] = np.clip(numbers[:, 0], -1.0, 1.0)
    numbers[:, 2] *= np.pi
    coupling = 2.0 ** (1.0 + vector[1]) if kind == "cpg" else 0.0
    rhythm = np.array([min(2.0 ** float(vector[0]), 4.0), coupling])
    # a body from a file may have actuators whose angles it does not sense
    senses_all = kind == "cpg" and isinstance(body, Body)
    angles = angle_signals(body, targets) if senses_all else np.zeros(0, np.int64)
    built = Oscillators(numbers, np.array(body.upstream, np.int64), rhythm, angles)
    return Brain(OSCILLATORS, body.senses(targets), body.degrees_of_freedom, built)
