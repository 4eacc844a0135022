"""A network as a system that settles: states s_1 ... s_L that drive one another until nothing changes.

The primitive function of inputs s_0 = x and states is

    Phi(s) = sum_l s_l . P_l(W_l * s_{l-1} + b_l)                                            P_l: pooling, or nothing

where W * s is a matrix product or a convolution. Its derivative, in closed form,

    drive_l = dPhi/ds_l = P_l(W_l * s_{l-1} + b_l) + W_{l+1}^T * P_{l+1}^-1(s_{l+1})

has a part from below and a part from above; P^-1 puts values back to where a maximum stood in this step, or spreads them over
what was averaged. All states move at once:

    s <- (1 - step) s + step f(drive)

With step 1 this is the discrete map of Ernoult et al.; a small step follows the energy E(s) = sum G(s) - Phi(s), G' = f^-1,
downhill: (f(drive) - s) and -dE/ds = drive - f^-1(s) have the same sign, as f is monotone. For f a clamp, G(s) = s^2 / 2, the
energy of Scellier and Bengio. Both rest where s = f(drive).

Source: M. Ernoult, J. Grollier, D. Querlioz, Y. Bengio, B. Scellier, Updates of equilibrium prop match gradients of backprop
through time in an RNN with static input, NeurIPS 2019 (the map); B. Scellier, Y. Bengio, Equilibrium propagation: bridging the
gap between energy-based models and backpropagation, Frontiers in Computational Neuroscience 11:24, 2017 (the energy); A.
Laborieux, M. Ernoult, B. Scellier, Y. Bengio, J. Grollier, D. Querlioz, Scaling equilibrium propagation to deep ConvNets by
drastically reducing its gradient estimator bias, Frontiers in Neuroscience 15:633674, 2021 (convolution and pooling).
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from evo.errors import UsageError
from evo.learning.activations import BOUNDED, Activation
from evo.learning.blocks import Block
from evo.learning.couplings import Coupling, coupling

Nudge = Callable[[Tensor, Tensor], None]
"""Adds to a drive what pulls the last state; takes that state and its drive."""


class Equilibrium:
    """The states of a chain of blocks, and how they settle.

    Args:
        chain: the blocks whose outputs are states.
        step: see above; in (0, 1].
        backward: by block, the weights W_{l+1}^T is made of; None for the forward ones. The first block's are not used.
    """

    def __init__(self, chain: Sequence[Block], step: float, backward: Sequence[Tensor | None] | None = None):
        self.chain, self.step = chain, step
        self.couplings: list[Coupling] = [
            coupling(block, weights) for block, weights in zip(chain, backward or [None] * len(chain), strict=True)
        ]
        self.activations = [_settling(block, block is chain[-1]) for block in chain]

    def begin(self, inputs: Tensor) -> tuple[Tensor, list[Tensor]]:
        """What the inputs drive the first state with, once for all steps; and all states, at 0."""
        drive, _ = self.couplings[0].up(inputs)
        states = [torch.zeros_like(drive)]
        for each in self.couplings[1:]:
            states.append(torch.zeros_like(each.up(states[-1])[0]))
        return drive, states

    def drive(self, first: Tensor, states: Sequence[Tensor], out: Sequence[Tensor]) -> None:
        """dPhi/ds of all states at once, written to `out`; `first` is what `begin` gave."""
        out[0].copy_(first)
        for index in range(1, len(states)):
            each = self.couplings[index]
            _, route = each.up(states[index - 1], out[index])
            each.down(states[index], route, out[index - 1])

    def settle(
        self, first: Tensor, states: Sequence[Tensor], steps: int, nudge: Nudge | None = None
    ) -> tuple[list[Tensor], list[Tensor]]:
        """`steps` steps from `states`, which are left alone: the states after the last step, and those before it."""
        now, new = [state.clone() for state in states], [torch.empty_like(state) for state in states]
        for _ in range(steps):
            self.drive(first, now, new)
            if nudge is not None:
                nudge(now[-1], new[-1])
            for function, old, state in zip(self.activations, now, new, strict=True):
                function.apply_(state)
                if self.step != 1.0:
                    torch.lerp(old, state, self.step, out=state)
            now, new = new, now
        return now, new

    def energy(self, inputs: Tensor, states: Sequence[Tensor]) -> Tensor:
        """E(s) = sum G(s) - Phi(s), (): over all states and samples."""
        below, total = inputs, inputs.new_zeros(())
        for function, each, state in zip(self.activations, self.couplings, states, strict=True):
            total += function.potential(state).sum() - (state * each.up(below)[0]).sum()
            below = state
        return total

    def routes(self, inputs: Tensor, states: Sequence[Tensor]) -> list[Any]:
        """By block, where its pooling takes its values from in these states."""
        return [each.route(below) for each, below in zip(self.couplings, [inputs, *states[:-1]], strict=True)]


def _settling(block: Block, last: bool) -> Activation:
    """The block's activation. Raises `UsageError` where states could run away; the last one may have none."""
    function = block.activation
    if function is None or not (function.bounded or (last and "function" not in block.modules)):
        raise UsageError(f"states after {block.name!r} need a bounded activation, or they run away", f"use {BOUNDED}")
    return function


def largest_change(now: Sequence[Tensor], before: Sequence[Tensor]) -> float:
    """The residual: how far from rest the states still are."""
    return max(float((a - b).abs().max()) for a, b in zip(now, before, strict=True))
