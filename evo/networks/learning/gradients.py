"""Rules that send errors back: what they need, and their kernel at work."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evo.errors import UsageError
from evo.networks.flat import Columns, Networks
from evo.networks.learning.feedback import PER_NODE, WITH_FEEDBACK, heard
from evo.networks.learning.gradient_kernels import Way, teach
from evo.networks.learning.lesson_kernels import Lessons, room
from evo.networks.learning.pass_kernels import GIVEN, NOTHING, SIGNED, TRANSPOSED

Floats = NDArray[np.float64]

WAYS = {"bp": TRANSPOSED, "fa": GIVEN, "frsf": SIGNED, "dfa": NOTHING}
"""What errors return through, by rule."""


def descend_errors(
    networks: Networks,
    net: Columns,
    lessons: Lessons,
    rule: str,
    feedback: ArrayLike | None,
    truncation: int | None,
) -> Floats:
    """Let networks learn by a rule of `WAYS`.

    Args:
        networks: n of them.
        net: their columns; weights and biases change.
        lessons: the examples.
        rule: its name.
        feedback: see `evo.networks.learning.learn`.
        truncation: see there.

    Returns:
        `(n,)` losses.

    Raises:
        UsageError: the rule has no meaning for these networks, or feedback does not fit.
    """
    if rule in PER_NODE and networks.recurrent:
        raise UsageError(
            f"{rule} sends no errors from step to step, and these networks are recurrent",
            "use bp, fa or frsf, or evolve with recurrent = false",
        )
    if truncation is not None and (not networks.recurrent or truncation < 1):
        raise UsageError(
            f"truncation is {truncation}",
            "give at least 1; only recurrent networks have anything to cut",
        )
    weights = _feedback(networks, rule, feedback)
    length, batch = lessons.inputs.shape[1], lessons.order.shape[2]
    work = room(networks, length, batch, states=length + networks.recurrent)
    losses = np.empty(len(networks))
    way = Way(
        networks.recurrent,
        WAYS[rule],
        np.zeros(0) if rule in PER_NODE else weights,
        weights if rule in PER_NODE else np.zeros((0, 0)),
        heard(networks),
        truncation or 0,
    )
    teach(net, lessons, way, work, np.zeros((2, *work.slopes.shape[1:])), losses)
    return losses


def _feedback(networks: Networks, rule: str, feedback: ArrayLike | None) -> Floats:
    """`(links,)` or `(nodes, outputs)`; `(links,)` zeros where the rule has none."""
    if rule not in WITH_FEEDBACK:
        return np.zeros(len(networks.weights))
    nodes = (len(networks.bias), networks.outputs)
    shape = nodes if rule in PER_NODE else (len(networks.weights),)
    if feedback is None or np.shape(feedback) != shape:
        got = "none was given" if feedback is None else f"it has shape {np.shape(feedback)}"
        raise UsageError(
            f"rule {rule!r} needs feedback of shape {shape}; {got}",
            f"draw_feedback(networks, {rule!r}, seeds) draws it",
        )
    return np.require(feedback, np.float64, ["C", "W"])
