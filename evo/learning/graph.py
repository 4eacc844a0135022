"""A network as a list of steps: run forward with what the way back needs, and swept backward along a route.

A rule is a choice of what comes back through the layers (Linear, convolution): their transposed weights, other weights, or nothing
because the error arrives from elsewhere. Everything between the layers always has its exact transpose.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.draws import Generators
from evo.learning.operations.base import Layer
from evo.learning.trace import Step, trace


class Record(NamedTuple):
    """One forward pass: the value of every slot, and what each step kept."""

    values: list[Any]
    saved: list[Any]


class Leg(NamedTuple):
    """One step of a way back: the number of the step, and which of its inputs an error goes on to (their slots; -1: none)."""

    number: int
    step: Step
    receivers: tuple[int, ...]
    layer: int  # the layer's number, -1 for other steps


@dataclass(frozen=True)
class LayerInfo:
    """One layer of a network: its number, its name in the module, and its slots."""

    index: int
    name: str
    operation: Layer
    inputs: tuple[int, ...]
    output: int


class Graph:
    """A torch module seen as steps between numbered slots; slot 0 holds the inputs.

    The module stays as it is; steps look up its parameters when they run. Forward hooks are not called.

    Attributes:
        steps: in the order in which they run.
        layers: those with weights.
        output: the slot of the output.
        networks: with a leading axis of that many networks, or None.
    """

    def __init__(self, network: nn.Module, generators: Generators):
        steps, output = trace(network, generators)
        self.steps, self.output = steps, output
        self.slots = len(steps) + 1
        found = [(step, step.operation) for step in steps]
        self.layers = [
            LayerInfo(index, step.name, operation, step.inputs, step.output)
            for index, (step, operation) in enumerate((s, o) for s, o in found if isinstance(o, Layer))
            if isinstance(operation, Layer)
        ]
        if not self.layers:
            raise UsageError(f"{type(network).__name__} has no layer that could learn", "give it a Linear or convolution")
        axes = {layer.operation.networks for layer in self.layers}
        if len(axes) > 1:
            raise UsageError("some layers are stacked and some are not", "stack whole networks: evo.learning.population.stack")
        (self.networks,) = axes
        self.producer: dict[int, Step] = {step.output: step for step in steps}
        self._layer_at = {layer.output: layer.index for layer in self.layers}
        self.behind = self._downstream()

    def _downstream(self) -> list[set[int]]:
        """For each slot, the layers that it depends on."""
        behind: list[set[int]] = [set() for _ in range(self.slots)]
        for step in self.steps:
            for slot in step.inputs:
                behind[step.output] |= behind[slot]
            if step.output in self._layer_at:
                behind[step.output].add(self._layer_at[step.output])
        return behind

    def forward(self, inputs: Tensor) -> Record:
        """Run all steps. Takes what the module takes."""
        values: list[Any] = [None] * self.slots
        saved: list[Any] = [None] * len(self.steps)
        values[0] = inputs
        for index, step in enumerate(self.steps):
            read = step.inputs
            if len(read) == 1:
                values[step.output], saved[index] = step.operation.forward(values[read[0]])
            else:
                values[step.output], saved[index] = step.operation.forward(*[values[slot] for slot in read])
        return Record(values, saved)

    def route(self, sealed: Collection[int] = (), skips: bool = True) -> list[Leg]:
        """The way back from the output to every parameter.

        Args:
            sealed: slots that no error comes back to, because theirs is given.
            skips: whether errors come back through skip connections, see `skip`.
        """
        needed = [bool(layers) for layers in self.behind]
        for step in self.steps:
            if step.operation.trainable() or any(needed[slot] for slot in step.inputs):
                needed[step.output] = step.operation.differentiable
        legs = []
        for index, step in reversed(list(enumerate(self.steps))):
            if not needed[step.output]:
                continue
            receivers = tuple(
                slot if needed[slot] and slot not in sealed and (skips or not self.skip(step, slot)) else -1 for slot in step.inputs
            )
            if step.operation.trainable() or max(receivers) >= 0:
                legs.append(Leg(index, step, receivers, self._layer_at.get(step.output, -1)))
        return legs

    def skip(self, step: Step, slot: int) -> bool:
        """Whether `slot` comes to a join past layers that another of the join's branches goes through."""
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

    def sweep(self, record: Record, errors: list[Tensor | None], route: Sequence[Leg], feedback: Sequence[Tensor | None]) -> None:
        """Send errors back along `route`, adding the gradients of all parameters on it.

        Args:
            record: the forward pass.
            errors: by slot; those given stand there already, and every error that arrives is added in place of the list.
            route: see `route`.
            feedback: by layer, what its outputs' error returns through; in the shape of its weights.
        """
        for index, step, receivers, layer in route:
            error = errors[step.output]
            if error is None:
                continue
            if layer >= 0:
                back = step.operation.backward(record.saved[index], error, feedback[layer] if receivers[0] >= 0 else None)  # pyright: ignore[reportCallIssue]
            else:
                back = step.operation.backward(record.saved[index], error)
            for slot, part in zip(receivers, back if isinstance(back, tuple) else (back,), strict=False):
                if slot >= 0:
                    before = errors[slot]
                    errors[slot] = part if before is None else before + part

    def errors(self, error: Tensor) -> list[Tensor | None]:
        """A list for `sweep` with the error of the outputs in its place."""
        errors: list[Tensor | None] = [None] * self.slots
        errors[self.output] = error
        return errors

    def weights(self) -> list[Tensor]:
        """The forward weights, by layer."""
        return [layer.operation.weight for layer in self.layers]
