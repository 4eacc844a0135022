"""A chain of blocks as a system that settles.

The states s_1 ... s_L drive one another until nothing changes. The primitive function of inputs
s_0 = x and states is

    Phi(s) = sum_l s_l . P_l(W_l * s_{l-1} + b_l)

where W * s is a matrix product or a convolution, and P_l is pooling, or nothing. Its derivative, in
closed form,

    drive_l = dPhi/ds_l = P_l(W_l * s_{l-1} + b_l) + W_{l+1}^T * P_{l+1}^-1(s_{l+1})

has a part from below and a part from above; P^-1 puts values back to where a maximum stood in this
step, or spreads them over what was averaged. All states move at once:

    s <- (1 - step) s + step f(drive)

With step 1 this is the discrete map of Ernoult et al.; a small step follows the energy E(s) = sum
G(s) - Phi(s), G' = f^-1, downhill: (f(drive) - s) and -dE/ds = drive - f^-1(s) have the same sign,
as f is monotone. For f a clamp, G(s) = s^2 / 2, the energy of Scellier and Bengio. Both rest where
s = f(drive).

Source: M. Ernoult, J. Grollier, D. Querlioz, Y. Bengio, B. Scellier, Updates of equilibrium prop
match gradients of backprop through time in an RNN with static input, NeurIPS 2019 (the map); B.
Scellier, Y. Bengio, Equilibrium propagation: bridging the gap between energy-based models and
backpropagation, Frontiers in Computational Neuroscience 11:24, 2017 (the energy); A. Laborieux, M.
Ernoult, B. Scellier, Y. Bengio, J. Grollier, D. Querlioz, Scaling equilibrium propagation to deep
ConvNets by drastically reducing its gradient estimator bias, Frontiers in Neuroscience 15:633674,
2021 (convolution and pooling).
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.networks.blocks import Block
from evo.learning.networks.couplings import Coupling, coupling
from evo.learning.networks.operations.base import add_gradient
from evo.learning.networks.transfer import BOUNDED, Transfer

Nudge = Callable[[Sequence[Tensor], Sequence[Tensor]], None]
"""Adds to the drives what pulls the outputs; takes the states and their drives."""


class System(Protocol):
    """What settles, as equilibrium propagation sees it.

    `driven` is whatever `begin` prepares for the steps of a batch.
    """

    def begin(self, inputs: Tensor) -> tuple[Any, list[Tensor]]:
        """What inputs drive the states with, once for all steps; and all states, at 0."""
        ...

    def settle(
        self, driven: Any, states: Sequence[Tensor], steps: int, nudge: Nudge | None = None
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Let the states move.

        Args:
            driven: what `begin` gave.
            states: to begin with; they are left alone.
            steps: how many.
            nudge: pulls the outputs in every step, if given.

        Returns:
            The states after the last step, and those before it.
        """
        ...

    def outputs(self, states: Sequence[Tensor]) -> Tensor:
        """`(batch, ..., K)`, read from the states."""
        ...

    def pull(self, drives: Sequence[Tensor], outputs: Tensor) -> None:
        """Add to the drives a pull on the outputs."""
        ...

    def teach_readout(self, states: Sequence[Tensor], error: Tensor) -> None:
        """Add the gradients of the read-out, if there is one: the delta rule."""
        ...

    def contrast(
        self,
        inputs: Tensor,
        free: Sequence[Tensor],
        first: Sequence[Tensor],
        second: Sequence[Tensor],
        scale: Tensor,
    ) -> None:
        """Add (dPhi/dtheta(second) - dPhi/dtheta(first)) scale to `.grad`.

        With backward weights, the local products of both.

        Args:
            inputs: of the batch.
            free: states at rest.
            first: states of one phase.
            second: states of the other.
            scale: (), or one for each network, `(P, 1, 1)`.
        """
        ...


