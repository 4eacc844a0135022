"""What kernels learn from, out of what callers give."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evo.errors import UnknownName, UsageError
from evo.networks.flat import Networks
from evo.networks.kernels import of_each
from evo.networks.learning.lesson_kernels import Lessons
from evo.networks.learning.loss_kernels import LOSSES

Array = NDArray[Any]


def lessons(
    networks: Networks,
    inputs: ArrayLike,
    targets: ArrayLike,
    order: ArrayLike,
    rates: ArrayLike,
    momentum: ArrayLike,
    loss: str,
) -> Lessons:
    """The arguments of `evo.networks.learning.learn` of these names, checked.

    Raises:
        UsageError: they do not fit the networks or each other.
    """
    if loss not in LOSSES:
        raise UnknownName("loss", loss, LOSSES)
    samples = _samples(networks, inputs)
    aims = _aims(targets, samples, networks.outputs, networks.recurrent)
    if not (np.isfinite(samples).all() and np.isfinite(aims).all()):
        raise UsageError("some inputs or targets are not finite", "leave these examples out")
    speeds = _of_each(momentum, len(networks), "momentum has")
    if not ((speeds >= 0.0) & (speeds < 1.0)).all():
        raise UsageError(f"momentum is {momentum}", "give a number from 0 to below 1")
    each = _of_each(rates, len(networks), "learning rates have")
    if not np.isfinite(each).all():
        raise UsageError("a learning rate is not finite", "give a number, or one for each network")
    return Lessons(
        samples,
        aims,
        _order(order, len(networks), len(samples)),
        each,
        speeds,
        int(LOSSES[loss]),
    )


def _samples(networks: Networks, inputs: ArrayLike) -> Array:
    samples = np.asarray(inputs, np.float64)
    words = "(k, T, inputs)" if networks.recurrent else "(k, inputs)"
    if samples.ndim != 2 + networks.recurrent or samples.shape[-1] != networks.inputs:
        kind = "recurrent" if networks.recurrent else "feed-forward"
        raise UsageError(
            f"inputs have shape {samples.shape}; {kind} networks with {networks.inputs} inputs "
            f"take {words}",
            "one row for each example; recurrent networks learn from sequences of T steps",
        )
    if 0 in samples.shape[:-1]:
        raise UsageError(f"inputs have shape {samples.shape}", "give at least one example")
    return np.require(samples.reshape(len(samples), -1, networks.inputs), None, ["C", "W"])


def _aims(targets: ArrayLike, samples: Array, outputs: int, recurrent: bool) -> Array:
    """`(k, T, outputs)`, or `(k, 1, outputs)` where only the end of a sequence counts."""
    given = np.asarray(targets)
    count, length = samples.shape[:2]
    if given.dtype.kind in "uib" and given.shape == (count,):
        given = _encoded(given.astype(np.int64), outputs)
    allowed = [(count, outputs), *([(count, length, outputs)] if recurrent else [])]
    if given.shape not in allowed:
        raise UsageError(
            f"targets have shape {given.shape}; these {count} examples and {outputs} outputs take "
            + " or ".join(map(str, allowed)),
            f"give numbers in that shape, or {count} whole numbers that say the classes",
        )
    return np.require(given.reshape(count, -1, outputs), np.float64, ["C", "W"])


def _encoded(classes: Array, outputs: int) -> Array:
    """1 for the class and 0 for the others; of one output, the class itself."""
    if outputs == 1:
        return classes[:, None]
    if classes.min() < 0 or classes.max() >= outputs:
        raise UsageError(
            f"classes run from {classes.min()} to {classes.max()}; the networks have {outputs} "
            "outputs",
            f"give whole numbers from 0 to {outputs - 1}",
        )
    return np.eye(outputs)[classes]


def _order(order: ArrayLike, networks: int, samples: int) -> Array:
    rows = np.asarray(order)
    if rows.ndim != 3 or len(rows) not in (1, networks) or 0 in rows.shape[1:]:
        raise UsageError(
            f"order has shape {rows.shape}; {networks} networks take ({networks}, steps, batch)",
            "at least one step of one example; (1, steps, batch) is one order for all",
        )
    if rows.dtype.kind not in "ui":
        raise UsageError(f"order has type {rows.dtype}", "give the numbers of examples")
    if rows.size and (rows.min() < 0 or rows.max() >= samples):
        raise UsageError(
            f"order names examples {rows.min()} to {rows.max()}",
            f"there are {samples}: 0 to {samples - 1}",
        )
    return np.require(rows, np.int32, ["C", "W"])


def _of_each(numbers: ArrayLike, networks: int, words: str) -> Array:
    """`(n,)` numbers, one for each network. Raises `UsageError` if they have another shape."""
    if np.shape(numbers) not in ((), (1,), (networks,)):
        raise UsageError(
            f"{words} shape {np.shape(numbers)}",
            f"give one number, or one for each of the {networks} networks",
        )
    return of_each(numbers, networks)
