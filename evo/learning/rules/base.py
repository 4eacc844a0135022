"""What a learning rule is.

Something that fills `.grad` of a network where `loss.backward()` would have.

Any torch optimiser does the rest:

    rule = DFA(network, CrossEntropy(), DFA.Settings(), torch.Generator().manual_seed(1))
    optimiser = torch.optim.Adam(network.parameters())
    for inputs, targets in batches:
        optimiser.zero_grad()
        loss, outputs = rule.gradients(inputs, targets)
        optimiser.step()
        rule.after_step()
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning import states
from evo.learning.cautions import Caution
from evo.learning.draws import Generators
from evo.learning.feedback.projections import Projection
from evo.learning.losses import Loss
from evo.learning.networks.graph import ForwardPass, Graph
from evo.learning.tensors import to_numpy
from evo.settings import Settings as BaseSettings


class BatchResult(NamedTuple):
    """What a rule saw of a batch before its step.

    The loss, () or `(P,)`, and the network's outputs.
    """

    loss: Tensor
    outputs: Tensor


class Rule:
    """A learning rule at work on one network, or on P networks that are stacked.

    A rule of one backward pass fills the slots `prepare` and `backward`; one with phases or targets
    of its own replaces `gradients`. `evo.learning.networks.stacked` stacks.

    Args:
        network: stays as it is: not changed, not subclassed, not converted. Its parameters'
            gradients are added to.
        loss: what the outputs are judged by.
        settings: of this rule's class `Settings`.
        generator: for feedback weights, dropout masks and noise; one for each network of a
            population makes each draw what it would draw alone.

    Attributes:
        graph: the network as steps.
        keep: slots whose values `backward` reads; None is all. The output's is always there.
        memory: what the rule has drawn or learnt beside the network, by name. Tensors are there
            from `prepare` on and change in place; projections may come with the first batch.
        fitted: whether the projections in `memory` have been held against a batch.
    """

    Settings: ClassVar[type[BaseSettings]] = BaseSettings
    layered: ClassVar[bool] = False
    """Whether it has no meaning on networks whose links skip layers."""
    presets: ClassVar[Mapping[str, Any]] = {}
    """Settings of the network, by name, where nobody chooses others: what suits the rule."""

    def __init__(
        self, network: nn.Module, loss: Loss, settings: Any, generator: Generators
    ) -> None:
        self.network, self.loss, self.settings, self.generator = network, loss, settings, generator
        self.graph = Graph(network, generator)
        self.keep: Collection[int] | None = ()
        self.memory: dict[str, Tensor | Projection] = {}
        self.fitted = False
        self.prepare()

    def prepare(self) -> None:
        """Get ready for the first batch: routes, feedback, decoders."""

    def remember(self, by_layer: Sequence[Tensor]) -> list[Tensor]:
        """Take tensors, one for each layer, into `memory` by the layers' names."""
        for layer, tensor in zip(self.graph.layers, by_layer, strict=True):
            self.memory[layer.name] = tensor
        return list(by_layer)

    @torch.no_grad()
    def gradients(self, inputs: Tensor, targets: Tensor) -> BatchResult:
        """Add this rule's gradients for a batch to `.grad` of the network's parameters.

        Args:
            inputs: `(batch, ...)`; for P networks the same for all, or `(P, batch, features)`.
            targets: classes or numbers, see `Loss`.
        """
        record = self.graph.forward(inputs, self.keep)
        outputs = record.values[self.graph.output]
        value, error = self.loss(outputs, targets, self.graph.networks)
        self.backward(record, error)
        return BatchResult(value, outputs)

    def backward(self, record: ForwardPass, error: Tensor) -> None:
        """Fill `.grad` from a recorded forward pass and the error of the outputs."""
        raise UsageError(
            f"rule {type(self).__name__} has no backward pass",
            "fill `backward`, or replace `gradients`",
        )

    @torch.no_grad()
    def predict(self, inputs: Tensor) -> Tensor:
        """The outputs that accuracies are taken of.

        The network's, or what it settles to where a rule lets it settle.
        """
        return self.graph.forward(inputs).values[self.graph.output]

    def after_step(self) -> None:
        """Called after each step of the optimiser."""

    def parameters(self) -> Iterator[Parameter]:
        """What the rule learns beside the network, such as decoders."""
        return iter(())

    def measures(self, inputs: Tensor, targets: Tensor) -> dict[str, float]:
        """This rule's own figures, by name, on a probe batch; changes nothing."""
        return {}

    def cautions(self, measures: Mapping[str, Any]) -> list[Caution]:
        """What its measures say that the rule does not do as it should."""
        return []

    def state_dict(self) -> dict[str, Any]:
        """What the rule needs to go on exactly as it would have.

        Nested dicts of numpy arrays and numbers.
        """
        return {
            "generator": generator_state(self.generator),
            "memory": {
                name: kept.state() if isinstance(kept, Projection) else to_numpy(kept)
                for name, kept in self.memory.items()
            },
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Inverse of `state_dict`.

        Raises:
            UsageError: `state` is none of this rule.
        """
        tensors = {n: kept for n, kept in self.memory.items() if isinstance(kept, Tensor)}
        memory = states.section(state, "memory")
        like = self.graph.layers[0].operation.weight
        projections = {
            name: Projection.from_state(memory, name, like)
            for name, kept in memory.items()
            if name not in tensors and isinstance(kept, Mapping)
        }
        states.section(state, "memory", [*tensors, *projections])
        for name, tensor in tensors.items():
            states.fill(memory, name, tensor)
        self.memory = {**tensors, **projections}
        self.fitted = False
        set_generator_state(self.generator, states.entry(state, "generator"))


def generator_state(generators: Generators) -> np.ndarray:
    """`(bytes,)` of one generator, `(P, bytes)` of P."""
    if isinstance(generators, torch.Generator):
        return generators.get_state().numpy().copy()
    return np.stack([each.get_state().numpy() for each in generators])


def set_generator_state(generators: Generators, state: Any) -> None:
    """Put generators back where they were.

    Raises:
        UsageError: `state` is none of theirs.
    """
    now = generator_state(generators)
    bytes_of = states.array({"generator": state}, "generator", torch.from_numpy(now)).copy()
    single = isinstance(generators, torch.Generator)
    pairs = [(generators, bytes_of)] if single else zip(generators, bytes_of, strict=True)
    try:
        for each, row in pairs:
            each.set_state(torch.from_numpy(row))
    except RuntimeError as error:
        raise states.mismatch(f"generator: {error}") from None
