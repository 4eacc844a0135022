"""Many networks learn from examples, each by itself: one call, whatever the rule."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evo.errors import UnknownName, UsageError
from evo.networks.flat import Networks
from evo.networks.kernels import columns
from evo.networks.learning.equilibrium import Settling, settle_and_compare
from evo.networks.learning.feedback import WITH_FEEDBACK
from evo.networks.learning.gradients import WAYS, descend_errors
from evo.networks.learning.hebbian import coefficients_of_links, wire_together
from evo.networks.learning.lessons import lessons

Floats = NDArray[np.float64]


RULES = (*WAYS, "ep", "hebbian", "oja")
READ_BY = {
    "feedback": WITH_FEEDBACK,
    "truncation": ("bp", "fa", "frsf"),
    "settling": ("ep",),
    "coefficients": ("hebbian",),
}
"""Which rules an argument has a meaning for."""


class Learnt(NamedTuple):
    """Networks after learning.

    Attributes:
        networks: with new weights and biases; all else is as it was.
        loss: `(n,)` each network's loss on its last batch, before the step on it. NaN for a network
            whose loss, weights or biases would not have been finite: it stopped there, with the
            last finite weights and biases.
    """

    networks: Networks
    loss: Floats


def learn(
    networks: Networks,
    inputs: ArrayLike,
    targets: ArrayLike,
    order: ArrayLike,
    rates: ArrayLike,
    *,
    rule: str = "bp",
    loss: str = "squared-error",
    momentum: ArrayLike = 0.0,
    feedback: ArrayLike | None = None,
    truncation: int | None = None,
    settling: Settling | None = None,
    coefficients: ArrayLike | None = None,
) -> Learnt:
    """Let n networks learn from examples by gradient descent on what a rule takes for gradients.

    Networks with examples of their own: give all examples of all of them, and let each network's
    order name its own.

    Args:
        networks: n of them. They may have any activation functions, aggregations, numbers of
            outputs in one node, and outputs that are inputs.
        inputs: `(k, inputs)`; for recurrent networks `(k, T, inputs)`, sequences of T steps that
            begin without memory.
        targets: `(k, outputs)` numbers or `(k,)` classes; of sequences, what is wanted at their
            end. Or `(k, T, outputs)`, what is wanted at each step.
        order: `(n, steps, batch)` numbers of the examples that each network sees in each step;
            `(1, steps, batch)` is one order for all.
        rates: learning rates, `(n,)` or one for all.
        rule: `bp` backpropagation (through time, in recurrent networks); `fa` feedback alignment;
            `frsf` the same with the signs of the forward weights; `dfa` direct feedback alignment,
            in feed-forward networks; `ep` equilibrium propagation, in feed-forward networks of sums
            and bounded activations, whose loss is that of what they settle to; `hebbian` the ABCD
            rule, and `oja`, in which targets only judge.
        loss: `squared-error`, `cross-entropy` or `binary-cross-entropy`, as in
            `evo.learning.losses`: the mean over samples and steps of the sum over outputs.
        momentum: of torch's SGD: speed <- momentum speed + gradient; `(n,)` or one for all.
        feedback: of `fa` and `frsf` `(links,)`, of `dfa` `(nodes, outputs)`: drawn by
            `draw_feedback`, or from a genome.
        truncation: sequences are cut after every so many steps; errors do not cross the cuts.
        settling: of `ep`, how networks settle; None is `Settling()`.
        coefficients: of `hebbian`, A, B, C and D: `(links, 4)`, `(n, 4)` or `(4,)`.

    Returns:
        The networks after learning, and their losses.

    Raises:
        UnknownName: there is no such rule or loss.
        UsageError: shapes do not fit, or an argument has no meaning for this rule.

    Source: see `evo.networks.learning.gradient_kernels`, and beside it `equilibrium_kernels` and
    `hebbian_kernels`.
    """
    if rule not in RULES:
        raise UnknownName("rule", rule, RULES)
    _refuse_unused(
        rule, feedback=feedback, truncation=truncation, settling=settling, coefficients=coefficients
    )
    lesson = lessons(networks, inputs, targets, order, rates, momentum, loss)
    # Kernels change weights and biases in place: these are copies.
    pupils = replace(networks, bias=networks.bias.copy(), weights=networks.weights.copy())
    net = columns(pupils)
    if rule == "ep":
        losses = settle_and_compare(pupils, net, lesson, settling or Settling())
    elif rule in ("hebbian", "oja"):
        abcd = None if rule == "oja" else coefficients_of_links(networks, coefficients)
        losses = wire_together(pupils, net, lesson, abcd)
    else:
        losses = descend_errors(pupils, net, lesson, rule, feedback, truncation)
    return Learnt(replace(networks, bias=net.bias, weights=net.weights), losses)


def _refuse_unused(rule: str, **given: object) -> None:
    """Raise `UsageError` for arguments that the rule does not read."""
    for name, value in given.items():
        if value is not None and rule not in READ_BY[name]:
            raise UsageError(
                f"rule {rule!r} does not read {name}",
                f"leave {name} out; rules that read it: {', '.join(READ_BY[name])}",
            )
