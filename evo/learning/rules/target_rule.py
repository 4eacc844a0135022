"""What the target-propagation rules share: a target for every hidden layer, and a step towards it.

With h_l the output of block l, o = h_L, e = dLoss/do of one sample, and a target t_l for every
hidden block, hidden blocks learn from

    1/2 || h_l - t_l ||^2,   its inputs and its target held still

and the last one from the loss itself (delta rule), so an error never passes more than one block.
The rules differ in t_l; the first block's inputs are data and have no target. Gradients are divided
by the size of the step that the top target takes, so that a learning rate means the same whatever
that size.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from evo.errors import UsageError
from evo.learning import optimisers, states
from evo.learning.angles import mean_angle
from evo.learning.networks.blocks import blocks
from evo.learning.rules.base import BatchResult, Rule
from evo.learning.targets.decoders import Decoder, Decoders, DecoderSettings, Reconstruction


class TargetSettings(DecoderSettings):
    """Of every rule that has targets."""

    target_step: float = Field(
        1.0,
        gt=0,
        description="how far the top target goes: along -dLoss/dh, or as a fraction of the way",
    )


class Pass(NamedTuple):
    """What targets are made of.

    Attributes:
        values: `values[l]` is h_l; h_0 are the inputs.
        error: e of every sample, not averaged.
        aims: the loss' targets in the shape of the outputs.
        returned: dLoss/dh_{L-1} of every sample, for rules that transport the output layer's
            weights.
    """

    values: list[Tensor]
    error: Tensor
    aims: Tensor
    returned: Tensor | None


class TargetRule(Rule):
    """A rule that fills the slot `targets`.

    Attributes:
        chain: the blocks, first to last.
        decoders: of blocks `first`, `first` + 1, ... by index in the chain.
    """

    name: ClassVar[str] = "target propagation"
    layered = True
    transports: ClassVar[bool] = False  # whether the top target reads the output layer's weights
    first: ClassVar[int] = 1  # the first block's inputs are data

    def prepare(self) -> None:
        self.chain = blocks(self.graph, self.network, self.name)
        self.decoders = Decoders([], self.settings, "preserving", self.generator)

    def decode_with(
        self,
        reconstruction: Reconstruction,
        top: bool,
        squash: Callable[[Tensor], Tensor] | None = None,
        features: tuple[Callable[[Tensor], Tensor], int] | None = None,
    ) -> None:
        """Give every block but the first a decoder.

        Args:
            reconstruction: the loss of the decoders.
            top: whether the last block gets one too.
            squash: what the last block's decoder takes of the outputs.
            features: further inputs of the last block's decoder, and their number.
        """
        last = len(self.chain) - 1
        each = []
        for index in range(self.first, len(self.chain) if top else last):
            extras = (squash, features) if index == last else (None, None)
            each.append(Decoder(self.chain[index], self.chain[index - 1], self.generator, *extras))
        self.decoders = Decoders(each, self.settings, reconstruction, self.generator)
        self.memory |= self.decoders.parameters()

    def decode(self, index: int, values: Tensor, run: Pass) -> Tensor:
        """The inverse g of one block.

        Args:
            index: of the block, counted from 0.
            values: in the shape of its outputs.
            run: the pass that this is a part of.

        Returns:
            A tensor in the shape of the block's inputs.
        """
        return self.decoders.each[index - self.first](values, run.values[index])[0]

    def targets(self, run: Pass) -> list[Tensor]:
        """t_1 ... t_{L-1}."""
        raise UsageError(f"rule {type(self).__name__} sets no targets", "fill `targets`")

    def differences(self, run: Pass, top: Tensor) -> list[Tensor]:
        """t_1 ... t_{L-1} from the last of them: t_{l-1} = h_{l-1} + g_l(t_l) - g_l(h_l)."""
        goals = [top]
        for index in range(len(self.chain) - 2, 0, -1):
            here = run.values[index + 1]
            goals.append(
                run.values[index]
                + self.decode(index, goals[-1], run)
                - self.decode(index, here, run)
            )
        return goals[::-1]

    def top_difference(self, run: Pass) -> Tensor:
        """g_L(p + alpha (y - p)) - g_L(p) for predictions p and aims y."""
        predictions, last = self.loss.predictions(run.values[-1]), len(self.chain) - 1
        goal = torch.lerp(predictions, run.aims.to(predictions.dtype), self.settings.target_step)
        return self.decode(last, goal, run) - self.decode(last, predictions, run)

    @torch.no_grad()
    def gradients(self, inputs: Tensor, targets: Tensor) -> BatchResult:
        values, saved = self._forward(inputs)
        judged = self.loss(values[-1], targets, self.graph.networks)
        alternating = self.settings.schedule == "alternating"
        for _ in range(self.settings.decoder_steps if alternating else 0):
            self._learn(values)
        run = self._pass(values, saved, judged.error, targets)
        scale = 1.0 / (self._samples(values) * self.settings.target_step)
        for block, kept, here, goal in zip(
            self.chain, saved, values[1:-1], self._hidden_targets(run), strict=False
        ):
            block.backward(kept, (here - goal).mul_(scale))
        if not alternating:
            self._learn(values)
        return BatchResult(judged.value, values[-1])

    @torch.no_grad()
    def measures(self, inputs: Tensor, targets: Tensor) -> dict[str, float]:
        """By hidden layer the angle between h - t and backpropagation's error, in degrees.

        By decoder |g(f(h)) - h| / |h|.
        """
        gradients = [parameter.grad for parameter in self.network.parameters()]
        try:
            self.network.zero_grad()
            values, saved = self._forward(inputs)
            _, error = self.loss(values[-1], targets, self.graph.networks)
            goals = self._hidden_targets(self._pass(values, saved, error, targets))
            figures: dict[str, float] = {}
            for index in range(len(self.chain) - 1, 0, -1):
                back = self.chain[index].backward(
                    saved[index], error, self.chain[index].layer.weight
                )
                if back is None:
                    break
                error = back
                name = self.chain[index - 1].name
                figures[f"target_angle/{name}"] = mean_angle(
                    values[index] - goals[index - 1], error, self.graph.networks
                )
        finally:
            for parameter, gradient in zip(self.network.parameters(), gradients, strict=True):
                parameter.grad = gradient
        for decoder, below in zip(self.decoders.each, values[self.first :], strict=False):
            decoded, _ = decoder(decoder.encode(below), below)
            figures[f"reconstruction_error/{decoder.block.name}"] = float(
                (decoded - below).norm() / below.norm()
            )
        return figures

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "decoders": optimisers.state_dict(self.decoders.optimiser)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        optimisers.load_state_dict(self.decoders.optimiser, states.section(state, "decoders"))

    def _forward(self, inputs: Tensor) -> tuple[list[Tensor], list[Any]]:
        values, saved = [inputs], []
        for block in self.chain:
            outputs, kept = block.forward(values[-1])
            values.append(outputs)
            saved.append(kept)
        return values, saved

    def _pass(self, values: list[Tensor], saved: list[Any], error: Tensor, targets: Tensor) -> Pass:
        """What targets are made of; the output layer's gradients are added here as well."""
        last, samples = self.chain[-1], self._samples(values)
        returned = last.backward(saved[-1], error, last.layer.weight if self.transports else None)
        aims = self.loss.encode(targets, values[-1], self.graph.networks)
        return Pass(values, error * samples, aims, None if returned is None else returned * samples)

    def _hidden_targets(self, run: Pass) -> list[Tensor]:
        """`targets`, or none where there is no hidden block."""
        return self.targets(run) if len(self.chain) > 1 else []

    def _samples(self, values: list[Tensor]) -> int:
        return values[-1].numel() // values[-1].shape[-1] // (self.graph.networks or 1)

    def _learn(self, values: list[Tensor]) -> None:
        self.decoders.learn(values[self.first : self.first + len(self.decoders.each)])
