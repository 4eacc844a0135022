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

from evo.learning import optimisers
from evo.learning.alignment import alignment
from evo.learning.data import DataSet, Examples
from evo.learning.optimisers import OptimiserSettings
from evo.learning.rules.base import Rule, to_numpy
from evo.learning.stopping import Stop
from evo.rng import Role, Streams


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
        stop: Iterable[Stop] = (),
        device: torch.device | str = "cpu",
    ):
        self.rule, self.data, self.optimiser_settings = rule, data, optimiser
        self.optimiser = optimisers.build(optimiser, rule.network, rule.parameters())
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
        self.epoch = 0
        self.best_epoch, self.best_validation = 0, -math.inf
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
        """One epoch: all training examples, in batches, in an order that depends on seed and epoch only."""
        network, (inputs, targets) = self.rule.network, self.parts["train"]
        optimisers.schedule(self.optimiser_settings, self.optimiser, self.epoch, self.epochs)
        order = self.streams.generator(self.epoch + 1, Role.BATCHES).permutation(len(targets))
        rows = torch.tensor(order, device=targets.device)
        network.train()
        loss, right = torch.zeros(
            2, dtype=torch.float64, device=targets.device
        )  # there, so that no step waits for a device
        for number, chosen in enumerate(rows.split(self.batch)):
            if self.progress is not None:
                self.progress(number * self.batch, len(rows))
            known = targets[chosen]
            self.optimiser.zero_grad()
            value, outputs = self.rule.gradients(inputs[chosen], known)
            self.optimiser.step()
            self.rule.after_step()
            loss += value * len(chosen)
            right += (outputs.argmax(-1) == known).sum()
        train = Judgement(float(loss) / len(targets), float(right) / len(targets))
        self.epoch += 1
        validation = self.judge("validation")
        if validation.accuracy > self.best_validation:
            self.best_epoch, self.best_validation = self.epoch, validation.accuracy
            if self.keep_best:
                self.best_network = network_state(self.rule.network)
        measured = self.measures() if self.epoch % self.probe_interval == 0 else {}
        self.stopped = next((criterion.reason for criterion in self.stop if criterion(self)), None)
        self.diverged = not math.isfinite(train.loss)
        if self.diverged:
            self.stopped = "the loss is not finite"
        return Epoch(self.epoch, train, validation, measured)

    def __iter__(self) -> Iterator[Epoch]:
        """One record per epoch, until a stop criterion holds."""
        while self.stopped is None:
            yield self.step()

    def measures(self) -> dict[str, Any]:
        """The rule's measures on the probe batch.

        Those called "family/member" as a mapping each.
        """
        figures: dict[str, Any] = {}
        for name, value in alignment(self.rule, *self.probe).items() if self.probe else ():
            family, _, member = name.partition("/")
            if member:
                figures.setdefault(family, {})[member] = value
            else:
                figures[name] = value
        return figures

    @torch.no_grad()
    def judge(self, part: str, batch: int = 1024) -> Judgement:
        """The network, as it predicts, on all examples of "train", "validation" or "test"."""
        inputs, targets = self.parts[part]
        if not len(targets):
            return Judgement(math.nan, math.nan)
        self.rule.network.eval()
        loss, right = 0.0, 0
        for some, known in zip(inputs.split(batch), targets.split(batch), strict=True):
            outputs = self.rule.predict(some)
            loss += float(self.rule.loss(outputs, known).value) * len(known)
            right += int((outputs.argmax(-1) == known).sum())
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
            "epoch": self.epoch,
            "best_epoch": self.best_epoch,
            "best_validation": self.best_validation if self.best_epoch else None,
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

        Raises `ValueError`, `KeyError` or `TypeError` if it is none of this training.
        """
        self.streams = Streams(int(state["seed"]))
        self.epoch, self.best_epoch = int(state["epoch"]), int(state["best_epoch"])
        self.best_validation = float(state["best_validation"]) if self.best_epoch else -math.inf
        self.best_network = state["best_network"]
        load_network_state(self.rule.network, state["network"])
        self.rule.load_state_dict(state["rule"])
        optimisers.load_state_dict(self.optimiser, state["optimiser"])
        self.stopped, self.diverged = state["stopped"], bool(state["diverged"])
        self._started = time.monotonic() - float(state["elapsed"])


def network_state(network: torch.nn.Module) -> dict[str, Any]:
    """Parameters and buffers by name, as arrays of their own."""
    return {name: to_numpy(value) for name, value in network.state_dict().items()}


@torch.no_grad()
def load_network_state(network: torch.nn.Module, state: Mapping[str, Any]) -> None:
    """Inverse of `network_state`; the tensors stay where they are."""
    own = network.state_dict()
    if own.keys() != state.keys():
        raise ValueError(f"the network has {', '.join(own)}; the state {', '.join(state)}")
    for name, value in own.items():
        if value.shape != state[name].shape:
            raise ValueError(f"{name} is {tuple(value.shape)}, in the state {state[name].shape}")
        value.copy_(torch.tensor(state[name]))


def _tensors(
    examples: Examples, device: torch.device | str, dtype: torch.dtype
) -> Sequence[Tensor]:
    return torch.tensor(examples.inputs, dtype=dtype, device=device), torch.tensor(
        examples.targets, device=device
    )
