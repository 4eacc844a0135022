"""An evolved network as a system that settles: every node is a state, every link works both ways.

With inputs x, links U from inputs and J from nodes,

    Phi(s) = sum_i s_i (b_i + sum_k U_ik x_k) + sum_{i, j} s_i J_ij s_j
    drive = dPhi/ds = b + U x + (J + J^T) s

and s <- (1 - step) s + step f(drive), as in `evo.learning.equilibrium.chain`. The nudge pulls the
output nodes, whatever the loss. What the network settles to is not its feed-forward answer:
feedback from above takes part.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from evo.errors import UsageError
from evo.learning.equilibrium.chain import Nudge, next_state
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.networks.operations.base import add_gradient
from evo.learning.networks.operations.links import LinkLayer
from evo.learning.networks.transfer import Transfer, transfer


class GraphEquilibrium:
    """The states of an evolved network: one tensor `(batch, nodes)`, in the order of its layers.

    Raises:
        UsageError: a node that is no output has an unbounded activation, or an output is an input.
    """

    def __init__(self, network: EvolvedNetwork, step: float) -> None:
        self.step, self.inputs = step, network.source.inputs
        self.layers = [layer for layer in network.layers if isinstance(layer, LinkLayer)]
        starts = [0, self.inputs]
        for layer in self.layers:
            starts.append(starts[-1] + len(layer.bias))
        device = network.collect.positions.device
        groups = [torch.arange(start, end, device=device) for start, end in pairwise(starts)]
        self.sources = [torch.cat([groups[each] for each in read]) for read in network.reads]
        self.nodes = [
            slice(start - self.inputs, end - self.inputs) for start, end in pairwise(starts[1:])
        ]
        self.places = (
            torch.cat([groups[each] for each in network.output_reads])[network.collect.positions]
            - self.inputs
        )
        if (self.places < 0).any():
            raise UsageError(
                "an output of the network is one of its inputs: there is no state to nudge",
                "ep needs output nodes",
            )
        gives = set(self.places.tolist())
        self.transfers: list[Transfer] = []
        for nodes, function in zip(self.nodes, network.functions, strict=True):
            response = transfer(function)
            if response is None or not (response.bounded or nodes.start in gives):
                raise UsageError(
                    f"ep needs bounded activations within an evolved network, and got {function}",
                    "evolve with tanh or sigmoid",
                )
            self.transfers.append(response)

    def begin(self, inputs: Tensor) -> tuple[tuple[Tensor, Tensor], list[Tensor]]:
        """What inputs and biases drive the nodes with, and J + J^T; and the states, at 0."""
        weights = inputs.new_zeros((self.nodes[-1].stop, self.inputs + self.nodes[-1].stop))
        for layer, nodes, sources in zip(self.layers, self.nodes, self.sources, strict=True):
            weights[nodes, sources] = layer.weight * layer.mask
        from_inputs, between = weights[:, : self.inputs], weights[:, self.inputs :]
        driven = torch.addmm(
            torch.cat([layer.bias for layer in self.layers]), inputs, from_inputs.t()
        )
        return (driven, between + between.t()), [torch.zeros_like(driven)]

    def settle(
        self,
        driven: tuple[Tensor, Tensor],
        states: Sequence[Tensor],
        steps: int,
        nudge: Nudge | None = None,
    ) -> tuple[list[Tensor], list[Tensor]]:
        constant, between = driven
        now, new = states[0].clone(), torch.empty_like(states[0])
        for _ in range(steps):
            torch.addmm(constant, now, between, out=new)
            if nudge is not None:
                nudge([now], [new])
            for function, nodes in zip(self.transfers, self.nodes, strict=True):
                next_state(function, now[:, nodes], new[:, nodes], self.step)
            now, new = new, now
        return [now], [new]

    def outputs(self, states: Sequence[Tensor]) -> Tensor:
        """`(batch, outputs)`."""
        return states[0][:, self.places]

    def pull(self, drives: Sequence[Tensor], outputs: Tensor) -> None:
        """Add to the drives a pull on the outputs."""
        drives[0].index_add_(1, self.places, outputs)

    def teach_readout(self, states: Sequence[Tensor], error: Tensor) -> None:
        """The outputs are states: there is none."""

    def contrast(
        self,
        inputs: Tensor,
        free: Sequence[Tensor],
        first: Sequence[Tensor],
        second: Sequence[Tensor],
        scale: Tensor,
    ) -> None:
        ends = [
            (torch.cat([inputs, second[0]], 1), scale),
            (torch.cat([inputs, first[0]], 1), -scale),
        ]
        for layer, nodes, sources in zip(self.layers, self.nodes, self.sources, strict=True):
            for values, weight in ends:
                above = values[:, self.inputs :][:, nodes] * weight
                add_gradient(layer.weight, above.t().mm(values[:, sources]).mul_(layer.mask))
                add_gradient(layer.bias, above.sum(0))
