"""Equilibrium propagation: a nudge towards the target makes a settled system move, and it learns.

The states of the network settle from 0 under the inputs alone (free phase, s_*), then from s_* with
their last one pulled (nudged phase, s_beta): `evo.learning.equilibrium.chain` has the dynamics,
with Phi replaced by Phi - beta L. For every parameter, averaged over the batch,

    dL/dtheta ~ (dPhi/dtheta(second) - dPhi/dtheta(first)) / (beta_first - beta_second)

    two-phase:    first s_* (beta 0),        second s_beta            bias O(beta)
    random-sign:  the same, beta drawn as +beta or -beta per batch    bias O(beta), of zero mean
    three-phase:  first s_{-beta}, second s_{+beta}, both from s_*    bias O(beta^2)

Squared error: the outputs are the last state, L = ||s_L - y||^2 / 2. Cross-entropies: the last
layer reads out of the last state and is no part of the system; o = W s + b pulls s with -beta (p -
y) W, and W learns by the delta rule in the free state.

With separate weights, a state hears from above through weights of its own, B; there is no Phi then,
but the same local products: W_l learns from (second - first)_l with s_* below, B_l from s_* above
with (second - first)_{l-1}. With `update = "mean"` both move by the mean of the two, and weight
decay then brings them together.

Source: B. Scellier, Y. Bengio, Equilibrium propagation: bridging the gap between energy-based
models and backpropagation, Frontiers in Computational Neuroscience 11:24, 2017 (two-phase, random
sign); A. Laborieux, M. Ernoult, B. Scellier, Y. Bengio, J. Grollier, D. Querlioz, Scaling
equilibrium propagation to deep ConvNets by drastically reducing its gradient estimator bias,
Frontiers in Neuroscience 15:633674, 2021 (three-phase, read-out by cross-entropy, separate
weights).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.cautions import Caution
from evo.learning.draws import uniform
from evo.learning.equilibrium.chain import Equilibrium, System, largest_change
from evo.learning.equilibrium.evolved import GraphEquilibrium
from evo.learning.feedback.matrices import xavier_feedback
from evo.learning.losses import Loss, SquaredError
from evo.learning.networks.blocks import Block, blocks
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.networks.operations.linear import Linear, Stacked
from evo.learning.rules.base import BatchResult, Rule
from evo.settings import Settings as BaseSettings

REST = 0.01
"""The largest `free_residual` that counts as rest.

