"""Hebbian learning: what it needs, and its kernel at work."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evo.errors import UsageError
from evo.networks.flat import Columns, Networks
from evo.networks.learning.gradient_kernels import Way
from evo.networks.learning.hebbian_kernels import teach
from evo.networks.learning.lesson_kernels import Lessons, room
from evo.networks.learning.pass_kernels import TRANSPOSED

Floats = NDArray[np.float64]


def wire_together(
    networks: Networks, net: Columns, lessons: Lessons, coefficients: Floats | None
) -> Floats:
    """Let networks learn by Hebb.

    Args:
        networks: n of them.
        net: their columns; weights change.
        lessons: the examples.
        coefficients: `(links, 4)` A, B, C and D of the ABCD rule; None is Oja's rule.

    Returns:
        `(n,)` losses.
    """
    length, batch = lessons.inputs.shape[1], lessons.order.shape[2]
    work = room(networks, length, batch, states=length + networks.recurrent)
    losses = np.empty(len(networks))
    nothing = np.zeros((0, 4))
    way = Way(networks.recurrent, TRANSPOSED, nothing[:, 0].copy(), nothing, np.zeros(0), 0)
    oja = coefficients is None
    teach(net, lessons, way, oja, nothing if oja else coefficients, work, losses)
    return losses


def coefficients_of_links(networks: Networks, coefficients: ArrayLike | None) -> Floats:
    """`(links, 4)` A, B, C and D of every link, as kernels take them.

    Args:
        networks: n of them.
        coefficients: `(links, 4)`; `(n, 4)`, the same for all links of a network; or `(4,)`.

    Raises:
        UsageError: they have another shape, or are not finite.
    """
    links, n = len(networks.weights), len(networks)
    given = np.asarray(np.nan if coefficients is None else coefficients, np.float64)
    if given.shape not in ((links, 4), (n, 4), (4,)):
        got = "none were given" if coefficients is None else f"they have shape {given.shape}"
        raise UsageError(
            f"hebbian needs coefficients A, B, C and D; {got}",
            f"give ({links}, 4) of links, ({n}, 4) of networks, or 4 numbers",
        )
    if not np.isfinite(given).all():
        raise UsageError("some coefficients are not finite", "give numbers")
    if given.shape != (links, 4):
        each = np.broadcast_to(given, (n, 4))
        given = np.repeat(each, np.diff(networks.links[networks.nodes]), axis=0)
    return np.require(given, None, ["C", "W"])
