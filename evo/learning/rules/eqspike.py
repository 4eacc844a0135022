"""Equilibrium propagation with spikes: only spikes travel, and states are the rates of neurons.

The neurons leak, integrate and fire:

    v <- (1 - leak) v + drive(spikes)          spike where v >= 1, and then v <- v - 1
    r <- (1 - trace) r + trace spike           the rate that a synapse sees of each neuron

with the drive of `evo.learning.equilibrium.chain` on spikes (0 or 1), not states; inputs come in as
constant currents, and the nudge is a current on the output neurons, beta (y - r). Phases,
estimate and read-out are those of `ep`, on rates. Without leak a neuron under constant drive fires
at the rate clamp(drive, 0, 1), so a network for this rule has the activation Hardtanh(0.0, 1.0), or
none after the last layer; the leak asks for a drive above itself before a neuron fires.

Rates are known to within about `trace`, so phases are long: spikes of a phase must be many for the
difference of two to show.

Source: E. Martin, M. Ernoult, J. Laydevant, S. Li, D. Querlioz, T. Petrisor, J. Grollier, EqSpike:
spike-driven equilibrium propagation for neuromorphic implementations, iScience 24:102222, 2021.
There each synapse adds up its products while the nudged phase runs; here they are taken at its end,
which is what that sum telescopes to.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.cautions import Caution
from evo.learning.equilibrium.chain import Equilibrium, Nudge, System
from evo.learning.networks.blocks import Block
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.rules.ep import EP, PhaseSettings


class EqSpike(EP):
    """Its neurons are leaky integrate-and-fire neurons."""

    name = "eqspike"
    layered = True
    presets: ClassVar[Mapping[str, Any]] = {"hidden": (256,), "activation": "clamp"}

    # A spiking neuron moves by its leak, so that there is no `step`.
    class Settings(PhaseSettings):  # pyright: ignore[reportIncompatibleVariableOverride]
        """Phases are counted in time steps, of at most one spike each."""

        free_steps: int = Field(100, ge=1, description="time steps of the free phase, from rest")
        nudged_steps: int = Field(40, ge=1, description="time steps of each nudged phase")
        leak: float = Field(
            0.02, ge=0, lt=1, description="share of the membrane potential lost in a time step"
        )
        trace: float = Field(
            0.05, gt=0, le=1, description="weight of the newest time step in a rate"
        )

    def prepare(self) -> None:
        if isinstance(self.network, EvolvedNetwork):
            raise UsageError(
                "eqspike has no meaning on an evolved network: its spiking neurons stand in layers",
                "use ep",
            )
        super().prepare()

    def cautions(self, measures: Mapping[str, Any]) -> list[Caution]:
        """None: neurons that spike never rest, and their rates are known to within `trace`."""
        return []

    def settling(
        self, chain: Sequence[Block], readout: Block | None, backward: Sequence[Parameter | None]
    ) -> System:
        for block in chain:
            function = block.modules.get("function")
            if function is None and block is chain[-1] and readout is None:
                continue  # the outputs are rates all the same
            if not isinstance(function, nn.Hardtanh) or (function.min_val, function.max_val) != (
                0.0,
                1.0,
            ):
                raise UsageError(
                    f"eqspike needs Hardtanh(0.0, 1.0) after {block.name!r}",
                    "a rate lies between 0 and 1 spike per step; set network.activation=clamp",
                )
        return Spiking(chain, readout, self.settings, backward)


class Spiking(Equilibrium):
    """States are membrane potentials, the spikes of the last time step, and rates.

    Each for all blocks, in this order.
    """

    def __init__(
        self,
        chain: Sequence[Block],
        readout: Block | None,
        settings: EqSpike.Settings,
        backward: Sequence[Parameter | None],
    ) -> None:
        super().__init__(chain, readout, 1.0, backward, settings.update == "mean")
        self.leak, self.trace = settings.leak, settings.trace

    def begin(self, inputs: Tensor) -> tuple[Tensor, list[Tensor]]:
        driven, zeros = super().begin(inputs)
        return driven, [torch.zeros_like(zero) for _ in range(3) for zero in zeros]

    def settle(
        self, driven: Tensor, states: Sequence[Tensor], steps: int, nudge: Nudge | None = None
    ) -> tuple[list[Tensor], list[Tensor]]:
        count = len(self.chain)
        now = [state.clone() for state in states]
        potentials, spikes, rates = now[:count], now[count : 2 * count], now[2 * count :]
        drives, before = (
            [torch.empty_like(rate) for rate in rates],
            [rate.clone() for rate in rates],
        )
        for step in range(steps):
            self.drive(driven, spikes, drives)
            if nudge is not None:
                nudge(rates, drives)
            for index, (potential, spike, rate) in enumerate(
                zip(potentials, spikes, rates, strict=True)
            ):
                if step == steps - 1:
                    before[index].copy_(rate)
                # Membranes saturate, or a neuron would stay silent, or go on firing, long after its
                # drive has changed.
                potential.mul_(1.0 - self.leak).add_(drives[index]).clamp_(-1.0, 2.0)
                spike.copy_(potential >= 1.0)
                potential.sub_(spike)
                rate.lerp_(spike, self.trace)
        return now, [*potentials, *spikes, *before]

    def contrast(
        self,
        inputs: Tensor,
        free: Sequence[Tensor],
        first: Sequence[Tensor],
        second: Sequence[Tensor],
        scale: Tensor,
    ) -> None:
        rates = slice(2 * len(self.chain), None)
        super().contrast(inputs, free[rates], first[rates], second[rates], scale)
