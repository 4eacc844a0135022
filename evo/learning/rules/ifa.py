"""Indirect feedback alignment: the output error reaches the first layer, and goes on forward.

It goes forward through the network's own weights:

    delta_L = e,   delta_1 = (e B_1^T) . f'(a_1)
    delta_l = (delta_{l-1} W_l^T) . f'(a_l)             l = 2 .. L-1

No backward weights are needed. The error arrives where the next layer reads its inputs; from there
to the pre-activation it goes through the true transpose. On its way forward it passes pooling by
the windows that were chosen, normalisation as it is, and skip connections.

Source: A. Nøkland, Direct Feedback Alignment Provides Learning in Deep Neural Networks, NIPS 29
(2016), figure 1d and section 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field
from torch import Tensor

from evo.learning.feedback.projections import Draw, Projection, projections
from evo.learning.networks.graph import ForwardPass, Graph, LayerInfo, Leg
from evo.learning.networks.trace import TracedStep
from evo.learning.rules.base import Rule
from evo.settings import Settings as BaseSettings


class IFA(Rule):
    """Indirect feedback alignment.

    Feedback is drawn at the first batch, when the sizes of all maps are known.
    """

    layered = True

    class Settings(BaseSettings):
        """Feedback weights of the first layer are uniform in ±scale / sqrt(outputs)."""

        scale: float = Field(1.0, gt=0, description="of feedback weights")
        connections: int | None = Field(
            None,
            ge=1,
            description="outputs that each unit hears of (sparse B); none is all of them",
        )
        memory: float = Field(4.0, gt=0, description="the most that B may take, GiB")

    def prepare(self) -> None:
        graph = self.graph
        graph.refuse_links(
            "ifa", "its links skip levels, so that there is no next layer to go on to"
        )
        entries = self.keep = graph.entries()
        self.last = graph.route([graph.output], sealed=entries, through=False)
        self.stages = [
            Stage.of(graph, slot, name, entries) for slot, name in sorted(entries.items())
        ]
        self.fitted = False
        self.nothing: list[Tensor | None] = [None] * len(graph.layers)

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        if not self.fitted:
            self._fit(record)
        errors, feedback = self.graph.errors(error), self.feedback
        self.graph.sweep(record, errors, self.last, self.nothing, keep=True)
        carried: list[Tensor | None] = [None] * self.graph.slots
        for stage in self.stages:
            if stage.first:
                errors[stage.slot] = feedback[stage.name](error, record.values[stage.slot])
            else:
                for layer in stage.layers:
                    arriving = carried[layer.inputs[0]]
                    carried[layer.output] = (
                        None if arriving is None else layer.operation.forward_error(arriving)
                    )
                stage.carry(record, carried)
                errors[stage.slot] = carried[stage.slot]
            self.graph.sweep(record, errors, stage.back, self.nothing, keep=True)
            if stage.goes_on:
                for layer in stage.layers:
                    carried[layer.output], errors[layer.output] = errors[layer.output], None
                stage.carry(record, carried)

    @property
    def feedback(self) -> dict[str, Projection]:
        """B by the name of the layer that it goes to."""
        return projections(self.memory)

    def _fit(self, record: ForwardPass) -> None:
        """Draw the projections that are missing, and check those that a state brought."""
        draw = Draw(
            self.settings.scale, self.settings.connections, most=self.settings.memory * 2.0**30
        )
        outputs, networks, feedback = (
            record.values[self.graph.output],
            self.graph.networks,
            self.feedback,
        )
        for stage in self.stages:
            value, name = record.values[stage.slot], stage.name
            if name in feedback:
                feedback[name].check(name, value, outputs, networks)
            elif stage.first:
                self.memory[name] = draw(self.generator, value, outputs, networks, name)
        self.fitted = True


@dataclass(frozen=True)
class Stage:
    """What lies between layers and the slot where later layers read.

    `back` from there, `steps` forward to it.

    `first`: all its layers read the network's inputs; `goes_on`: there is a layer after it that is
    not the last.
    """

    slot: int
    name: str
    layers: list[LayerInfo]
    steps: list[tuple[int, TracedStep]]
    back: list[Leg]
    first: bool
    goes_on: bool

    @classmethod
    def of(cls, graph: Graph, slot: int, name: str, entries: Mapping[int, str]) -> "Stage":
        """The stage that ends in a slot.

        Args:
            graph: the network as steps.
            slot: where later layers read.
            name: of the layer last before it.
            entries: all such slots.
        """
        back = graph.route(
            [slot], sealed=[entry for entry in entries if entry != slot], through=False
        )
        layers = [graph.layers[leg.layer] for leg in back if leg.layer >= 0]
        steps = [(leg.number, leg.step) for leg in reversed(back) if leg.layer < 0]
        first = not any(graph.behind[each] for layer in layers for each in layer.inputs)
        return cls(slot, name, layers, steps, back, first, any(later > slot for later in entries))

    def carry(self, record: ForwardPass, carried: list[Tensor | None]) -> None:
        """Errors from the layers forward to the slot, by the way of the values."""
        for number, step in self.steps:
            arriving = tuple(carried[each] for each in step.inputs)
            carried[step.output] = step.operation.onward(record.saved[number], arriving)