class Equilibrium:
    """The states of a chain of blocks, and how they settle.

    Args:
        chain: the blocks whose outputs are states.
        readout: a block that gives the outputs from the last state, of which it is no part; None
            where that state is the outputs.
        step: see above; in (0, 1].
        backward: by block of the chain, the weights that W^T is made of; None for the forward ones.
            The first is not used.
        mean: whether forward and backward weights of a block both learn from the mean of their
            products.
    """

    def __init__(
        self,
        chain: Sequence[Block],
        readout: Block | None,
        step: float,
        backward: Sequence[Parameter | None],
        mean: bool = False,
    ) -> None:
        self.chain, self.step, self.backward, self.mean = chain, step, backward, mean
        self.readout = None if readout is None else coupling(readout)
        self.couplings: list[Coupling] = [
            coupling(block, weights) for block, weights in zip(chain, backward, strict=True)
        ]
        self.transfers = [
            _settling(block, block is chain[-1] and readout is None) for block in chain
        ]

    def begin(self, inputs: Tensor) -> tuple[Tensor, list[Tensor]]:
        drive, _ = self.couplings[0].up(inputs)
        states = [torch.zeros_like(drive)]
        for each in self.couplings[1:]:
            states.append(torch.zeros_like(each.up(states[-1])[0]))
        return drive, states

    def drive(self, driven: Tensor, states: Sequence[Tensor], out: Sequence[Tensor]) -> None:
        """dPhi/ds of all states at once.

        Args:
            driven: what `begin` gave.
            states: s.
            out: tensors in the shapes of the states, which are overwritten.
        """
        out[0].copy_(driven)
        for index in range(1, len(states)):
            each = self.couplings[index]
            _, route = each.up(states[index - 1], out[index])
            each.down(states[index], route, out[index - 1])

    def settle(
        self, driven: Tensor, states: Sequence[Tensor], steps: int, nudge: Nudge | None = None
    ) -> tuple[list[Tensor], list[Tensor]]:
        now, new = (
            [state.clone() for state in states],
            [torch.empty_like(state) for state in states],
        )
        for _ in range(steps):
            self.drive(driven, now, new)
            if nudge is not None:
                nudge(now, new)
            for function, old, state in zip(self.transfers, now, new, strict=True):
                next_state(function, old, state, self.step)
            now, new = new, now
        return now, new

    def energy(self, inputs: Tensor, states: Sequence[Tensor]) -> Tensor:
        """E(s) = sum G(s) - Phi(s), (): over all states and samples."""
        below, total = inputs, inputs.new_zeros(())
        for function, each, state in zip(self.transfers, self.couplings, states, strict=True):
            total += function.potential(state).sum() - (state * each.up(below)[0]).sum()
            below = state
        return total

    def outputs(self, states: Sequence[Tensor]) -> Tensor:
        return states[-1] if self.readout is None else self.readout.up(states[-1])[0]

    def pull(self, drives: Sequence[Tensor], outputs: Tensor) -> None:
        if self.readout is None:
            drives[-1].add_(outputs)
        else:
            self.readout.down(outputs, None, drives[-1])

    def teach_readout(self, states: Sequence[Tensor], error: Tensor) -> None:
        if self.readout is not None:
            self.readout.add_gradients(error, self.readout.route(states[-1]))

    def contrast(
        self,
        inputs: Tensor,
        free: Sequence[Tensor],
        first: Sequence[Tensor],
        second: Sequence[Tensor],
        scale: Tensor,
    ) -> None:
        changes = [
            (after - before).mul_(scale) for after, before in zip(second, first, strict=True)
        ]
        self.couplings[0].add_gradients(changes[0], self.couplings[0].route(inputs))
        for index in range(1, len(free)):
            link, weights = self.couplings[index], self.backward[index]
            if weights is None:
                link.add_gradients(second[index] * scale, link.route(second[index - 1]))
                link.add_gradients(first[index] * -scale, link.route(first[index - 1]))
                continue
            route = link.route(free[index - 1])
            link.add_gradients(changes[index], route)
            gradient = link.backward_gradient(free[index], changes[index - 1], route)
            if self.mean:
                gap = (
                    gradient - link.backward_gradient(changes[index], free[index - 1], route)
                ).mul_(0.5)
                add_gradient(link.parameters["weight"], gap)
                gradient -= gap
            add_gradient(weights, gradient)


def next_state(function: Transfer, old: Tensor, drive: Tensor, step: float) -> None:
    """(1 - step) old + step f(drive), written over `drive`.

    Args:
        function: f.
        old: the state.
        drive: what drives it, of the same shape.
        step: in (0, 1].
    """
    function.apply_(drive)
    if step != 1.0:
        torch.lerp(old, drive, step, out=drive)


def _settling(block: Block, last: bool) -> Transfer:
    """The block's activation.

    Raises:
        UsageError: states could run away; only the last one may have no activation.
    """
    function = block.transfer
    if function is None or not (function.bounded or (last and "function" not in block.modules)):
        raise UsageError(
            f"states after {block.name!r} need a bounded activation, or they run away",
            f"use {BOUNDED}",
        )
    return function


def largest_change(now: Sequence[Tensor], before: Sequence[Tensor]) -> float:
    """The residual: how far from rest the states still are."""
    return max(float((a - b).abs().max()) for a, b in zip(now, before, strict=True))
