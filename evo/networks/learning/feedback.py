"""What errors return through in place of the links' own weights."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evo.errors import UsageError
from evo.networks.flat import Networks
from evo.networks.learning.feedback_kernels import draw_symmetric

Floats = NDArray[np.float64]

PER_LINK, PER_NODE = ("fa", "frsf"), ("dfa",)


def draw_feedback(
    networks: Networks, rule: str, seeds: ArrayLike, scale: ArrayLike = 1.0
) -> Floats:
    """Random feedback weights for each of `networks`.

    For `fa` and `frsf` one for each link, uniform in ±scale sqrt(6 / (links into the link's target
    + links out of its source)), as Xavier weights are; `frsf` takes their magnitudes. For `dfa` one
    for each node and output, uniform in ±scale / sqrt(outputs).

    Args:
        networks: n of them.
        rule: fa, frsf or dfa.
        seeds: `(n,)` whole numbers from 0 on; what a network gets depends on its own alone.
        scale: of all weights; more than 0; one number, or one for each network.

    Returns:
        `(links,)` beside `Networks.weights`, or `(nodes, outputs)` with rows beside
        `Networks.bias`.

    Raises:
        UsageError: another rule, another number of seeds, or a scale that is no scale.
    """
    keys = np.asarray(seeds)
    if keys.shape != (len(networks),) or keys.dtype.kind not in "ui":
        raise UsageError(
            f"seeds have shape {keys.shape} and type {keys.dtype}",
            f"give one whole number for each of the {len(networks)} networks",
        )
    if rule not in WITH_FEEDBACK:
        raise UsageError(
            f"rule {rule!r} has no feedback weights", f"rules that have: {', '.join(WITH_FEEDBACK)}"
        )
    per_node = rule in PER_NODE
    ends = networks.nodes * networks.outputs if per_node else networks.links[networks.nodes]
    drawn = np.empty(int(ends[-1]))
    draw_symmetric(keys.astype(np.uint64), ends.astype(np.int64), drawn)
    if per_node:
        drawn = drawn.reshape(-1, networks.outputs)
    return scaled_feedback(networks, rule, drawn, scale)


def scaled_feedback(
    networks: Networks, rule: str, entries: Floats, scale: ArrayLike = 1.0
) -> Floats:
    """Feedback weights out of numbers from -1 to 1, as `draw_feedback` draws them.

    Args:
        networks: n of them.
        rule: fa, frsf or dfa.
        entries: `(links,)`, or for `dfa` `(nodes, outputs)`.
        scale: of all weights; more than 0; one number, or one for each network.

    Raises:
        UsageError: a scale is no scale.
    """
    scales = np.asarray(scale, np.float64)
    if not ((scales > 0.0) & (scales < np.inf)).all():
        raise UsageError(f"scale is {scale}", "give a number above 0")
    each = np.broadcast_to(scales, (len(networks),))
    if rule in PER_NODE:
        of_nodes = np.repeat(each / np.sqrt(max(networks.outputs, 1)), np.diff(networks.nodes))
        return entries * of_nodes[:, None]
    of_links = np.repeat(each, np.diff(networks.links[networks.nodes]))
    return entries * (of_links * np.sqrt(6.0 / _fans(networks)))


WITH_FEEDBACK = (*PER_LINK, *PER_NODE)


def _fans(networks: Networks) -> Floats:
    """`(links,)` how many links enter each link's target, and how many leave its source."""
    into = np.diff(networks.links)
    network_of_node = np.repeat(np.arange(len(networks)), np.diff(networks.nodes))
    # Positions of all networks side by side, each with room for as many as the largest has.
    width = networks.inputs + int(np.diff(networks.nodes).max(initial=0))
    source = np.repeat(network_of_node, into) * width + networks.sources
    out_of = np.bincount(source, minlength=1)
    return (np.repeat(into, into) + out_of[source]).astype(np.float64)


def heard(networks: Networks) -> Floats:
    """`(nodes,)` 1 for nodes that others read and that give no output, 0 for all others."""
    first = networks.nodes[:-1]
    network_of_node = np.repeat(np.arange(len(networks)), np.diff(networks.nodes))
    result = np.zeros(len(networks.bias))
    sources = networks.sources - networks.inputs
    start = np.repeat(first[network_of_node], np.diff(networks.links))
    result[(sources + start)[sources >= 0]] = 1.0
    outputs = networks.output - networks.inputs
    result[(outputs + first[:, None])[outputs >= 0]] = 0.0
    return result
