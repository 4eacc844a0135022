"""Training is to a learning rule what `Evolution` is to an algorithm.

Iterating over it yields one record per epoch.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor

from evo.data import DataSet, Examples
from evo.errors import UsageError
from evo.learning import optimisers, states
from evo.learning.measures.probe import measure
from evo.learning.optimisers import OptimiserSettings
from evo.learning.rules.base import Rule
from evo.learning.tensors import to_numpy
from evo.rng import Role, Streams
from evo.termination import Termination, first_reason

VALIDATION = " on validation examples"
"""Where the value is measured that stop criteria read, for their reasons."""


class Judgement(NamedTuple):
    """Mean loss, and share of the examples whose class has the largest output.

    NaN without examples.
    """

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Epoch:
    """One pass through the training examples in figures.

    `train` is of each batch before its step, so of a network that changes. `measures` are the
    rule's on the probe batch.
    """

    epoch: int
    train: Judgement
    validation: Judgement
    measures: Mapping[str, Any] = field(default_factory=dict)


class Training:
    """A rule that learns from data, one epoch at a time.

    Args:
        rule: has the network.
        data: inputs in the shape that the network takes.
        optimiser: which one, and how fast.
        seed: the only source of randomness: of the order of examples here, of all else where it is
            drawn.
        epochs: for how many the learning rate is planned.
        batch: examples of a step; the last step of an epoch takes what is left.
        probe: examples of the batch on which the rule is measured; 0: none.
        probe_interval: epochs from one measurement to the next.
        keep_best: whether to keep the network of the best epoch by validation.
        stop: when to end.
        device: where the network is.

    Attributes:
        count: completed epochs.
        best_value: the largest share of validation examples that were right; -inf before the first.
        best_count: the epoch of `best_value`, 0 before the first.
        spent: {"samples": training examples learnt from, all epochs together}.
        stopped: why it ended, None while it goes on.
    """

    def __init__(
        self,
        rule: Rule,
        data: DataSet,
        optimiser: OptimiserSettings,
        *,
        seed: int = 0,
        epochs: int = 20,
        batch: int = 64,
        probe: int = 0,
        probe_interval: int = 1,
        keep_best: bool = False,
        stop: Iterable[Termination] = (),
        device: torch.device | str = "cpu",
    ) -> None:
        self.rule, self.data, self.optimiser_settings = rule, data, optimiser
        self.optimiser = optimisers.build_optimiser(optimiser, rule.network, rule.parameters())
        self.streams = Streams(seed)
        self.epochs, self.batch, self.keep_best = epochs, batch, keep_best
        self.stop = list(stop)
        dtype = next(rule.network.parameters()).dtype
        self.parts = {
            name: _tensors(getattr(data, name), device, dtype)
            for name in ("train", "validation", "test")
        }
        self.probe = tuple(part[:probe] for part in self.parts["train"]) if probe else None
        self.probe_interval = probe_interval
        self.count = 0
        self.best_count, self.best_value = 0, -math.inf
        self.spent: Mapping[str, int] = {"samples": 0}
        self.best_network: dict[str, Any] | None = None
        self.stopped: str | None = None
        self.diverged = False
        self.progress: Callable[[int, int], None] | None = None
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the training began, those before a resume included."""
        return time.monotonic() - self._started

    def step(self) -> Epoch:
        """One epoch: all examples in batches, in an order that depends on seed and epoch only."""
        network, (inputs, targets) = self.rule.network, self.parts["train"]
        optimisers.schedule(self.optimiser_settings, self.optimiser, self.count, self.epochs)
        order = self.streams.generator(self.count + 1, Role.BATCHES).permutation(len(targets))
        rows = torch.tensor(order, device=targets.device)
        network.train()
        loss, right = torch.zeros(
            2, dtype=torch.float64, device=targets.device
        )  # there, so that no step waits for a device
        for number, chosen in enumerate(rows.split(self.batch)):
            if self.progress is not None:
                self.progress(number * self.batch, len(rows))
            classes = targets[chosen]
            self.optimiser.zero_grad()
            value, outputs = self.rule.gradients(inputs[chosen], classes)
            self.optimiser.step()
            self.rule.after_step()
            loss += value * len(chosen)
            right += (outputs.argmax(-1) == classes).sum()
        train = Judgement(float(loss) / len(targets), float(right) / len(targets))
        self.count += 1
        self.spent = {"samples": self.spent["samples"] + len(targets)}
        validation = self.judge("validation")
        if validation.accuracy > self.best_value:
            self.best_count, self.best_value = self.count, validation.accuracy
            if self.keep_best:
                self.best_network = network_state(self.rule.network)
        measured = self.measures() if self.count % self.probe_interval == 0 else {}
        self.stopped = first_reason(self.stop, self)
        self.diverged = not math.isfinite(train.loss)
        if self.diverged:
            self.stopped = "the loss is not finite"
        return Epoch(self.count, train, validation, measured)

    def __iter__(self) -> Iterator[Epoch]:
        """One record per epoch, until a stop criterion holds."""
        while self.stopped is None:
            yield self.step()

    def measures(self) -> dict[str, Any]:
        """The rule's measures on the probe batch, see `evo.learning.measures.probe`."""
        return measure(self.rule, *self.probe) if self.probe else {}

    @torch.no_grad()
    def judge(self, part: str, batch: int = 1024) -> Judgement:
        """The network, as it predicts, on all examples of "train", "validation" or "test"."""
        inputs, targets = self.parts[part]
        if not len(targets):
            return Judgement(math.nan, math.nan)
        self.rule.network.eval()
        loss, right = 0.0, 0
        for some, classes in zip(inputs.split(batch), targets.split(batch), strict=True):
            outputs = self.rule.predict(some)
            loss += float(self.rule.loss(outputs, classes).value) * len(classes)
            right += int((outputs.argmax(-1) == classes).sum())
        return Judgement(loss / len(targets), right / len(targets))

    def judge_best(self) -> Judgement | None:
        """The network of the best epoch on the test examples, where it was kept."""
        if self.best_network is None:
            return None
        present = network_state(self.rule.network)
        load_network_state(self.rule.network, self.best_network)
        try:
            return self.judge("test")
        finally:
            load_network_state(self.rule.network, present)

    def state_dict(self) -> dict[str, Any]:
        """All that the rest of the training depends on, as of the last completed epoch."""
        return {
            "seed": self.streams.seed,
            "count": self.count,
            "spent": dict(self.spent),
            "best_count": self.best_count,
            "best_value": self.best_value if self.best_count else None,
            "best_network": self.best_network,
            "network": network_state(self.rule.network),
            "rule": self.rule.state_dict(),
            "optimiser": optimisers.state_dict(self.optimiser),
            "elapsed": self.elapsed,
            "stopped": self.stopped,
            "diverged": self.diverged,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where `state` was taken.

        Raises:
            UsageError: it is of another training, or damaged. This one is then as it was.
        """
        present = self.state_dict()
        try:
            self._load(state)
        except UsageError:
            self._load(present)
            raise

    def _load(self, state: Mapping[str, Any]) -> None:
        count, best_count = states.count(state, "count"), states.count(state, "best_count")
        best_value = states.number(state, "best_value") if best_count else -math.inf
        samples = states.count(states.section(state, "spent", self.spent), "samples")
        stopped, diverged = states.entry(state, "stopped"), states.entry(state, "diverged")
        if not isinstance(stopped, str | None) or not isinstance(diverged, bool):
            raise states.mismatch(f"stopped is {stopped!r}, diverged {diverged!r}")
        if best_count > count:
            raise states.mismatch(f"its best epoch is {best_count} of {count}")
        best_network = states.entry(state, "best_network")
        if best_network is not None:
            check_network_state(self.rule.network, best_network)
        streams, elapsed = Streams(states.count(state, "seed")), states.number(state, "elapsed")
        load_network_state(self.rule.network, states.section(state, "network"))
        self.rule.load_state_dict(states.section(state, "rule"))
        optimisers.load_state_dict(self.optimiser, states.section(state, "optimiser"))
        self.streams, self.count, self.best_count = streams, count, best_count
        self.best_value, self.best_network = best_value, best_network
        self.spent = {"samples": samples}
        self.stopped, self.diverged = stopped, diverged
        self._started = time.monotonic() - elapsed


def network_state(network: torch.nn.Module) -> dict[str, Any]:
    """Parameters and buffers by name, as arrays of their own."""
    return {name: to_numpy(value) for name, value in network.state_dict().items()}


def check_network_state(network: torch.nn.Module, state: Any) -> None:
    """Raise `UsageError` where `state` is not the `network_state` of such a network."""
    own = network.state_dict()
    kept = states.section({"network": state}, "network", list(own))
    for name, value in own.items():
        states.array(kept, name, value)


def load_network_state(network: torch.nn.Module, state: Mapping[str, Any]) -> None:
    """Inverse of `network_state`; the tensors stay where they are.

    Raises:
        UsageError: `state` is of another network.
    """
    check_network_state(network, state)
    for name, value in network.state_dict().items():
        states.fill(state, name, value)


def _tensors(
    examples: Examples, device: torch.device | str, dtype: torch.dtype
) -> Sequence[Tensor]:
    return torch.tensor(examples.inputs, dtype=dtype, device=device), torch.tensor(
        examples.targets, device=device
    )
