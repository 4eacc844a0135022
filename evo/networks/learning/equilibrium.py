"""Equilibrium propagation: what networks it takes, how they settle, and its kernel at work."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.networks.flat import Columns, Networks
from evo.networks.functions import Activation, Aggregation
from evo.networks.kernels import of_each
from evo.networks.learning.equilibrium_kernels import Neighbours, Phases, teach
from evo.networks.learning.lesson_kernels import Lessons, room

Floats = NDArray[np.float64]

BOUNDED = (
    Activation.TANH,
    Activation.SIGMOID,
    Activation.STEEPENED_SIGMOID,
    Activation.CLAMPED,
    Activation.NEAT_TANH,
    Activation.NEAT_SIGMOID,
)
UNBOUNDED = (Activation.IDENTITY, Activation.LELU)
"""Monotone functions that only nodes that give outputs may have, or states run away."""


@dataclass(frozen=True)
class Settling:
    """How networks settle. The defaults are those of the rule `ep`.

    Attributes:
        phases: two-phase: free and nudged; three-phase: free, nudged by -beta, nudged by +beta.
        beta: strength of the nudge, not 0: one number, `(n,)`, or `(n, steps)` for each step of
            learning. Two-phase with signs that are drawn is what `ep` calls random-sign.
        free_steps: of the free phase: one number, or `(n,)`.
        nudged_steps: of each nudged phase, likewise.
        step: how far states move towards what drives them, in (0, 1], likewise.
    """

    phases: Literal["two-phase", "three-phase"] = "three-phase"
    beta: Any = 0.5
    free_steps: Any = 20
    nudged_steps: Any = 6
    step: Any = 1.0


def settle_and_compare(
    networks: Networks, net: Columns, lessons: Lessons, settling: Settling
) -> Floats:
    """Let feed-forward networks, whose links then work both ways, learn by equilibrium propagation.

    Args:
        networks: n of them.
        net: their columns; weights and biases change.
        lessons: the examples.
        settling: how they settle.

    Returns:
        `(n,)` losses, of free states.

    Raises:
        UsageError: the networks cannot settle, or `settling` is none.
    """
    refuse_unsettled(networks)
    phases = _phases(settling, len(networks), lessons.order.shape[1])
    work = room(networks, 1, lessons.order.shape[2], states=3)
    losses = np.empty(len(networks))
    drives = np.zeros((2, *work.values.shape[1:]))
    links = 2 * len(work.weights)
    neighbours = Neighbours(
        np.zeros(len(work.biases) + 2, np.int64), np.zeros(links, np.int32), np.zeros(links)
    )
    teach(net, lessons, phases, neighbours, drives, work, losses)
    return losses


def refuse_unsettled(networks: Networks) -> None:
    """Raise `UsageError` for networks that have no energy, or whose states could run away."""
    if networks.recurrent:
        raise UsageError(
            "ep takes every link to work both ways, and these networks are recurrent",
            "evolve with recurrent = false",
        )
    if (networks.aggregation != Aggregation.SUM).any():
        raise UsageError(
            "ep needs nodes that add up what drives them; some have another aggregation",
            "evolve with aggregation = 'sum' only",
        )
    if (networks.output < networks.inputs).any():
        raise UsageError(
            "an output of a network is one of its inputs: there is no state to nudge",
            "ep needs output nodes",
        )
    gives = np.zeros(len(networks.bias), bool)
    gives[networks.output - networks.inputs + networks.nodes[:-1, None]] = True
    codes = networks.activation
    fine = np.isin(codes, BOUNDED) | (gives & np.isin(codes, UNBOUNDED))
    if not fine.all():
        wrong = sorted({_spelled(code) for code in codes[~fine].tolist()})
        raise UsageError(
            f"ep needs monotone activations, bounded where a node gives no output; "
            f"got {', '.join(wrong)}",
            f"evolve with {', '.join(map(_spelled, BOUNDED))}; output nodes may have "
            f"{', '.join(map(_spelled, UNBOUNDED))} too",
        )


def _phases(settling: Settling, networks: int, steps: int) -> Phases:
    if settling.phases not in ("two-phase", "three-phase"):
        raise UsageError(f"phases is {settling.phases!r}", "give two-phase or three-phase")
    free, nudged, step = (
        np.asarray(given) for given in (settling.free_steps, settling.nudged_steps, settling.step)
    )
    if (
        any(given.shape not in ((), (networks,)) for given in (free, nudged, step))
        or min(free.min(initial=1), nudged.min(initial=1)) < 1
        or not ((step > 0.0) & (step <= 1.0)).all()
    ):
        raise UsageError(
            f"free_steps is {settling.free_steps}, nudged_steps {settling.nudged_steps}, step "
            f"{settling.step}",
            "give at least 1 step in each phase, and a step in (0, 1]; a number, or one for each "
            "network",
        )
    beta = np.asarray(settling.beta, np.float64)
    if beta.shape not in ((), (networks,), (networks, steps)):
        raise UsageError(
            f"beta has shape {beta.shape}",
            f"give a number, ({networks},) numbers, or ({networks}, {steps})",
        )
    if not np.isfinite(beta).all() or (beta == 0.0).any():
        raise UsageError("beta is 0 or not finite somewhere", "give numbers other than 0")
    whole = np.broadcast_to(beta[:, None] if beta.ndim == 1 else beta, (networks, steps))
    return Phases(
        settling.phases == "three-phase",
        np.require(whole, None, ["C", "W"]),
        of_each(free, networks, np.int64),
        of_each(nudged, networks, np.int64),
        of_each(step, networks),
    )


def _spelled(code: int) -> str:
    return Activation(code).name.lower().replace("_", "-")
