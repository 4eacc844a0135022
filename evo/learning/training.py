"""Training is to a learning rule what `Evolution` is to an algorithm.

Iterating over it yields one record per epoch.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from evo.data import DataSet, Examples
from evo.errors import UsageError
from evo.learning import cautions, optimisers, states
from evo.learning.cautions import Caution
from evo.learning.judging import NOTHING, Judgement, Tally
from evo.learning.measures.probe import measure
from evo.learning.optimisers import OptimiserSettings
from evo.learning.rules.base import Rule
from evo.learning.tensors import to_numpy
from evo.rng import Role, Streams
from evo.termination import Termination, first_reason

PROBE = 64
"""Examples on which a rule is measured at the end where there is no probe batch."""
VALIDATION = " on validation examples"
"""Where the value is measured that stop criteria read, for their reasons."""


@dataclass(frozen=True)
class Epoch:
    """One pass through the training examples in figures.

    `train` is of each batch before its step, so of a network that changes. `measures` are the
    rule's on the probe batch. `cautions` are those that hold now and did not before.
    """

    epoch: int
    train: Judgement
    validation: Judgement
    measures: Mapping[str, Any] = field(default_factory=dict)
    cautions: Sequence[Caution] = ()


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
        best_value: the best score of the validation examples; -inf before the first.
        best_count: the epoch of `best_value`, 0 before the first.
        first_loss: of the first batch, before the first step; None before it.
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
        _check_batches(rule.network, len(self.parts["train"][1]), batch)
        self.probe = tuple(part[:probe] for part in self.parts["train"]) if probe else None
        self.probe_interval = probe_interval
        self.count = 0
        self.best_count, self.best_value = 0, -math.inf
        self.spent: Mapping[str, int] = {"samples": 0}
        self.best_network: dict[str, Any] | None = None
        self.first_loss: float | None = None
        self.told: list[str] = []
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
        tally = Tally(targets)
        for number, chosen in enumerate(rows.split(self.batch)):
            if self.progress is not None:
                self.progress(number * self.batch, len(rows))
            wanted = targets[chosen]
            self.optimiser.zero_grad()
            value, outputs = self.rule.gradients(inputs[chosen], wanted)
            self.optimiser.step()
            self.rule.after_step()
            tally.add(value, outputs, wanted)
            if self.first_loss is None:
                self.first_loss = float(value)
        train = tally.judgement()
        self.count += 1
        self.spent = {"samples": self.spent["samples"] + len(targets)}
        validation = self.judge("validation")
        if validation.score > self.best_value:
            self.best_count, self.best_value = self.count, validation.score
            if self.keep_best:
                self.best_network = network_state(self.rule.network)
        measured = self.measures() if self.count % self.probe_interval == 0 else {}
        self.stopped = first_reason(self.stop, self)
        self.diverged = not math.isfinite(train.loss)
        if self.diverged:
            self.stopped = "the loss is not finite"
        return Epoch(self.count, train, validation, measured, self._new(train, measured))

    def __iter__(self) -> Iterator[Epoch]:
        """One record per epoch, until a stop criterion holds."""
        while self.stopped is None:
            yield self.step()

    def measures(self) -> dict[str, Any]:
        """The rule's measures on the probe batch, see `evo.learning.measures.probe`."""
        return measure(self.rule, *self.probe) if self.probe else {}

    def cautions(self) -> list[Caution]:
        """What the network that stands in the rule shows once the training has ended.

        The rule is measured on the probe batch, or as many examples if there is none.
        """
        train, test = self.judge("train"), self.judge("test")
        found = [cautions.loss_grew(self.first_loss or 0.0, train.loss)]
        if self.data.form.numbers:
            found.append(cautions.no_better_than_the_mean(test.score))
        else:
            targets = self.data.train.targets.tolist()
            found.append(cautions.missing_classes(targets, self.data.classes))
            tested = self.data.test.targets.tolist()
            found.append(cautions.at_chance(test.score, tested, train.score))
        some = self.probe or [part[:PROBE] for part in self.parts["train"]]
        return [each for each in found if each] + self.rule.cautions(self.rule.measures(*some))

    def _new(self, train: Judgement, measured: Mapping[str, Any]) -> list[Caution]:
        """The cautions of an epoch that did not hold in the one before."""
        grew = cautions.loss_grew(self.first_loss or 0.0, train.loss)
        found = [*([grew] if grew else []), *self.rule.cautions(measured)]
        new = [each for each in found if each.event not in self.told]
        if measured or grew:
            self.told = [each.event for each in found]
        return new

    @torch.no_grad()
    def judge(self, part: str, batch: int = 1024) -> Judgement:
        """The network, as it predicts, on all examples of "train", "validation" or "test"."""
        return self._tally(part, batch).judgement() if len(self.parts[part][1]) else NOTHING

    def squared_error(self, part: str, batch: int = 1024) -> float:
        """The mean squared error of numbers, in the square of their unit.

        Args:
            part: "train", "validation" or "test".
            batch: examples that are predicted at once.
        """
        deviation = torch.as_tensor(self.data.target_scaling.deviation)
        squares = self._tally(part, batch).squares.cpu() * deviation.reshape(-1).square()
        return float(squares.mean()) / len(self.parts[part][1])

    def _tally(self, part: str, batch: int) -> Tally:
        inputs, targets = self.parts[part]
        self.rule.network.eval()
        tally = Tally(targets)
        for some, wanted in zip(inputs.split(batch), targets.split(batch), strict=True):
            outputs = self.rule.predict(some)
            tally.add(self.rule.loss(outputs, wanted).value, outputs, wanted)
        return tally

    @contextmanager
    def kept(self) -> Iterator[int]:
        """The network that is kept stands in the rule meanwhile; the epoch that it is of.

        With `keep_best` that is the best by validation, where there is one, else the last.
        """
        if self.best_network is None:
            yield self.count
            return
        present = network_state(self.rule.network)
        load_network_state(self.rule.network, self.best_network)
        try:
            yield self.best_count
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
            "first_loss": self.first_loss,
            "told": list(self.told),
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
        first_loss = states.number(state, "first_loss") if count else None
        told = states.entry(state, "told")
        if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
            raise states.mismatch(f"told is {told!r}")
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
        self.first_loss, self.told = first_loss, list(told)
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


def _check_batches(network: torch.nn.Module, count: int, batch: int) -> None:
    """Raise `UsageError` where a batch would have one example and a layer compares several."""
    norms = any(isinstance(module, torch.nn.BatchNorm1d) for module in network.modules())
    if norms and min(count % batch or batch, count) == 1:
        raise UsageError(
            f"batch-norm needs two examples or more, and the last batch of {count} examples in "
            f"batches of {batch} has one",
            f"set another run.batch, as run.batch={batch + 1}",
        )


def _tensors(
    examples: Examples, device: torch.device | str, dtype: torch.dtype
) -> Sequence[Tensor]:
    numbers = examples.targets.dtype.kind == "f"
    return (
        torch.tensor(examples.inputs, dtype=dtype, device=device),
        torch.tensor(examples.targets, dtype=dtype if numbers else None, device=device),
    )
