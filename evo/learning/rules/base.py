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

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.draws import Generators
from evo.learning.graph import Graph, Record
from evo.learning.losses import Loss
from evo.settings import Settings as BaseSettings


class Step(NamedTuple):
    """What a rule saw of a batch before its step.

    The loss, () or `(P,)`, and the network's outputs.
    """

    loss: Tensor
    outputs: Tensor


class Rule:
    """A learning rule at work on one network, or on P networks stacked by `evo.learning.population.stack`.

    A rule of one backward pass fills the slot `backward`; one with phases or targets of its own
    replaces `gradients`.

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
    """

    Settings: ClassVar[type[BaseSettings]] = BaseSettings

    def __init__(self, network: nn.Module, loss: Loss, settings: Any, generator: Generators):
        self.network, self.loss, self.settings, self.generator = network, loss, settings, generator
        self.graph = Graph(network, generator)
        self.keep: Collection[int] | None = ()

    @torch.no_grad()
    def gradients(self, inputs: Tensor, targets: Tensor) -> Step:
        """Add this rule's gradients for a batch to `.grad` of the network's parameters.

        Args:
            inputs: `(batch, ...)`; for P networks the same for all, or `(P, batch, features)`.
            targets: classes or numbers, see `Loss`.
        """
        record = self.graph.forward(inputs, self.keep)
        outputs = record.values[self.graph.output]
        value, error = self.loss(outputs, targets, self.graph.networks)
        self.backward(record, error)
        return Step(value, outputs)

    def backward(self, record: Record, error: Tensor) -> None:
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

    def state_dict(self) -> dict[str, Any]:
        """What the rule needs to go on exactly as it would have.

        Nested dicts of numpy arrays and numbers.
        """
        return {"generator": generator_state(self.generator)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        set_generator_state(self.generator, state["generator"])


def generator_state(generators: Generators) -> np.ndarray:
    """`(bytes,)` of one generator, `(P, bytes)` of P."""
    if isinstance(generators, torch.Generator):
        return generators.get_state().numpy().copy()
    return np.stack([each.get_state().numpy() for each in generators])


def set_generator_state(generators: Generators, state: np.ndarray) -> None:
    """Put generators back where they were."""
    if isinstance(generators, torch.Generator):
        generators.set_state(torch.from_numpy(np.array(state, np.uint8)))
    else:
        for each, row in zip(generators, state, strict=True):
            each.set_state(torch.from_numpy(np.array(row, np.uint8)))


def to_numpy(tensor: Tensor) -> np.ndarray:
    """A copy of `tensor` for `state_dict`."""
    return tensor.detach().cpu().numpy().copy()


def to_tensor(array: Any, like: Tensor) -> Tensor:
    """A tensor from `state_dict`, of the type and on the device of `like`."""
    return torch.as_tensor(np.array(array)).to(dtype=like.dtype, device=like.device)
