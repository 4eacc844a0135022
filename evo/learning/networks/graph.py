"""A network as a list of steps.

Run forward with what the way back needs, and swept backward along a route.

A rule is a choice of what comes back through the layers (Linear, convolution): their transposed
weights, other weights, or nothing because the error arrives from elsewhere. Everything between the
layers always has its exact transpose.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.draws import Generators
from evo.learning.networks.operations.base import Layer
from evo.learning.networks.operations.links import Links
from evo.learning.networks.operations.shapes import Reshape
from evo.learning.networks.trace import TracedStep, trace


class ForwardPass(NamedTuple):
    """One forward pass: the value of every slot, and what each step kept."""

    values: list[Any]
    saved: list[Any]


class Leg(NamedTuple):
    """One step of a way back.

    The number of the step, and which of its inputs an error goes on to (their slots; -1: none).
    """

    number: int
    step: TracedStep
    receivers: tuple[int, ...]
    layer: int  # the layer's number, -1 for other steps
    ends: bool  # whether there are no receivers


@dataclass(frozen=True)
class LayerInfo:
    """One layer of a network.

    Its number among layers and among steps, its name in the module, and its slots.
    """

    index: int
    number: int
    name: str
    operation: Layer
    inputs: tuple[int, ...]
    output: int


class Graph:
    """A torch module seen as steps between numbered slots; slot 0 holds the inputs.

    The module stays as it is; steps look up its parameters when they run. Forward hooks are not
    called.

    Attributes:
        steps: in the order in which they run.
        layers: those with weights.
        output: the slot of the output.
        networks: with a leading axis of that many networks, or None.
    """

    def __init__(self, network: nn.Module, generators: Generators) -> None:
        steps, output = trace(network, generators)
        self.steps, self.output = steps, output
        self.slots = len(steps) + 1
        self.layers: list[LayerInfo] = []
        for number, step in enumerate(steps):
            if isinstance(step.operation, Layer):
                self.layers.append(
                    LayerInfo(
                        len(self.layers),
                        number,
                        step.name,
                        step.operation,
                        step.inputs,
                        step.output,
                    )
                )
        if not self.layers:
            raise UsageError(
                f"{type(network).__name__} has no layer that could learn",
                "give it a Linear or convolution",
            )
        axes = {layer.operation.networks for layer in self.layers}
        if len(axes) > 1:
            raise UsageError(
                "some layers are stacked and some are not",
                "stack whole networks: evo.learning.networks.stacked.stack",
            )
        (self.networks,) = axes
        self.producer: dict[int, TracedStep] = {step.output: step for step in steps}
        self._layer_at = {layer.output: layer.index for layer in self.layers}
        self.behind = self._downstream()
        last = {slot: number for number, step in enumerate(steps) for slot in step.inputs}
        self._last_read = [
            tuple(slot for slot, reader in last.items() if reader == number)
            for number in range(len(steps))
        ]

    def _downstream(self) -> list[set[int]]:
        """For each slot, the layers that it depends on."""
        behind: list[set[int]] = [set() for _ in range(self.slots)]
        for step in self.steps:
            for slot in step.inputs:
                behind[step.output] |= behind[slot]
            if step.output in self._layer_at:
                behind[step.output].add(self._layer_at[step.output])
        return behind

    def forward(self, inputs: Tensor, keep: Collection[int] | None = None) -> ForwardPass:
        """Run all steps on what the module takes.

        Values of slots that are not in `keep` are dropped once they are read; None keeps all.
        """
        values: list[Any] = [None] * self.slots
        saved: list[Any] = [None] * len(self.steps)
        values[0] = inputs
        for number, step in enumerate(self.steps):
            read = step.inputs
            if len(read) == 1:
                values[step.output], saved[number] = step.operation.forward(values[read[0]])
            else:
                values[step.output], saved[number] = step.operation.forward(
                    *[values[slot] for slot in read]
                )
            if keep is not None:
                for slot in self._last_read[number]:
                    if slot not in keep:
                        values[slot] = None
        return ForwardPass(values, saved)

    def route(
        self, starts: Collection[int], sealed: Collection[int] = (), through: bool = True
    ) -> list[Leg]:
        """The way back from errors at `starts` to all parameters that they reach.

        Args:
            starts: slots whose errors are given.
            sealed: slots that no error comes back to, because theirs is given.
            through: whether errors come back through layers, and past them through skip
                connections.
        """
        needed = [bool(layers) for layers in self.behind]
        for step in self.steps:
            if step.operation.trainable() or any(needed[slot] for slot in step.inputs):
                needed[step.output] = step.operation.differentiable
        reached, legs = set(starts), []
        for number, step in reversed(list(enumerate(self.steps))):
            if not needed[step.output] or step.output not in reached:
                continue
            receivers = tuple(
                slot
                if needed[slot]
                and slot not in sealed
                and (through or not self._passes_layers(step, slot))
                else -1
                for slot in step.inputs
            )
            reached.update(receivers)
            if step.operation.trainable() or max(receivers) >= 0:
                legs.append(
                    Leg(
                        number,
                        step,
                        receivers,
                        self._layer_at.get(step.output, -1),
                        max(receivers) < 0,
                    )
                )
        return legs

    def _passes_layers(self, step: TracedStep, slot: int) -> bool:
        """Whether an error of `step` comes back to `slot` through weights, or past them.

        It passes them where `slot` is joined to a branch that goes through layers from there.
        """
        if step.operation.layer:
            return True
        if not step.operation.join:
            return False
        return any(other != slot and self._through_layer(slot, other) for other in step.inputs)

    def _through_layer(self, start: int, end: int) -> bool:
        """Whether a path from `start` to `end` has a layer in it."""
        reached: dict[int, bool] = {start: False}
        for step in self.steps:
            sources = [reached[slot] for slot in step.inputs if slot in reached]
            if sources:
                reached[step.output] = any(sources) or step.output in self._layer_at
        return reached.get(end, False)

    def entries(self, in_shape: bool = False) -> dict[int, str]:
        """Where errors arrive that do not come back through layers.

        Args:
            in_shape: whether they arrive before steps that only change a value's shape.

        Returns:
            The slots where a layer reads what earlier layers made, each with the name of the last
            of these layers.
        """
        readers: dict[int, int] = {}
        for step in self.steps:
            for slot in set(step.inputs):
                readers[slot] = readers.get(slot, 0) + 1
        outputs = {slot for step in self.steps if step.operation.collects for slot in step.inputs}
        entries: dict[int, str] = {}
        for layer in self.layers:
            for slot in layer.inputs:
                while (
                    in_shape
                    and self.behind[slot]
                    and isinstance(self.producer[slot].operation, Reshape)
                    and readers[slot] == 1
                ):
                    slot = self.producer[slot].inputs[0]
                if self.behind[slot] and slot not in entries and slot not in outputs:
                    name = self.layers[max(self.behind[slot])].name
                    entries[slot] = f"{name}#{slot}" if name in entries.values() else name
        return entries

    def sweep(
        self,
        record: ForwardPass,
        errors: list[Tensor | None],
        route: Sequence[Leg],
        feedback: Sequence[Tensor | None],
        keep: bool = False,
    ) -> None:
        """Send errors back along `route`, adding the gradients of all parameters on it.

        Args:
            record: the forward pass.
            errors: by slot; those given stand there already, and those that arrive are added to
                them.
            route: see `route`.
            feedback: by layer, what its outputs' error returns through; in the shape of its
                weights.
            keep: otherwise errors and the record are dropped as soon as they are used.
        """
        for number, step, receivers, layer, ends in route:
            error = errors[step.output]
            if error is None:
                continue
            saved = record.saved[number]
            if layer >= 0:
                back = step.operation.backward(saved, error, None if ends else feedback[layer])  # pyright: ignore[reportCallIssue]
            else:
                back = step.operation.backward(saved, error)
            for slot, part in zip(
                receivers, back if isinstance(back, tuple) else (back,), strict=False
            ):
                if slot >= 0:
                    before = errors[slot]
                    errors[slot] = part if before is None else before + part
            if not keep:
                # What is freed now is taken again by the next step; fresh pages would cost as much
                # as the arithmetic.
                errors[step.output] = record.values[step.output] = record.saved[number] = None
                saved = error = back = part = before = None

    def errors(self, error: Tensor) -> list[Tensor | None]:
        """A list for `sweep` with the error of the outputs in its place."""
        errors: list[Tensor | None] = [None] * self.slots
        errors[self.output] = error
        return errors

    def refuse_links(self, rule: str, reason: str) -> None:
        """Raise `UsageError` on an evolved network, for a rule that has no meaning there."""
        if any(isinstance(layer.operation, Links) for layer in self.layers):
            raise UsageError(
                f"{rule} has no meaning on an evolved network: {reason}",
                "rules that have: bp, fa, dfa, ep, hebbian",
            )

    def weights(self) -> list[Tensor]:
        """The forward weights, by layer."""
        return [layer.operation.weight for layer in self.layers]