Measured on networks of two hidden layers of 256 tanh units (two-moons, spirals, parity): where a
free phase ended below it, the update was within 27 degrees of that of a phase of 1 500 steps, in
half of the cases within 8; above it, up to 166 degrees away.
"""


class PhaseSettings(BaseSettings):
    """Phases, their lengths, and the weights of every rule that settles."""

    phases: Literal["two-phase", "random-sign", "three-phase"] = Field(
        "three-phase", description="see the equations"
    )
    beta: float = Field(0.5, gt=0, description="strength of the nudge")
    free_steps: int = Field(20, ge=1, description="steps of the free phase, from 0")
    nudged_steps: int = Field(
        6, ge=1, description="steps of each nudged phase, from the free state"
    )
    weights: Literal["symmetric", "separate"] = Field(
        "symmetric", description="separate: backward weights of their own"
    )
    update: Literal["own", "mean"] = Field(
        "own", description="of separate weights: their own products, or the mean of both"
    )


class EP(Rule):
    """With step 1 the states follow a discrete map, with small steps the flow of the energy.

    Networks have one hidden layer where `network.hidden` says nothing else.
    """

    name: ClassVar[str] = "ep"
    # The states of two hidden layers drive each other and take hundreds of steps to rest, or swing
    # without end; those of one rest at once where the outputs are read out of them.
    presets: ClassVar[Mapping[str, Any]] = {"hidden": (256,)}
    compares: bool  # whether its estimate is measured against truncated BPTT

    class Settings(PhaseSettings):
        """Of ep."""

        step: float = Field(
            1.0, gt=0, le=1, description="1: the discrete map; smaller: the flow of the energy"
        )
        compare: bool = Field(
            False,
            description="measure the estimate's error against truncated BPTT, by autograd, on the "
            "probe batch",
        )

    def prepare(self) -> None:
        self.backward_weights: dict[str, Parameter] = {}
        network, settings = self.network, self.settings
        self.compares = isinstance(settings, EP.Settings) and settings.compare
        separate = settings.weights == "separate"
        if isinstance(network, EvolvedNetwork):
            if separate:
                raise UsageError(
                    "an evolved network has one weight per link, for both directions",
                    "use weights = symmetric",
                )
            self.system: System = GraphEquilibrium(network, settings.step)
            return
        chain = blocks(self.graph, network, self.name, pooling=True)
        readout = None if isinstance(self.loss, SquaredError) else _readout(chain, self.loss)
        if separate:
            drawn = xavier_feedback(self.graph, self.generator, 1.0)
            self.backward_weights = {
                b.name: Parameter(w) for b, w in list(zip(chain, drawn, strict=False))[1:]
            }
            self.memory |= self.backward_weights
        backward = [self.backward_weights.get(block.name) for block in chain]
        self.system = self.settling(chain, readout, backward)

    def settling(
        self, chain: Sequence[Block], readout: Block | None, backward: Sequence[Parameter | None]
    ) -> System:
        """The system that a chain of blocks is.

        Args:
            chain: the blocks whose outputs are states.
            readout: the block that gives the outputs from the last state, where that is not them.
            backward: by block, the weights that errors return through; None for the forward ones.
        """
        return Equilibrium(
            chain, readout, self.settings.step, backward, self.settings.update == "mean"
        )

    @torch.no_grad()
    def gradients(self, inputs: Tensor, targets: Tensor) -> BatchResult:
        driven, states = self.system.begin(inputs)
        free, _ = self.system.settle(driven, states, self.settings.free_steps)
        outputs = self.system.outputs(free)
        value, error = self.loss(outputs, targets, self.graph.networks)
        self.system.teach_readout(free, error)
        aims, beta = self.loss.encode(targets, outputs, self.graph.networks), self._beta(inputs)
        first, span = free, -beta
        if self.settings.phases == "three-phase":
            first, span = self._nudged(driven, free, aims, -beta), -2.0 * beta
        second = self._nudged(driven, free, aims, beta)
        samples = outputs.numel() // outputs.shape[-1] // (self.graph.networks or 1)
        self.system.contrast(inputs, free, first, second, 1.0 / (span * samples))
        return BatchResult(value, outputs)

    @torch.no_grad()
    def predict(self, inputs: Tensor) -> Tensor:
        """What the outputs are once the system has settled."""
        driven, states = self.system.begin(inputs)
        return self.system.outputs(self.system.settle(driven, states, self.settings.free_steps)[0])

    @torch.no_grad()
    def measures(self, inputs: Tensor, targets: Tensor) -> dict[str, float]:
        """`free_residual`: the largest change of a state in the free phase's last step."""
        driven, states = self.system.begin(inputs)
        last, before = self.system.settle(driven, states, self.settings.free_steps)
        return {"free_residual": largest_change(last, before)}

    def cautions(self, measures: Mapping[str, Any]) -> list[Caution]:
        """Whether the free phase ends before the network rests."""
        residual = measures.get("free_residual", 0.0)
        if residual <= REST:
            return []
        return [
            Caution(
                "not_at_rest",
                f"the network does not come to rest in its free phase, in whose last step a state "
                f"still moves by {residual:.2g}",
                "set one layer in network.hidden, or rule.step=0.5 and a larger rule.free_steps",
                {"free_residual": residual},
            )
        ]

    def parameters(self) -> Iterator[Parameter]:
        return iter(self.backward_weights.values())

    def _beta(self, inputs: Tensor) -> Tensor:
        """(), or `(P, 1, 1)` with a sign for each network."""
        if self.settings.phases != "random-sign":
            return inputs.new_full((), self.settings.beta)
        heads = uniform(self.generator, (1,), inputs, self.graph.networks) < 0.5
        beta = inputs.new_full((), self.settings.beta)
        signed = torch.where(heads, -beta, beta)
        return signed.squeeze() if self.graph.networks is None else signed.unsqueeze(-1)

    def _nudged(
        self, driven: Tensor, free: Sequence[Tensor], aims: Tensor, beta: Tensor
    ) -> list[Tensor]:
        """The states after a nudged phase from the free ones."""

        def nudge(states: Sequence[Tensor], drives: Sequence[Tensor]) -> None:
            self.system.pull(
                drives, (aims - self.loss.predictions(self.system.outputs(states))).mul_(beta)
            )

        return self.system.settle(driven, free, self.settings.nudged_steps, nudge)[0]


def _readout(chain: list[Block], loss: Loss) -> Block:
    """The last block, taken off the chain."""
    last = chain.pop()
    if not chain or "function" in last.modules or not isinstance(last.layer, (Linear, Stacked)):
        raise UsageError(
            f"ep reads {type(loss).__name__} out of its last state through a Linear without an "
            "activation",
            "end the network with Linear(..., classes), after at least one more layer, or use the "
            "loss squared-error",
        )
    return last
